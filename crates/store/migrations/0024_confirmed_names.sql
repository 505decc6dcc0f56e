-- The names that the operator has confirmed as a tenant's issuer name, each for good: a credential that was signed with one stays
-- confirmed when the tenant gets another name.
CREATE TABLE confirmed_names (
    tenant_id TEXT NOT NULL,
    name      TEXT NOT NULL,
    CONSTRAINT confirmed_names_pk PRIMARY KEY (tenant_id, name),
    CONSTRAINT confirmed_names_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- What is known of earlier releases is the name that was confirmed last: the one beside a change that waits, or else the current one.
-- Earlier ones were not kept. No name is taken from documents: they carried names that no operator had confirmed.
INSERT INTO confirmed_names (tenant_id, name)
SELECT id, COALESCE(confirmed_name, awarding_body_name, name) FROM tenants
WHERE confirmed_name IS NOT NULL OR branding_changed_at IS NULL;
