-- Members at the operator's identity provider. A keyed hash of the issuer and the subject finds them; the subject itself is not kept.
CREATE TABLE member_identities (
    id           TEXT   NOT NULL,
    subject_mac  TEXT   NOT NULL,
    issuer       TEXT   NOT NULL,
    member_id    TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT member_identities_pk PRIMARY KEY (id),
    CONSTRAINT member_identities_subject_unique UNIQUE (subject_mac),
    CONSTRAINT member_identities_one_of_issuer UNIQUE (member_id, issuer),
    CONSTRAINT member_identities_member_fk FOREIGN KEY (member_id) REFERENCES members (id)
);

-- Sign-ins that were begun at the identity provider and have not come back. Each comes back once, to the browser that began it.
CREATE TABLE sign_in_attempts (
    state_hash   TEXT   NOT NULL,
    browser_hash TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT sign_in_attempts_pk PRIMARY KEY (state_hash)
);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (created_at);

-- Whether a group at the identity provider granted it (1), or a person (0). What a person granted, no group takes away.
ALTER TABLE memberships ADD COLUMN by_groups BIGINT NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN operator_by_groups BIGINT NOT NULL DEFAULT 0;
