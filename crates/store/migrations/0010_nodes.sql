-- What several nodes on one database need to share the work.

-- Until when one node does all the work of this key's batches; NULL while none does. In the order of its nonces they are
-- signed and sent, so one at a time is as fast as many.
ALTER TABLE signing_keys ADD COLUMN leased_until BIGINT;

-- Until when a node is at sending this test: an identical request that reaches another node waits for its answer.
ALTER TABLE webhook_tests ADD COLUMN sending_until BIGINT;
