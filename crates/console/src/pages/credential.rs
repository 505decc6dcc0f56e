//! One credential: what it is, what became of it, and what can be done with it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_delivery::mail::resend::{ResendError, resend};
use learncoin_issuance::credential::change::{Change, ChangeError, ChangeRequest};
use learncoin_language::words::CredentialWords;
use learncoin_server::operations::{ReadChange, read_erasure, read_revocation};
use learncoin_server::pages::{When, page};
use learncoin_store::batches::{BatchState, Scoped};
use learncoin_store::credentials::{IssuedCredential, Requester, RevocationCode};
use learncoin_store::id::{BatchId, CredentialId};
use learncoin_store::mails::{Mail, MailState};
use serde_json::json;

use crate::access::{AtLeast, Auditor, AuthorizedMember, Issuer};
use crate::frame::{Failure, Frame, Place, about, respond, see_other};
use crate::id_in_path::IdInPath;
use crate::state::ConsoleState;

/// The number of characters of a credential's id that confirm its erasure.
const CONFIRMATION_CHARS: usize = 6;

#[derive(Template)]
#[template(path = "credential.html")]
struct OneCredentialPage {
    frame: Frame,
    id: CredentialId,
    batch_id: BatchId,
    name: Option<String>,
    email: Option<String>,
    recipient_id: String,
    achievement: String,
    page_url: String,
    history: Vec<Happening>,
    replaces: Option<CredentialId>,
    replaced_by: Option<CredentialId>,
    is_revoked: bool,
    is_erased: bool,
    may_mail: bool,
    today: String,
    fault: Option<Fault>,
}

/// Something that happened to the credential.
struct Happening {
    when: Option<When>,
    text: String,
    detail: Option<String>,
}

/// A fault of a form that was sent, which is shown beside the form.
struct Fault {
    form: &'static str,
    text: String,
}

impl OneCredentialPage {
    fn fault_of(&self, form: &str) -> Option<&str> {
        self.fault.as_ref().filter(|fault| fault.form == form).map(|fault| fault.text.as_str())
    }

    fn reasons(&self) -> [(&'static str, &'static str); 4] {
        reasons(&self.frame.words.credential)
    }

    fn requesters(&self) -> [(&'static str, &'static str); 3] {
        requesters(&self.frame.words.credential)
    }

    fn confirmation(&self) -> &str {
        confirmation(&self.id)
    }
}

/// Returns the end of a credential's id, which a person types to confirm its erasure.
fn confirmation(id: &CredentialId) -> &str {
    let text = id.as_str();
    text.get(text.len().saturating_sub(CONFIRMATION_CHARS)..).unwrap_or(text)
}

/// Returns the reasons for a revocation, with their names.
fn reasons(words: &'static CredentialWords) -> [(&'static str, &'static str); 4] {
    RevocationCode::ALL.map(|code| (code.as_str(), reason(words, code)))
}

fn reason(words: &'static CredentialWords, code: RevocationCode) -> &'static str {
    match code {
        RevocationCode::Reissued => &words.reissued,
        RevocationCode::IssuerError => &words.issuer_error,
        RevocationCode::RecipientRequest => &words.recipient_request,
        RevocationCode::Other => &words.other,
    }
}

/// Returns those who may ask for an erasure, with their names.
fn requesters(words: &'static CredentialWords) -> [(&'static str, &'static str); 3] {
    Requester::ALL.map(|requester| {
        let name = match requester {
            Requester::Recipient => &words.from_recipient,
            Requester::Dpo => &words.dpo,
            Requester::SupervisoryAuthority => &words.authority,
        };
        (requester.as_str(), name.as_str())
    })
}

/// Returns the credential in the path, if it is the tenant's and of the environment.
pub(super) async fn find<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &CredentialId,
) -> Result<IssuedCredential, Failure> {
    let language = member.visit.language;
    let found = state.issuance.store.find_issued_credential(&member.scope, id).await;
    match found.map_err(Failure::store(language))? {
        Scoped::Own(issued) => Ok(issued),
        Scoped::OtherEnvironment | Scoped::Foreign | Scoped::Absent => Err(Failure::Missing(language)),
    }
}

/// Serves `GET …/credentials/{id}`.
pub(crate) async fn credential(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let issued = find(&state, &member, &id).await?;
    let page = compose(&state, &member, issued, None).await?;
    Ok(respond(member.visit.language, &page))
}

async fn compose<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    issued: IssuedCredential,
    fault: Option<Fault>,
) -> Result<OneCredentialPage, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Credentials);
    let IssuedCredential { credential, batch, .. } = &issued;
    let mail = state.issuance.store.find_mail(&credential.id).await.map_err(Failure::store(language))?;
    let replaces =
        state.issuance.store.find_replaced(&member.scope, &credential.recipient_id, &credential.id);
    let replaces = replaces.await.map_err(Failure::store(language))?;
    let document = credential.redacted().map_err(Failure::internal(language))?;
    let person = credential.personal.as_ref();
    let is_anchored = matches!(batch.state, BatchState::Anchored { .. });
    let has_address = person.is_some_and(|person| person.email.is_some());
    let now = frame.when(state.issuance.clock.now_ms());
    Ok(OneCredentialPage {
        history: history(&frame, &issued, mail.as_ref()),
        page_url: credential.id.page_url(&batch.public_url),
        batch_id: batch.id.clone(),
        name: person.map(|person| person.name.clone()),
        email: person.and_then(|person| person.email.clone()),
        recipient_id: credential.recipient_id.clone(),
        achievement: document.subject.achievement.name,
        replaces,
        replaced_by: credential.revocation.as_ref().and_then(|one| one.replaced_by.clone()),
        is_revoked: credential.revocation.is_some(),
        is_erased: credential.erased_at.is_some(),
        may_mail: is_anchored && has_address && credential.revocation.is_none(),
        today: now.machine.split('T').next().unwrap_or_default().to_owned(),
        id: credential.id.clone(),
        fault,
        frame,
    })
}

/// Returns what happened to a credential, the first thing first.
fn history(frame: &Frame, issued: &IssuedCredential, mail: Option<&Mail>) -> Vec<Happening> {
    let words = &frame.words.credential;
    let (credential, batch) = (&issued.credential, &issued.batch);
    let mut dated: Vec<(i64, &str, Option<String>)> = vec![(batch.created_at, &words.accepted, None)];
    match &batch.state {
        BatchState::Pending => {}
        BatchState::Signed { signed_at, .. } => dated.push((*signed_at, &words.signed, None)),
        BatchState::Anchored { signed_at, anchored_at, .. } => {
            dated.push((*signed_at, &words.signed, None));
            let hash = issued.anchor.as_ref().map(|anchor| format!("0x{}", anchor.hash));
            dated.push((*anchored_at, &words.anchored, hash));
        }
        BatchState::Failed { failed_at, error_message, .. } => {
            dated.push((*failed_at, &words.failed, Some(error_message.clone())));
        }
    }
    if let Some(mail) = mail
        && let Some((at, text)) = mail_happening(frame, &mail.state)
    {
        dated.push((at, text, None));
    }
    if let Some(revocation) = &credential.revocation {
        let why = reason(words, revocation.code);
        let detail = revocation.reason.as_ref().map_or(why.to_owned(), |text| format!("{why}: {text}"));
        dated.push((revocation.revoked_at, &words.revoked, Some(detail)));
    }
    if let Some(erased_at) = credential.erased_at {
        dated.push((erased_at, &words.erased, None));
    }
    dated.sort_by_key(|(at, ..)| *at);
    dated
        .into_iter()
        .map(|(at, text, detail)| Happening { when: Some(frame.when(at)), text: text.to_owned(), detail })
        .chain(mail.and_then(|mail| mail_waits(frame, &mail.state)))
        .collect()
}

fn mail_happening(frame: &Frame, state: &MailState) -> Option<(i64, &'static str)> {
    let words = &frame.words.credential;
    match state {
        MailState::Sent { settled_at, .. } => Some((*settled_at, &words.mail_sent)),
        MailState::Failed { settled_at } => Some((*settled_at, &words.mail_failed)),
        MailState::Bounced { settled_at, .. } => Some((*settled_at, &words.mail_bounced)),
        _ => None,
    }
}

fn mail_waits(frame: &Frame, state: &MailState) -> Option<Happening> {
    let waits = matches!(
        state,
        MailState::Waiting { .. } | MailState::Leased { .. } | MailState::Held | MailState::Postponed { .. }
    );
    waits.then(|| Happening { when: None, text: frame.words.credential.mail_waits.clone(), detail: None })
}

/// Serves `POST …/credentials/{id}/revoke`.
pub(crate) async fn revoke(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let issued = find(&state, &member, &id).await?;
    let form = &member.visit.form;
    let body = json!({
        "reason": form.text("reason").unwrap_or_default(),
        "reason_code": form.text("reason_code").unwrap_or_default(),
    });
    change(&state, &member, issued, "revoke", &body, read_revocation).await
}

/// Serves `POST …/credentials/{id}/erase`: once the end of the id was typed.
pub(crate) async fn erase(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let issued = find(&state, &member, &id).await?;
    let typed = member.visit.form.text("confirmation").unwrap_or_default();
    if !typed.eq_ignore_ascii_case(confirmation(&issued.credential.id)) {
        let text = member.visit.language.console().credential.unconfirmed.clone();
        return refused(&state, &member, issued, "erase", text).await;
    }
    let form = &member.visit.form;
    let verified_at = format!("{}T00:00:00Z", form.text("verified_at").unwrap_or_default());
    let body = json!({
        "requester": form.text("requester").unwrap_or_default(),
        "verified_at": verified_at,
    });
    change(&state, &member, issued, "erase", &body, read_erasure).await
}

/// Changes a credential as the API does: with its checks of the body, and by its function.
async fn change(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    issued: IssuedCredential,
    form: &'static str,
    body: &serde_json::Value,
    read: ReadChange,
) -> Result<Response, Failure> {
    let (language, issuance) = (member.visit.language, &state.issuance);
    let change = match read(body.to_string().as_bytes()) {
        Ok(change) => change,
        Err(error) => return refused(state, member, issued, form, error.message).await,
    };
    let is_erasure = matches!(change, Change::Erase { .. });
    let id = issued.credential.id.clone();
    let request = ChangeRequest { scope: &member.scope, actor: member.actor(), id: &id, change, claim: None };
    let words = &language.console().credential;
    match issuance.changes.change(request).await {
        Ok(_) => {}
        Err(ChangeError::RightLost) => return Err(Failure::RightLost(language)),
        Err(ChangeError::AlreadyRevoked) => {
            return refused(state, member, issued, form, words.already_revoked.clone()).await;
        }
        Err(ChangeError::AlreadyErased) => {
            return refused(state, member, issued, form, words.already_erased.clone()).await;
        }
        Err(ChangeError::Absent | ChangeError::Foreign | ChangeError::OtherEnvironment) => {
            return Err(Failure::Missing(language));
        }
        Err(error) => return Err(Failure::internal(language)(error)),
    }
    if is_erasure && let Err(error) = state.mailbox.forget(&issuance.store, &id).await {
        tracing::error!(%error, "the mail of an erased credential can't be removed yet; that is tried again every minute");
    }
    let done = if is_erasure { "erased" } else { "revoked" };
    Ok(about(see_other(&path(member, &id, done)), &id))
}

/// Serves `POST …/credentials/{id}/resend`: mails the recipient once more.
pub(crate) async fn resend_mail(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let (language, issuance) = (member.visit.language, &state.issuance);
    let issued = find(&state, &member, &id).await?;
    match resend(&issuance.store, &*issuance.clock, &*issuance.entropy, &id).await {
        Ok(_) => Ok(about(see_other(&path(&member, &id, "mailed")), &id)),
        Err(ResendError::Store(error)) => Err(Failure::store(language)(error)),
        Err(_) => {
            let text = language.console().credential.no_mail.clone();
            refused(&state, &member, issued, "resend", text).await
        }
    }
}

fn path(member: &AuthorizedMember<Issuer>, id: &CredentialId, done: &str) -> String {
    format!("{}/credentials/{id}?done={done}", member.base())
}

async fn refused(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    issued: IssuedCredential,
    form: &'static str,
    text: String,
) -> Result<Response, Failure> {
    let id = issued.credential.id.clone();
    let template = compose(state, member, issued, Some(Fault { form, text })).await?;
    Ok(about(page(StatusCode::UNPROCESSABLE_ENTITY, member.visit.language, &template), &id))
}
