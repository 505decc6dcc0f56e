-- Offers of a credential to a wallet (OpenID4VCI). The code is stored as a hash, as is the token that it was redeemed for once. The code,
-- the token and the row itself end a while after they were made; the program knows when.
CREATE TABLE wallet_offers (
    code_hash     TEXT   NOT NULL,
    credential_id TEXT   NOT NULL,
    tenant_id     TEXT   NOT NULL,
    format        TEXT   NOT NULL,
    tx_code_hash  TEXT,
    attempts      BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    redeemed_at   BIGINT,
    token_hash    TEXT,
    issued_at     BIGINT,
    CONSTRAINT wallet_offers_pk PRIMARY KEY (code_hash),
    CONSTRAINT wallet_offers_token_unique UNIQUE (token_hash),
    CONSTRAINT wallet_offers_credential_fk FOREIGN KEY (credential_id) REFERENCES credentials (id),
    CONSTRAINT wallet_offers_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT wallet_offers_format_known CHECK (format IN ('ldp_vc', 'jwt_vc_json'))
);
CREATE INDEX wallet_offers_by_credential ON wallet_offers (credential_id, created_at);
CREATE INDEX wallet_offers_by_age ON wallet_offers (created_at);

-- The nonces of proofs for which a credential was given, until they would be too old anyway.
CREATE TABLE used_wallet_nonces (
    nonce_hash TEXT   NOT NULL,
    used_at    BIGINT NOT NULL,
    CONSTRAINT used_wallet_nonces_pk PRIMARY KEY (nonce_hash)
);
CREATE INDEX used_wallet_nonces_by_age ON used_wallet_nonces (used_at);
