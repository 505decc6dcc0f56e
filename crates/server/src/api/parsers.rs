//! The parsers of what callers send, for the fuzz targets: other code reaches them through the routes.

use std::sync::Arc;

use learncoin_http_client::{Egress, SystemResolver};
use learncoin_store::id::BatchId;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::seal::{MasterKey, Sealer};

pub use super::create_batch::MAX_CREDENTIALS;
use super::create_batch::{BatchRules, read};
use super::cursor::List;
use crate::error::ErrorCode;

/// Parses the body of `POST /v1/batches`. Returns the number of credentials in it.
///
/// # Errors
/// The code of the first fault.
pub fn batch_body(body: &[u8]) -> Result<usize, ErrorCode> {
    let rules = BatchRules {
        issuer_did: "did:web:learncoin.example".to_owned(),
        egress: Egress::new(false, Arc::new(SystemResolver)),
    };
    let credentials = read(body, &rules).map_err(|error| error.code)?;
    Ok(credentials.len())
}

/// Parses the cursor of a list of batches whose key no caller knows. Returns whether it was accepted.
pub fn cursor(text: &str) -> bool {
    let Ok(tenant_id) = "tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ".parse() else { return false };
    let scope = TenantScope { tenant_id, environment: Environment::Test };
    let sealer = Sealer::new(&MasterKey::from_bytes([7; 32]));
    List { scope: &scope, kind: "batches", filter: "" }.read_cursor::<BatchId>(text, &sealer, 0).is_ok()
}
