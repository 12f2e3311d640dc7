-- Who may do what, what was done, and what devices sent. Secrets stand here as hashes only.
CREATE TABLE phumi.accounts (
    name text PRIMARY KEY,
    password text,                        -- argon2 hash; null: none set, or login by OIDC only
    subject text,                         -- issuer and subject of an OpenID provider
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    disabled_at timestamptz
);

CREATE TABLE phumi.grants (               -- a role or a permission in an area, for a time
    id text PRIMARY KEY,
    account text NOT NULL,
    kind text NOT NULL,                   -- role or permission
    name text NOT NULL,
    prefix text NOT NULL,                 -- area code; empty is the whole country
    valid_from date NOT NULL,             -- both days included
    valid_to date NOT NULL,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    confirmed_by text,                    -- nobody: the grant does not count yet (PRIV-R5)
    confirmed_at timestamptz,
    ended_by text
);

CREATE TABLE phumi.agreements (           -- accounts that an agreement opens a dataset for (PRIV-R6)
    id text NOT NULL,
    account text NOT NULL,
    layer text NOT NULL,
    valid_to date NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL
);

CREATE TABLE phumi.break_glass (
    id text PRIMARY KEY,
    account text NOT NULL,
    reason text NOT NULL,
    prefix text NOT NULL,
    asked_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    valid_to timestamptz
);

CREATE TABLE phumi.sessions (
    hash text PRIMARY KEY,
    account text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    purpose text
);

CREATE TABLE phumi.tokens (
    id text PRIMARY KEY,
    hash text NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,                   -- program, device or invitation
    name text NOT NULL,
    scope text NOT NULL,                  -- words between blanks
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE phumi.attempts (             -- failed logins; a key is the hash of a name or address
    key text NOT NULL,
    moment timestamptz NOT NULL
);

CREATE TABLE phumi.audit (                -- append-only; each entry holds the hash of the one before
    number bigint PRIMARY KEY,
    moment timestamptz NOT NULL,
    event text NOT NULL,
    account text NOT NULL,
    object text NOT NULL,
    area text NOT NULL,
    rows bigint,
    detail text NOT NULL,                 -- JSON, as it was hashed
    previous text NOT NULL,
    hash text NOT NULL
);

CREATE TABLE phumi.audit_head (number bigint NOT NULL, hash text NOT NULL);

INSERT INTO phumi.audit_head VALUES (0, '');

CREATE TABLE phumi.sync_changes (         -- every change that a device sent, for good
    id text PRIMARY KEY,                  -- made by the device
    device text NOT NULL,
    account text NOT NULL,
    layer text NOT NULL,
    feature text NOT NULL,
    made_at timestamptz NOT NULL,         -- the device's clock
    received_at timestamptz NOT NULL,
    state text NOT NULL,                  -- applied, conflict, refused or settled
    version bigint,                       -- row version that it made
    change text NOT NULL,                 -- JSON as it came
    outcome text NOT NULL,                -- JSON: what collided or was refused
    settled_by text
);

CREATE TABLE phumi.erased (               -- keyed hashes of keys that must not come back (ERA-R4)
    layer text NOT NULL,
    hash text NOT NULL,
    moment timestamptz NOT NULL
);

${postgis} CREATE INDEX grants_account ON phumi.grants (account);
${postgis} CREATE INDEX tokens_hash ON phumi.tokens (hash);
${postgis} CREATE INDEX attempts_key ON phumi.attempts (key, moment);
${postgis} CREATE INDEX sync_feature ON phumi.sync_changes (layer, feature);
${postgis} CREATE INDEX erased_hash ON phumi.erased (layer, hash);
${postgis} CREATE FUNCTION phumi.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$$$ BEGIN RAISE EXCEPTION 'phumi.audit is append-only'; END $$$$;
${postgis} CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phumi.audit FOR EACH STATEMENT EXECUTE FUNCTION phumi.refuse_change();
