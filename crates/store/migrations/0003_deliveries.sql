-- Each event's way to each endpoint, and the log of the attempts.

-- The secret before the last rotation: it signs beside the new one until then.
ALTER TABLE webhook_endpoints ADD COLUMN previous_secret_sealed TEXT;
ALTER TABLE webhook_endpoints ADD COLUMN previous_secret_until BIGINT;
-- Since when every attempt has failed; NULL from the first one on that did not.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since BIGINT;

-- Written in the transaction of the event, for each endpoint that is subscribed at that moment.
CREATE TABLE deliveries (
    endpoint_id     TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    -- Attempts whose outcome is known, of the present round: a replay begins a new one.
    attempts        BIGINT NOT NULL,
    -- While it is leased, when the lease ends: what nobody recorded is then tried again.
    next_attempt_at BIGINT NOT NULL,
    lease_until     BIGINT,
    created_at      BIGINT NOT NULL,
    CONSTRAINT deliveries_pk PRIMARY KEY (endpoint_id, event_id),
    CONSTRAINT deliveries_status_known CHECK (status IN ('pending', 'delivered', 'failed')),
    CONSTRAINT deliveries_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT deliveries_event_fk FOREIGN KEY (event_id) REFERENCES events (id)
);
CREATE INDEX deliveries_by_turn ON deliveries (status, endpoint_id, next_attempt_at);
CREATE INDEX deliveries_by_event ON deliveries (event_id);
CREATE INDEX deliveries_by_age ON deliveries (created_at);

-- One row per attempt whose outcome is known.
CREATE TABLE delivery_attempts (
    endpoint_id     TEXT   NOT NULL,
    at              BIGINT NOT NULL,
    request_id      TEXT   NOT NULL,
    event_id        TEXT   NOT NULL,
    number          BIGINT NOT NULL,
    duration_ms     BIGINT NOT NULL,
    -- NULL where there was no answer; error then says why.
    status_code     BIGINT,
    error           TEXT,
    -- The first bytes of the answer, in the receiver's words. Erasure takes them away.
    answer          TEXT,
    next_attempt_at BIGINT,
    CONSTRAINT delivery_attempts_pk PRIMARY KEY (endpoint_id, at, request_id),
    CONSTRAINT delivery_attempts_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE
);
CREATE INDEX delivery_attempts_by_event ON delivery_attempts (event_id);
CREATE INDEX delivery_attempts_by_age ON delivery_attempts (at);

-- Replaying a range of time looks for events by it.
CREATE INDEX events_by_tenant ON events (tenant_id, environment, created_at);

-- Secrets that a rotation has made invalid are looked for every minute.
CREATE INDEX webhook_endpoints_by_rotation ON webhook_endpoints (previous_secret_until);
