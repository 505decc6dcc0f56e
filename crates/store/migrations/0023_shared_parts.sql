-- What many rows repeat is stored once, and hashes as bytes. Rows of earlier releases stay as they are, and are read as they are.

-- The part of redacted documents that credentials of the tenant share: issuer, dates, achievement. It holds no personal data.
CREATE TABLE document_parts (
    tenant_id TEXT  NOT NULL,
    -- The SHA-256 of the content.
    hash      BYTEA NOT NULL,
    -- The document as JSON, with empty texts for what is a credential's own.
    content   TEXT  NOT NULL,
    CONSTRAINT document_parts_pk PRIMARY KEY (tenant_id, hash),
    CONSTRAINT document_parts_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- The shared part of the credential's document, and what was drawn for it alone: the nonce, of 16 bytes, and as many for the UUID of
-- the achievement if that was drawn too. The column "document" is empty then, and otherwise holds the whole document.
ALTER TABLE credentials ADD COLUMN document_hash BYTEA;
ALTER TABLE credentials ADD COLUMN document_own BYTEA;
-- The full half of the credential's node, of 32 bytes, and the path from the node to the root of its batch: for each step L or R, and 32
-- bytes. It takes the place of node_full and tree_path.
ALTER TABLE credentials ADD COLUMN tree_place BYTEA;
-- The key of the person's data, sealed under the master key, and the data, sealed under that key. Erasure destroys both. It takes the
-- place of data_key_sealed and personal_sealed.
ALTER TABLE credentials ADD COLUMN person_sealed BYTEA;
-- The path from the batch's root to the anchor's in the same form. It takes the place of anchor_path. The column "merkle_root" is
-- empty then: it is the anchor's root.
ALTER TABLE batches ADD COLUMN anchor_steps BYTEA;

-- Batches are looked for by their key while they are pending, for which there is an index of these alone.
DROP INDEX batches_by_key;

-- append-only: document_parts
-- never: batches NEW.anchor_path IS NOT NULL AND NEW.anchor_steps IS NOT NULL
-- never instead: credentials (NEW.erased_at IS NOT NULL AND (NEW.person_sealed IS NOT NULL OR NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL OR NEW.revocation_reason IS NOT NULL)) OR (NEW.document = '') <> (NEW.document_hash IS NOT NULL) OR (NEW.document_hash IS NULL) <> (NEW.document_own IS NULL) OR (NEW.tree_place IS NOT NULL AND (NEW.node_full IS NOT NULL OR NEW.tree_path IS NOT NULL)) OR (NEW.person_sealed IS NOT NULL AND (NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL))
