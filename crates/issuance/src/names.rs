//! The DIDs that appear in documents and in the API.

use learncoin_credential::Host;
use learncoin_store::tenants::{Branding, Tenant};

/// Returns the DID that the tenant's new credentials are issued under: its own if it has one and its plan includes that, else the
/// host's.
pub fn issuer_did(host: &Host, tenant: &Tenant, branding: &Branding) -> String {
    match branding.own_did_on(tenant.plan) {
        Some(did) => did.to_owned(),
        None => host.tenant_did(tenant.id.ulid()),
    }
}
