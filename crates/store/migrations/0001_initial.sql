-- One text for SQLite and PostgreSQL: TEXT and BIGINT columns only, times in milliseconds since 1970,
-- hashes as lower-case hex without 0x, JSON and sealed values as text. "…_at" NULL means "not yet".

-- What a deployment may never change silently: its public URL, the kind of chain it stands on.
CREATE TABLE settings (
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT settings_pk PRIMARY KEY (name)
);

CREATE TABLE tenants (
    id              TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    plan            TEXT   NOT NULL,
    -- Signing keys of a tenant are numbered in one sequence over both environments.
    next_key_number BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    CONSTRAINT tenants_pk PRIMARY KEY (id)
);

CREATE TABLE api_keys (
    id           TEXT   NOT NULL,
    tenant_id    TEXT   NOT NULL,
    environment  TEXT   NOT NULL,
    label        TEXT,
    -- SHA-256 of the whole key; the key itself is shown once and never stored.
    digest       TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT,
    CONSTRAINT api_keys_pk PRIMARY KEY (id),
    CONSTRAINT api_keys_digest_unique UNIQUE (digest),
    CONSTRAINT api_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);

CREATE TABLE signing_keys (
    tenant_id     TEXT   NOT NULL,
    number        BIGINT NOT NULL,
    environment   TEXT   NOT NULL,
    -- The one chain that this key ever signs for (EIP-155).
    chain_id      BIGINT NOT NULL,
    address       TEXT   NOT NULL,
    public_key_x  TEXT   NOT NULL,
    public_key_y  TEXT   NOT NULL,
    secret_sealed TEXT   NOT NULL,
    -- The nonce of the next transaction: ours, gapless, moved only together with the transaction that uses it.
    next_nonce    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT,
    CONSTRAINT signing_keys_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT signing_keys_address_unique UNIQUE (address),
    CONSTRAINT signing_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

CREATE TABLE batches (
    id                  TEXT   NOT NULL,
    tenant_id           TEXT   NOT NULL,
    environment         TEXT   NOT NULL,
    status              TEXT   NOT NULL,
    credentials_count   BIGINT NOT NULL,
    -- Fixed when the batch is accepted, like everything that goes into a document.
    public_url          TEXT   NOT NULL,
    verification_method TEXT   NOT NULL,
    signing_key_number  BIGINT NOT NULL,
    chain_id            BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    signed_at           BIGINT,
    anchored_at         BIGINT,
    failed_at           BIGINT,
    merkle_root         TEXT,
    error_code          TEXT,
    error_message       TEXT,
    -- The pipeline's own: how often the current step failed, and when it may be tried again.
    attempts            BIGINT NOT NULL,
    next_attempt_at     BIGINT NOT NULL,
    CONSTRAINT batches_pk PRIMARY KEY (id),
    CONSTRAINT batches_status_known CHECK (status IN ('pending', 'signed', 'anchored', 'failed')),
    CONSTRAINT batches_signing_key_fk FOREIGN KEY (tenant_id, signing_key_number) REFERENCES signing_keys (tenant_id, number)
);
CREATE INDEX batches_by_tenant ON batches (tenant_id, environment, id);
CREATE INDEX batches_by_status ON batches (status, next_attempt_at);

CREATE TABLE credentials (
    id                TEXT   NOT NULL,
    batch_id          TEXT   NOT NULL,
    position          BIGINT NOT NULL,
    tenant_id         TEXT   NOT NULL,
    environment       TEXT   NOT NULL,
    recipient_id      TEXT   NOT NULL,
    -- The redacted document, unsigned: it holds no personal data.
    document          TEXT   NOT NULL,
    -- Name, address, evidence and blind, sealed under data_key; data_key is sealed under the master key.
    -- Erasure destroys both.
    personal_sealed   TEXT,
    data_key_sealed   TEXT,
    node_full         TEXT,
    tree_path         TEXT,
    revoked_at        BIGINT,
    revocation_code   TEXT,
    revocation_reason TEXT,
    erased_at         BIGINT,
    CONSTRAINT credentials_pk PRIMARY KEY (id),
    CONSTRAINT credentials_position_unique UNIQUE (batch_id, position),
    CONSTRAINT credentials_batch_fk FOREIGN KEY (batch_id) REFERENCES batches (id)
);

-- Every transaction that was ever signed, stored before it is sent.
CREATE TABLE anchor_transactions (
    hash         TEXT   NOT NULL,
    batch_id     TEXT   NOT NULL,
    chain_id     BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    nonce        BIGINT NOT NULL,
    raw          TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    sent_at      BIGINT,
    block_number BIGINT,
    block_hash   TEXT,
    block_time   BIGINT,
    CONSTRAINT anchor_transactions_pk PRIMARY KEY (hash),
    CONSTRAINT anchor_transactions_batch_fk FOREIGN KEY (batch_id) REFERENCES batches (id)
);
CREATE INDEX anchor_transactions_by_batch ON anchor_transactions (batch_id);
CREATE INDEX anchor_transactions_by_nonce ON anchor_transactions (chain_id, address, nonce);

-- The outbox: written in the transaction of the change it tells of.
CREATE TABLE events (
    id          TEXT   NOT NULL,
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    type        TEXT   NOT NULL,
    subject_id  TEXT   NOT NULL,
    data        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    CONSTRAINT events_pk PRIMARY KEY (id),
    -- Each transition happens once, so each tells of itself once.
    CONSTRAINT events_subject_unique UNIQUE (subject_id, type)
);

CREATE TABLE idempotency_keys (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    -- Keyed hashes: neither the key nor the body it stands for can be read back or guessed.
    key_mac     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, environment, key_mac)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Credentials accepted in a calendar month (UTC, "2026-11").
CREATE TABLE usage_by_month (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    credentials BIGINT NOT NULL,
    CONSTRAINT usage_by_month_pk PRIMARY KEY (tenant_id, environment, month)
);
