-- Another key and an approximate place for each row, for callers who may see masked rows only.
CREATE TABLE phumi.masked (
    layer text NOT NULL,
    feature text NOT NULL,
    row_version bigint NOT NULL,          -- of the row that this was computed from
    pseudonym text NOT NULL,
    geom ${geometry},
    geom_3857 geometry,
    _west double precision,
    _south double precision,
    _east double precision,
    _north double precision
);

${postgis} CREATE UNIQUE INDEX masked_feature ON phumi.masked (layer, feature);

${postgis} CREATE INDEX masked_pseudonym ON phumi.masked (layer, pseudonym);

${postgis} CREATE INDEX ON phumi.masked USING gist (geom);

${postgis} CREATE INDEX ON phumi.masked USING gist (geom_3857);

CREATE TABLE phumi.maskings (
    layer text PRIMARY KEY,
    version bigint NOT NULL,              -- layer version that the masked rows speak of
    key_digest text NOT NULL              -- of the key, so that a new one makes all of them anew
);
