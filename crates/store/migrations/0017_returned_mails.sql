-- A status for mails about which something came back of unclear meaning. The statuses are part of a
-- constraint, which no statement changes on both databases: the table is made anew, and its rows pass through another one.
CREATE TABLE mails_before AS SELECT * FROM mails;
DROP TABLE mails;
CREATE TABLE mails (
    credential_id  TEXT   NOT NULL,
    tenant_id      TEXT   NOT NULL,
    -- 32 random hexadecimal digits. The mail's Message-ID, its envelope's sender and the name of its file carry it: the
    -- credential's id is the capability to see the credential, and is in none of them.
    token          TEXT   NOT NULL,
    status         TEXT   NOT NULL,
    -- How often it was sent: one that was sent, and is asked for a second time, is another mail to those who sort them.
    edition        BIGINT NOT NULL,
    -- Attempts of the present round whose outcome is known: being asked for once more begins a new one.
    attempts       BIGINT NOT NULL,
    queued_at      BIGINT NOT NULL,
    -- While it waits, when it is tried next; while it is leased, when the lease ends.
    due_at         BIGINT NOT NULL,
    -- When its bytes were about to be written to the mail server.
    transmitted_at BIGINT,
    settled_at     BIGINT,
    -- The mail server's last reply, bounded, with addresses masked. Erasure deletes it.
    answer         TEXT,
    CONSTRAINT mails_pk PRIMARY KEY (credential_id),
    CONSTRAINT mails_token_unique UNIQUE (token),
    CONSTRAINT mails_status_known CHECK
        (status IN ('waiting', 'leased', 'transmitting', 'sent', 'failed', 'bounced', 'returned', 'cancelled', 'unknown')),
    CONSTRAINT mails_credential_fk FOREIGN KEY (credential_id) REFERENCES credentials (id)
);
INSERT INTO mails (credential_id, tenant_id, token, status, edition, attempts, queued_at, due_at, transmitted_at, settled_at, answer)
SELECT credential_id, tenant_id, token, status, edition, attempts, queued_at, due_at, transmitted_at, settled_at, answer
FROM mails_before;
DROP TABLE mails_before;
CREATE INDEX mails_by_turn ON mails (status, due_at);
