//! The work of members for their tenant: the desk at which batches are checked and issued, and the transactions of other writes.

use std::sync::Arc;

use learncoin_issuance::keyed_write::begin_for_actor;
use learncoin_server::operations::BatchDesk;
use learncoin_store::WriteTx;

use crate::access::{AtLeast, AuthorizedMember, Issuer};
use crate::frame::Failure;
use crate::state::ConsoleState;

/// Returns the desk at which the tenant's batches are checked and issued.
pub(crate) fn desk<R: AtLeast>(state: &ConsoleState, member: &AuthorizedMember<R>) -> BatchDesk {
    BatchDesk {
        issuance: Arc::clone(&state.issuance),
        egress: state.egress.clone(),
        tenant: member.tenant.clone(),
        scope: member.scope.clone(),
    }
}

/// Returns the desk of a member who is about to issue. The tenant gets its first signing key, if its plan and the deployment allow it.
pub(crate) async fn issuing_desk(state: &ConsoleState, member: &AuthorizedMember<Issuer>) -> BatchDesk {
    if let Err(error) = state.issuance.api_keys.ensure_signing_key(&member.scope).await {
        // What is issued is refused with the same reason, and the page says so.
        tracing::warn!(%error, tenant.id = %member.tenant.id, "a tenant has no signing key yet");
    }
    desk(state, member)
}

/// Begins a write of a member, whose role is read again. Returns the transaction with the time at its beginning, in milliseconds since
/// 1970.
///
/// # Errors
/// If the role was taken since the request began, or the store fails.
pub(crate) async fn begin_write<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
) -> Result<(WriteTx, i64), Failure> {
    let (issuance, language) = (&state.issuance, member.visit.language);
    let begun = begin_for_actor(&issuance.store, &*issuance.clock, &member.tenant.id, member.actor()).await;
    begun.map_err(Failure::store(language))?.ok_or(Failure::RightLost(language))
}
