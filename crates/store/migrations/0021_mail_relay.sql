-- Mails of live credentials wait until the operator turns them on for the tenant, and a tenant has a number of mails for each day.
-- Since when a tenant's mails of live credentials are on; NULL until the operator turns them on. Tenants of an earlier release
-- have them on.
ALTER TABLE tenants ADD COLUMN live_mails_since BIGINT;
UPDATE tenants SET live_mails_since = created_at;
-- The operator's exception from the plan's number of mails for each day.
ALTER TABLE tenants ADD COLUMN mails_per_day BIGINT;

-- How many mails of a tenant were transmitted on a day, which is a number of days since 1970.
CREATE TABLE mails_by_day (
    tenant_id   TEXT   NOT NULL,
    environment TEXT   NOT NULL,
    day         BIGINT NOT NULL,
    mails       BIGINT NOT NULL,
    CONSTRAINT mails_by_day_pk PRIMARY KEY (tenant_id, environment, day),
    CONSTRAINT mails_by_day_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX mails_by_day_by_day ON mails_by_day (day);

-- Statuses for mails that wait for the operator, and for the next day. The statuses are part of a constraint, which no statement
-- changes on both databases: the table is made anew, and its rows pass through another one.
CREATE TABLE mails_before AS SELECT * FROM mails;
DROP TABLE mails;
CREATE TABLE mails (
    credential_id   TEXT   NOT NULL,
    tenant_id       TEXT   NOT NULL,
    environment     TEXT   NOT NULL,
    -- 32 random hexadecimal digits. The mail's Message-ID, its envelope's sender and the name of its file carry it: the
    -- credential's id is the capability to see the credential, and is in none of them.
    token           TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    -- How often it was sent: one that was sent, and is asked for a second time, is another mail to those who sort them.
    edition         BIGINT NOT NULL,
    -- Attempts of the present round whose outcome is known: being asked for once more begins a new one.
    attempts        BIGINT NOT NULL,
    queued_at       BIGINT NOT NULL,
    -- While it waits, when it is tried next; while it is leased, when the lease ends.
    due_at          BIGINT NOT NULL,
    -- While it is postponed, when the next day begins.
    postponed_until BIGINT,
    -- When its bytes were about to be written to the mail server.
    transmitted_at  BIGINT,
    settled_at      BIGINT,
    -- The mail server's last reply, bounded, with addresses masked. Erasure deletes it.
    answer          TEXT,
    CONSTRAINT mails_pk PRIMARY KEY (credential_id),
    CONSTRAINT mails_token_unique UNIQUE (token),
    CONSTRAINT mails_status_known CHECK
        (status IN ('held', 'waiting', 'postponed', 'leased', 'transmitting', 'sent', 'failed', 'bounced', 'returned', 'cancelled',
                    'unknown')),
    CONSTRAINT mails_postponed CHECK ((status = 'postponed') = (postponed_until IS NOT NULL)),
    CONSTRAINT mails_credential_fk FOREIGN KEY (credential_id) REFERENCES credentials (id)
);
INSERT INTO mails (credential_id, tenant_id, environment, token, status, edition, attempts, queued_at, due_at, transmitted_at,
                   settled_at, answer)
SELECT m.credential_id, m.tenant_id, c.environment, m.token, m.status, m.edition, m.attempts, m.queued_at, m.due_at,
       m.transmitted_at, m.settled_at, m.answer
FROM mails_before m JOIN credentials c ON c.id = m.credential_id;
DROP TABLE mails_before;
CREATE INDEX mails_by_turn ON mails (status, due_at);
CREATE INDEX mails_by_tenant ON mails (tenant_id, environment, status);
CREATE INDEX mails_by_postponement ON mails (postponed_until) WHERE postponed_until IS NOT NULL;

-- never still: mails NEW.answer IS NOT NULL AND EXISTS (SELECT 1 FROM credentials c WHERE c.id = NEW.credential_id AND c.erased_at IS NOT NULL)
