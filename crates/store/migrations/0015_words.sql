-- Names that people meet, in the field's words. Renaming keeps every row, index and constraint.
ALTER TABLE tenants RENAME COLUMN face_changed_at TO branding_changed_at;
ALTER TABLE batches RENAME COLUMN anchor_again_with TO reanchor_with;
ALTER TABLE stray_transactions RENAME TO unknown_transactions;
