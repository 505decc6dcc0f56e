//! Names and addresses that appear in documents, in events and in the API.

use learncoin_credential::Host;
use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, Tenant};

/// Returns the API's name of an environment's chain. It is the same whichever chain is configured.
pub fn api_chain_name(environment: Environment) -> &'static str {
    environment.api_chain_name()
}

/// Returns the address of the page that shows and proves a credential. It is also the credential's id.
pub fn verify_url(public_url: &str, id: &CredentialId) -> String {
    id.page_url(public_url)
}

/// Returns the DID that the tenant's new credentials are issued under: its own if it has one and its plan includes that, else the
/// host's.
pub fn issuer_did(host: &Host, tenant: &Tenant, branding: &Branding) -> String {
    match branding.own_did_on(tenant.plan) {
        Some(did) => did.to_owned(),
        None => host.tenant_did(tenant.id.ulid()),
    }
}
