CREATE SCHEMA learncoin_fixture;
CREATE FUNCTION learncoin_fixture.key_statements_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'rows of key_statements are never changed'; END $$;
CREATE TABLE learncoin_fixture._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE learncoin_fixture.anchor_transactions (
    hash text NOT NULL COLLATE pg_catalog."C",
    batch_id text NOT NULL COLLATE pg_catalog."C",
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    nonce bigint NOT NULL,
    raw text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    sent_at bigint,
    block_number bigint,
    block_hash text COLLATE pg_catalog."C",
    block_time bigint
);
CREATE TABLE learncoin_fixture.api_key_networks (
    key_id text NOT NULL COLLATE pg_catalog."C",
    cidr text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.api_keys (
    id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    label text COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    last_used_at bigint,
    revoked_at bigint
);
CREATE TABLE learncoin_fixture.audit_log (
    request_id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text COLLATE pg_catalog."C",
    key_id text COLLATE pg_catalog."C",
    method text NOT NULL COLLATE pg_catalog."C",
    endpoint text NOT NULL COLLATE pg_catalog."C",
    status bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE learncoin_fixture.batches (
    id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    credentials_count bigint NOT NULL,
    public_url text NOT NULL COLLATE pg_catalog."C",
    verification_method text NOT NULL COLLATE pg_catalog."C",
    signing_key_number bigint NOT NULL,
    chain_id bigint NOT NULL,
    created_at bigint NOT NULL,
    signed_at bigint,
    anchored_at bigint,
    failed_at bigint,
    merkle_root text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    error_message text COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    next_attempt_at bigint NOT NULL,
    anchor_again_with bigint,
    CONSTRAINT batches_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'signed'::text, 'anchored'::text, 'failed'::text])))
);
CREATE TABLE learncoin_fixture.credentials (
    id text NOT NULL COLLATE pg_catalog."C",
    batch_id text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    recipient_id text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL COLLATE pg_catalog."C",
    personal_sealed text COLLATE pg_catalog."C",
    data_key_sealed text COLLATE pg_catalog."C",
    node_full text COLLATE pg_catalog."C",
    tree_path text COLLATE pg_catalog."C",
    revoked_at bigint,
    revocation_code text COLLATE pg_catalog."C",
    revocation_reason text COLLATE pg_catalog."C",
    erased_at bigint,
    erasure_requester text COLLATE pg_catalog."C",
    erasure_verified_at text COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.deliveries (
    endpoint_id text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    attempts bigint NOT NULL,
    next_attempt_at bigint NOT NULL,
    lease_until bigint,
    created_at bigint NOT NULL,
    CONSTRAINT deliveries_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);
CREATE TABLE learncoin_fixture.delivery_attempts (
    endpoint_id text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    request_id text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    duration_ms bigint NOT NULL,
    status_code bigint,
    error text COLLATE pg_catalog."C",
    answer text COLLATE pg_catalog."C",
    next_attempt_at bigint
);
CREATE TABLE learncoin_fixture.events (
    id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL COLLATE pg_catalog."C",
    subject_id text NOT NULL COLLATE pg_catalog."C",
    data text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL
);
CREATE TABLE learncoin_fixture.host_attempts (
    hash text NOT NULL COLLATE pg_catalog."C",
    chain_id bigint NOT NULL,
    nonce bigint NOT NULL,
    raw text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    sent_at bigint
);
CREATE TABLE learncoin_fixture.host_keys (
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    public_key_x text NOT NULL COLLATE pg_catalog."C",
    public_key_y text NOT NULL COLLATE pg_catalog."C",
    secret_sealed text NOT NULL COLLATE pg_catalog."C",
    kms_version text COLLATE pg_catalog."C",
    next_nonce bigint NOT NULL,
    created_at bigint NOT NULL,
    leased_until bigint
);
CREATE TABLE learncoin_fixture.host_transactions (
    chain_id bigint NOT NULL,
    nonce bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    statement_sequence bigint,
    statement_hash text COLLATE pg_catalog."C",
    receiver text COLLATE pg_catalog."C",
    amount_gwei bigint,
    created_at bigint NOT NULL,
    transaction_hash text COLLATE pg_catalog."C",
    block_number bigint,
    block_hash text COLLATE pg_catalog."C",
    block_time bigint,
    CONSTRAINT host_transactions_say_one_thing CHECK ((((kind = 'statement'::text) AND (statement_sequence IS NOT NULL) AND (statement_hash IS NOT NULL) AND (receiver IS NULL) AND (amount_gwei IS NULL)) OR ((kind = 'top_up'::text) AND (statement_sequence IS NULL) AND (statement_hash IS NULL) AND (receiver IS NOT NULL) AND (amount_gwei IS NOT NULL)))),
    CONSTRAINT host_transactions_stand CHECK (((status = ANY (ARRAY['confirmed'::text, 'final'::text])) = ((transaction_hash IS NOT NULL) AND (block_number IS NOT NULL) AND (block_hash IS NOT NULL) AND (block_time IS NOT NULL)))),
    CONSTRAINT host_transactions_status_known CHECK ((status = ANY (ARRAY['open'::text, 'confirmed'::text, 'final'::text, 'lost'::text])))
);
CREATE TABLE learncoin_fixture.idempotency_keys (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    key_mac text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    status bigint NOT NULL,
    body text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    subject_id text COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.key_balances (
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    balance_gwei bigint NOT NULL,
    funds text NOT NULL COLLATE pg_catalog."C",
    seen_at bigint NOT NULL,
    CONSTRAINT key_balances_funds_known CHECK ((funds = ANY (ARRAY['enough'::text, 'low'::text, 'none'::text])))
);
CREATE TABLE learncoin_fixture.key_statement_head (
    name text NOT NULL COLLATE pg_catalog."C",
    sequence bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.key_statements (
    sequence bigint NOT NULL,
    tenant_id text COLLATE pg_catalog."C",
    number bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    key_id text NOT NULL COLLATE pg_catalog."C",
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    public_key text NOT NULL COLLATE pg_catalog."C",
    valid_from bigint NOT NULL,
    valid_to bigint,
    revoked_from bigint,
    stated_at bigint NOT NULL,
    previous_hash text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT key_statements_kind_known CHECK ((kind = ANY (ARRAY['created'::text, 'retired'::text, 'revoked'::text])))
);
CREATE TABLE learncoin_fixture.logos (
    hash text NOT NULL COLLATE pg_catalog."C",
    media_type text NOT NULL COLLATE pg_catalog."C",
    content text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.mails (
    credential_id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    token text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    edition bigint NOT NULL,
    attempts bigint NOT NULL,
    queued_at bigint NOT NULL,
    due_at bigint NOT NULL,
    handed_at bigint,
    settled_at bigint,
    answer text COLLATE pg_catalog."C",
    CONSTRAINT mails_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'leased'::text, 'handed'::text, 'sent'::text, 'failed'::text, 'bounced'::text, 'dropped'::text, 'unsure'::text])))
);
CREATE TABLE learncoin_fixture.own_did_keys (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    did text NOT NULL COLLATE pg_catalog."C",
    key_number bigint NOT NULL,
    verification_method text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.own_dids (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    did text NOT NULL COLLATE pg_catalog."C",
    since bigint NOT NULL
);
CREATE TABLE learncoin_fixture.rate_windows (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    started_at bigint NOT NULL,
    requests bigint NOT NULL
);
CREATE TABLE learncoin_fixture.settings (
    name text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.signing_keys (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    environment text NOT NULL COLLATE pg_catalog."C",
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    public_key_x text NOT NULL COLLATE pg_catalog."C",
    public_key_y text NOT NULL COLLATE pg_catalog."C",
    secret_sealed text NOT NULL COLLATE pg_catalog."C",
    next_nonce bigint NOT NULL,
    created_at bigint NOT NULL,
    disabled_at bigint,
    leased_until bigint,
    kms_version text COLLATE pg_catalog."C",
    retired_at bigint,
    expires_at bigint,
    revoked_from bigint
);
CREATE TABLE learncoin_fixture.stray_transactions (
    chain_id bigint NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    nonce bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    raw text NOT NULL COLLATE pg_catalog."C",
    root text COLLATE pg_catalog."C",
    seen_at bigint NOT NULL
);
CREATE TABLE learncoin_fixture.tenants (
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    plan text NOT NULL COLLATE pg_catalog."C",
    next_key_number bigint NOT NULL,
    created_at bigint NOT NULL,
    awarding_body_name text COLLATE pg_catalog."C",
    awarding_body_url text COLLATE pg_catalog."C",
    awarding_body_logo_url text COLLATE pg_catalog."C",
    awarding_body_logo_hash text COLLATE pg_catalog."C",
    accent_color text COLLATE pg_catalog."C",
    page_logo_url text COLLATE pg_catalog."C",
    page_logo_hash text COLLATE pg_catalog."C",
    own_did text COLLATE pg_catalog."C",
    face_changed_at bigint,
    confirmed_name text COLLATE pg_catalog."C",
    confirmed_accent_color text COLLATE pg_catalog."C",
    confirmed_logo_hash text COLLATE pg_catalog."C",
    credentials_per_month bigint,
    requests_per_minute bigint,
    mails_off_since bigint,
    language text COLLATE pg_catalog."C",
    mail_reply_to text COLLATE pg_catalog."C"
);
CREATE TABLE learncoin_fixture.usage_by_month (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    month text NOT NULL COLLATE pg_catalog."C",
    credentials bigint NOT NULL
);
CREATE TABLE learncoin_fixture.webhook_endpoints (
    id text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    url text NOT NULL COLLATE pg_catalog."C",
    events text NOT NULL COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    secret_sealed text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    disabled_at bigint,
    previous_secret_sealed text COLLATE pg_catalog."C",
    previous_secret_until bigint,
    failing_since bigint
);
CREATE TABLE learncoin_fixture.webhook_tests (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    environment text NOT NULL COLLATE pg_catalog."C",
    key_mac text NOT NULL COLLATE pg_catalog."C",
    fingerprint text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    noted_at bigint NOT NULL,
    sending_until bigint
);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (1, 'initial', '2026-11-29 11:12:39.843163+00', true, '\x069a4940c3e25ebf7043a3db76bfc9cefb8fd34be7b591a6791a02b3980d1f2480009c35901ae03990a86486fc031473', 42004642);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (2, 'contract', '2026-11-29 11:12:39.886489+00', true, '\xf37e212b3d94c9d4afb5e05a379db318147f44e4a6303a660762e89afc10d2547f7161b775a639f84164eca3b38caca1', 30926778);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (3, 'deliveries', '2026-11-29 11:12:39.91843+00', true, '\xacbf3670e8197f5e940ab42e1a992b7a323a2597b7836e43e28801384f49a4aa37513d054244697ccb38838b9b1d1dd1', 22374032);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (4, 'mails', '2026-11-29 11:12:39.941722+00', true, '\x857cc6613b51a05cbd89f02934ed9aeb665d7a392301a59a525add4b7bbe85bb78014f5a49cb6f0ff46bd6ea52afb8d6', 11230450);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (10, 'nodes', '2026-11-29 11:12:39.953916+00', true, '\x995a9e89c0efd1be4533a1d90f3386009214883e42652c1ba9163f4c03193edf97c18f1eeee85cdef5c48503235d0579', 594270);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (11, 'chains', '2026-11-29 11:12:39.955123+00', true, '\x4791e4286d2a1715ff2af34fc57294028bd455afd02486339f06b47ad7c5f8595b57909eef38d9ce49cf59da1931fb2f', 5369892);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (12, 'keys', '2026-11-29 11:12:39.963931+00', true, '\xbe13cab347b1d329a2cf5ef329190cbd9f8627cf6ae954ba6080aae3c76226f41206a00cbab99d038feffe3b14ffaae9', 14411551);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (13, 'host', '2026-11-29 11:12:39.980945+00', true, '\xc139a8bd13ad167eef014372eb942c29849b4b4d9c5f03360d90efa8690f46c25bc01941509a5bf877eaa955c055a9c8', 24238904);
INSERT INTO learncoin_fixture._sqlx_migrations VALUES (14, 'erasures', '2026-11-29 11:12:40.005989+00', true, '\x8dab9b8afc60ca4cd95d3720fdc6ab926e97eb32e72688ab3621baa7dac3b6f7e8591f779e1b7df3ac701d0ddb359398', 634159);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('c14b3b4a981b9303f8b059ba31ba0ed7220068004a61235c980051e32123c837', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 31337, '0xBB74459D05C608e0AbA301C670d55A96e0E7c19E', 0, '02f88b827a6980830f4240847744d64082753094bb74459d05c608e0aba301c670d55a96e0e7c19e80a0e64c26e5328de15f993c42780519f2d11ee53cc410af85c734e525b19428c227c080a0a182b84a2304dbbdaaf6f07bf2c7d672fc1f4b636380e8f2f4fd5da4f5997872a0307e6db53ad16fa6dcddd9c769cc8ec98f3e06f1e8f972febff0039a3310adc9', 1795950762204, 1795950762235, 1, 'fdc57ede4a9fcfc2273bf2727fe065c61cb63b63ae7fb0c1c13ca65b9cb5e3b3', 1795950762);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('ea4a04edb1ceb58a5b13e212092b573af009ae18993f5d41741ee5609d1c8e37', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', 31337, '0xFd497F374a4C2a860b7143A8f7f4d0CA69045b5d', 0, '02f88b827a6980830f4240847744d64082753094fd497f374a4c2a860b7143a8f7f4d0ca69045b5d80a07d9c11e4a4d486688141d203c1ddcfa8486f8b1714a7cc69afceb24673280835c080a00c35e5cd3cc76c352b9011b434216be23c9a222a39c8cc5a0e7b2afb14c517e8a042ac2586d6670de1a9e27271d2c9d93d446c553c03e63649204e000f851f39a1', 1795950764028, 1795950764038, 2, 'ebe468902c547a2fb278965a73cb6a2b79f186b902cdf78f5e609a9d489845a4', 1795950764);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('89d27bc673ac9c73939534bc98256d2d7643fdce41639aaa63a4a0de0fa3320b', 'bat_01M8KG3RB4MT40H9AEZBSGK07Z', 31337, '0xFd497F374a4C2a860b7143A8f7f4d0CA69045b5d', 1, '02f88b827a6901830f4240847744d64082753094fd497f374a4c2a860b7143a8f7f4d0ca69045b5d80a0978b593d5526ef99d19bc84b604ec17ddef27594eb458d2c763cf5c620999246c001a0f36e170b8f0f7ce43ea38d8b4d9463a8ec6cfe1221baeaa72423d75efebb796fa02fe8a8883a25f7ace24b4dae5f1f0cbdb9d08ed7f6a37d749a6aec3aefdcb9ec', 1795950764428, 1795950764462, 3, '5dd9a7e21a14334c8904272475ab5eaf03ba36c568d42c0bcb9814d655768bd3', 1795950765);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('a0133f68cbf0b65cc19b00d711d73b67fa8674a2d0d2bc12c5f70e427917fffe', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', 31337, '0x39B6fC163Ec27c4b69439E99cB97be844cCa7Fb4', 0, '02f88b827a6980830f4240847744d6408275309439b6fc163ec27c4b69439e99cb97be844cca7fb480a093a1d8d267785193c297438dc66e23fc42c86fc0b7385efbdbbe6b035a6dcb35c080a0b6d4f34f5d116160d0a38fc21c399bdc383bfdc1ae08a8050ea5246f521d75c8a008aaa6787f75d99ca72e33a57ed01250af96bb7e250c4e6833cc88bc2c27a49e', 1795950765029, 1795950765037, 4, '86988ad1aecd49cde9ff1b68919cd1bceeadbad6501749f7205bee75d02c09f6', 1795950766);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('7d837b6e8d0a0f9ff120ce789fd5c3b5fe7f7ebe222eaf44dc95aac3de530b74', 'bat_01M8KG403V01C2ERSNGYEC77K1', 31337, '0x1ABc546E31E8c61c96aE1e41083B6B291cB652c6', 1, '02f88b827a6901830f4240847744d640827530941abc546e31e8c61c96ae1e41083b6b291cb652c680a0903d7d4dd2998ffa4e1fe57dc058dd7563c6ff8387fce28f92ea76e63c41d933c001a0b70f09ec1ef329b3f18245b6aa21a76f202f70880e1b144a30ee411a2fe7f07ba009f6f934872ade36686d154972df05f108188cc5e7611c34373144f7482171b3', 1795950772361, 1795950772406, 6, '24564512411f95c4299ac23c93dc856d8682e472bd1a412134cce0c4d53ca917', 1795950772);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('00d7532bf91a54fd651decdb0de2252b0e1a4d1db940ba828c0906f939c08be2', 'bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', 31337, '0x39B6fC163Ec27c4b69439E99cB97be844cCa7Fb4', 1, '02f88b827a6901830f4240847744d6408275309439b6fc163ec27c4b69439e99cb97be844cca7fb480a046927b30596d6bec2fe8b7e2f53afcbf8773827048d128cb9a1f77d36037b365c080a0b636f84b4f1999a795f9235087638df23371989b02a61c650c5d17f19ebb2cbca02b2935edc782172f551f9ced7bb295501d0cf66cac95a2542ad374f65f2c8920', 1795950772823, 1795950772829, 7, '311b16be91b157aa7d2e5b554f5f703ecf8083eabaf3573d3f8a462065a6edd5', 1795950773);
INSERT INTO learncoin_fixture.anchor_transactions VALUES ('2bd9c08130f3a419c56c0e34949217736088338b1fafd319fa9a7455ff6fb5cf', 'bat_01M8KG412XCT6V245WFF1RYKFM', 31337, '0xFd497F374a4C2a860b7143A8f7f4d0CA69045b5d', 2, '02f88b827a6902830f4240847744d64082753094fd497f374a4c2a860b7143a8f7f4d0ca69045b5d80a02d6fefe7687fc0902285dd6eacd6388454ebc8a0c5e156e0c292a7d0e657d187c001a062ff327bc57a16a9e22ad36252159bba72e6bdf4308ef8c8931887cae959f150a0458d75b70c8af1053e54b98144ae970446ed0e18b6427b28bd1dad3b9228684a', 1795950773386, 1795950773416, 8, '73004dc30764b7c49db8cc7be12050b323da43c876580899b9588fdbcaabcc18', 1795950774);
INSERT INTO learncoin_fixture.api_keys VALUES ('key_01M8KG3MT506MR1A22W7J9CM70', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'fixture', '7c4b7e3657b7a76754a4e2351a525b9ab2e54d030c04cc6d99ae98b94972d264', 1795950760773, 1795950774376, NULL);
INSERT INTO learncoin_fixture.api_keys VALUES ('key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'fixture', 'b6b1c5079c8b0b995b979343b73d25b4050cfcb63469ce2200fe4b852a73fe54', 1795950761344, 1795950774376, NULL);
INSERT INTO learncoin_fixture.api_keys VALUES ('key_01M8KG3NW7EPDCD43N8EY0F99S', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'fixture', 'cdd9702984b6e4a89f80a6fbc446c860bfa3c59bfd68e0c647416d5f5d95c775', 1795950761863, 1795950774376, NULL);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3NXZJ4C77T1DADVHP8AX', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'PATCH', '/v1/tenants/me', 200, 1795950761919);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3NZKJ4Q05TAADWJ8ABJC', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/webhooks', 201, 1795950761971);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3P22VXK8758MV0K9HX1H', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/webhooks', 201, 1795950762050);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3P2D5SE3V8NMCFVPWXGP', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/batches', 202, 1795950762061);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3P5AM7RA5HV8W74P7JST', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950762154);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3PB9RDNQQZEDA59FEHSM', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950762345);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3PEXBQZS5Y862ZHRSD6C', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950762461);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3QVQVJNQZAR0NG0DRWWG', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/credentials/{id}/revoke', 200, 1795950763896);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3QX9TFW256W38N9V0TJ3', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/credentials/{id}/erase', 200, 1795950763945);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3QZA9V1D9GMKAM0X1TAR', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'POST', '/v1/batches', 202, 1795950764010);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3QZRNEMYH6SDGWF9GA9G', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764024);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3R3J0WCDMKA76QHP9M5A', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764146);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3R704V8KKWERHVEBPWVC', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764256);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3R91V0F7JCHGE6C5XF8F', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764321);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3R9MCK4HZV3G8A5JCJ80', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'POST', '/v1/batches', 202, 1795950764340);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RCBS235S5RBTD31XP0S', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'POST', '/v1/batches', 202, 1795950764427);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RCWJ5D15CX8NH4J2JF5', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764444);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RGH2DF5TGWMNDDN8T1E', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764561);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RM3JNCPYRDRKJDFMH4M', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764675);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RPD3XAGAQWDTR7F40M5', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950764749);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RQHS9JVAF5NTYV33JBK', NULL, NULL, 'GET', '/v1/batches', 401, 1795950764785);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RXK9MCDMN5R7DGK1VCE', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/batches', 202, 1795950764979);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3RYR8A30J04P71JJETV7', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950765016);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3S2CQWDPSQSQE3R4VYFD', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950765132);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3S6AB3Z9PY0JDDKS0EGN', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950765258);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG3S6FVB0C93TY502S34BJ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950765264);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40214NZ9P3R2BXMZE8GK', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'POST', '/v1/batches', 202, 1795950772289);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40418P13M6SVZPXB5K1N', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches/{id}', 200, 1795950772353);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG407E6A0JF5Z6QRATWW5C', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches/{id}', 200, 1795950772463);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40B1HXQR5YPSHX87J6QF', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches/{id}', 200, 1795950772577);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40B7E67GC7A9FSWK6M8A', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches/{id}', 200, 1795950772583);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40G4P0GJ49PJPHQ4HEWA', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'POST', '/v1/batches', 202, 1795950772740);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40J597N6YC177749C9SW', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950772805);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40NQZAB8958034H84WHM', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950772919);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40SG1TXQX6C2FRFNW03W', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950773040);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG40SX4576SJ59NEPBMF3V', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950773053);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG4114M82PSYWQNFKJ49AA', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'POST', '/v1/batches', 202, 1795950773284);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG413NM8XTPRQZ9T6Y97VV', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950773365);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG417DZMS3EAYK6Q8YK04B', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950773485);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41HDGY10G6DNVRG4QK25', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches', 200, 1795950773805);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41JPFNGBQN8FK3GHQ6HF', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950773846);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41JVTYQHS5GJ2C0P63RR', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950773851);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41KQGENRMYHBC8GVA526', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950773879);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41NEQJJPPKTYAQQGXJR2', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950773934);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41PX1NM08AM4R6GTTQYQ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950773981);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41RD4JQM7SAXBZA9KP69', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/batches/{id}', 200, 1795950774029);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41SHY3VHX42H8BFRQD8R', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774065);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41SRJ71FD2ZJBRY9ZJDQ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774072);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41V4KA98H1ZQDK711NXB', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774116);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41VAB4K9AJRME80KKY3M', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774122);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41W1GBSKZMD25EKVV9J0', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774145);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41WA6F4XJRXKKGTJF2W2', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'key_01M8KG3MT506MR1A22W7J9CM70', 'GET', '/v1/credentials/{id}', 200, 1795950774154);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG421H30YCNFR8PJYVX774', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches', 200, 1795950774321);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41XFJKJ3BYYH0VDTXY3B', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches', 200, 1795950774191);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG421VCM3FM04V45M7T83D', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/batches/{id}', 200, 1795950774331);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41XKC9KZ0HQ7BF96ZXWW', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950774195);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG420PT0A4VFCPP0EQVBDB', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/credentials/{id}', 200, 1795950774294);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41Y5ZY9FPZ5RT15VCSTX', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950774213);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG4213BZ0A2EF39BX6TT0F', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/credentials/{id}', 200, 1795950774307);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41YEHVEAJ9YEMSCAMFEJ', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/credentials/{id}', 200, 1795950774222);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG41YKEKPCMWVW1QNVCJHE', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'key_01M8KG3NC0RDTZ2BEP9G0XT7XA', 'GET', '/v1/batches/{id}', 200, 1795950774227);
INSERT INTO learncoin_fixture.audit_log VALUES ('req_01M8KG422NVSG2SC2S7VHC19W1', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'key_01M8KG3NW7EPDCD43N8EY0F99S', 'GET', '/v1/credentials/{id}', 200, 1795950774357);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG3P3DNC1CF36GBHCNV0D2', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'anchored', 6, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7-key-1', 1, 31337, 1795950762066, 1795950762205, 1795950762362, NULL, 'e64c26e5328de15f993c42780519f2d11ee53cc410af85c734e525b19428c227', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG3QZJ9REV3F7DK2PV0AN7', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'anchored', 2, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB-key-1', 1, 31337, 1795950764017, 1795950764028, 1795950764151, NULL, '7d9c11e4a4d486688141d203c1ddcfa8486f8b1714a7cc69afceb24673280835', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG3RB4MT40H9AEZBSGK07Z', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'anchored', 1, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB-key-1', 1, 31337, 1795950764362, 1795950764428, 1795950764568, NULL, '978b593d5526ef99d19bc84b604ec17ddef27594eb458d2c763cf5c620999246', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'anchored', 2, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7-key-2', 2, 31337, 1795950764997, 1795950765030, 1795950765157, NULL, '93a1d8d267785193c297438dc66e23fc42c86fc0b7385efbdbbe6b035a6dcb35', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'anchored', 1, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7-key-2', 2, 31337, 1795950772789, 1795950772823, 1795950772937, NULL, '46927b30596d6bec2fe8b7e2f53afcbf8773827048d128cb9a1f77d36037b365', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG412XCT6V245WFF1RYKFM', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'anchored', 1, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB-key-1', 1, 31337, 1795950773340, 1795950773386, 1795950773533, NULL, '2d6fefe7687fc0902285dd6eacd6388454ebc8a0c5e156e0c292a7d0e657d187', NULL, NULL, 0, 9223372036854775807, NULL);
INSERT INTO learncoin_fixture.batches VALUES ('bat_01M8KG403V01C2ERSNGYEC77K1', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'anchored', 1, 'https://learncoin.example', 'did:web:learncoin.example#tenant-01M8KG3NKGVB32MPJBERN7J0S6-key-1', 1, 31337, 1795950772337, 1795950772361, 1795950772532, NULL, '903d7d4dd2998ffa4e1fe57dc058dd7563c6ff8387fce28f92ea76e63c41d933', NULL, NULL, 0, 1795950774620, 2);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2JVRC85RBA2SPP2NSJ', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 0, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000001', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2JVRC85RBA2SPP2NSJ","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"32dffb02526d8fe8fe5fc2a4ca01d3fe","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000001","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:3f3ec4a3-ac79-437d-afa9-60c3d169b4b7","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.IBRvNtMGKtDIfl5+eAnbr+H8vcWrimLZmcdN7cAvKwWFH6N6ecuLwMytwub2t/cEZ8gLsmMqHFU/+vf46Ekln/fYeKvTgdQ+KEhAXl3KSCiD72y2wnsSiFoDsdmgf5FfRJVt0MNZWlTI8kBikSgqoZPNYTIY9vgquJqO180ZCk1Q/TdAWdXvsFN8wEMX9JTZ/Pp/4YZrBc0UrJ84/w8/DNk+Z99zQOQs92SQG91dtvgG1E/srtsYfldPIH2ihx08tHvmW6GuvJ72mRutFEh8Z2viEyEzv+QHa+B6XRcYX9dDDQZNXkMVPFJOgF27c+9ffyxY3awXwX1erz0rvqoWW3ClfgjfmR5CP8tzaWwCBVg', '1.fKkBIvn6FZxrseMboUFFDHvudyjjiUaZSey5uLP0rqQEVdQslEz0WRuM9K19sst/1FHDrn+SihHSW1MK0I9exECwRdoQ2gKq', '370163cbe4d16bf066c851f7117ab17e9d1107d154c8ba47a30fee02d2e6f68e', 'R96b5cff1b93882a9fd2fb129d23a788e2c2b4c3088288c06f5e327267d4fa383L946010a6d92baa1ed2fba3e142236cea56680d8c95c7f0d3dcf490bc88edb075Rbe4d32d2c0da6db0aa3d8201f36c6238756e6920ba00a001b9e9cdcbbe2e66e0', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2J1BGBVM6DDQMTSE49', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 1, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000002', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2J1BGBVM6DDQMTSE49","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","validUntil":"2099-04-23T12:00:00Z","expirationDate":"2099-04-23T12:00:00Z","nonce":"8622fb0272e6383b740c5b140b38a9d7","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000002","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2926c165-a83c-41ed-a218-b790e11c29d7","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.gqb1lCuPZMhY0WRrmzJP6l8ifRXczjI8f7DUZF8+YXxfG8cLyYArs/8NpM5OXoNfLwUzxXYN0J5uaiL2mgPk/EhZQ3hLHoP2xPiYRYyHLy/sBRs4OyFzih3Z+KYPLxYGtYLNwPJYh5ZCcbCim3ZH+pspEweSwQMlkYlH2HbKf0fMCXNt9BklusHYCqvYtVPGa8CaLXPuKCFkXQ0Nyd57hGD82iO8w1HAskbmcVyOrBjMIUFZNQf9dU/Lv88', '1.PTUKFSbVsAk6G7CQbjlU+FV6dtQE2PIHJXhjvtgFb9j+R5/Rk40N/YzfNdVpOTMGJiVWDYnbMfLxNGkLVMEFhI+zFcFshIq7', '21374f64c73d32397df58e7af3b8842e62e9b5ffa50c62c21472f6a999dfbe3b', 'Rf6fee740c0b307357ab7c007c8d5b3da4459b113fa1afeb2ad80e8299da64781L78a6b01e97def5fd8192429a2602a3340d064b2bc246a190bedc78422280284e', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2JXVY26MC9C759XTKN', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 2, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000003', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2JXVY26MC9C759XTKN","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","validUntil":"2021-04-23T12:00:00Z","expirationDate":"2021-04-23T12:00:00Z","nonce":"3aaf1e1b33a602e07d9628cf578b271f","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000003","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:3ceb33e0-afa9-4a9e-9f65-64a81e5846fe","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1./CCLpm9e7+skTli5hYgSRHhndLZJ0Fci5BW5V3426CLH3H8J0CxMbhvGLyBK6B9bpEtVjT4HOmLQRgpIe3uinflxZoVl6Z9Qkl+oKA/Ck0biuh/IPtzqXapIlqaH9Sl1ZUdtqT4bNfGy8p5hmSBx3AtrNo6Q3dzQ8HMFg9QQwsGYlQVrBYPyiSA56Z5LUjBJA2brmHF9qC17iKJ0FAM/Pjy2utKHPntAmAQ', '1.J8eH3i4l3IGl2mdtexzsthbf+zXcZbTeBL+2zlvN7qVCgB5C1G9R8RXoo3x9lj4mtkIJ4CKtTct9t8gQ0co0nmt0cQb/MRX9', 'eb1018d0e34c6f699790f1ef36a73c30efcedab24c069f8c8d625050bc59577f', 'R1e6fa7de5be5902faafa1b33f09e5ed804eaa3cce9364ccb5a7f730d7254ff0eR1da412d90cb7120883a472f151d034e57ac2b1c7f654ef0a3ad47848e60f71beRbe4d32d2c0da6db0aa3d8201f36c6238756e6920ba00a001b9e9cdcbbe2e66e0', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2J3X3AC4R5055D227E', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 5, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000006', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2J3X3AC4R5055D227E","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"321c674078e8040b1a86f3a0e28abe42","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000006","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2e175958-9e7d-4514-a350-afcde5f95e27","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.6yS3D3LYegam4t1RQ0h5MdmfkRCwtLBI+hehzMXlMTvhLXZlEOqvaVnLn2SYVbEMehTegTfBc4hh3tyJ1SqLZwQkkGQn45+qtFfoDmlQOaKaThgkdqvz+/4l0kWeguiAoAJ5diLuHluC6EKiEAchTg8Obf7mh2XctlxXcPF9YmiELMnxQ5EmhHl9bLiyEwmd+cTPXqP+axmmBXRHKrbIq3af04R52krX', '1.HVlaGOa1nXh/bH8bvSDODBsXP+w2J8I44aw7xU+PzNb7k8GIDF+p0nz6KfQpvMdCW15u0txXMcnFrYmASDAIrxFBMkNyEoWu', '6de9bbb62fd4ac31fdcc8f5195ae7aefe0f5d007200405e647f7aaa53e0745da', 'L64ce4913038085bf25db521d1074346e0ec01af48812d0cdd2fc3fc2d5faad5dL946010a6d92baa1ed2fba3e142236cea56680d8c95c7f0d3dcf490bc88edb075Rbe4d32d2c0da6db0aa3d8201f36c6238756e6920ba00a001b9e9cdcbbe2e66e0', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2JVPPXD72RB268Q58B', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 3, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000004', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2JVPPXD72RB268Q58B","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"30740ec834daa68097909d67ad78479c","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000004","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:1ec905d0-1e96-4bbe-9b81-7f162c7444eb","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.tBwMLhkBg0scksrsWtibPfPYL3WrWvSJXweuQajrqLnGefufHT+cyeXOJRD6u0iueWZA8+sQgza3JGDmtXB9g5f8tG6v49LtduXVUmZNuyVPMFcONwVvu/roRShQxdHFjst4G5ye2pC16OtiHuP6Om+bsvYoxJl5l5ZyxXQxQSF+3cd0apYEMqEOalni500tVWON/j+O1xdJ+ygPK2xgYPGB5RjK67h5', '1.hfhxn/zimHzFmhgu86YdvneniY8c/gUV1mgvbYKxrFBkxPPURYCSlNNtzdlW1mt2Z32epMQUvOpFHHWZKsDdWJsnExrC0xCS', '8dd103b70797879b36981b496f1fd55ed4d159266c8c691cfe93cb4b30afde56', 'L01fef5fcb5c997e1b17e50ea7c08335581593da9d5e38a919abd477548e46075R1da412d90cb7120883a472f151d034e57ac2b1c7f654ef0a3ad47848e60f71beRbe4d32d2c0da6db0aa3d8201f36c6238756e6920ba00a001b9e9cdcbbe2e66e0', 1795950763941, 'issuer_error', 'Issued by mistake', NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3P2JSXB7BFTJ90XBP353', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', 4, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000005', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3P2JSXB7BFTJ90XBP353","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"c6fbcdebd31b414eb848b2dfd94c09ec","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000005","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:0ef63724-2d0c-4f7d-a487-401a2b17e583","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', NULL, NULL, 'ea4445653e5108e579e5c5fa7e23257bd48ef2a47fa13ccdc0fec8de9ba4ede1', 'Lebeadd6df6bcb0d32b526b6594c6b295ae02dd77fa028294702d6f07d16ba2efL78a6b01e97def5fd8192429a2602a3340d064b2bc246a190bedc78422280284e', NULL, NULL, NULL, 1795950763986, 'recipient', '2020-04-24T13:30:00Z');
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3QZGTHKDGAK8Q0RCZ9BH', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', 0, 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000007', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3QZGTHKDGAK8Q0RCZ9BH","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"07eb6e1675f4620553bf8299d0e313d1","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000007","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:13410e8a-2160-4213-a897-144717f34587","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.yHxAZeuQ1pSRmyNnug+p5PmJr7sqr0/LM/V1CuhrLP1LNJOVufHHrvtiVhbpYcX/grQNQxVcydVqnCUp4J4HVkfxCDTo28K0+wCsJQkDYVBmNEk3NtDyw4XutQMw8qcoUW0aX+3e/r1EQYapUfycPBTkku8rV/EjYeszrjFa5EvuNma0wyWsvUu7m5MTQAI+kgFf40aD/5BrS5gT6jiA+45MfkSNWGk+CoYFmHBYjCs1Kn0v', '1.kORPaXiHNZZ2xYSjiZhFIpueTEV4MugIHb4DDxNfDWIl0eDK5QfRNBcSh/W1vRPxlqsc/p1ZZFTMUp76prLG7eVZkIk3g8YT', '9de7be43fef036062b5e1c4a66750d6ef8c5283c86c13a4fd1bb21e9db16f206', 'Rb94c887bb2c9ddde95ea6bf216187a0be2aa6d9356bda319376da4049d6539a6', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3QZGQKDNP65D9YG9GDNM', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', 1, 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000008', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3QZGQKDNP65D9YG9GDNM","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"53bacf1efba4ff59f60efb588343e6ce","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000008","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:402a0ac4-97ec-46a8-a3b7-ca680ae2361a","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.1pzIC8SycrRuc35PaFzSXeTCVbZ20y9V7LhHU69QXK2FbqRtuU4ZqEGU2KsdFwqS8joVqAgbEuSeJW1YFj6nK9IZLCR3XmBR2UXriHhM+DADKgLKRV8RjtfVMThBgdADf74SllrKzMiJP13c6MNYUCKDUZGmbFdJR3uET3B55jnMSDps5o4QOuA', '1.Sk0xKK7qOXsGxrHnlgqtuwiPGzlh/UMvEscxy4fXhXCOSWAYDX/f70zQskV+jXcatDPyNm7YchrYgy0g1Id1kKpxc8oNtNMQ', '245ef84a855c26f2bb24a25fb854230f0830aa4b9acce2ee80abcecab9b2b8f4', 'L13909b48defb327efd1b914fdc95cbbbf321ccda8b803197895d954db7ad2b4f', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3RA519KS0ENBY81WMG2T', 'bat_01M8KG3RB4MT40H9AEZBSGK07Z', 0, 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000009', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3RA519KS0ENBY81WMG2T","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"db69f92a0765866c4ae57bfbd7a93ce3","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000009","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:a73cd36e-9a4a-49ca-9f5c-fe740dc57124","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.yejbOb5UZ7zZY/5hWcXRxuEkzGEXOku63Sv/XiBZdW7NmgVC1poBv8SslVgLLilAdBHjOU9S4evgH8rOJXIvxGtgGZKLGmCCCbY2Fva/mqRp+28rm5T1LydBgchss6rrRrtgamtdtHXb1fox95nxiFPiFaTgSdmFcX8FHtD1IqjHmDmVfvbSJBsKCXmU', '1.5Nq40G+l8IqQEKfabw/lG/1Zgs1Qp5Km2dD2YOywsNomWDpy4Y5qcwwEsHlFoC7gJYv8XRfeZ7uuIEMT2rMFeQ2mS7R2L3IR', '56976e9f504869d00e3870e8dbb102ef1ddf089fb1391b520c10d2422dc5b7c8', '', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3RY4H9PP5H6PQ13X5NW7', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', 0, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000010', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3RY4H9PP5H6PQ13X5NW7","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"c9c56aa58e62aa314082c9619045d0b2","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000010","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:c6c2027d-011c-4a23-ad02-35497bdcf330","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.S376FQUdXgcn6OqNvnWjIcbsScPGyEjtAPBlqIpaB2zl5MjNMjrQN7iaABodg7hHEa+5bhEZPtNG7kWVAsK6M6qc7l3ZOvGX4FlaSdmAKJG6TJlyLWDBnJJV/fGYLMr/u0Wqrp4jJ9Y1qPPMIkWSBDFwDGO3J9MvsMfYi/yYySNlIi5p0ET+jeNjAa4KNkBqwaG3tz2lWp/Rn8f7SLr3BLleebuS0g', '1.tAMvsvqDBwzWv/5xoLhmPntM/FzkGQ9JF73sdfEWGoolbDaeVK09mDPuPXB6TUEUTUC9uD82BRGoNavBirLHPZLZtS9Aqjip', 'cf1c31cf77e7132fff2f805d930d017024f3dedaad3a644d0db5f56196b568fc', 'Lca3d60d041860a1f7ff172637bc15b8857e15fd8a46fc5261c867d9fe9376c97', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG3RY51QJ022QC8G7FF2MK', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', 1, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000011', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG3RY51QJ022QC8G7FF2MK","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"bc6469a12861122e6d4fa560afed9133","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000011","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:b720dc0d-527d-4ef1-8ce3-69d584825de0","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.WbjkJILuzWoZQR5oITrRL0dSL8y3I15EbAbvq/ak4rPBRLnLfIFFiLCvi8c2Byu+58CIOJlpHc1mpxnXRqnHVjgaAlhSsg/HhfRg3e/rQ76l/fsyxAwpZsp9f01AR6fMyvdUv9p8A7C02fv7496EFwNJBqANYyJiX17DQTrNRpRVLCpc0MB80Q', '1.9U6XXeGcRz2mlG6+bQtKrbaRxPCVPFZtyuLLmZfRlqDwuHT/rgCw5LlUI4XWgQ1V8+5CoSfTCQwhaBAnPjldccFn+jB/mrhK', 'ce3401df28574722c5d72b772fda53eddadebfbd412f6f43508e6acd72de73ac', 'Rfe176d278f288efa1365c4e08352fb3bc6b5d9a0eefb2bb6196cdbafed3238aa', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG403G4Q20177ANTYNC7FW', 'bat_01M8KG403V01C2ERSNGYEC77K1', 0, 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000013', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG403G4Q20177ANTYNC7FW","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3NKGVB32MPJBERN7J0S6","type":["Profile"],"name":"Example Academy"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"0d441a448cf572e75fdb0f194517c8e2","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000013","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:eb1c4848-623a-470a-a30e-0d7a31c1cb96","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.Ojz7dCB7OVLnLtd/wpBTw8w70w6leKKTkoChAHKGOWPuW5wOWVE+eb/lM7Cb3C/4av5VWVMvwPz1sJjMgafoTQk0FgjGGgpA7zZvpgdQ1f9mENp2uLU3efyXLTCETQrEi5Op3lEPgfvX2FKL46Nz0FzXDmp1J6MVLLD4sJxKxPG5aS8SdwAKPTZg', '1.QRdaUXO/WQQb8vaFqd5QAsVFAshb9GXYIeMtLBSTHrWo8UtjWxaKMDNZdTDS4eKDB1fa9lv1RIGlcb92I0BTL8AakvoK5CJb', '9c29a567b9b02c3b717330eec812b06560735f85334ff68129cf920867a070c6', '', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG40HN9QP6M9KE9H04V0TA', 'bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', 0, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000014', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG40HN9QP6M9KE9H04V0TA","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7","type":["Profile"],"name":"Académie de l''Exemple","url":"https://example.edu","image":{"id":"https://example.edu/logo.png","type":"Image"}},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"d09add99223c44c1d60c07fb019cf52b","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000014","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:0d605391-13bd-49fc-bc82-4ae49ba0b27e","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.BYxRYbvD3Cu00nWgzthKuAUAOQWUIZ202+eTSHNIC+yvBdBHxw7+Bj4i7Ro0JWdAHEaIYzFhZ6HpQCocrjWDeQpdmPyxDMTiLcJqtJEmmlWvhKANFr6tRDPeD/pXz92mztbMsFZmQ9UxZBSn2bVxYqN4FaHNo2Jv98IiLAjMUtsFnwkm7gmEShbuWhH3DHeOLwDJyuLXriVe/DcGHRi4tz1Azg2qWOTGoxns', '1.5MDBo1bWzy7GT5L2Pfr/c/kcmfY/ZGMeR+yPdlZxPMSwTG618Kgung9mIbADpLiI7l8xY7EhYQr/DJBWm2NSQ7ofWpciyTtq', 'aba2c224f12aa879cfda879f122467ed13bb46432d5d0eda401f32a86f1df4f0', '', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.credentials VALUES ('crd_01M8KG412VMSTK7MTBRMJCEVRM', 'bat_01M8KG412XCT6V245WFF1RYKFM', 0, 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'urn:uuid:00000000-0000-4000-8000-000000000015', '{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://learncoin.example/contexts/v1"],"id":"https://learncoin.example/c/crd_01M8KG412VMSTK7MTBRMJCEVRM","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":"did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB","type":["Profile"],"name":"مدرسة المثال"},"validFrom":"2020-04-23T12:00:00Z","issuanceDate":"2020-04-23T12:00:00Z","nonce":"bc5247f35d9fa6e6ecae3e5143ad583f","credentialSubject":{"id":"urn:uuid:00000000-0000-4000-8000-000000000015","type":["AchievementSubject"],"achievement":{"id":"urn:uuid:8415ae93-3fcc-4a1a-97e9-81b5bbbd0615","type":["Achievement"],"name":"Introduction to Machine Learning","description":"Completed the 12-week introductory course with distinction.","criteria":{"narrative":"Passing grade on the final project."}}}}', '1.XazKngSLxzzXKm5hZljmrTIeVi4S0fz4Omz7DzqS7GaFEwq0eLRE/xZ34eIaqKcxiUwfta48cXdx9fGYPWAlq1BTnO3cwnfLI6gksxEXhJ3nuQf770WZQGiLu917npbLuQsMVvnNKOwBuXNh2MNL/qOln8aYtfOWwZfSJbX+5JDQOvQbuvSBZt/8', '1.I8THrZcAe/w5CHWr004MH+EKMTPl6J4Ku3pmhSa4stgvhCzypgfh6IjEAkJ6fHmIH2WMSj4p3wvMKBDQa4wUsP/m4tLXvyXz', '7d61b1c293a8451e61997d96a96ac79023a552487a669d3829631e77ffe943fc', '', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 'delivered', 1, 1795950762192, NULL, 1795950762096);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 'delivered', 1, 1795950762241, NULL, 1795950762213);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 'delivered', 1, 1795950762390, NULL, 1795950762363);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 'delivered', 1, 1795950763948, NULL, 1795950763942);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 'delivered', 1, 1795950764017, NULL, 1795950763988);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 'delivered', 1, 1795950765018, NULL, 1795950765002);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 'delivered', 1, 1795950765039, NULL, 1795950765031);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG3S361QN38JFGTY779AGJ', 'delivered', 1, 1795950765168, NULL, 1795950765158);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 'pending', 3, 1795950784899, NULL, 1795950762213);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 'pending', 3, 1795950785905, NULL, 1795950762363);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 'pending', 3, 1795950785920, NULL, 1795950762096);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 'pending', 3, 1795950785671, NULL, 1795950763942);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 'pending', 3, 1795950785790, NULL, 1795950763988);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 'pending', 3, 1795950790133, NULL, 1795950765031);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3S361QN38JFGTY779AGJ', 'pending', 3, 1795950791226, NULL, 1795950765158);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 'pending', 3, 1795950790086, NULL, 1795950765002);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG40HWK8EJDVD0K45CZTGX', 'delivered', 1, 1795950772808, NULL, 1795950772796);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG40JRE70FHJE78JWGZ8QY', 'delivered', 1, 1795950772833, NULL, 1795950772824);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'evt_01M8KG40P9JG3TQEAS2KSMNNRW', 'delivered', 1, 1795950772972, NULL, 1795950772937);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG40JRE70FHJE78JWGZ8QY', 'pending', 2, 1795950778442, NULL, 1795950772824);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG40HWK8EJDVD0K45CZTGX', 'pending', 2, 1795950778687, NULL, 1795950772796);
INSERT INTO learncoin_fixture.deliveries VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'evt_01M8KG40P9JG3TQEAS2KSMNNRW', 'pending', 2, 1795950778164, NULL, 1795950772937);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950762192, 'req_01M8KG3P6G8BAX8VKNAEP490CD', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 1, 4, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950762192, 'req_01M8KG3P6GPY48J8TMFZXES95K', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 1, 4, 500, NULL, NULL, 1795950763271);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950762241, 'req_01M8KG3P81CY8JSV7PGD1F0BDM', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 1, 1, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950762241, 'req_01M8KG3P812NXGPG647P665YHQ', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 1, 2, 500, NULL, NULL, 1795950763301);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950762390, 'req_01M8KG3PCP4MWR0Q31Q774F9C5', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 1, 2, 500, NULL, NULL, 1795950763471);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950762390, 'req_01M8KG3PCP72AM0A30H7252BYB', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 1, 2, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950763288, 'req_01M8KG3Q8RCH1755WTD8HNEQYQ', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 2, 1, 500, NULL, NULL, 1795950767961);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950763311, 'req_01M8KG3Q9FPRBPD8V2Q3141NTQ', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 2, 1, 500, NULL, NULL, 1795950767511);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950763488, 'req_01M8KG3QF09KGSN911YT6DN86N', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 2, 1, 500, NULL, NULL, 1795950767523);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950763948, 'req_01M8KG3QXCPPPE92CFV26XMAMA', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 1, 8, 500, NULL, NULL, 1795950764999);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950763948, 'req_01M8KG3QXC85NWQ28T4QQMX2WN', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 1, 8, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950764017, 'req_01M8KG3QZHDJHTSKQFHVACZBK3', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 1, 1, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950764016, 'req_01M8KG3QZGGC2RX35TE47XSEGM', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 1, 2, 500, NULL, NULL, 1795950765129);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950765005, 'req_01M8KG3RYDK16YHVC4SWMEJCWV', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 2, 2, 500, NULL, NULL, 1795950769302);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950765018, 'req_01M8KG3RYT8P9C9C3EPVGYFPDX', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 1, 1, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950765019, 'req_01M8KG3RYVEKDRK4E8W17S2FP3', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 1, 1, 500, NULL, NULL, 1795950766188);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950765039, 'req_01M8KG3RZFC1WFQZCBV850150Y', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 1, 1, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950765039, 'req_01M8KG3RZF9T0DQP64GXFN5K1Z', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 1, 2, 500, NULL, NULL, 1795950766182);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950765132, 'req_01M8KG3S2CPMH90JJW1MZ8BXKR', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 2, 1, 500, NULL, NULL, 1795950769382);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950765168, 'req_01M8KG3S3GSMP009FSPP18VBTD', 'evt_01M8KG3S361QN38JFGTY779AGJ', 1, 1, 500, NULL, NULL, 1795950766306);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950765168, 'req_01M8KG3S3G9Q5ASMAHD4K43GAF', 'evt_01M8KG3S361QN38JFGTY779AGJ', 1, 1, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950766185, 'req_01M8KG3T39V25NR01Z1NEY7FMW', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 2, 1, 500, NULL, NULL, 1795950770739);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950766212, 'req_01M8KG3T44YBYQBXC6T7PY4V97', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 2, 1, 500, NULL, NULL, 1795950770927);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950766314, 'req_01M8KG3T7A27YWYGCY4WMWM3BB', 'evt_01M8KG3S361QN38JFGTY779AGJ', 2, 1, 500, NULL, NULL, 1795950770771);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950767515, 'req_01M8KG3VCVN094PFDERKDRR0G3', 'evt_01M8KG3P75M7YQ7Y6F665P80QP', 3, 1, 500, NULL, NULL, 1795950784899);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950767526, 'req_01M8KG3VD6H2595CYDJ1XCGA66', 'evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 3, 1, 500, NULL, NULL, 1795950785905);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950767964, 'req_01M8KG3VTW5SGE0K5FFH7QTFF6', 'evt_01M8KG3P3G829QTS3SFG5SYX2G', 3, 1, 500, NULL, NULL, 1795950785920);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950769306, 'req_01M8KG3X4T4RCPYCF3085VMH16', 'evt_01M8KG3QX63CWWJS6V1223FN9P', 3, 2, 500, NULL, NULL, 1795950785671);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950769385, 'req_01M8KG3X791NPVZRE0JX5XAKQ8', 'evt_01M8KG3QYM7FABYY8WCEQR2W3H', 3, 1, 500, NULL, NULL, 1795950785790);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772313, 'req_01M8KG402S0JN3RCHXN6MX3WQD', 'evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 3, 1, 500, NULL, NULL, 1795950790133);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772321, 'req_01M8KG40318FAS2YZRVWBQKR0B', 'evt_01M8KG3S361QN38JFGTY779AGJ', 3, 1, 500, NULL, NULL, 1795950791226);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772348, 'req_01M8KG403WVT6YSMXWJ7EHFG0H', 'evt_01M8KG3RYAHE5J87AF0THFTQ07', 3, 1, 500, NULL, NULL, 1795950790086);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772808, 'req_01M8KG40J84NTX83EX6DJYF4KC', 'evt_01M8KG40HWK8EJDVD0K45CZTGX', 1, 4, 500, NULL, NULL, 1795950773985);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950772808, 'req_01M8KG40J8AZN09HZ55V4DBF37', 'evt_01M8KG40HWK8EJDVD0K45CZTGX', 1, 5, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772833, 'req_01M8KG40K17ZHE7A7PK5S9FKA8', 'evt_01M8KG40JRE70FHJE78JWGZ8QY', 1, 1, 500, NULL, NULL, 1795950773953);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950772833, 'req_01M8KG40K1PT8CS5KR4MENCSCX', 'evt_01M8KG40JRE70FHJE78JWGZ8QY', 1, 2, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 1795950772972, 'req_01M8KG40QCGHDXZ8S5ZWPE4GT8', 'evt_01M8KG40P9JG3TQEAS2KSMNNRW', 1, 2, 204, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950772972, 'req_01M8KG40QCSEW52M2CGK6NQARP', 'evt_01M8KG40P9JG3TQEAS2KSMNNRW', 1, 2, 500, NULL, NULL, 1795950774135);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950773982, 'req_01M8KG41PYBCABJTY4KKT3GTFY', 'evt_01M8KG40JRE70FHJE78JWGZ8QY', 2, 10, 500, NULL, NULL, 1795950778442);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950774029, 'req_01M8KG41RDBKM78NXTCFPE81M7', 'evt_01M8KG40HWK8EJDVD0K45CZTGX', 2, 1, 500, NULL, NULL, 1795950778687);
INSERT INTO learncoin_fixture.delivery_attempts VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 1795950774150, 'req_01M8KG41W61Y4EX80V6DDHB7BA', 'evt_01M8KG40P9JG3TQEAS2KSMNNRW', 2, 1, 500, NULL, NULL, 1795950778164);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3P3G829QTS3SFG5SYX2G', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.created', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', '{"batch_id":"bat_01M8KG3P3DNC1CF36GBHCNV0D2","credentials_count":6,"environment":"test"}', 1795950762096);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3P75M7YQ7Y6F665P80QP', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.signed', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', '{"batch_id":"bat_01M8KG3P3DNC1CF36GBHCNV0D2","merkle_root":"0xe64c26e5328de15f993c42780519f2d11ee53cc410af85c734e525b19428c227","signed_at":"2026-11-29T11:12:42.205Z"}', 1795950762213);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3PBVCCH5XFD5F2GHHC2T', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.anchored', 'bat_01M8KG3P3DNC1CF36GBHCNV0D2', '{"batch_id":"bat_01M8KG3P3DNC1CF36GBHCNV0D2","merkle_root":"0xe64c26e5328de15f993c42780519f2d11ee53cc410af85c734e525b19428c227","anchor_transaction":{"chain":"base-sepolia","hash":"0xc14b3b4a981b9303f8b059ba31ba0ed7220068004a61235c980051e32123c837","block_number":1,"explorer_url":"https://learncoin.example/dev/chain/tx/0xc14b3b4a981b9303f8b059ba31ba0ed7220068004a61235c980051e32123c837"},"anchored_at":"2026-11-29T11:12:42.362Z","credentials":[{"id":"crd_01M8KG3P2JVRC85RBA2SPP2NSJ","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000001","verify_url":"https://learncoin.example/c/crd_01M8KG3P2JVRC85RBA2SPP2NSJ"},{"id":"crd_01M8KG3P2J1BGBVM6DDQMTSE49","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000002","verify_url":"https://learncoin.example/c/crd_01M8KG3P2J1BGBVM6DDQMTSE49"},{"id":"crd_01M8KG3P2JXVY26MC9C759XTKN","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000003","verify_url":"https://learncoin.example/c/crd_01M8KG3P2JXVY26MC9C759XTKN"},{"id":"crd_01M8KG3P2JVPPXD72RB268Q58B","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000004","verify_url":"https://learncoin.example/c/crd_01M8KG3P2JVPPXD72RB268Q58B"},{"id":"crd_01M8KG3P2JSXB7BFTJ90XBP353","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000005","verify_url":"https://learncoin.example/c/crd_01M8KG3P2JSXB7BFTJ90XBP353"},{"id":"crd_01M8KG3P2J3X3AC4R5055D227E","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000006","verify_url":"https://learncoin.example/c/crd_01M8KG3P2J3X3AC4R5055D227E"}]}', 1795950762363);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3QX63CWWJS6V1223FN9P', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'credential.revoked', 'crd_01M8KG3P2JVPPXD72RB268Q58B', '{"credential_id":"crd_01M8KG3P2JVPPXD72RB268Q58B","batch_id":"bat_01M8KG3P3DNC1CF36GBHCNV0D2","revoked_at":"2026-11-29T11:12:43.941Z","reason_code":"issuer_error"}', 1795950763942);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3QYM7FABYY8WCEQR2W3H', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'credential.erased', 'crd_01M8KG3P2JSXB7BFTJ90XBP353', '{"credential_id":"crd_01M8KG3P2JSXB7BFTJ90XBP353","erased_at":"2026-11-29T11:12:43.986Z","verification_status_after_erasure":"verifiable"}', 1795950763988);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3QZKPQZQ40MEANB5GKGT', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.created', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', '{"batch_id":"bat_01M8KG3QZJ9REV3F7DK2PV0AN7","credentials_count":2,"environment":"test"}', 1795950764019);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3QZXCR8XG9G7HQ95XNXG', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.signed', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', '{"batch_id":"bat_01M8KG3QZJ9REV3F7DK2PV0AN7","merkle_root":"0x7d9c11e4a4d486688141d203c1ddcfa8486f8b1714a7cc69afceb24673280835","signed_at":"2026-11-29T11:12:44.028Z"}', 1795950764029);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3R3RR38ETBQ30G3938HA', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.anchored', 'bat_01M8KG3QZJ9REV3F7DK2PV0AN7', '{"batch_id":"bat_01M8KG3QZJ9REV3F7DK2PV0AN7","merkle_root":"0x7d9c11e4a4d486688141d203c1ddcfa8486f8b1714a7cc69afceb24673280835","anchor_transaction":{"chain":"base-sepolia","hash":"0xea4a04edb1ceb58a5b13e212092b573af009ae18993f5d41741ee5609d1c8e37","block_number":2,"explorer_url":"https://learncoin.example/dev/chain/tx/0xea4a04edb1ceb58a5b13e212092b573af009ae18993f5d41741ee5609d1c8e37"},"anchored_at":"2026-11-29T11:12:44.151Z","credentials":[{"id":"crd_01M8KG3QZGTHKDGAK8Q0RCZ9BH","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000007","verify_url":"https://learncoin.example/c/crd_01M8KG3QZGTHKDGAK8Q0RCZ9BH"},{"id":"crd_01M8KG3QZGQKDNP65D9YG9GDNM","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000008","verify_url":"https://learncoin.example/c/crd_01M8KG3QZGQKDNP65D9YG9GDNM"}]}', 1795950764152);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3RC05XESFAZG8JVT47WH', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.created', 'bat_01M8KG3RB4MT40H9AEZBSGK07Z', '{"batch_id":"bat_01M8KG3RB4MT40H9AEZBSGK07Z","credentials_count":1,"environment":"test"}', 1795950764416);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3RCMPYD8NBHQA8P0SWH5', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.signed', 'bat_01M8KG3RB4MT40H9AEZBSGK07Z', '{"batch_id":"bat_01M8KG3RB4MT40H9AEZBSGK07Z","merkle_root":"0x978b593d5526ef99d19bc84b604ec17ddef27594eb458d2c763cf5c620999246","signed_at":"2026-11-29T11:12:44.428Z"}', 1795950764436);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3RGSVS86DNKMH5720D35', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.anchored', 'bat_01M8KG3RB4MT40H9AEZBSGK07Z', '{"batch_id":"bat_01M8KG3RB4MT40H9AEZBSGK07Z","merkle_root":"0x978b593d5526ef99d19bc84b604ec17ddef27594eb458d2c763cf5c620999246","anchor_transaction":{"chain":"base-sepolia","hash":"0x89d27bc673ac9c73939534bc98256d2d7643fdce41639aaa63a4a0de0fa3320b","block_number":3,"explorer_url":"https://learncoin.example/dev/chain/tx/0x89d27bc673ac9c73939534bc98256d2d7643fdce41639aaa63a4a0de0fa3320b"},"anchored_at":"2026-11-29T11:12:44.568Z","credentials":[{"id":"crd_01M8KG3RA519KS0ENBY81WMG2T","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000009","verify_url":"https://learncoin.example/c/crd_01M8KG3RA519KS0ENBY81WMG2T"}]}', 1795950764569);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3RYAHE5J87AF0THFTQ07', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.created', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', '{"batch_id":"bat_01M8KG3RY7WKK6FE8YDG4YZ4M2","credentials_count":2,"environment":"test"}', 1795950765002);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3RZ7DEA2T41KD6GAQVHN', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.signed', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', '{"batch_id":"bat_01M8KG3RY7WKK6FE8YDG4YZ4M2","merkle_root":"0x93a1d8d267785193c297438dc66e23fc42c86fc0b7385efbdbbe6b035a6dcb35","signed_at":"2026-11-29T11:12:45.030Z"}', 1795950765031);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG3S361QN38JFGTY779AGJ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.anchored', 'bat_01M8KG3RY7WKK6FE8YDG4YZ4M2', '{"batch_id":"bat_01M8KG3RY7WKK6FE8YDG4YZ4M2","merkle_root":"0x93a1d8d267785193c297438dc66e23fc42c86fc0b7385efbdbbe6b035a6dcb35","anchor_transaction":{"chain":"base-sepolia","hash":"0xa0133f68cbf0b65cc19b00d711d73b67fa8674a2d0d2bc12c5f70e427917fffe","block_number":4,"explorer_url":"https://learncoin.example/dev/chain/tx/0xa0133f68cbf0b65cc19b00d711d73b67fa8674a2d0d2bc12c5f70e427917fffe"},"anchored_at":"2026-11-29T11:12:45.157Z","credentials":[{"id":"crd_01M8KG3RY4H9PP5H6PQ13X5NW7","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000010","verify_url":"https://learncoin.example/c/crd_01M8KG3RY4H9PP5H6PQ13X5NW7"},{"id":"crd_01M8KG3RY51QJ022QC8G7FF2MK","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000011","verify_url":"https://learncoin.example/c/crd_01M8KG3RY51QJ022QC8G7FF2MK"}]}', 1795950765158);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG403WJ76EE8YPP737641J', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'batch.created', 'bat_01M8KG403V01C2ERSNGYEC77K1', '{"batch_id":"bat_01M8KG403V01C2ERSNGYEC77K1","credentials_count":1,"environment":"test"}', 1795950772348);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG404B2HKM0YZ4WZSXYXC4', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'batch.signed', 'bat_01M8KG403V01C2ERSNGYEC77K1', '{"batch_id":"bat_01M8KG403V01C2ERSNGYEC77K1","merkle_root":"0x903d7d4dd2998ffa4e1fe57dc058dd7563c6ff8387fce28f92ea76e63c41d933","signed_at":"2026-11-29T11:12:52.361Z"}', 1795950772363);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG40A4YFTRSR0QJBKBTFE0', 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'batch.anchored', 'bat_01M8KG403V01C2ERSNGYEC77K1', '{"batch_id":"bat_01M8KG403V01C2ERSNGYEC77K1","merkle_root":"0x903d7d4dd2998ffa4e1fe57dc058dd7563c6ff8387fce28f92ea76e63c41d933","anchor_transaction":{"chain":"base-sepolia","hash":"0x7d837b6e8d0a0f9ff120ce789fd5c3b5fe7f7ebe222eaf44dc95aac3de530b74","block_number":6,"explorer_url":"https://learncoin.example/dev/chain/tx/0x7d837b6e8d0a0f9ff120ce789fd5c3b5fe7f7ebe222eaf44dc95aac3de530b74"},"anchored_at":"2026-11-29T11:12:52.532Z","credentials":[{"id":"crd_01M8KG403G4Q20177ANTYNC7FW","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000013","verify_url":"https://learncoin.example/c/crd_01M8KG403G4Q20177ANTYNC7FW"}]}', 1795950772548);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG40HWK8EJDVD0K45CZTGX', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.created', 'bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', '{"batch_id":"bat_01M8KG40HQ6QFAJNNFBGWYEAXQ","credentials_count":1,"environment":"test"}', 1795950772796);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG40JRE70FHJE78JWGZ8QY', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.signed', 'bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', '{"batch_id":"bat_01M8KG40HQ6QFAJNNFBGWYEAXQ","merkle_root":"0x46927b30596d6bec2fe8b7e2f53afcbf8773827048d128cb9a1f77d36037b365","signed_at":"2026-11-29T11:12:52.823Z"}', 1795950772824);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG40P9JG3TQEAS2KSMNNRW', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'batch.anchored', 'bat_01M8KG40HQ6QFAJNNFBGWYEAXQ', '{"batch_id":"bat_01M8KG40HQ6QFAJNNFBGWYEAXQ","merkle_root":"0x46927b30596d6bec2fe8b7e2f53afcbf8773827048d128cb9a1f77d36037b365","anchor_transaction":{"chain":"base-sepolia","hash":"0x00d7532bf91a54fd651decdb0de2252b0e1a4d1db940ba828c0906f939c08be2","block_number":7,"explorer_url":"https://learncoin.example/dev/chain/tx/0x00d7532bf91a54fd651decdb0de2252b0e1a4d1db940ba828c0906f939c08be2"},"anchored_at":"2026-11-29T11:12:52.937Z","credentials":[{"id":"crd_01M8KG40HN9QP6M9KE9H04V0TA","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000014","verify_url":"https://learncoin.example/c/crd_01M8KG40HN9QP6M9KE9H04V0TA"}]}', 1795950772937);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG4134E4GNMHYP021BKATV', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.created', 'bat_01M8KG412XCT6V245WFF1RYKFM', '{"batch_id":"bat_01M8KG412XCT6V245WFF1RYKFM","credentials_count":1,"environment":"test"}', 1795950773348);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG414CCR6Y88Q71F9PYPGT', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.signed', 'bat_01M8KG412XCT6V245WFF1RYKFM', '{"batch_id":"bat_01M8KG412XCT6V245WFF1RYKFM","merkle_root":"0x2d6fefe7687fc0902285dd6eacd6388454ebc8a0c5e156e0c292a7d0e657d187","signed_at":"2026-11-29T11:12:53.386Z"}', 1795950773388);
INSERT INTO learncoin_fixture.events VALUES ('evt_01M8KG418Y38MPZGJ4FNZX4JG7', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'batch.anchored', 'bat_01M8KG412XCT6V245WFF1RYKFM', '{"batch_id":"bat_01M8KG412XCT6V245WFF1RYKFM","merkle_root":"0x2d6fefe7687fc0902285dd6eacd6388454ebc8a0c5e156e0c292a7d0e657d187","anchor_transaction":{"chain":"base-sepolia","hash":"0x2bd9c08130f3a419c56c0e34949217736088338b1fafd319fa9a7455ff6fb5cf","block_number":8,"explorer_url":"https://learncoin.example/dev/chain/tx/0x2bd9c08130f3a419c56c0e34949217736088338b1fafd319fa9a7455ff6fb5cf"},"anchored_at":"2026-11-29T11:12:53.533Z","credentials":[{"id":"crd_01M8KG412VMSTK7MTBRMJCEVRM","recipient_id":"urn:uuid:00000000-0000-4000-8000-000000000015","verify_url":"https://learncoin.example/c/crd_01M8KG412VMSTK7MTBRMJCEVRM"}]}', 1795950773534);
INSERT INTO learncoin_fixture.host_keys VALUES (31337, '0x572DD31Dc6468D47f13D7e9c8550AD6b801489d4', '319e3c50d721e963a57367dcaafbc665ec3625a35ff15f773abd9641e97d3353', '55f6aacf593e7f9e7e3070bca6495963a0f2d10e7cab983bcfcae77eddb97a10', '1.cd5ycrCvPBeL1n7ApQdYcvR+2IMLAXC/6kkeZBD1NHRth1qAVL1ZVFdbTeMHFLIeIhuMn0d35NWFdeMeFnWkOFsSVUg+60Gj', NULL, 0, 1795950760061, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', '49db3a8c8a26093d9ee70f9c1d83b401b1fe233d7db385e9bc362e99bdacf367', '1b47b9f99824bbc1870bce2c3bf63cdc9d8b1ac45dfb9426afce8ab43bfb7bd3', 202, '={"id":"bat_01M8KG3P3DNC1CF36GBHCNV0D2","status":"pending","credentials_count":6,"created_at":"2026-11-29T11:12:42.066Z","environment":"test"}', 1795950762066, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', 'a239601c50421ad2054365e0662d3aa87a3430bf2cf81c98ee895573cafe1f69', 'fe367f1f780545931505941dd0b9ed8730464bb1c0ce15244755961e08ce86bb', 202, '={"id":"bat_01M8KG3QZJ9REV3F7DK2PV0AN7","status":"pending","credentials_count":2,"created_at":"2026-11-29T11:12:44.017Z","environment":"test"}', 1795950764017, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', '99536d8a99049dc908d6edef9c9d296932474253fde364fdcaf859ef7b3d6984', 'aa3966c441fb575a67de13748cff0f839de0079fabeb7e998af5bcb7bb90a161', 202, '={"id":"bat_01M8KG3RB4MT40H9AEZBSGK07Z","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:44.362Z","environment":"test"}', 1795950764362, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'cfe07dfdc8b768187873610c2f0d19c6a2ee97ed799a741e56ae35a81c455200', '98e7c33aaf1c87c12acd59fc79752c0d1cc8c232da77db49bb6e543a9cf4b6f5', 202, '={"id":"bat_01M8KG3RY7WKK6FE8YDG4YZ4M2","status":"pending","credentials_count":2,"created_at":"2026-11-29T11:12:44.997Z","environment":"test"}', 1795950764997, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', 'f535a5242fd688e7a89d48fdbebf97e5370504a4da2590c298a4d4c6dccd3172', '8b168bd69ba1398ed1d6de5d92e23d848afd4921bbd9c96a052af61ffa7ed435', 202, '={"id":"bat_01M8KG403V01C2ERSNGYEC77K1","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:52.337Z","environment":"test"}', 1795950772337, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'efb82d8f5122f758ce82e65d53631de4f605da0c25928621380e9d2bd89ff7aa', '927e3ed6ba7f42333ae5c00e2842e52796ef6522794b05491bdcf7ac6292f5d5', 202, '={"id":"bat_01M8KG40HQ6QFAJNNFBGWYEAXQ","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:52.789Z","environment":"test"}', 1795950772789, NULL);
INSERT INTO learncoin_fixture.idempotency_keys VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', '782a587e741cb42445a6f6368e0784ec2a54da41692c3f1423b46e7ab630b614', '1e54184268abb0725eddfe91546c4903d5205e0beab4afa7749a149661f0ac4e', 202, '={"id":"bat_01M8KG412XCT6V245WFF1RYKFM","status":"pending","credentials_count":1,"created_at":"2026-11-29T11:12:53.340Z","environment":"test"}', 1795950773340, NULL);
INSERT INTO learncoin_fixture.key_statement_head VALUES ('head', 7, '58bc7d2450a3267cdbc1b272c05c20594379f9d9b43fbcf0a7051f4c37b6c92d');
INSERT INTO learncoin_fixture.key_statements VALUES (1, NULL, 31337, 'created', 'did:web:learncoin.example#host-key-31337', 31337, '0x572DD31Dc6468D47f13D7e9c8550AD6b801489d4', '319e3c50d721e963a57367dcaafbc665ec3625a35ff15f773abd9641e97d335355f6aacf593e7f9e7e3070bca6495963a0f2d10e7cab983bcfcae77eddb97a10', 1795950460061, NULL, NULL, 1795950760062, '0000000000000000000000000000000000000000000000000000000000000000', 'bd2e1d0d47f3fd79f37488dbb1efce66e75f6fe303747041be20a964753ec8aa');
INSERT INTO learncoin_fixture.key_statements VALUES (2, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 1, 'created', 'did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7-key-1', 31337, '0xBB74459D05C608e0AbA301C670d55A96e0E7c19E', '081bdcc6ee7b7f4dcceef9bdfb8cc8df6d6a0361956a1ce193c5bb3455f3a97280462d47f01dae6344c1e1ed0384cf53184f07cc6d748d6331870873d36b7f2e', 1795950460787, NULL, NULL, 1795950760793, 'bd2e1d0d47f3fd79f37488dbb1efce66e75f6fe303747041be20a964753ec8aa', '1d7c36e302e393a70343944c8a5bd8cf8893213afa7e74278862c3606e6ec8e8');
INSERT INTO learncoin_fixture.key_statements VALUES (3, 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', 1, 'created', 'did:web:learncoin.example#tenant-01M8KG3N05PWM78QRBQCYZQKNB-key-1', 31337, '0xFd497F374a4C2a860b7143A8f7f4d0CA69045b5d', 'd4a07056ba011d794a3bcd8c8ca225975f1d16f6cfe9b0df8269891c558be3070cc5a0dd2cf32ecd9353bf92cc400456b5ce4cd13d215692dcb0d136366226b6', 1795950461381, NULL, NULL, 1795950761382, '1d7c36e302e393a70343944c8a5bd8cf8893213afa7e74278862c3606e6ec8e8', '20a09fcd02a4f60c5c0054efcfe8b4fbd63fac254bfa72d49a7daf722d683139');
INSERT INTO learncoin_fixture.key_statements VALUES (4, 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 1, 'created', 'did:web:learncoin.example#tenant-01M8KG3NKGVB32MPJBERN7J0S6-key-1', 31337, '0x1ABc546E31E8c61c96aE1e41083B6B291cB652c6', '2a8c7776d33529ad8935a16134ba58cf4a5b5ee816c35cc3d6b0eadce5d330c9262fc63161f152a95b5ef48c8409ec55733aa67acf1b0e3ae93736598fc1c13d', 1795950461901, NULL, NULL, 1795950761902, '20a09fcd02a4f60c5c0054efcfe8b4fbd63fac254bfa72d49a7daf722d683139', '6c7f82bd9a75f9ac3bed0480a7c9d88fe8b13d4bc5ebac728cf881b501d9f737');
INSERT INTO learncoin_fixture.key_statements VALUES (5, 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 2, 'created', 'did:web:learncoin.example#tenant-01M8KG3MDXSY4E785PND6YJAK7-key-2', 31337, '0x39B6fC163Ec27c4b69439E99cB97be844cCa7Fb4', '54ed4abce7c9b132d15c2ea7d8365c900cbbc8350b4ea51366ea2c0c1f56e1ac154ccf17ad37189720620cd9a3664c7419a7745d84cd0d869e2abdaeeaae266a', 1795950464971, NULL, NULL, 1795950764972, '6c7f82bd9a75f9ac3bed0480a7c9d88fe8b13d4bc5ebac728cf881b501d9f737', '28b9a3b570f0f5ae301be42349ca7bbcb0f7b51385993a997d5f8817f0386e6a');
INSERT INTO learncoin_fixture.key_statements VALUES (6, 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 2, 'created', 'did:web:learncoin.example#tenant-01M8KG3NKGVB32MPJBERN7J0S6-key-2', 31337, '0x0d4E0F7D82313Ba16662EaF476B6837446059210', '49d76ea1b57c399c119f6bef0ca0ef4f6c640fb1484bd465352deebf2e20f10944a34b763a31ee631bf665422b477d94ce691a8aa7253df9aa07270ec517387c', 1795950473644, NULL, NULL, 1795950773645, '28b9a3b570f0f5ae301be42349ca7bbcb0f7b51385993a997d5f8817f0386e6a', 'acd13abf933c07b21a2d2410c22cf50f9438ada18a0add847e85cc645a86d3e5');
INSERT INTO learncoin_fixture.key_statements VALUES (7, 'tnt_01M8KG3NKGVB32MPJBERN7J0S6', 1, 'revoked', 'did:web:learncoin.example#tenant-01M8KG3NKGVB32MPJBERN7J0S6-key-1', 31337, '0x1ABc546E31E8c61c96aE1e41083B6B291cB652c6', '2a8c7776d33529ad8935a16134ba58cf4a5b5ee816c35cc3d6b0eadce5d330c9262fc63161f152a95b5ef48c8409ec55733aa67acf1b0e3ae93736598fc1c13d', 1795950461901, NULL, 1577836800000, 1795950774525, 'acd13abf933c07b21a2d2410c22cf50f9438ada18a0add847e85cc645a86d3e5', '58bc7d2450a3267cdbc1b272c05c20594379f9d9b43fbcf0a7051f4c37b6c92d');
INSERT INTO learncoin_fixture.logos VALUES ('b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633', 'image/png', 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOosXoLAALZAaQGKdQKAAAAAElFTkSuQmCC');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2JXVY26MC9C759XTKN', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', '6de8fffacdc5b0665b235c9e52473f1d', 'failed', 1, 1, 1795950762362, 1795950762438, NULL, 1795950762438, 'permanent error (550): no such mailbox');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2JVRC85RBA2SPP2NSJ', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'f5332d05bafe56d14c6c3ffdf5f77025', 'sent', 1, 1, 1795950762362, 1795950762540, 1795950762472, 1795950762540, '250 ok');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2J1BGBVM6DDQMTSE49', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', '51678c9978562014e4c90d53e29ba6a3', 'bounced', 1, 1, 1795950762362, 1795950762492, 1795950762440, 1795950763877, '5.1.1 smtp; 550 unknown');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2JVPPXD72RB268Q58B', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'a3fb79b803515c75da565ea22a002a12', 'dropped', 1, 2, 1795950762362, 1795950768271, NULL, 1795950763941, 'transient error (451): try again');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2JSXB7BFTJ90XBP353', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'b6f8ed4bef02ae6ff5507836c8c465ac', 'dropped', 1, 2, 1795950762362, 1795950768233, NULL, 1795950763986, NULL);
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3QZGTHKDGAK8Q0RCZ9BH', 'tnt_01M8KG3N05PWM78QRBQCYZQKNB', '872ef72e606dc211b5d5379da272e1fc', 'sent', 1, 1, 1795950764151, 1795950764204, 1795950764161, 1795950764204, '250 ok');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3P2J3X3AC4R5055D227E', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'afcaa7355d5e7549d67614689e250a49', 'waiting', 1, 3, 1795950762362, 1795950785759, NULL, NULL, 'transient error (451): try again');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG3RY4H9PP5H6PQ13X5NW7', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', '87c17d38e1fa1209bc1ea6cdb7340b60', 'unsure', 1, 1, 1795950765157, 1795950770171, 1795950765167, 1795950770171, 'no answer in time');
INSERT INTO learncoin_fixture.mails VALUES ('crd_01M8KG40HN9QP6M9KE9H04V0TA', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'b8ff6e7c115fd14b6e5ee63b64f32bdd', 'handed', 1, 0, 1795950772937, 1795950817996, 1795950772996, NULL, NULL);
INSERT INTO learncoin_fixture.rate_windows VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 1795950761925, 32);
INSERT INTO learncoin_fixture.rate_windows VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 1795950764013, 21);
INSERT INTO learncoin_fixture.rate_windows VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 1795950772329, 8);
INSERT INTO learncoin_fixture.settings VALUES ('master_key', '71347635d058e5c94b9453e8f609673ec278177f3dde27ac4c0d2b1c83251103');
INSERT INTO learncoin_fixture.settings VALUES ('public_url', 'https://learncoin.example');
INSERT INTO learncoin_fixture.settings VALUES ('chain_kind', 'embedded');
INSERT INTO learncoin_fixture.settings VALUES ('test_genesis', '0e4d449d0b71f2a26006aaf161b8eeda1168def7491e5bb90e1576682e1df1e8');
INSERT INTO learncoin_fixture.signing_keys VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 1, 'test', 31337, '0xBB74459D05C608e0AbA301C670d55A96e0E7c19E', '081bdcc6ee7b7f4dcceef9bdfb8cc8df6d6a0361956a1ce193c5bb3455f3a972', '80462d47f01dae6344c1e1ed0384cf53184f07cc6d748d6331870873d36b7f2e', '1.aU/+W91zhQQ9KBF+YLbBsOI1+X7ECAGzUfQNCVJ7/bkE9luVtxNylg/ogLBE5xeNAIuqZU/OTMXW8wqNrodpNmbz/Bjg45HC', 1, 1795950760787, NULL, NULL, NULL, 1795950764973, NULL, NULL);
INSERT INTO learncoin_fixture.signing_keys VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 1, 'test', 31337, '0xFd497F374a4C2a860b7143A8f7f4d0CA69045b5d', 'd4a07056ba011d794a3bcd8c8ca225975f1d16f6cfe9b0df8269891c558be307', '0cc5a0dd2cf32ecd9353bf92cc400456b5ce4cd13d215692dcb0d136366226b6', '1.h0IAuQxgaa/BPlBePKP+Cg27PkAFb+vWZpo1wWSbe9t/F11raBymmxl22Utxe8zOnil0F/cLMO4mXDPTsmBm8zKPbjqEClqj', 3, 1795950761381, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.signing_keys VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 2, 'test', 31337, '0x0d4E0F7D82313Ba16662EaF476B6837446059210', '49d76ea1b57c399c119f6bef0ca0ef4f6c640fb1484bd465352deebf2e20f109', '44a34b763a31ee631bf665422b477d94ce691a8aa7253df9aa07270ec517387c', '1.ozsp+pBqZZXWbnFOhj4Prs35GxtSEMGa+rp6Hy60SsBBJQmek8+IoJGBR998cIa1Mdk0SKNpBXZ3U3liYnrpg1i4A04zD/83', 0, 1795950773644, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.signing_keys VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 1, 'test', 31337, '0x1ABc546E31E8c61c96aE1e41083B6B291cB652c6', '2a8c7776d33529ad8935a16134ba58cf4a5b5ee816c35cc3d6b0eadce5d330c9', '262fc63161f152a95b5ef48c8409ec55733aa67acf1b0e3ae93736598fc1c13d', '1.ytRmS8WkbAAIQ/UiSx4EkH9jupu2Di+bFttXvWTbDGM6VmMXSfhIlkRYLTDCF/HB9VuONqsgRAnHYbIyxYxnJ0BBJBXBP7aK', 2, 1795950761901, 1795950774520, NULL, NULL, 1795950773646, NULL, 1577836800000);
INSERT INTO learncoin_fixture.signing_keys VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 2, 'test', 31337, '0x39B6fC163Ec27c4b69439E99cB97be844cCa7Fb4', '54ed4abce7c9b132d15c2ea7d8365c900cbbc8350b4ea51366ea2c0c1f56e1ac', '154ccf17ad37189720620cd9a3664c7419a7745d84cd0d869e2abdaeeaae266a', '1.XxvRw6RInQSpgNkbG/QHAb6R1mm3LaWDOuAx9kblO/FKA5Wv/5H48cbiRnFF/mNm3Fqo+UfZh7nfNVFj2MI/yEU7l7BnMneD', 2, 1795950764971, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.stray_transactions VALUES (31337, '0x1ABc546E31E8c61c96aE1e41083B6B291cB652c6', 0, '11c81d94c616d295ef61511e0b494a68d48a9326564531694a2957f79d5bb6b3', '02f88b827a6980830f4240847744d640827530941abc546e31e8c61c96ae1e41083b6b291cb652c680a0ed888aaac09a68748ef4d9f3e28d40eaf731d38f100da6afa87800e574ffbad7c080a0175630d225e3c79bab36a9cbba3b0ade48089ba640fb92f3e19ca4b5f3c2500ca01b600339c2b3a98a165723c7163db493aacd8b52e65014d4fbd3804e68ad3006', 'ed888aaac09a68748ef4d9f3e28d40eaf731d38f100da6afa87800e574ffbad7', 1795950772358);
INSERT INTO learncoin_fixture.tenants VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'مدرسة المثال', 'starter', 2, 1795950760965, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'ar', 'registry@example.edu');
INSERT INTO learncoin_fixture.tenants VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 'Université de l''Exemple', 'institution', 3, 1795950760381, 'Académie de l''Exemple', 'https://example.edu', 'https://example.edu/logo.png', 'b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633', '#8B2635', 'https://example.edu/logo.png', 'b98e1b66f0cf39409874917c7417fe94cf7344462ed25f86fc8c1a12f8a98633', NULL, 1795950761948, 'Université de l''Exemple', NULL, NULL, NULL, NULL, NULL, 'fr', 'registry@example.edu');
INSERT INTO learncoin_fixture.tenants VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'Example Academy', 'developer', 3, 1795950761584, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'en', 'registry@example.edu');
INSERT INTO learncoin_fixture.usage_by_month VALUES ('tnt_01M8KG3NKGVB32MPJBERN7J0S6', 'test', '2026-11', 1);
INSERT INTO learncoin_fixture.usage_by_month VALUES ('tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', '2026-11', 9);
INSERT INTO learncoin_fixture.usage_by_month VALUES ('tnt_01M8KG3N05PWM78QRBQCYZQKNB', 'test', '2026-11', 4);
INSERT INTO learncoin_fixture.webhook_endpoints VALUES ('whk_01M8KG3P1KKXCMQR1JW767SE10', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'http://127.0.0.1:1/taken', '["batch.created","batch.signed","batch.anchored","batch.failed","credential.revoked","credential.erased"]', NULL, '1.FXC8RdLihZ+yGQFSKN+kCDESDSv/5kRn91fSyjk/Vy80obeDY9D8WbNuTMz1Dnd7SfUD8Eg6AVXZmb+AtMDFey2kNCHwSFMRuBhOE8w2pljxUw/Zch8', 1795950762035, NULL, NULL, NULL, NULL);
INSERT INTO learncoin_fixture.webhook_endpoints VALUES ('whk_01M8KG3P29KRRXHRF8W9SR5EK5', 'tnt_01M8KG3MDXSY4E785PND6YJAK7', 'test', 'http://127.0.0.1:1/refused', '["batch.created","batch.signed","batch.anchored","batch.failed","credential.revoked","credential.erased"]', NULL, '1.S8I29Eq4eY4PRi8SLGGzKjVvt/m2qAZnKR8ROY7+/TOyF3Z9cU4MFPswss8j4yWJqQr/SmwZ/SCYRKj78ABM9i2awCH5BCllBpnG/mp4XySxPxLpA/Q', 1795950762057, NULL, NULL, NULL, 1795950762244);
ALTER TABLE ONLY learncoin_fixture._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY learncoin_fixture.anchor_transactions
    ADD CONSTRAINT anchor_transactions_pk PRIMARY KEY (hash);
ALTER TABLE ONLY learncoin_fixture.api_key_networks
    ADD CONSTRAINT api_key_networks_pk PRIMARY KEY (key_id, cidr);
ALTER TABLE ONLY learncoin_fixture.api_keys
    ADD CONSTRAINT api_keys_digest_unique UNIQUE (digest);
ALTER TABLE ONLY learncoin_fixture.api_keys
    ADD CONSTRAINT api_keys_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.audit_log
    ADD CONSTRAINT audit_log_pk PRIMARY KEY (request_id);
ALTER TABLE ONLY learncoin_fixture.batches
    ADD CONSTRAINT batches_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.credentials
    ADD CONSTRAINT credentials_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.credentials
    ADD CONSTRAINT credentials_position_unique UNIQUE (batch_id, "position");
ALTER TABLE ONLY learncoin_fixture.deliveries
    ADD CONSTRAINT deliveries_pk PRIMARY KEY (endpoint_id, event_id);
ALTER TABLE ONLY learncoin_fixture.delivery_attempts
    ADD CONSTRAINT delivery_attempts_pk PRIMARY KEY (endpoint_id, at, request_id);
ALTER TABLE ONLY learncoin_fixture.events
    ADD CONSTRAINT events_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.events
    ADD CONSTRAINT events_subject_unique UNIQUE (subject_id, type);
ALTER TABLE ONLY learncoin_fixture.host_attempts
    ADD CONSTRAINT host_attempts_pk PRIMARY KEY (hash);
ALTER TABLE ONLY learncoin_fixture.host_keys
    ADD CONSTRAINT host_keys_address_unique UNIQUE (address);
ALTER TABLE ONLY learncoin_fixture.host_keys
    ADD CONSTRAINT host_keys_pk PRIMARY KEY (chain_id);
ALTER TABLE ONLY learncoin_fixture.host_transactions
    ADD CONSTRAINT host_transactions_pk PRIMARY KEY (chain_id, nonce);
ALTER TABLE ONLY learncoin_fixture.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pk PRIMARY KEY (tenant_id, environment, key_mac);
ALTER TABLE ONLY learncoin_fixture.key_balances
    ADD CONSTRAINT key_balances_pk PRIMARY KEY (chain_id, address);
ALTER TABLE ONLY learncoin_fixture.key_statement_head
    ADD CONSTRAINT key_statement_head_pk PRIMARY KEY (name);
ALTER TABLE ONLY learncoin_fixture.key_statements
    ADD CONSTRAINT key_statements_hash_unique UNIQUE (hash);
ALTER TABLE ONLY learncoin_fixture.key_statements
    ADD CONSTRAINT key_statements_pk PRIMARY KEY (sequence);
ALTER TABLE ONLY learncoin_fixture.logos
    ADD CONSTRAINT logos_pk PRIMARY KEY (hash);
ALTER TABLE ONLY learncoin_fixture.mails
    ADD CONSTRAINT mails_pk PRIMARY KEY (credential_id);
ALTER TABLE ONLY learncoin_fixture.mails
    ADD CONSTRAINT mails_token_unique UNIQUE (token);
ALTER TABLE ONLY learncoin_fixture.own_did_keys
    ADD CONSTRAINT own_did_keys_pk PRIMARY KEY (tenant_id, did, key_number);
ALTER TABLE ONLY learncoin_fixture.own_dids
    ADD CONSTRAINT own_dids_pk PRIMARY KEY (tenant_id, did);
ALTER TABLE ONLY learncoin_fixture.rate_windows
    ADD CONSTRAINT rate_windows_pk PRIMARY KEY (tenant_id);
ALTER TABLE ONLY learncoin_fixture.settings
    ADD CONSTRAINT settings_pk PRIMARY KEY (name);
ALTER TABLE ONLY learncoin_fixture.signing_keys
    ADD CONSTRAINT signing_keys_address_unique UNIQUE (address);
ALTER TABLE ONLY learncoin_fixture.signing_keys
    ADD CONSTRAINT signing_keys_pk PRIMARY KEY (tenant_id, number);
ALTER TABLE ONLY learncoin_fixture.stray_transactions
    ADD CONSTRAINT stray_transactions_pk PRIMARY KEY (chain_id, address, nonce);
ALTER TABLE ONLY learncoin_fixture.tenants
    ADD CONSTRAINT tenants_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.usage_by_month
    ADD CONSTRAINT usage_by_month_pk PRIMARY KEY (tenant_id, environment, month);
ALTER TABLE ONLY learncoin_fixture.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id);
ALTER TABLE ONLY learncoin_fixture.webhook_tests
    ADD CONSTRAINT webhook_tests_pk PRIMARY KEY (tenant_id, environment, key_mac);
CREATE INDEX anchor_transactions_by_batch ON learncoin_fixture.anchor_transactions USING btree (batch_id);
CREATE INDEX anchor_transactions_by_nonce ON learncoin_fixture.anchor_transactions USING btree (chain_id, address, nonce);
CREATE INDEX api_keys_by_tenant ON learncoin_fixture.api_keys USING btree (tenant_id);
CREATE INDEX audit_log_by_age ON learncoin_fixture.audit_log USING btree (at);
CREATE INDEX audit_log_by_tenant ON learncoin_fixture.audit_log USING btree (tenant_id, at);
CREATE INDEX batches_by_key ON learncoin_fixture.batches USING btree (tenant_id, signing_key_number, status);
CREATE INDEX batches_by_status ON learncoin_fixture.batches USING btree (status, next_attempt_at);
CREATE INDEX batches_by_tenant ON learncoin_fixture.batches USING btree (tenant_id, environment, id);
CREATE INDEX credentials_erased ON learncoin_fixture.credentials USING btree (erased_at, id) WHERE (erased_at IS NOT NULL);
CREATE INDEX deliveries_by_age ON learncoin_fixture.deliveries USING btree (created_at);
CREATE INDEX deliveries_by_event ON learncoin_fixture.deliveries USING btree (event_id);
CREATE INDEX deliveries_by_turn ON learncoin_fixture.deliveries USING btree (status, endpoint_id, next_attempt_at);
CREATE INDEX delivery_attempts_by_age ON learncoin_fixture.delivery_attempts USING btree (at);
CREATE INDEX delivery_attempts_by_event ON learncoin_fixture.delivery_attempts USING btree (event_id);
CREATE INDEX events_by_tenant ON learncoin_fixture.events USING btree (tenant_id, environment, created_at);
CREATE INDEX host_attempts_by_nonce ON learncoin_fixture.host_attempts USING btree (chain_id, nonce);
CREATE UNIQUE INDEX host_transactions_one_open ON learncoin_fixture.host_transactions USING btree (chain_id) WHERE (status = 'open'::text);
CREATE INDEX host_transactions_statements ON learncoin_fixture.host_transactions USING btree (statement_sequence) WHERE (kind = 'statement'::text);
CREATE INDEX host_transactions_top_ups ON learncoin_fixture.host_transactions USING btree (chain_id, created_at) WHERE (kind = 'top_up'::text);
CREATE INDEX host_transactions_watched ON learncoin_fixture.host_transactions USING btree (chain_id) WHERE (status = 'confirmed'::text);
CREATE INDEX idempotency_keys_by_age ON learncoin_fixture.idempotency_keys USING btree (created_at);
CREATE INDEX idempotency_keys_by_subject ON learncoin_fixture.idempotency_keys USING btree (subject_id);
CREATE INDEX key_statements_by_key ON learncoin_fixture.key_statements USING btree (address);
CREATE INDEX mails_by_turn ON learncoin_fixture.mails USING btree (status, due_at);
CREATE INDEX signing_keys_ending ON learncoin_fixture.signing_keys USING btree (retired_at) WHERE ((retired_at IS NOT NULL) AND (expires_at IS NULL) AND (revoked_from IS NULL));
CREATE INDEX stray_transactions_by_root ON learncoin_fixture.stray_transactions USING btree (root);
CREATE INDEX webhook_endpoints_by_rotation ON learncoin_fixture.webhook_endpoints USING btree (previous_secret_until);
CREATE INDEX webhook_endpoints_by_tenant ON learncoin_fixture.webhook_endpoints USING btree (tenant_id, environment, id);
CREATE INDEX webhook_tests_by_age ON learncoin_fixture.webhook_tests USING btree (noted_at);
CREATE TRIGGER key_statements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON learncoin_fixture.key_statements FOR EACH STATEMENT EXECUTE FUNCTION learncoin_fixture.key_statements_refuse();
ALTER TABLE ONLY learncoin_fixture.anchor_transactions
    ADD CONSTRAINT anchor_transactions_batch_fk FOREIGN KEY (batch_id) REFERENCES learncoin_fixture.batches(id);
ALTER TABLE ONLY learncoin_fixture.api_key_networks
    ADD CONSTRAINT api_key_networks_key_fk FOREIGN KEY (key_id) REFERENCES learncoin_fixture.api_keys(id);
ALTER TABLE ONLY learncoin_fixture.api_keys
    ADD CONSTRAINT api_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES learncoin_fixture.tenants(id);
ALTER TABLE ONLY learncoin_fixture.batches
    ADD CONSTRAINT batches_signing_key_fk FOREIGN KEY (tenant_id, signing_key_number) REFERENCES learncoin_fixture.signing_keys(tenant_id, number);
ALTER TABLE ONLY learncoin_fixture.credentials
    ADD CONSTRAINT credentials_batch_fk FOREIGN KEY (batch_id) REFERENCES learncoin_fixture.batches(id);
ALTER TABLE ONLY learncoin_fixture.deliveries
    ADD CONSTRAINT deliveries_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES learncoin_fixture.webhook_endpoints(id) ON DELETE CASCADE;
ALTER TABLE ONLY learncoin_fixture.deliveries
    ADD CONSTRAINT deliveries_event_fk FOREIGN KEY (event_id) REFERENCES learncoin_fixture.events(id);
ALTER TABLE ONLY learncoin_fixture.delivery_attempts
    ADD CONSTRAINT delivery_attempts_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES learncoin_fixture.webhook_endpoints(id) ON DELETE CASCADE;
ALTER TABLE ONLY learncoin_fixture.host_attempts
    ADD CONSTRAINT host_attempts_transaction FOREIGN KEY (chain_id, nonce) REFERENCES learncoin_fixture.host_transactions(chain_id, nonce);
ALTER TABLE ONLY learncoin_fixture.mails
    ADD CONSTRAINT mails_credential_fk FOREIGN KEY (credential_id) REFERENCES learncoin_fixture.credentials(id);
ALTER TABLE ONLY learncoin_fixture.own_did_keys
    ADD CONSTRAINT own_did_keys_did_fk FOREIGN KEY (tenant_id, did) REFERENCES learncoin_fixture.own_dids(tenant_id, did);
ALTER TABLE ONLY learncoin_fixture.signing_keys
    ADD CONSTRAINT signing_keys_tenant_fk FOREIGN KEY (tenant_id) REFERENCES learncoin_fixture.tenants(id);
ALTER TABLE ONLY learncoin_fixture.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_tenant_fk FOREIGN KEY (tenant_id) REFERENCES learncoin_fixture.tenants(id);
