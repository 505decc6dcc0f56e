-- Anchors: one transaction anchors many batches. What a batch needed for a transaction of its own goes to the anchor.

-- The root of the batch's own tree, closed when the batch is accepted. NULL for one that an earlier release accepted and has not
-- signed: its tree is closed before it is signed.
ALTER TABLE batches ADD COLUMN tree_root TEXT;
-- The anchor that the batch is in, and the path from the batch's root to the anchor's. merkle_root is the anchor's root, which the
-- transaction carries. NULL until the batch is signed.
ALTER TABLE batches ADD COLUMN anchor_id TEXT;
ALTER TABLE batches ADD COLUMN anchor_path TEXT;

CREATE TABLE anchors (
    id                  TEXT   NOT NULL,
    tenant_id           TEXT   NOT NULL,
    environment         TEXT   NOT NULL,
    status              TEXT   NOT NULL,
    -- The root over the roots of its batches, and how many these are.
    root                TEXT   NOT NULL,
    batches_count       BIGINT NOT NULL,
    -- The key that signs it; of its batches it is the same.
    signing_key_number  BIGINT NOT NULL,
    verification_method TEXT   NOT NULL,
    public_url          TEXT   NOT NULL,
    chain_id            BIGINT NOT NULL,
    signed_at           BIGINT NOT NULL,
    -- The number of the key that an anchored anchor is to be signed with again: the one that signed it was stolen.
    reanchor_with       BIGINT,
    -- The height at which its transaction was seen while it was not deep enough; NULL while it is in no block, and waits in the pools
    -- of the nodes.
    seen_in_block       BIGINT,
    -- How often its current step failed, and when it is looked at next.
    attempts            BIGINT NOT NULL,
    next_attempt_at     BIGINT NOT NULL,
    CONSTRAINT anchors_pk PRIMARY KEY (id),
    CONSTRAINT anchors_status_known CHECK (status IN ('signed', 'anchored')),
    CONSTRAINT anchors_signing_key_fk FOREIGN KEY (tenant_id, signing_key_number) REFERENCES signing_keys (tenant_id, number)
);
CREATE INDEX anchors_by_status ON anchors (status, next_attempt_at);
CREATE INDEX anchors_to_reanchor ON anchors (next_attempt_at) WHERE reanchor_with IS NOT NULL;
CREATE INDEX anchors_by_key ON anchors (tenant_id, signing_key_number, status);

-- Each batch that was signed has had a transaction of its own: its anchor has the batch's root, and the path between them is empty.
INSERT INTO anchors (id, tenant_id, environment, status, root, batches_count, signing_key_number, verification_method, public_url,
                     chain_id, signed_at, reanchor_with, attempts, next_attempt_at)
SELECT 'anc_' || SUBSTR(id, 5), tenant_id, environment, status, merkle_root, 1, signing_key_number, verification_method, public_url,
       chain_id, signed_at, reanchor_with, attempts, next_attempt_at
FROM batches WHERE status IN ('signed', 'anchored');
UPDATE batches SET tree_root = merkle_root, anchor_id = 'anc_' || SUBSTR(id, 5), anchor_path = '',
                   attempts = 0, next_attempt_at = 9223372036854775807
WHERE status IN ('signed', 'anchored');
CREATE INDEX batches_by_anchor ON batches (anchor_id) WHERE anchor_id IS NOT NULL;
-- Which keys pending batches wait for, and which batches those are, the oldest first.
CREATE INDEX batches_pending ON batches (tenant_id, signing_key_number, id, next_attempt_at, created_at) WHERE status = 'pending';
ALTER TABLE batches DROP COLUMN reanchor_with;

-- A transaction is an attempt at an anchor. The column is part of a constraint, which no statement changes on both databases: the
-- table is made anew, and its rows pass through another one, since names of constraints are unique.
CREATE TABLE anchor_transactions_before AS SELECT * FROM anchor_transactions;
DROP TABLE anchor_transactions;
CREATE TABLE anchor_transactions (
    hash         TEXT   NOT NULL,
    anchor_id    TEXT   NOT NULL,
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
    CONSTRAINT anchor_transactions_anchor_fk FOREIGN KEY (anchor_id) REFERENCES anchors (id)
);
INSERT INTO anchor_transactions (hash, anchor_id, chain_id, address, nonce, raw, created_at, sent_at, block_number, block_hash, block_time)
SELECT hash, 'anc_' || SUBSTR(batch_id, 5), chain_id, address, nonce, raw, created_at, sent_at, block_number, block_hash, block_time
FROM anchor_transactions_before;
DROP TABLE anchor_transactions_before;
CREATE INDEX anchor_transactions_by_anchor ON anchor_transactions (anchor_id);
CREATE INDEX anchor_transactions_by_nonce ON anchor_transactions (chain_id, address, nonce);
