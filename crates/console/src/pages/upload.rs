//! One upload: the report of its dry run, the decisions about it, and what became of it.

mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use learncoin_issuance::time::month;
use learncoin_server::operations::AwardPreview;
use learncoin_spreadsheet::batches;
use learncoin_spreadsheet::columns::{ColumnMap, ColumnUse};
use learncoin_spreadsheet::{AchievementTemplate, Field};
use learncoin_store::Error as StoreError;
use learncoin_store::id::UploadId;
use learncoin_store::uploads::{FilePart, Upload, UploadStatus};
use serde_json::json;

use self::view::{DraftView, ProgressView, UploadPage};
use super::uploads::csv;
use crate::access::{AtLeast, Auditor, AuthorizedMember, HasDrawings, Issuer};
use crate::desk::{begin_write, desk, issuing_desk};
use crate::frame::{Failure, Frame, Place, about, respond_to_form, see_other};
use crate::id_in_path::IdInPath;
use crate::state::ConsoleState;
use crate::templates;
use crate::uploads::contents::{Decisions, UploadContents, read_off_thread};
use crate::uploads::report::DryRunReport;
use crate::uploads::results::result_file;
use crate::uploads::stored_file::StoredFile;

/// The value of a form's field for the uses of a column: what is kept of the template that the draft has.
const KEPT_TEMPLATE: &str = "kept";
/// The value of the use of a column that is skipped.
const SKIP: &str = "skip";

/// Returns the upload in the path, if it is the tenant's and of the environment.
async fn find<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &UploadId,
) -> Result<Upload, Failure> {
    let language = member.visit.language;
    let found = state.issuance.store.find_upload(&member.scope, id).await;
    found.map_err(Failure::store(language))?.ok_or(Failure::Missing(language))
}

/// Serves `GET …/uploads/{id}`.
pub(crate) async fn upload(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    show(&state, &member, &id, None).await
}

async fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &UploadId,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let upload = find(state, member, id).await?;
    let failed = Failure::store(language);
    let frame = Frame::of_tenant(state, member, Place::Uploads);
    let (mut draft, mut progress, mut preview) = (None, None, None);
    if upload.status == UploadStatus::Draft {
        let report = report(state, &upload).await.map_err(&failed)?.ok_or(Failure::Missing(language))?;
        let choices = templates::list(state, &member.tenant.id).await.map_err(Failure::internal(language))?;
        let earlier = state.issuance.store.find_confirmed_upload(&member.scope, &upload.fingerprint).await;
        let quota = quota(state, member).await.map_err(&failed)?;
        preview = preview_of(state, member, &report).await;
        let map = Decisions::of(&upload).map_err(Failure::internal(language))?;
        let view = DraftView::new(language, report, map, choices, earlier.map_err(&failed)?, quota, &upload);
        draft = Some(view);
    } else {
        let store = &state.issuance.store;
        let parts = store.list_upload_parts(id).await.map_err(&failed)?;
        let counted = store.upload_progress(id).await.map_err(&failed)?;
        progress = Some(ProgressView::new(&frame, &upload, counted, &parts));
    }
    let has_fault = fault.is_some();
    let has_drawings = preview.is_some();
    let page = UploadPage::new(frame, upload, draft.zip(Some(preview)), progress, fault);
    let mut response = respond_to_form(language, has_fault, &page);
    if has_drawings {
        response.extensions_mut().insert(HasDrawings);
    }
    Ok(response)
}

/// Draws the first row of a file without faults as it would be issued; `None` if too much is being drawn, or it can't be issued now.
async fn preview_of<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    report: &DryRunReport,
) -> Option<AwardPreview> {
    let example = report.example.as_ref().filter(|_| report.is_valid() && report.can_sign)?;
    let body = json!({ "credentials": [example] }).to_string().into_bytes();
    let visit = &member.visit;
    let drawn = state.previewer.draw(&desk(state, member), body, visit.language, visit.client).await;
    drawn.inspect_err(|error| tracing::info!(code = error.code.as_str(), "a row was not drawn")).ok()
}

/// Returns how many credentials the tenant may still issue this month.
async fn quota<R: AtLeast>(state: &ConsoleState, member: &AuthorizedMember<R>) -> Result<u64, StoreError> {
    let issuance = &state.issuance;
    let limit = issuance.plans.limits(&member.tenant).credentials_per_month;
    let used = issuance.store.usage_in_month(&member.scope, &month(issuance.clock.now_ms())).await?;
    Ok(limit.saturating_sub(used))
}

async fn report(state: &ConsoleState, upload: &Upload) -> Result<Option<DryRunReport>, StoreError> {
    let store = &state.issuance.store;
    let kept = store.read_upload_file(&upload.scope.tenant_id, &upload.id, FilePart::Report).await?;
    Ok(kept.and_then(|kept| serde_json::from_slice(&kept).ok()))
}

/// Returns the file of an upload; `None` if it was deleted.
async fn file(state: &ConsoleState, upload: &Upload) -> Result<Option<Arc<StoredFile>>, StoreError> {
    let store = &state.issuance.store;
    let kept = store.read_upload_file(&upload.scope.tenant_id, &upload.id, FilePart::File).await?;
    Ok(kept.and_then(|kept| StoredFile::parse(&kept)).map(Arc::new))
}

/// Returns the contents of an upload that was read before.
async fn contents(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    upload: &Upload,
    decisions: Decisions,
) -> Result<(Arc<StoredFile>, UploadContents), Failure> {
    let language = member.visit.language;
    let file = file(state, upload).await.map_err(Failure::store(language))?;
    let file = file.ok_or(Failure::Missing(language))?;
    let read = read_off_thread(&file, String::new(), decisions).await.map_err(Failure::internal(language))?;
    let contents = read.map_err(Failure::internal(language))?;
    Ok((file, contents))
}

/// Serves `POST …/uploads/{id}/columns`: what the columns of a draft are for, and its template.
pub(crate) async fn decide(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let issuance = &state.issuance;
    let upload = find(&state, &member, &id).await?;
    if upload.status != UploadStatus::Draft {
        return Ok(about(see_other(&path(&member, &id)), &id));
    }
    let failed = Failure::store(language);
    let mut decisions = Decisions::of(&upload).map_err(Failure::internal(language))?;
    let chosen = member.visit.form.text("template").unwrap_or_default();
    let found = templates::find_named(&state, &member.tenant.id, chosen).await;
    match found.map_err(Failure::internal(language))? {
        Some(choice) => decisions.template = choice.achievement,
        None if chosen == KEPT_TEMPLATE => {}
        None => decisions.template = AchievementTemplate::default(),
    }
    decisions.map = decisions.map.map(|map| decided(&map, &member));
    let name = report(&state, &upload).await.map_err(&failed)?.map(|report| report.file_name);
    let permit = state.files.acquire().await;
    let (file, mut contents) = contents(&state, &member, &upload, decisions).await?;
    let report =
        DryRunReport::make(&issuing_desk(&state, &member).await, &mut contents, name.unwrap_or_default())
            .await;
    let report = report.map_err(|error| Failure::Internal(language, error.message))?;
    drop(permit);
    let json = |error| Failure::Internal(language, serde_json::Error::to_string(&error));
    let fingerprint = contents.fingerprint(&file, issuance.store.sealer()).map_err(json)?;
    let map = serde_json::to_string(&contents.map).map_err(json)?;
    let template = serde_json::to_string(&contents.template).map_err(json)?;
    let report = serde_json::to_vec(&report).map_err(json)?;
    let (mut tx, _) = begin_write(&state, &member).await?;
    if tx.update_draft(&member.scope, &id, &fingerprint, &map, &template).await.map_err(&failed)? {
        let written =
            tx.write_upload_file(&member.tenant.id, &id, FilePart::Report, &report, &*issuance.entropy).await;
        written.map_err(&failed)?;
    }
    tx.commit().await.map_err(&failed)?;
    Ok(about(see_other(&path(&member, &id)), &id))
}

/// Returns the uses of the columns that the form names. A column that it does not name keeps its use.
fn decided(map: &ColumnMap, member: &AuthorizedMember<Issuer>) -> ColumnMap {
    let form = &member.visit.form;
    let named = form.texts("use").filter_map(|text| text.split_once('='));
    let mut map = map.clone();
    for (column, column_use) in named {
        let Ok(column) = column.parse::<usize>() else { continue };
        let column_use = match column_use {
            SKIP => ColumnUse::Skip,
            field => match field.parse::<Field>() {
                Ok(field) => ColumnUse::Field(field),
                Err(_) => ColumnUse::Unconfirmed,
            },
        };
        map.set(column, column_use);
    }
    map
}

/// Serves `POST …/uploads/{id}/confirm`: a person wants it issued as the report shows it.
pub(crate) async fn confirm(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let words = &language.console().uploads;
    let failed = Failure::store(language);
    let upload = find(&state, &member, &id).await?;
    if upload.status != UploadStatus::Draft {
        // It was confirmed before: the same form was sent twice.
        return Ok(about(see_other(&path(&member, &id)), &id));
    }
    let report = report(&state, &upload).await.map_err(&failed)?.ok_or(Failure::Missing(language))?;
    if !report.is_valid() || member.visit.form.text("report") != Some(upload.fingerprint.as_str()) {
        return refused(&state, &member, &id, &words.changed).await;
    }
    if quota(&state, &member).await.map_err(&failed)? < upload.row_count {
        return refused(&state, &member, &id, &words.over_quota).await;
    }
    let (mut tx, now) = begin_write(&state, &member).await?;
    let earlier = tx.find_confirmed_upload(&member.scope, &upload.fingerprint).await.map_err(&failed)?;
    if earlier.is_some() {
        drop(tx);
        return refused(&state, &member, &id, &words.issued_before).await;
    }
    let rows = usize::try_from(upload.row_count).unwrap_or(usize::MAX);
    let parts = u32::try_from(batches::split(id.as_str(), rows).len()).unwrap_or(u32::MAX);
    let member_id = &member.signed_in.member.id;
    let draft = (&id, upload.fingerprint.as_str());
    // If its columns were changed meanwhile, it stays a draft, and its page shows the new report.
    tx.confirm_upload(&member.scope, draft, member_id, parts, now).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    state.wake_uploads.notify_one();
    Ok(about(see_other(&path(&member, &id)), &id))
}

async fn refused(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    id: &UploadId,
    text: &str,
) -> Result<Response, Failure> {
    Ok(about(show(state, member, id, Some(text.to_owned())).await?, id))
}

/// Serves `POST …/uploads/{id}/resume`: lets an upload that stopped go on.
pub(crate) async fn resume(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    find(&state, &member, &id).await?;
    let failed = Failure::store(language);
    let (mut tx, _) = begin_write(&state, &member).await?;
    tx.resume_upload(&member.scope, &id, &member.signed_in.member.id).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    state.wake_uploads.notify_one();
    Ok(about(see_other(&path(&member, &id)), &id))
}

/// Serves `POST …/uploads/{id}/discard`: deletes a draft with its file.
pub(crate) async fn discard(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let failed = Failure::store(language);
    find(&state, &member, &id).await?;
    let (mut tx, _) = begin_write(&state, &member).await?;
    let is_deleted = tx.delete_draft(&member.scope, &id).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    let done = if is_deleted { "?done=upload-discarded" } else { "" };
    Ok(about(see_other(&format!("{}/uploads{done}", member.base())), &id))
}

/// Serves `GET …/uploads/{id}/result.csv`: the upload with what became of each row.
pub(crate) async fn result(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<UploadId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let upload = find(&state, &member, &id).await?;
    if upload.status == UploadStatus::Draft {
        return Err(Failure::Missing(language));
    }
    let decisions = Decisions::of(&upload).map_err(Failure::internal(language))?;
    let permit = state.files.acquire().await;
    let (_, contents) = contents(&state, &member, &upload, decisions).await?;
    let file = result_file(&state.issuance, &upload, &contents, language).await;
    drop(permit);
    Ok(csv(file.map_err(Failure::store(language))?, &format!("{id}.csv")))
}

fn path(member: &AuthorizedMember<Issuer>, id: &UploadId) -> String {
    format!("{}/uploads/{id}", member.base())
}
