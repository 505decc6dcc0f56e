-- What real chains need: what a key sent that this database does not know of, and anchors that are watched until they are final.

-- Transactions of our keys that are in the chain and in no row of anchor_transactions: those of the time after the backup
-- that this database was restored from, or of somebody else who has the key. Their nonces are used up.
CREATE TABLE stray_transactions (
    chain_id BIGINT NOT NULL,
    address  TEXT   NOT NULL,
    nonce    BIGINT NOT NULL,
    hash     TEXT   NOT NULL,
    raw      TEXT   NOT NULL,
    -- The 32 bytes that it carries, where it is an anchor: the batch with this root is anchored by it.
    root     TEXT,
    seen_at  BIGINT NOT NULL,
    CONSTRAINT stray_transactions_pk PRIMARY KEY (chain_id, address, nonce)
);
CREATE INDEX stray_transactions_by_root ON stray_transactions (root);

-- An anchored batch is due again until its block is final; from then on never. On the embedded chain each block is.
UPDATE batches SET next_attempt_at = 9223372036854775807 WHERE status = 'anchored' AND chain_id = 31337;

-- The number of the key that an anchored batch is to be anchored with again: the one that it was anchored with was stolen.
ALTER TABLE batches ADD COLUMN anchor_again_with BIGINT;
