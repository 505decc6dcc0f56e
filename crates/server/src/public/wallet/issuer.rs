//! The credential issuer that an address names: a tenant, `https://HOST/t/ULID`.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use learncoin_credential::Host;
use learncoin_store::id::TenantId;
use learncoin_store::wallets::OfferedFormat;

/// The ULID in the path; any path that holds none is like a ULID that names nothing.
pub(super) type UlidInPath = Result<Path<String>, PathRejection>;

/// Returns the tenant that the path names, which need not exist.
pub(super) fn tenant_id(ulid: UlidInPath) -> Option<TenantId> {
    parse_tenant_id(&ulid.ok()?.0)
}

/// Parses the tenant's id from its ULID.
pub(super) fn parse_tenant_id(ulid: &str) -> Option<TenantId> {
    format!("{}{ulid}", TenantId::PREFIX).parse().ok()
}

/// Returns the identifier of a tenant as a credential issuer, which wallets compare byte for byte.
pub(super) fn identifier(host: &Host, tenant_id: &TenantId) -> String {
    format!("{}/t/{}", host.origin(), tenant_id.ulid())
}

/// Returns the id of the configuration in which a credential of this format is offered.
pub(super) fn configuration_id(format: OfferedFormat) -> &'static str {
    match format {
        OfferedFormat::DataIntegrity => "OpenBadge_ldp_vc",
        OfferedFormat::Jwt => "OpenBadge_jwt_vc_json",
    }
}
