-- What receivers answered may repeat a person whom they know from elsewhere, in answers to events that name nobody: their status
-- and length are kept, and no text. Emptied first, since PostgreSQL drops a column without touching the rows.
UPDATE delivery_attempts SET answer = NULL WHERE answer IS NOT NULL;
ALTER TABLE delivery_attempts DROP COLUMN answer;
-- How many bytes of the answer's body were read; NULL where there was no answer, and for those of earlier releases.
ALTER TABLE delivery_attempts ADD COLUMN answer_bytes BIGINT;
-- Erasures looked for the answers by it.
DROP INDEX delivery_attempts_by_event;
