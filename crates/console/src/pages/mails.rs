//! A tenant's mails: what became of each, the newest first, and the settings that they are sent with.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_language::{Language, fill};
use learncoin_server::pages::When;
use learncoin_store::credentials::Credential;
use learncoin_store::id::CredentialId;
use learncoin_store::mails::{Mail, MailDay, MailState, MailStatus};
use learncoin_store::scope::Environment;

use super::overview::grouped;
use crate::access::{Auditor, AuthorizedMember};
use crate::frame::{Failure, Frame, Place, respond};
use crate::lists::{PAGE, cut_to_page, place};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "mails.html")]
struct MailsPage {
    frame: Frame,
    filters: Vec<(&'static str, &'static str)>,
    state: &'static str,
    rows: Vec<MailRow>,
    settings: SettingsView,
    older: Option<String>,
    is_first: bool,
}

/// A mail in the list.
struct MailRow {
    id: CredentialId,
    name: Option<String>,
    achievement: String,
    state: &'static str,
    tone: &'static str,
    note: &'static str,
    /// When it goes on, which follows the note.
    next: Option<When>,
    since: When,
    attempts: Option<String>,
    answer: Option<String>,
    may_mail: bool,
}

/// The tenant's settings for its mails, in words.
struct SettingsView {
    language: String,
    reply_to: Option<String>,
    used: u64,
    limit: u64,
    today: String,
    /// Whether they are on, or since when they are off.
    switch: &'static str,
    off_since: Option<When>,
}

/// The filters by state: the name in the address, and the statuses.
const FILTERS: [(&str, &[MailStatus]); 8] = [
    ("waiting", &[MailStatus::Waiting, MailStatus::Leased, MailStatus::Transmitting]),
    ("held", &[MailStatus::Held]),
    ("postponed", &[MailStatus::Postponed]),
    ("sent", &[MailStatus::Sent]),
    ("failed", &[MailStatus::Failed]),
    ("bounced", &[MailStatus::Bounced, MailStatus::Returned]),
    ("cancelled", &[MailStatus::Cancelled]),
    ("unknown", &[MailStatus::Unknown]),
];

/// Serves `GET …/mails`.
pub(crate) async fn mails(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(&state, &member, Place::Mails);
    let query = &member.visit.query;
    let asked = query.text("state").unwrap_or_default();
    let (filter, statuses) = FILTERS.into_iter().find(|(name, _)| *name == asked).unwrap_or(("", &[]));
    let after = query.text("after").and_then(place);
    let store = &state.issuance.store;
    let listed = store.list_newest_mails(&member.scope, statuses, after.as_ref(), PAGE + 1).await;
    let mut listed = listed.map_err(Failure::store(language))?;
    let is_more = cut_to_page(&mut listed);
    let last = listed.last().filter(|_| is_more);
    let older = last.map(|last| format!("?state={filter}&after={}.{}", last.queued_at, last.credential_id));
    let ids: Vec<&CredentialId> = listed.iter().map(|mail| &mail.credential_id).collect();
    let credentials = store.list_credentials_by_id(&member.scope, &ids).await;
    let credentials = credentials.map_err(Failure::store(language))?;
    let rows = listed.into_iter().map(|mail| row(&frame, mail, &credentials)).collect::<Result<_, _>>();
    let page = MailsPage {
        filters: FILTERS.map(|(name, statuses)| (name, filter_name(&frame, statuses))).into(),
        state: filter,
        rows: rows.map_err(Failure::internal(language))?,
        settings: settings(&state, &member, &frame).await.map_err(Failure::store(language))?,
        is_first: after.is_none(),
        older,
        frame,
    };
    Ok(respond(language, &page))
}

fn filter_name(frame: &Frame, statuses: &[MailStatus]) -> &'static str {
    statuses.first().map_or(frame.words.mails.all.as_str(), |status| status_name(frame, *status))
}

/// Returns the status of a mail in words.
pub(crate) fn status_name(frame: &Frame, status: MailStatus) -> &'static str {
    let words = &frame.words.mails;
    match status {
        MailStatus::Held => &words.held,
        MailStatus::Waiting => &words.waiting,
        MailStatus::Postponed => &words.postponed,
        MailStatus::Leased | MailStatus::Transmitting => &words.sending,
        MailStatus::Sent => &words.sent,
        MailStatus::Failed => &words.failed,
        MailStatus::Bounced => &words.bounced,
        MailStatus::Returned => &words.returned,
        MailStatus::Cancelled => &words.cancelled,
        MailStatus::Unknown => &words.unknown,
    }
}

fn row(
    frame: &Frame,
    mail: Mail,
    credentials: &[Credential],
) -> Result<MailRow, learncoin_store::credentials::StoredDocumentError> {
    let words = &frame.words.mails;
    let (tone, note, next) = match &mail.state {
        MailState::Held => ("wait", words.held_note.as_str(), None),
        MailState::Waiting { due_at } => ("wait", words.waiting_note.as_str(), Some(*due_at)),
        MailState::Postponed { until } => ("wait", words.postponed_note.as_str(), Some(*until)),
        MailState::Leased { .. } | MailState::Transmitting { .. } => ("wait", "", None),
        MailState::Sent { .. } => ("good", "", None),
        MailState::Failed { .. } => ("bad", words.failed_note.as_str(), None),
        MailState::Bounced { .. } => ("bad", words.bounced_note.as_str(), None),
        MailState::Returned { .. } => ("caution", words.returned_note.as_str(), None),
        MailState::Cancelled { .. } => ("idle", words.cancelled_note.as_str(), None),
        MailState::Unknown { .. } => ("unknown", words.unknown_note.as_str(), None),
    };
    let credential = credentials.iter().find(|one| one.id == mail.credential_id);
    let document = credential.map(Credential::redacted).transpose()?;
    let person = credential.and_then(|one| one.personal.as_ref());
    // The page of a credential that is revoked, or without an address, has no way to mail it.
    let is_open = credential.is_some_and(|one| one.revocation.is_none() && one.erased_at.is_none());
    Ok(MailRow {
        name: person.map(|person| person.name.clone()),
        achievement: document.map(|document| document.subject.achievement.name).unwrap_or_default(),
        state: status_name(frame, mail.state.status()),
        tone,
        note,
        next: next.map(|at| frame.when(at)),
        since: frame.when(since(&mail)),
        attempts: (mail.attempts > 1).then(|| fill(&words.attempts, &[("count", &grouped(mail.attempts))])),
        may_mail: is_open && frame.may_issue() && is_over(&mail.state),
        // That it was taken says no more than the state.
        answer: mail.answer.filter(|_| mail.state.status() != MailStatus::Sent),
        id: mail.credential_id,
    })
}

/// Returns since when a mail is in its state, in milliseconds since 1970.
fn since(mail: &Mail) -> i64 {
    match mail.state {
        MailState::Held
        | MailState::Waiting { .. }
        | MailState::Postponed { .. }
        | MailState::Leased { .. } => mail.queued_at,
        MailState::Transmitting { transmitted_at, .. } => transmitted_at,
        MailState::Sent { settled_at, .. }
        | MailState::Failed { settled_at }
        | MailState::Bounced { settled_at }
        | MailState::Returned { settled_at }
        | MailState::Cancelled { settled_at }
        | MailState::Unknown { settled_at, .. } => settled_at,
    }
}

/// Returns whether nothing more happens to a mail by itself, though it may not have arrived.
fn is_over(state: &MailState) -> bool {
    matches!(
        state,
        MailState::Failed { .. }
            | MailState::Bounced { .. }
            | MailState::Returned { .. }
            | MailState::Cancelled { .. }
            | MailState::Unknown { .. }
    )
}

async fn settings(
    state: &ConsoleState,
    member: &AuthorizedMember<Auditor>,
    frame: &Frame,
) -> learncoin_store::Result<SettingsView> {
    let (issuance, words) = (&state.issuance, &frame.words.mails);
    let settings = issuance.store.get_mail_settings(&member.tenant.id).await?;
    let today = MailDay::of(issuance.clock.now_ms());
    let used = issuance.store.mails_on_day(&member.scope, today).await?;
    let limit = issuance.plans.limits(&member.tenant).mails_per_day;
    let is_held = member.scope.environment == Environment::Live && settings.live_since.is_none();
    let switch = match (settings.off_since, is_held) {
        (Some(_), _) => &words.off,
        (None, true) => &words.held_until,
        (None, false) => &words.on,
    };
    let language = settings.language.as_deref().and_then(Language::from_tag).unwrap_or_default();
    Ok(SettingsView {
        language: language.words().name.clone(),
        reply_to: settings.reply_to,
        used,
        limit,
        today: fill(&words.used, &[("used", &grouped(used)), ("limit", &grouped(limit))]),
        switch,
        off_since: settings.off_since.map(|at| frame.when(at)),
    })
}
