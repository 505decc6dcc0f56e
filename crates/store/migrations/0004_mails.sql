-- Mails: one for each credential whose recipient has an address, written in the transaction that anchors its batch. The
-- address is not here: it stays sealed in the credential, and is read again when the mail is sent.

CREATE TABLE mails (
    credential_id TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    -- 32 random hexadecimal digits. The mail goes by it in its Message-ID, in its envelope's sender and in the name of its
    -- file: the credential's id is the capability to see the credential, and stands in none of them.
    token         TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    -- How often it was sent: one that was sent, and is asked for again, is another mail to those who sort them.
    edition       BIGINT NOT NULL,
    -- Attempts of the present round whose outcome is known: being asked for again begins a new one.
    attempts      BIGINT NOT NULL,
    queued_at     BIGINT NOT NULL,
    -- While it waits, when it is tried next; while somebody has it, when their lease ends.
    due_at        BIGINT NOT NULL,
    -- When its bytes were about to be written to the mail server.
    handed_at     BIGINT,
    settled_at    BIGINT,
    -- What the mail server said last, bounded, with addresses masked. Erasure takes it away.
    answer        TEXT,
    CONSTRAINT mails_pk PRIMARY KEY (credential_id),
    CONSTRAINT mails_token_unique UNIQUE (token),
    CONSTRAINT mails_status_known CHECK
        (status IN ('waiting', 'leased', 'handed', 'sent', 'failed', 'bounced', 'dropped', 'unsure')),
    CONSTRAINT mails_credential_fk FOREIGN KEY (credential_id) REFERENCES credentials (id)
);
CREATE INDEX mails_by_turn ON mails (status, due_at);

-- Since when a tenant's mails are off; NULL while they are on.
ALTER TABLE tenants ADD COLUMN mails_off_since BIGINT;
-- The language that the tenant's recipients are written to in; NULL for English.
ALTER TABLE tenants ADD COLUMN language TEXT;
-- Where answers to its mails go.
ALTER TABLE tenants ADD COLUMN mail_reply_to TEXT;
