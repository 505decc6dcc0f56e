//! Signing in: a link becomes a session, once.
//!
//! There are no passwords. A link is printed by `learncoin member link`, or mailed to the member who asked for it; that one works
//! in the browser that asked alone. Reading a link changes nothing: programs that scan mails open links too.

pub use learncoin_delivery::mail::LINK_MS;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::deadlines::is_due;
use learncoin_store::id::{MemberId, SessionId};
use learncoin_store::members::{LinkPurpose, Member, MemberLink, MemberSession, Token};
use learncoin_store::{Error as StoreError, Store, WriteTx};

/// The time after which a session ends that is not used, in milliseconds.
pub const IDLE_MS: i64 = 12 * 60 * 60 * 1000;
/// The time after which a session ends in any case, in milliseconds.
pub const ABSOLUTE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// The accuracy with which the last use of a session is kept, in milliseconds.
const SEEN_MS: i64 = 60 * 1000;
/// The longest name of a browser that is kept, in characters.
const MOST_AGENT_CHARS: usize = 120;

/// The reason why a link did not sign its holder in. Which one it is stays in this program: every page about it reads the same.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// It never was a link, it was used or is too old, it was opened in another browser, or its member is gone.
    #[error("the link does not sign in")]
    NoLink,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A member who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The member.
    pub member: Member,
    /// The session.
    pub session: MemberSession,
    /// The secret of the session.
    pub token: Token,
}

/// Creates a link for a member. `browser` is the secret of the browser that asked for it, which alone may use it.
///
/// # Errors
/// If the store fails.
pub async fn create_link(
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    member_id: &MemberId,
    browser: Option<&Token>,
) -> Result<Token, StoreError> {
    let token = Token::generate(entropy);
    let link = MemberLink {
        token_hash: token.hash(),
        member_id: member_id.clone(),
        purpose: if browser.is_some() { LinkPurpose::Mail } else { LinkPurpose::Command },
        browser_hash: browser.map(Token::hash),
        created_at: clock.now_ms(),
        used_at: None,
    };
    let mut tx = store.begin().await?;
    tx.insert_member_link(&link).await?;
    tx.commit().await?;
    Ok(token)
}

/// Signs in with a link, which works once. The session has a secret of its own, whatever the browser held before; a session that it
/// held ends.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    link: &Token,
    browser: &Token,
    earlier: Option<&SignedIn>,
    agent: &str,
) -> Result<SignedIn, SignInError> {
    let found = store.find_member_link(&link.hash()).await?.ok_or(SignInError::NoLink)?;
    let now = clock.now_ms();
    let is_too_old = is_due(found.created_at.saturating_add(LINK_MS), now, LINK_MS);
    let is_elsewhere = found.browser_hash.as_ref().is_some_and(|hash| *hash != browser.hash());
    if found.used_at.is_some() || is_too_old || is_elsewhere {
        return Err(SignInError::NoLink);
    }
    let mut tx = store.begin().await?;
    let member = tx.hold_member(&found.member_id).await?.ok_or(SignInError::NoLink)?;
    if !tx.use_member_link(&found.token_hash, now).await? {
        return Err(SignInError::NoLink);
    }
    let signed_in = begin_session(&mut tx, clock, entropy, member, earlier, agent).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Begins the session of a member who proved who they are, within the transaction of the proof. It has a secret of its own, whatever
/// the browser held before; a session that it held ends.
pub(crate) async fn begin_session(
    tx: &mut WriteTx,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    member: Member,
    earlier: Option<&SignedIn>,
    agent: &str,
) -> Result<SignedIn, StoreError> {
    let (token, now) = (Token::generate(entropy), clock.now_ms());
    let session = MemberSession {
        id: SessionId::generate(clock, entropy),
        member_id: member.id.clone(),
        created_at: now,
        seen_at: now,
        agent: agent.chars().filter(|char| !char.is_control()).take(MOST_AGENT_CHARS).collect(),
    };
    if let Some(earlier) = earlier {
        tx.delete_member_session(&earlier.member.id, &earlier.session.id).await?;
    }
    tx.insert_member_session(&session, &token.hash()).await?;
    Ok(SignedIn { member, session, token })
}

/// Returns the member whose session has this secret, unless it has ended. Its last use is recorded.
///
/// # Errors
/// If the store fails.
pub async fn authenticate(
    store: &Store,
    clock: &dyn Clock,
    token: Token,
) -> Result<Option<SignedIn>, StoreError> {
    let Some(mut session) = store.find_member_session(&token.hash()).await? else { return Ok(None) };
    let now = clock.now_ms();
    if has_ended(&session, now) {
        return Ok(None);
    }
    let Some(member) = store.find_member(&session.member_id).await? else { return Ok(None) };
    if now.saturating_sub(session.seen_at) >= SEEN_MS {
        let mut tx = store.begin().await?;
        tx.touch_member_session(&session.id, now).await?;
        tx.commit().await?;
        session.seen_at = now;
    }
    Ok(Some(SignedIn { member, session, token }))
}

/// Returns whether time has ended a session.
pub fn has_ended(session: &MemberSession, now_ms: i64) -> bool {
    is_due(session.seen_at.saturating_add(IDLE_MS), now_ms, IDLE_MS)
        || is_due(session.created_at.saturating_add(ABSOLUTE_MS), now_ms, ABSOLUTE_MS)
}

/// Ends a member's session. Returns whether the member had it.
///
/// # Errors
/// If the store fails.
pub async fn end_session(store: &Store, member_id: &MemberId, id: &SessionId) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let ended = tx.delete_member_session(member_id, id).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Deletes links, sessions and counts that no longer matter. To be called about once a minute.
///
/// # Errors
/// If the store fails.
pub async fn purge(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    // A day longer than they work, so that a clock that was set back does not make them new.
    let day = 24 * 60 * 60 * 1000;
    tx.purge_member_links(now_ms.saturating_sub(LINK_MS).saturating_sub(day)).await?;
    tx.purge_member_sessions(now_ms.saturating_sub(ABSOLUTE_MS).saturating_sub(day)).await?;
    tx.purge_sign_in_windows(now_ms.saturating_sub(day)).await?;
    tx.purge_sign_in_attempts(now_ms.saturating_sub(day)).await?;
    tx.commit().await
}
