//! The questions to this deployment's own records about a document that a visitor sent, and the reasons for what is not looked up.

use learncoin_issuance::Chain;
use learncoin_issuance::credential::render::{IssuedCredential, RenderError};
use learncoin_store::id::CredentialId;

use crate::public::page_state::PageState;

/// The reason for not checking a credential of another deployment's development chain.
pub(super) const DEVELOPMENT_ELSEWHERE: &str =
    "a development chain proves nothing to others, so its host was not asked";
/// The reason for not checking a document while many documents of other deployments are being checked.
pub(super) const BUSY: &str = "this site checks too many documents of other sites at this moment; try again";
/// The reason for a document under an id that this deployment never gave.
pub(super) const NEVER_ISSUED: &str = "this site never issued such a credential";
/// The reason for what could not be read from the store.
pub(super) const UNREADABLE: &str = "the deployment's own records could not be read";

/// Returns the chain with this id, if this deployment uses it.
pub(super) fn chain_with_id(state: &PageState, chain_id: u64) -> Option<&Chain> {
    let chains = &state.issuance.chains;
    [&chains.test, &chains.live].into_iter().flatten().find(|chain| chain.chain_id == chain_id)
}

/// Returns what was issued here under a document's id, if anything was.
pub(super) async fn issued_as(
    state: &PageState,
    document_id: &str,
) -> Result<Option<IssuedCredential>, RenderError> {
    let id = document_id.rsplit('/').next().and_then(|id| id.parse::<CredentialId>().ok());
    let Some(id) = id else { return Ok(None) };
    Ok(state.issuance.store.issued_credential_by_id(&id).await?)
}
