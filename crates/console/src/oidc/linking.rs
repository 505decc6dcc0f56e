//! Linking an identity to a member who is signed in: for providers that verify no addresses.
//!
//! The session proves who the member is, and the provider which identity is theirs, so no address is needed. The secret of the session
//! takes the place of the browser's: what comes back counts in the session that began it alone.

use learncoin_issuance::Issuance;
use learncoin_store::id::IdentityId;
use learncoin_store::members::{MemberIdentity, MemberSession, Token};

use super::failure::ProviderFailure;
use super::provider::IdentityProvider;
use super::secrets::FlowSecrets;
use crate::sign_in::SignedIn;

/// The time after signing in within which an identity may be linked, in milliseconds: a session that was left open or stolen later links
/// none.
pub const LINKED_WITHIN_MS: i64 = 15 * 60 * 1000;

/// Returns whether a session is young enough to link an identity.
pub(crate) fn may_link(session: &MemberSession, now_ms: i64) -> bool {
    (0..LINKED_WITHIN_MS).contains(&now_ms.saturating_sub(session.created_at))
}

/// Links the identity that the provider vouches for to a member. `state` and `code` are what the browser brought back. Returns the
/// identity's id, or `None` if it was linked to the member already.
///
/// # Errors
/// See [`ProviderFailure`].
pub(crate) async fn link(
    provider: &IdentityProvider,
    issuance: &Issuance,
    signed_in: &SignedIn,
    state: &Token,
    code: &str,
) -> Result<Option<IdentityId>, ProviderFailure> {
    let Issuance { store, clock, entropy, .. } = issuance;
    let secrets = FlowSecrets::of(state, &signed_in.token);
    let identity = provider.identify(code, &secrets, clock.now_ms()).await?;
    let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
    let mut tx = store.begin().await?;
    let member = tx.hold_member(&signed_in.member.id).await?.ok_or(ProviderFailure::NoMember)?;
    match tx.find_member_id_by_identity(issuer, subject).await? {
        Some(id) if id == member.id => return Ok(None),
        Some(_) => return Err(ProviderFailure::Taken),
        None => {}
    }
    if tx.has_identity(&member.id, issuer).await? {
        return Err(ProviderFailure::OtherLinked);
    }
    let linked = MemberIdentity {
        id: IdentityId::generate(&**clock, &**entropy),
        issuer: issuer.to_owned(),
        member_id: member.id,
        created_at: clock.now_ms(),
    };
    tx.insert_member_identity(&linked, subject).await?;
    tx.commit().await?;
    Ok(Some(linked.id))
}
