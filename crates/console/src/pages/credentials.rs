//! A tenant's credentials: the list with its search.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_credential::text::check_uuid_urn;
use learncoin_language::words::CredentialsWords;
use learncoin_server::pages::{When, from_ms};
use learncoin_store::Store;
use learncoin_store::batches::Scoped;
use learncoin_store::credentials::{AchievementSearch, ChangedAs, Credential, FoundByAchievement, ListPlace};
use learncoin_store::id::CredentialId;
use learncoin_store::scope::TenantScope;
use url::form_urlencoded;

use crate::access::{Auditor, AuthorizedMember};
use crate::form::Form;
use crate::frame::{Failure, Frame, Place, respond, see_other};
use crate::lists::{PAGE, day};
use crate::state::ConsoleState;

/// The most credentials of a recipient that are listed.
const MOST_OF_RECIPIENT: u32 = 200;
/// The most revoked or erased credentials that are looked through for an achievement.
const MOST_LOOKED_THROUGH: u32 = 500;

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
    achievement: String,
    state: String,
    from: String,
    to: String,
}

impl Search {
    fn of(query: &Form) -> Self {
        let text = |name| query.text(name).unwrap_or_default().to_owned();
        Self {
            q: text("q"),
            achievement: text("achievement").trim().to_owned(),
            state: text("state"),
            from: text("from"),
            to: text("to"),
        }
    }

    /// Returns the change that the credentials must have had, if one is asked for.
    fn changed_as(&self) -> Option<ChangedAs> {
        match self.state.as_str() {
            "revoked" => Some(ChangedAs::Revoked),
            "erased" => Some(ChangedAs::Erased),
            _ => None,
        }
    }

    /// Returns the query of the page after this place.
    fn after(&self, place: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("achievement", &self.achievement),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
        ];
        for (name, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
            query.append_pair(name, text);
        }
        format!("?{}", query.append_pair("after", place).finish())
    }

    fn is_empty(&self) -> bool {
        [&self.q, &self.achievement, &self.state, &self.from, &self.to].into_iter().all(String::is_empty)
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
        Err(fault) => (Found { credentials: Vec::new(), older: None }, Some(fault.text(words))),
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
    /// Too many achievements match.
    Achievement,
}

impl SearchFault {
    fn text(self, words: &'static CredentialsWords) -> &'static str {
        match self {
            Self::Text => &words.bad_search,
            Self::Date => &words.bad_date,
            Self::Achievement => &words.too_many_achievements,
        }
    }
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
    if let Some(changed_as) = search.changed_as() {
        return Ok(Ok(find_changed(store, scope, search, changed_as, query.parsed("after")).await?));
    }
    let (Ok(from_ms), Ok(to_ms)) = (day(&search.from, false), day(&search.to, true)) else {
        return Ok(Err(SearchFault::Date));
    };
    let after = query.text("after").and_then(place);
    let (from_ms, to_ms) = (from_ms.unwrap_or(0), to_ms.unwrap_or(i64::MAX));
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let page = if search.achievement.is_empty() {
        store.page_credentials(scope, after.as_ref(), from_ms, to_ms, limit).await?
    } else {
        let text = search.achievement.as_str();
        let by_name = AchievementSearch { text, after: after.as_ref(), from_ms, to_ms, limit };
        match store.page_credentials_of_achievement(scope, &by_name).await? {
            FoundByAchievement::Page(page) => page,
            FoundByAchievement::TooManyNames => return Ok(Err(SearchFault::Achievement)),
        }
    };
    let older = page.next.map(|next| search.after(&format!("{}.{}", next.batch_id, next.position)));
    Ok(Ok(Found { credentials: page.credentials, older }))
}

/// Finds the credentials that had a change, of an achievement or of all. One page is looked through for an achievement: there may be older
/// ones on the next page.
async fn find_changed(
    store: &Store,
    scope: &TenantScope,
    search: &Search,
    changed_as: ChangedAs,
    before: Option<CredentialId>,
) -> learncoin_store::Result<Found> {
    let is_of_all = search.achievement.is_empty();
    let page = if is_of_all { PAGE } else { MOST_LOOKED_THROUGH };
    let most = usize::try_from(page).unwrap_or(usize::MAX);
    let mut credentials =
        store.list_changed_credentials(scope, changed_as, before.as_ref(), page.saturating_add(1)).await?;
    let is_more = credentials.len() > most;
    credentials.truncate(most);
    let last = credentials.last().filter(|_| is_more);
    let older = last.map(|last| search.after(last.id.as_str()));
    if !is_of_all {
        let wanted = search.achievement.to_lowercase();
        credentials.retain(|one| {
            let document = one.redacted();
            document.is_ok_and(|document| document.subject.achievement.name.to_lowercase().contains(&wanted))
        });
    }
    Ok(Found { credentials, older })
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
