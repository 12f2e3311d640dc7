-- Changes that stand but that nobody has verified yet, beside what stood before (PRIV-R12).
CREATE TABLE phumi.unverified (
    layer text NOT NULL,
    feature text NOT NULL,
    version bigint NOT NULL,              -- row version that the change made
    author text NOT NULL,
    since timestamptz NOT NULL,
    moved boolean NOT NULL,               -- the geometry is another one
    retiered boolean NOT NULL,            -- the poverty tier is another one
    before_version bigint,                -- row version in the history; null: there was no row
    PRIMARY KEY (layer, feature, version)
);

CREATE TABLE phumi.audit_key (key text NOT NULL);  -- of the hashes of values in the log

INSERT INTO phumi.audit_key SELECT CAST(gen_random_uuid() AS text);
