-- The audit log tells what was changed, from where, and by which operator; and each row is chained to the one before it.

-- The ids of what the call changed, separated by spaces; NULL where it changed nothing.
ALTER TABLE audit_log ADD COLUMN subjects TEXT;
-- A keyed hash of the client's address; NULL where that is unknown.
ALTER TABLE audit_log ADD COLUMN address_mac TEXT;
-- The operating system's user who ran the command; NULL for a request.
ALTER TABLE audit_log ADD COLUMN operator TEXT;
-- The chain that the row belongs to (a tenant's id, or one of two names), its place there, counted from 1 without a gap, and a
-- keyed hash of the row and of the hash of the row before it. NULL in rows of earlier releases, which belong to none.
ALTER TABLE audit_log ADD COLUMN chain TEXT;
ALTER TABLE audit_log ADD COLUMN sequence BIGINT;
ALTER TABLE audit_log ADD COLUMN hash TEXT;
-- Not unique: a row that another party inserts must not keep this program from writing the next one.
CREATE INDEX audit_log_by_place ON audit_log (chain, sequence);
-- No statement looks for rows by their age alone.
DROP INDEX audit_log_by_age;

-- The ends of each chain. The row without a name counts the rows that belong to no chain.
CREATE TABLE audit_chains (
    chain           TEXT   NOT NULL,
    -- The last row that was deleted because of its age: its place, and its hash, on which the first one that is left follows.
    purged_sequence BIGINT NOT NULL,
    purged_hash     TEXT   NOT NULL,
    -- The newest row.
    sequence        BIGINT NOT NULL,
    hash            TEXT   NOT NULL,
    -- A keyed hash of all of this; empty from the moment on at which it was found to be wrong.
    mac             TEXT   NOT NULL,
    CONSTRAINT audit_chains_pk PRIMARY KEY (chain)
);
