-- What the host itself sends to a chain, and what keys own.

-- The host's own transactions, one for each nonce of its key: the newest statement about keys, or ether for a tenant's key.
CREATE TABLE host_transactions (
    chain_id           BIGINT NOT NULL,
    nonce              BIGINT NOT NULL,
    kind               TEXT   NOT NULL,
    -- open: signed, and not deep enough yet. confirmed: deep enough, and watched. final: no block of it can be replaced.
    -- lost: its nonce was used by something else.
    status             TEXT   NOT NULL,
    statement_sequence BIGINT,
    statement_hash     TEXT,
    receiver           TEXT,
    amount_gwei        BIGINT,
    created_at         BIGINT NOT NULL,
    -- The attempt that is in the chain, and where.
    transaction_hash   TEXT,
    block_number       BIGINT,
    block_hash         TEXT,
    block_time         BIGINT,
    CONSTRAINT host_transactions_pk PRIMARY KEY (chain_id, nonce),
    CONSTRAINT host_transactions_status_known CHECK (status IN ('open', 'confirmed', 'final', 'lost')),
    CONSTRAINT host_transactions_say_one_thing CHECK (
        (kind = 'statement' AND statement_sequence IS NOT NULL AND statement_hash IS NOT NULL AND receiver IS NULL AND amount_gwei IS NULL)
        OR (kind = 'top_up' AND statement_sequence IS NULL AND statement_hash IS NULL AND receiver IS NOT NULL AND amount_gwei IS NOT NULL)),
    CONSTRAINT host_transactions_stand CHECK (
        (status IN ('confirmed', 'final')) = (transaction_hash IS NOT NULL AND block_number IS NOT NULL AND block_hash IS NOT NULL AND block_time IS NOT NULL))
);
-- One after the other: none is begun while another one is open.
CREATE UNIQUE INDEX host_transactions_one_open ON host_transactions (chain_id) WHERE status = 'open';
CREATE INDEX host_transactions_watched ON host_transactions (chain_id) WHERE status = 'confirmed';
CREATE INDEX host_transactions_statements ON host_transactions (statement_sequence) WHERE kind = 'statement';
CREATE INDEX host_transactions_top_ups ON host_transactions (chain_id, created_at) WHERE kind = 'top_up';

-- What was signed for each of them: the first one, and those that offer more. Stored before it is sent.
CREATE TABLE host_attempts (
    hash       TEXT   NOT NULL,
    chain_id   BIGINT NOT NULL,
    nonce      BIGINT NOT NULL,
    raw        TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT,
    CONSTRAINT host_attempts_pk PRIMARY KEY (hash),
    CONSTRAINT host_attempts_transaction FOREIGN KEY (chain_id, nonce) REFERENCES host_transactions (chain_id, nonce)
);
CREATE INDEX host_attempts_by_nonce ON host_attempts (chain_id, nonce);

-- Until when one node does the host's work on this chain; NULL while none does.
ALTER TABLE host_keys ADD COLUMN leased_until BIGINT;

-- What keys in use owned when they were last looked at, and whether that is enough.
CREATE TABLE key_balances (
    chain_id     BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    balance_gwei BIGINT NOT NULL,
    funds        TEXT   NOT NULL,
    seen_at      BIGINT NOT NULL,
    CONSTRAINT key_balances_pk PRIMARY KEY (chain_id, address),
    CONSTRAINT key_balances_funds_known CHECK (funds IN ('enough', 'low', 'none'))
);
