-- What the last step of a pending batch or of a signed anchor failed for want of: funds, chain or signing_key. NULL where it did not
-- fail, or failed for another reason.
ALTER TABLE batches ADD COLUMN waiting_for TEXT;
ALTER TABLE anchors ADD COLUMN waiting_for TEXT;
