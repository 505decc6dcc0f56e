-- What the rest of the API's contract needs: a tenant's face, limits of its own, allowlists, webhook endpoints, the
-- audit log, and rate windows.

-- What stands on a tenant's credentials and pages. NULL where the tenant never said.
ALTER TABLE tenants ADD COLUMN awarding_body_name TEXT;
ALTER TABLE tenants ADD COLUMN awarding_body_url TEXT;
ALTER TABLE tenants ADD COLUMN awarding_body_logo_url TEXT;
ALTER TABLE tenants ADD COLUMN awarding_body_logo_hash TEXT;
ALTER TABLE tenants ADD COLUMN accent_color TEXT;
ALTER TABLE tenants ADD COLUMN page_logo_url TEXT;
ALTER TABLE tenants ADD COLUMN page_logo_hash TEXT;
-- A DID of the tenant's own, under which new credentials are issued.
ALTER TABLE tenants ADD COLUMN own_did TEXT;
-- When the tenant last changed its face itself; NULL once the operator has confirmed it.
ALTER TABLE tenants ADD COLUMN face_changed_at BIGINT;
-- What the operator confirmed last, while the tenant's own change waits for that.
ALTER TABLE tenants ADD COLUMN confirmed_name TEXT;
ALTER TABLE tenants ADD COLUMN confirmed_accent_color TEXT;
ALTER TABLE tenants ADD COLUMN confirmed_logo_hash TEXT;
-- The operator's exceptions from the plan's table.
ALTER TABLE tenants ADD COLUMN credentials_per_month BIGINT;
ALTER TABLE tenants ADD COLUMN requests_per_minute BIGINT;

-- The addresses that may present a key. A key without rows here may be presented from anywhere.
CREATE TABLE api_key_networks (
    key_id TEXT NOT NULL,
    cidr   TEXT NOT NULL,
    CONSTRAINT api_key_networks_pk PRIMARY KEY (key_id, cidr),
    CONSTRAINT api_key_networks_key_fk FOREIGN KEY (key_id) REFERENCES api_keys (id)
);

-- Every DID that a tenant's credentials ever named beside the host's: its profile goes on listing them.
CREATE TABLE own_dids (
    tenant_id TEXT   NOT NULL,
    did       TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    CONSTRAINT own_dids_pk PRIMARY KEY (tenant_id, did)
);

-- By which DID URL the document of such a DID names a key of the tenant.
CREATE TABLE own_did_keys (
    tenant_id           TEXT   NOT NULL,
    did                 TEXT   NOT NULL,
    key_number          BIGINT NOT NULL,
    verification_method TEXT   NOT NULL,
    CONSTRAINT own_did_keys_pk PRIMARY KEY (tenant_id, did, key_number),
    CONSTRAINT own_did_keys_did_fk FOREIGN KEY (tenant_id, did) REFERENCES own_dids (tenant_id, did)
);

-- Pictures that tenants named, fetched once. The key is the SHA-256 of the bytes, which stand in base64.
CREATE TABLE logos (
    hash       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    content    TEXT NOT NULL,
    CONSTRAINT logos_pk PRIMARY KEY (hash)
);

CREATE TABLE webhook_endpoints (
    id            TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    environment   TEXT   NOT NULL,
    url           TEXT   NOT NULL,
    -- JSON array of event types.
    events        TEXT   NOT NULL,
    description   TEXT,
    secret_sealed TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT,
    CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX webhook_endpoints_by_tenant ON webhook_endpoints (tenant_id, environment, id);

-- Tests of endpoints that were about to be sent under an idempotency key: one that is sent again, because the process
-- died before it kept the answer, is the same event.
CREATE TABLE webhook_tests (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    -- As in idempotency_keys.
    key_mac     TEXT   NOT NULL,
    fingerprint TEXT   NOT NULL,
    event_id    TEXT   NOT NULL,
    noted_at    BIGINT NOT NULL,
    CONSTRAINT webhook_tests_pk PRIMARY KEY (tenant_id, environment, key_mac)
);
CREATE INDEX webhook_tests_by_age ON webhook_tests (noted_at);

-- Requests counted per tenant in windows of 60 s. One row per tenant: a new window begins at zero.
CREATE TABLE rate_windows (
    tenant_id  TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    CONSTRAINT rate_windows_pk PRIMARY KEY (tenant_id)
);

-- Every call of a known key, and of those without one the first of each minute. Rows are never changed.
CREATE TABLE audit_log (
    request_id TEXT   NOT NULL,
    tenant_id  TEXT,
    key_id     TEXT,
    method     TEXT   NOT NULL,
    endpoint   TEXT   NOT NULL,
    status     BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (request_id)
);
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, at);
CREATE INDEX audit_log_by_age ON audit_log (at);

-- The credential whose personal text an answer repeats, so that erasure finds it.
ALTER TABLE idempotency_keys ADD COLUMN subject_id TEXT;
CREATE INDEX idempotency_keys_by_subject ON idempotency_keys (subject_id);

-- What is kept of an erasure: who asked for it, and when that was verified.
ALTER TABLE credentials ADD COLUMN erasure_requester TEXT;
ALTER TABLE credentials ADD COLUMN erasure_verified_at TEXT;
