//! A tenant's batches: the list, and one of them with its credentials.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_store::batches::{Batch, BatchFilter, BatchStatus, Scoped};
use learncoin_store::id::{BatchId, CredentialId};

use super::overview::{BatchRow, rows, status_name};
use crate::access::{Auditor, AuthorizedMember};
use crate::frame::{Failure, Frame, Place, respond};
use crate::id_in_path::IdInPath;
use crate::lists::{PAGE, cut_to_page};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    frame: Frame,
    statuses: Vec<(&'static str, &'static str)>,
    status: String,
    batches: Vec<BatchRow>,
    older: Option<String>,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    frame: Frame,
    batch: BatchRow,
    root: Option<String>,
    credentials: Vec<(CredentialId, String)>,
}

/// Serves `GET …/batches`.
pub(crate) async fn batches(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(&state, &member, Place::Batches);
    let query = &member.visit.query;
    let (status, before) = (query.parsed::<BatchStatus>("status"), query.parsed::<BatchId>("after"));
    let store = &state.issuance.store;
    let listed = match status {
        // Those that are not anchored have an index of their own. All others are nearly all.
        Some(status) if status != BatchStatus::Anchored => {
            store.list_unsettled_batches(&member.scope, status, before.as_ref(), PAGE + 1).await
        }
        _ => {
            let filter = BatchFilter { status, ..BatchFilter::default() };
            store.list_batches(&member.scope, before.as_ref(), filter, PAGE + 1).await
        }
    };
    let mut listed: Vec<Batch> = listed.map_err(Failure::store(language))?;
    let is_more = cut_to_page(&mut listed);
    let status = status.map(BatchStatus::as_str).unwrap_or_default().to_owned();
    let last = listed.last().filter(|_| is_more);
    let older = last.map(|last| format!("?status={status}&after={}", last.id));
    let page = BatchesPage {
        statuses: BatchStatus::ALL.map(|status| (status.as_str(), status_name(&frame, status))).into(),
        batches: rows(store, &frame, listed).await.map_err(Failure::store(language))?,
        is_first: before.is_none(),
        status,
        older,
        frame,
    };
    Ok(respond(language, &page))
}

/// Serves `GET …/batches/{id}`.
pub(crate) async fn batch(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    IdInPath(id): IdInPath<BatchId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let store = &state.issuance.store;
    let found = match store.find_batch(&member.scope, &id).await.map_err(Failure::store(language))? {
        Scoped::Own(batch) => batch,
        Scoped::OtherEnvironment | Scoped::Foreign | Scoped::Absent => {
            return Err(Failure::Missing(language));
        }
    };
    let frame = Frame::of_tenant(&state, &member, Place::Batches);
    let listed = store.list_credentials(&member.scope, &[&id]).await.map_err(Failure::store(language))?;
    let root = found.merkle_root().map(|root| format!("0x{root}"));
    let row = rows(store, &frame, vec![found]).await.map_err(Failure::store(language))?.pop();
    let batch = row.ok_or(Failure::Missing(language))?;
    let credentials = listed.into_iter().map(|one| (one.id, one.recipient_id)).collect();
    Ok(respond(language, &BatchPage { frame, batch, root, credentials }))
}
