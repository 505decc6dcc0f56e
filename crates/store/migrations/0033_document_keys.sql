-- Document keys: the Ed25519 keys with which a tenant signs wallet forms and status lists. None is ever deleted.
CREATE TABLE document_keys (
    tenant_id     TEXT   NOT NULL,
    -- Counted from 1 for each tenant, apart from the numbers of its signing keys.
    number        BIGINT NOT NULL,
    public_key    TEXT   NOT NULL,
    -- '' where the key is in Cloud KMS, as the version kms_version.
    secret_sealed TEXT   NOT NULL,
    kms_version   TEXT,
    created_at    BIGINT NOT NULL,
    -- Since when it signs nothing new. What it signed counts.
    retired_at    BIGINT,
    -- Since when nothing that it signed counts. Once set it stays.
    revoked_from  BIGINT,
    CONSTRAINT document_keys_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT document_keys_public_key_unique UNIQUE (public_key),
    CONSTRAINT document_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
-- A tenant signs with one key at a time.
CREATE UNIQUE INDEX document_keys_in_use ON document_keys (tenant_id) WHERE retired_at IS NULL AND revoked_from IS NULL;
