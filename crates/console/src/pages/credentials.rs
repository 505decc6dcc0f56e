//! A tenant's credentials: the list with its search.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_credential::text::check_uuid_urn;
use learncoin_server::pages::{When, from_ms};
use learncoin_store::Store;
use learncoin_store::batches::Scoped;
use learncoin_store::credentials::{ChangedAs, Credential, ListPlace};
use learncoin_store::id::CredentialId;
use learncoin_store::scope::TenantScope;

use crate::access::{Auditor, AuthorizedMember};
use crate::form::Form;
use crate::frame::{Failure, Frame, Place, respond, see_other};
use crate::lists::{PAGE, cut_to_page, day};
use crate::state::ConsoleState;

/// The most credentials of a recipient that are listed.
const MOST_OF_RECIPIENT: u32 = 200;

#[derive(Template)]
#[template(path = "credentials.html")]
struct CredentialsPage {
    frame: Frame,
    search: Search,
    fault: Option<&'static str>,
    rows: Vec<CredentialRow>,
    older: Option<String>,
    is_first: bool,
}

/// The search, as it was written.
#[derive(Default)]
struct Search {
    q: String,
    state: String,
    from: String,
    to: String,
}

impl Search {
    fn of(query: &Form) -> Self {
        let text = |name| query.text(name).unwrap_or_default().to_owned();
        Self { q: text("q"), state: text("state"), from: text("from"), to: text("to") }
    }

    fn is_empty(&self) -> bool {
        [&self.q, &self.state, &self.from, &self.to].into_iter().all(String::is_empty)
    }
}

/// A credential in the list.
struct CredentialRow {
    id: CredentialId,
    name: Option<String>,
    achievement: String,
    recipient_id: String,
    issued: When,
    is_revoked: bool,
    is_erased: bool,
}

/// The rows that were found, and the query of the next page.
struct Found {
    credentials: Vec<Credential>,
    older: Option<String>,
}

/// Serves `GET …/credentials`.
pub(crate) async fn credentials(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(&state, &member, Place::Credentials);
    let (store, query) = (&state.issuance.store, &member.visit.query);
    let search = Search::of(query);
    if let Ok(id) = search.q.parse::<CredentialId>() {
        let found = store.find_issued_credential(&member.scope, &id).await;
        if matches!(found.map_err(Failure::store(language))?, Scoped::Own(_)) {
            return Ok(see_other(&format!("{}/credentials/{id}", frame.base())));
        }
    }
    let found = find(store, &member.scope, &search, query).await.map_err(Failure::store(language))?;
    let words = &frame.words.credentials;
    let (found, fault) = match found {
        Ok(found) => (found, None),
        Err(SearchFault::Text) => {
            (Found { credentials: Vec::new(), older: None }, Some(words.bad_search.as_str()))
        }
        Err(SearchFault::Date) => {
            (Found { credentials: Vec::new(), older: None }, Some(words.bad_date.as_str()))
        }
    };
    let rows = found.credentials.iter().map(|credential| row(&frame, credential)).collect::<Result<_, _>>();
    let rows = rows.map_err(Failure::internal(language))?;
    let is_first = query.text("after").is_none();
    let page = CredentialsPage { rows, fault, older: found.older, search, is_first, frame };
    Ok(respond(language, &page))
}

/// A search that can't be made.
enum SearchFault {
    /// The text is neither the id of a recipient nor of a credential.
    Text,
    /// A day is none.
    Date,
}

async fn find(
    store: &Store,
    scope: &TenantScope,
    search: &Search,
    query: &Form,
) -> learncoin_store::Result<Result<Found, SearchFault>> {
    if !search.q.is_empty() {
        let Some(recipient_id) = recipient_id(&search.q) else { return Ok(Err(SearchFault::Text)) };
        let credentials = store.list_credentials_of(scope, &recipient_id, MOST_OF_RECIPIENT).await?;
        return Ok(Ok(Found { credentials, older: None }));
    }
    let changed_as = match search.state.as_str() {
        "revoked" => Some(ChangedAs::Revoked),
        "erased" => Some(ChangedAs::Erased),
        _ => None,
    };
    if let Some(changed_as) = changed_as {
        let before = query.parsed::<CredentialId>("after");
        let mut credentials =
            store.list_changed_credentials(scope, changed_as, before.as_ref(), PAGE + 1).await?;
        let is_more = cut_to_page(&mut credentials);
        let last = credentials.last().filter(|_| is_more);
        let older = last.map(|last| format!("?state={}&after={}", search.state, last.id));
        return Ok(Ok(Found { credentials, older }));
    }
    let (Ok(from_ms), Ok(to_ms)) = (day(&search.from, false), day(&search.to, true)) else {
        return Ok(Err(SearchFault::Date));
    };
    let after = query.text("after").and_then(place);
    let (from_ms, to_ms) = (from_ms.unwrap_or(0), to_ms.unwrap_or(i64::MAX));
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let page = store.page_credentials(scope, after.as_ref(), from_ms, to_ms, limit).await?;
    let older = page.next.map(|next| {
        let (from, to) = (&search.from, &search.to);
        format!("?from={from}&to={to}&after={}.{}", next.batch_id, next.position)
    });
    Ok(Ok(Found { credentials: page.credentials, older }))
}

/// Returns the recipient's id that a text is, with or without the beginning that all of them have.
fn recipient_id(text: &str) -> Option<String> {
    let urn = if text.starts_with("urn:") { text.to_owned() } else { format!("urn:uuid:{text}") };
    check_uuid_urn(&urn).is_ok().then_some(urn)
}

fn place(text: &str) -> Option<ListPlace> {
    let (batch, position) = text.split_once('.')?;
    Some(ListPlace { batch_id: batch.parse().ok()?, position: position.parse().ok()? })
}

fn row(
    frame: &Frame,
    credential: &Credential,
) -> Result<CredentialRow, learncoin_store::credentials::StoredDocumentError> {
    let document = credential.redacted()?;
    let issued = match document.issuance_date.parse() {
        Ok(time) => When::at(frame.language, time),
        Err(_) => When::at(frame.language, from_ms(0)),
    };
    Ok(CredentialRow {
        id: credential.id.clone(),
        name: credential.personal.as_ref().map(|person| person.name.clone()),
        achievement: document.subject.achievement.name,
        recipient_id: credential.recipient_id.clone(),
        issued,
        is_revoked: credential.revocation.is_some(),
        is_erased: credential.erased_at.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_looked_for_by_the_whole_id_or_the_uuid_alone() {
        let uuid = "4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f";
        assert_eq!(recipient_id(uuid), Some(format!("urn:uuid:{uuid}")));
        assert_eq!(recipient_id(&format!("urn:uuid:{uuid}")), Some(format!("urn:uuid:{uuid}")));
        for text in ["Ada", "ada@example.edu", "urn:isbn:1", "4e0c7f2e"] {
            assert_eq!(recipient_id(text), None, "{text}");
        }
    }
}
