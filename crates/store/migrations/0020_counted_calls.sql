-- The number of calls that a row counts: refusals of a key or of an address that follow on the first ones of a minute share a row.
ALTER TABLE audit_log ADD COLUMN calls BIGINT NOT NULL DEFAULT 1;
