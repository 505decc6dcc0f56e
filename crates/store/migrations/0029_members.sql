-- The people who sign in to the console. Their address is sealed, and a keyed hash of it finds them.
CREATE TABLE members (
    id             TEXT   NOT NULL,
    email_mac      TEXT   NOT NULL,
    email_sealed   TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    operator_since BIGINT,
    CONSTRAINT members_pk PRIMARY KEY (id),
    CONSTRAINT members_email_unique UNIQUE (email_mac)
);

CREATE TABLE memberships (
    member_id  TEXT   NOT NULL,
    tenant_id  TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT memberships_pk PRIMARY KEY (member_id, tenant_id),
    CONSTRAINT memberships_member_fk FOREIGN KEY (member_id) REFERENCES members (id),
    CONSTRAINT memberships_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT memberships_role_known CHECK (role IN ('owner', 'issuer', 'auditor'))
);
CREATE INDEX memberships_by_tenant ON memberships (tenant_id, member_id);

-- Links that sign a member in, each once. A link that was mailed works in the browser that asked for it alone.
CREATE TABLE member_links (
    token_hash   TEXT   NOT NULL,
    member_id    TEXT   NOT NULL,
    purpose      TEXT   NOT NULL,
    browser_hash TEXT,
    created_at   BIGINT NOT NULL,
    used_at      BIGINT,
    CONSTRAINT member_links_pk PRIMARY KEY (token_hash),
    CONSTRAINT member_links_member_fk FOREIGN KEY (member_id) REFERENCES members (id),
    CONSTRAINT member_links_purpose_known CHECK (purpose IN ('command', 'mail'))
);
CREATE INDEX member_links_by_member ON member_links (member_id);
CREATE INDEX member_links_by_age ON member_links (created_at);

-- A session ends a while after it was last seen, and at the latest a while after it began. The program knows both.
CREATE TABLE member_sessions (
    id         TEXT   NOT NULL,
    token_hash TEXT   NOT NULL,
    member_id  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    agent      TEXT   NOT NULL,
    CONSTRAINT member_sessions_pk PRIMARY KEY (id),
    CONSTRAINT member_sessions_token_unique UNIQUE (token_hash),
    CONSTRAINT member_sessions_member_fk FOREIGN KEY (member_id) REFERENCES members (id)
);
CREATE INDEX member_sessions_by_member ON member_sessions (member_id);
CREATE INDEX member_sessions_by_age ON member_sessions (created_at);

-- The requests for a link in a window of time, by a keyed hash of the address or of the client.
CREATE TABLE sign_in_windows (
    subject    TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    CONSTRAINT sign_in_windows_pk PRIMARY KEY (subject)
);
CREATE INDEX sign_in_windows_by_age ON sign_in_windows (started_at);

-- The member who did what a row is about, in the console.
ALTER TABLE audit_log ADD COLUMN member_id TEXT;

-- The console shows what is not anchored. Batches leave this index when they are.
CREATE INDEX batches_unsettled ON batches (tenant_id, environment, status, id) WHERE status <> 'anchored';
-- It lists what was revoked and what was erased. Both are rare, so these indexes are small.
CREATE INDEX credentials_revoked ON credentials (tenant_id, environment, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX credentials_erased_of ON credentials (tenant_id, environment, id) WHERE erased_at IS NOT NULL;
