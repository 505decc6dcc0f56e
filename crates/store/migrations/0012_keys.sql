-- Where keys are, how their lives end, and what was ever said about that.

-- The key version in Cloud KMS that is this key; NULL where its secret is sealed here. secret_sealed is '' then.
ALTER TABLE signing_keys ADD COLUMN kms_version TEXT;
-- Since when it takes no new batches: another key took its place, or it was disabled.
ALTER TABLE signing_keys ADD COLUMN retired_at BIGINT;
-- From when on its transactions no longer count, since it has none that wait. Once set it stays.
ALTER TABLE signing_keys ADD COLUMN expires_at BIGINT;
-- From when on its transactions no longer count, since somebody else may have it. It only ever becomes earlier.
ALTER TABLE signing_keys ADD COLUMN revoked_from BIGINT;
CREATE INDEX signing_keys_ending ON signing_keys (retired_at) WHERE retired_at IS NOT NULL AND expires_at IS NULL AND revoked_from IS NULL;
-- The batches of a key that stopped, and those of a key that was stolen.
CREATE INDEX batches_by_key ON batches (tenant_id, signing_key_number, status);

-- The host's own keys, one for each chain: they anchor what the host says about the tenants' keys.
CREATE TABLE host_keys (
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key_x  TEXT   NOT NULL,
    public_key_y  TEXT   NOT NULL,
    secret_sealed TEXT   NOT NULL,
    kms_version   TEXT,
    next_nonce    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    CONSTRAINT host_keys_pk PRIMARY KEY (chain_id),
    CONSTRAINT host_keys_address_unique UNIQUE (address)
);

-- What was said about the life of each key, one after the other. A statement holds the hash of the one before it, so that
-- none can be changed, taken out or put between.
CREATE TABLE key_statements (
    sequence      BIGINT NOT NULL,
    -- NULL for a key of the host.
    tenant_id     TEXT,
    number        BIGINT NOT NULL,
    kind          TEXT   NOT NULL,
    key_id        TEXT   NOT NULL,
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key    TEXT   NOT NULL,
    valid_from    BIGINT NOT NULL,
    valid_to      BIGINT,
    revoked_from  BIGINT,
    stated_at     BIGINT NOT NULL,
    previous_hash TEXT   NOT NULL,
    hash          TEXT   NOT NULL,
    CONSTRAINT key_statements_pk PRIMARY KEY (sequence),
    CONSTRAINT key_statements_hash_unique UNIQUE (hash),
    CONSTRAINT key_statements_kind_known CHECK (kind IN ('created', 'retired', 'revoked'))
);
CREATE INDEX key_statements_by_key ON key_statements (address);

-- The one row tells where the chain of statements ends. Whoever adds one holds it.
CREATE TABLE key_statement_head (
    name     TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    hash     TEXT   NOT NULL,
    CONSTRAINT key_statement_head_pk PRIMARY KEY (name)
);

-- append-only: key_statements
