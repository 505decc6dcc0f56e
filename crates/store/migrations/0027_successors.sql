-- The credential that takes the place of a revoked one, if the revocation named it. Erasure clears it: it leads to the person.
ALTER TABLE credentials ADD COLUMN replaced_by TEXT;

-- never instead: credentials (NEW.erased_at IS NOT NULL AND (NEW.person_sealed IS NOT NULL OR NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL OR NEW.revocation_reason IS NOT NULL OR NEW.replaced_by IS NOT NULL)) OR (NEW.document = '') <> (NEW.document_hash IS NOT NULL) OR (NEW.document_hash IS NULL) <> (NEW.document_own IS NULL) OR (NEW.tree_place IS NOT NULL AND (NEW.node_full IS NOT NULL OR NEW.tree_path IS NOT NULL)) OR (NEW.person_sealed IS NOT NULL AND (NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL))
