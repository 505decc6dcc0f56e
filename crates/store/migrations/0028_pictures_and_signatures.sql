-- The pictures of achievements that requests name by URL: fetched after the batch is accepted, and shown in badges. They are not signed.
CREATE TABLE achievement_images (
    tenant_id       TEXT   NOT NULL,
    -- The SHA-256 of the URL.
    url_hash        BYTEA  NOT NULL,
    url             TEXT   NOT NULL,
    -- The picture in "logos", once it was fetched.
    logo_hash       TEXT,
    attempts        BIGINT NOT NULL,
    -- When it is to be fetched. NULL once it was, and once it was given up.
    next_attempt_at BIGINT,
    CONSTRAINT achievement_images_pk PRIMARY KEY (tenant_id, url_hash),
    CONSTRAINT achievement_images_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX achievement_images_by_due ON achievement_images (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX achievement_images_by_logo ON achievement_images (logo_hash) WHERE logo_hash IS NOT NULL;

-- The picture of the credential's achievement, if its request named one. Erasure clears it: its URL may be of one person alone.
ALTER TABLE credentials ADD COLUMN achievement_image BYTEA;
CREATE INDEX credentials_by_image ON credentials (achievement_image, tenant_id) WHERE achievement_image IS NOT NULL;

-- What a tenant adds to its certificates, as JSON: the signatures, and whether there is a number. NULL where it adds nothing.
ALTER TABLE tenants ADD COLUMN certificate TEXT;
ALTER TABLE tenants ADD COLUMN confirmed_certificate TEXT;

-- never instead: credentials (NEW.erased_at IS NOT NULL AND (NEW.person_sealed IS NOT NULL OR NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL OR NEW.revocation_reason IS NOT NULL OR NEW.replaced_by IS NOT NULL OR NEW.achievement_image IS NOT NULL)) OR (NEW.document = '') <> (NEW.document_hash IS NOT NULL) OR (NEW.document_hash IS NULL) <> (NEW.document_own IS NULL) OR (NEW.tree_place IS NOT NULL AND (NEW.node_full IS NOT NULL OR NEW.tree_path IS NOT NULL)) OR (NEW.person_sealed IS NOT NULL AND (NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL))
