-- Wallet forms name a place in a list of revoked credentials. It follows from a number that the credential gets when it is accepted:
-- the first one of its batch, and its position there. Numbers are a tenant's own, over both environments, and none is used again.
ALTER TABLE tenants ADD COLUMN next_status_number BIGINT NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN first_status_number BIGINT;
UPDATE batches SET first_status_number = numbered.first FROM (
    SELECT id, SUM(credentials_count) OVER (PARTITION BY tenant_id ORDER BY id) - credentials_count AS first FROM batches
) numbered WHERE numbered.id = batches.id;
UPDATE tenants SET next_status_number =
    COALESCE((SELECT SUM(credentials_count) FROM batches WHERE batches.tenant_id = tenants.id), 0);

-- The number of a revoked credential; NULL for any other. A list is made from these alone.
ALTER TABLE credentials ADD COLUMN revoked_number BIGINT;
UPDATE credentials SET revoked_number =
    (SELECT first_status_number FROM batches WHERE batches.id = credentials.batch_id) + position
WHERE revoked_at IS NOT NULL;
CREATE INDEX credentials_by_revoked_number ON credentials (tenant_id, revoked_number) WHERE revoked_number IS NOT NULL;

-- 1: wallet forms carry the recipient's address, salted and hashed. Nothing else shows it.
ALTER TABLE tenants ADD COLUMN wallet_email BIGINT NOT NULL DEFAULT 0;
