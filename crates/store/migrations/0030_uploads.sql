-- Achievements that a tenant keeps and issues again, in both environments.
CREATE TABLE achievement_templates (
    id         TEXT   NOT NULL,
    tenant_id  TEXT   NOT NULL,
    -- JSON: the achievement's texts and skills. It names no person.
    content    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT achievement_templates_pk PRIMARY KEY (id),
    CONSTRAINT achievement_templates_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX achievement_templates_by_tenant ON achievement_templates (tenant_id, id);

-- Spreadsheets of recipients, from the dry run to the end of their batches. Personal data is in upload_files alone.
CREATE TABLE uploads (
    id            TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    environment   TEXT   NOT NULL,
    member_id     TEXT   NOT NULL,
    status        TEXT   NOT NULL,
    -- A keyed hash of the file, of its columns' uses and of the template: the same upload is issued once.
    fingerprint   TEXT   NOT NULL,
    row_count     BIGINT NOT NULL,
    -- JSON: the uses of the columns, and the template's texts.
    column_map    TEXT   NOT NULL,
    template      TEXT   NOT NULL,
    -- The language of the member who uploaded it.
    language      TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT,
    ended_at      BIGINT,
    -- Why it stopped: a code.
    problem       TEXT,
    -- The mail about its end, or about why it stopped, was sent or given up.
    notified_at   BIGINT,
    -- The rows in upload_files were deleted.
    file_deleted_at BIGINT,
    CONSTRAINT uploads_pk PRIMARY KEY (id),
    CONSTRAINT uploads_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT uploads_status_known CHECK (status IN ('draft', 'issuing', 'stopped', 'issued', 'ended'))
);
CREATE INDEX uploads_by_tenant ON uploads (tenant_id, environment, id);
CREATE INDEX uploads_at_work ON uploads (id) WHERE status IN ('issuing', 'issued');
CREATE INDEX uploads_to_notify ON uploads (id) WHERE status IN ('stopped', 'ended') AND notified_at IS NULL;
CREATE INDEX uploads_with_file ON uploads (created_at) WHERE status IN ('stopped', 'ended') AND file_deleted_at IS NULL;
CREATE INDEX uploads_drafts ON uploads (created_at) WHERE status = 'draft';
-- One upload of the same file, columns and template is confirmed, and no other.
CREATE UNIQUE INDEX uploads_once ON uploads (tenant_id, environment, fingerprint) WHERE status <> 'draft';

-- The file that was uploaded, the seed of the ids that were made for its rows, and the report of its dry run, in sealed pieces. Deleted when a
-- person in it is erased, and when it is too old.
CREATE TABLE upload_files (
    upload_id TEXT   NOT NULL,
    part      TEXT   NOT NULL,
    piece     BIGINT NOT NULL,
    sealed    TEXT   NOT NULL,
    CONSTRAINT upload_files_pk PRIMARY KEY (upload_id, part, piece),
    CONSTRAINT upload_files_upload_fk FOREIGN KEY (upload_id) REFERENCES uploads (id),
    CONSTRAINT upload_files_part_known CHECK (part IN ('file', 'report'))
);

-- The batches of an upload: 500 rows each, by their number. A part has its batch once the batch was accepted, in the same transaction.
CREATE TABLE upload_parts (
    upload_id TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    batch_id  TEXT,
    CONSTRAINT upload_parts_pk PRIMARY KEY (upload_id, number),
    CONSTRAINT upload_parts_upload_fk FOREIGN KEY (upload_id) REFERENCES uploads (id),
    CONSTRAINT upload_parts_batch_fk FOREIGN KEY (batch_id) REFERENCES batches (id)
);
CREATE INDEX upload_parts_by_batch ON upload_parts (batch_id) WHERE batch_id IS NOT NULL;
