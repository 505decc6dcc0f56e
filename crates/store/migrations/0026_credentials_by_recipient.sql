-- A tenant looks for the batches of a recipient.
CREATE INDEX credentials_by_recipient ON credentials (recipient_id);
