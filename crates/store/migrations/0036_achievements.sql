-- People look for credentials by the achievement. Its name is in the shared part of documents, of which a tenant may have as many as
-- credentials: so each name is stored once, and with it the batches in which it is. Both are found again in the documents at any time.

-- The names of a tenant's achievements, in lower case.
CREATE TABLE achievement_names (
    tenant_id TEXT  NOT NULL,
    -- The first half of the SHA-256 of the name in lower case.
    hash      BYTEA NOT NULL,
    name      TEXT  NOT NULL,
    CONSTRAINT achievement_names_pk PRIMARY KEY (tenant_id, hash),
    CONSTRAINT achievement_names_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- The batches in which an achievement is. No foreign key refers to them: it would want an index by batch, and no batch is ever deleted.
CREATE TABLE achievement_batches (
    tenant_id   TEXT  NOT NULL,
    environment TEXT  NOT NULL,
    hash        BYTEA NOT NULL,
    batch_id    TEXT  NOT NULL,
    CONSTRAINT achievement_batches_pk PRIMARY KEY (tenant_id, environment, hash, batch_id)
);

-- They look for a member or an operator in the audit log, of whom few rows are. A key's rows are most of it.
CREATE INDEX audit_log_by_member ON audit_log (tenant_id, member_id, at, request_id) WHERE member_id IS NOT NULL;
CREATE INDEX audit_log_by_operator ON audit_log (tenant_id, operator, at, request_id) WHERE operator IS NOT NULL;

-- append-only: achievement_names
-- append-only: achievement_batches
