-- What an erasure clears stays empty. First the rows that an earlier release filled again, by a revocation after the erasure.
-- The answer to such a revocation repeats its words: its start, up to the reason, is followed by none, and by the code.
UPDATE idempotency_keys SET body = (
    SELECT SUBSTR(idempotency_keys.body, 1, LENGTH('={"id":"' || c.id || '","revoked":true,"revoked_at":"2026-04-23T12:00:00.000Z","reason":'))
        || '"","reason_code":"' || c.revocation_code || '"}'
    FROM credentials c WHERE c.id = idempotency_keys.subject_id)
WHERE body LIKE '={"id":"%","revoked":true,%'
    AND subject_id IN (SELECT id FROM credentials WHERE erased_at IS NOT NULL AND revoked_at IS NOT NULL);
UPDATE credentials SET personal_sealed = NULL, data_key_sealed = NULL, revocation_reason = NULL
WHERE erased_at IS NOT NULL
    AND (personal_sealed IS NOT NULL OR data_key_sealed IS NOT NULL OR revocation_reason IS NOT NULL);
UPDATE mails SET answer = NULL
WHERE answer IS NOT NULL AND credential_id IN (SELECT id FROM credentials WHERE erased_at IS NOT NULL);

-- never: credentials NEW.erased_at IS NOT NULL AND (NEW.personal_sealed IS NOT NULL OR NEW.data_key_sealed IS NOT NULL OR NEW.revocation_reason IS NOT NULL)
-- never: mails NEW.answer IS NOT NULL AND EXISTS (SELECT 1 FROM credentials c WHERE c.id = NEW.credential_id AND c.erased_at IS NOT NULL)
