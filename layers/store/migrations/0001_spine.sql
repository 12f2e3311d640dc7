-- What every workspace holds beside the layer tables themselves.
CREATE TABLE phumi.layers (
    id text PRIMARY KEY,
    definition ${json} NOT NULL,
    version bigint NOT NULL,              -- counts the writes; every ETag and cache key
    changed_at timestamptz NOT NULL
);

CREATE TABLE phumi.changes (              -- the journal: one row per write
    layer text NOT NULL,
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    author text NOT NULL,
    source text NOT NULL,
    mode text NOT NULL,
    inserted bigint NOT NULL,
    updated bigint NOT NULL,
    deleted bigint NOT NULL,
    PRIMARY KEY (layer, version)
);

CREATE TABLE phumi.history (              -- a feature as it was before a write
    layer text NOT NULL,
    feature text NOT NULL,
    row_version bigint NOT NULL,          -- layer version that wrote this state
    written_at timestamptz NOT NULL,
    written_by text NOT NULL,
    ended_version bigint NOT NULL,        -- layer version that ended it
    operation text NOT NULL,              -- update or delete
    properties ${json} NOT NULL,
    geom ${geometry}
);

CREATE INDEX history_feature ON phumi.history (layer, feature);
