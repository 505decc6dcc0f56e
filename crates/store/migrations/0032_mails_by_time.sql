-- The console lists the mails of a tenant, the newest first, all or those with a status.
DROP INDEX mails_by_tenant;
CREATE INDEX mails_by_tenant ON mails (tenant_id, environment, status, queued_at, credential_id);
CREATE INDEX mails_by_time ON mails (tenant_id, environment, queued_at, credential_id);
