//! The metadata that a wallet reads first: of a tenant as a credential issuer (OpenID4VCI 1.0, section 12.2) and as an authorization
//! server (RFC 8414).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::contexts::{OPEN_BADGES_3, VC_2};
use learncoin_credential::wallet::{CRYPTOSUITE, PROOF_ALGORITHMS};
use learncoin_issuance::Issuance;
use learncoin_store::id::TenantId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::PublicBranding;
use learncoin_store::wallets::OfferedFormat;
use serde_json::{Value as Json, json};

use super::answer::{WalletError, json_response};
use super::issuer::{UlidInPath, configuration_id, identifier, tenant_id};
use crate::error::{ApiError, ErrorCode};

/// The grant of a pre-authorized code.
pub(super) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// Serves `GET /.well-known/openid-credential-issuer/t/{ulid}` and `GET /t/{ulid}/.well-known/openid-credential-issuer`.
pub(crate) async fn credential_issuer(State(issuance): State<Arc<Issuance>>, ulid: UlidInPath) -> Response {
    match tenant(&issuance, ulid).await {
        Ok((tenant_id, branding)) => json_response(&issuer_metadata(&issuance, &tenant_id, &branding)),
        Err(error) => error.into_response(),
    }
}

/// Serves `GET /.well-known/oauth-authorization-server/t/{ulid}`, and the other places where wallets look for it.
pub(crate) async fn authorization_server(
    State(issuance): State<Arc<Issuance>>,
    ulid: UlidInPath,
) -> Response {
    match tenant(&issuance, ulid).await {
        Ok((tenant_id, _)) => {
            let issuer = identifier(&issuance.host, &tenant_id);
            json_response(&json!({
                "issuer": issuer,
                "token_endpoint": format!("{issuer}/wallet/token"),
                "grant_types_supported": [PRE_AUTHORIZED],
                "response_types_supported": [],
                "token_endpoint_auth_methods_supported": ["none"],
                "pre-authorized_grant_anonymous_access_supported": true,
            }))
        }
        Err(error) => error.into_response(),
    }
}

/// Returns the tenant, and the branding that its pages show in live: what the operator confirmed.
async fn tenant(issuance: &Issuance, ulid: UlidInPath) -> Result<(TenantId, PublicBranding), WalletError> {
    let unknown = || WalletError::Other(ApiError::new(ErrorCode::TenantNotFound, "There is no such tenant."));
    let tenant_id = tenant_id(ulid).ok_or_else(unknown)?;
    let found = issuance.store.find_branded_tenant(&tenant_id).await.map_err(WalletError::ours)?;
    let (tenant, branding) = found.ok_or_else(unknown)?;
    Ok((tenant_id, branding.effective_branding(Environment::Live, &tenant.name)))
}

fn issuer_metadata(issuance: &Issuance, tenant_id: &TenantId, branding: &PublicBranding) -> Json {
    let issuer = identifier(&issuance.host, tenant_id);
    let mut display = json!({ "name": branding.issuer_name });
    // Wallets take no picture over plain HTTP.
    let origin = Some(issuance.host.origin()).filter(|origin| origin.starts_with("https:"));
    if let (Json::Object(members), Some(hash), Some(origin)) = (&mut display, &branding.logo_hash, origin) {
        let logo = json!({ "uri": format!("{origin}/assets/logo/{hash}"), "alt_text": branding.issuer_name });
        members.insert("logo".to_owned(), logo);
    }
    let configurations = OfferedFormat::ALL
        .map(|format| (configuration_id(format).to_owned(), configuration(format)))
        .into_iter()
        .collect();
    json!({
        "credential_issuer": issuer,
        "credential_endpoint": format!("{issuer}/wallet/credential"),
        "nonce_endpoint": format!("{issuer}/wallet/nonce"),
        "display": [display],
        "credential_configurations_supported": Json::Object(configurations),
    })
}

fn configuration(format: OfferedFormat) -> Json {
    let types = json!(["VerifiableCredential", "OpenBadgeCredential"]);
    let display = json!([{ "name": "Open Badge", "locale": "en" }]);
    let (definition, algorithm) = match format {
        OfferedFormat::DataIntegrity => {
            (json!({ "@context": [VC_2, OPEN_BADGES_3], "type": types }), CRYPTOSUITE)
        }
        OfferedFormat::Jwt => (json!({ "type": types }), "EdDSA"),
    };
    json!({
        "format": format.as_str(),
        "credential_definition": definition,
        "cryptographic_binding_methods_supported": ["did:key", "did:jwk", "jwk"],
        "credential_signing_alg_values_supported": [algorithm],
        "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": PROOF_ALGORITHMS } },
        "credential_metadata": { "display": display },
        // Where drafts have it.
        "display": display,
    })
}
