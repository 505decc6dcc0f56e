//! A tenant's uploads: the list, and the form that takes a file.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use learncoin_server::pages::When;
use learncoin_spreadsheet::{AchievementTemplate, template_file};
use learncoin_store::id::UploadId;
use learncoin_store::uploads::{FilePart, NewUpload, Upload, UploadStatus};

use crate::access::{AtLeast, Auditor, AuthorizedMember, Issuer};
use crate::desk::{begin_write, issuing_desk};
use crate::form::FormFile;
use crate::frame::{Failure, Frame, Place, about, respond_to_form, see_other};
use crate::lists::{PAGE, cut_to_page};
use crate::state::ConsoleState;
use crate::templates::{self, KeptTemplate};
use crate::uploads::contents::{Decisions, day_of, read_off_thread};
use crate::uploads::report::DryRunReport;
use crate::uploads::stored_file::StoredFile;

/// The most drafts that a tenant has in an environment. An older one gives way.
const MOST_DRAFTS: u32 = 20;
/// The most characters of a file's name that are kept.
const MAX_NAME_CHARS: usize = 120;

#[derive(Template)]
#[template(path = "uploads.html")]
struct UploadsPage {
    frame: Frame,
    uploads: Vec<UploadRow>,
    templates: Vec<KeptTemplate>,
    chosen: String,
    older: Option<String>,
    is_first: bool,
    fault: Option<String>,
}

struct UploadRow {
    id: UploadId,
    status: UploadStatus,
    rows: u64,
    created: When,
}

impl UploadsPage {
    fn status_name(&self, status: &UploadStatus) -> &'static str {
        status_name(&self.frame, *status)
    }
}

/// Returns the name of a status.
pub(super) fn status_name(frame: &Frame, status: UploadStatus) -> &'static str {
    let words = &frame.words.uploads;
    match status {
        UploadStatus::Draft => &words.draft,
        UploadStatus::Issuing => &words.issuing,
        UploadStatus::Stopped => &words.stopped,
        UploadStatus::Issued => &words.issued,
        UploadStatus::Ended => &words.ended,
    }
}

/// Serves `GET …/uploads`.
pub(crate) async fn uploads(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    show(&state, &member, None).await
}

async fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let store = &state.issuance.store;
    let before = member.visit.query.parsed::<UploadId>("after");
    let listed = store.list_uploads(&member.scope, before.as_ref(), PAGE + 1).await;
    let mut listed = listed.map_err(Failure::store(language))?;
    let is_more = cut_to_page(&mut listed);
    let older = listed.last().filter(|_| is_more).map(|last| format!("?after={}", last.id));
    let frame = Frame::of_tenant(state, member, Place::Uploads);
    let row = |upload: Upload| UploadRow {
        created: frame.when(upload.created_at),
        id: upload.id,
        status: upload.status,
        rows: upload.row_count,
    };
    let uploads = listed.into_iter().map(row).collect();
    let templates = templates::list(state, &member.tenant.id).await.map_err(Failure::internal(language))?;
    let visit = &member.visit;
    let chosen = visit.form.text("template").or(visit.query.text("template")).unwrap_or_default().to_owned();
    let has_fault = fault.is_some();
    let is_first = before.is_none();
    let page = UploadsPage { uploads, templates, chosen, older, is_first, fault, frame };
    Ok(respond_to_form(language, has_fault, &page))
}

/// Serves `GET …/uploads/example.csv`: the file to fill in.
pub(crate) async fn example(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let chosen = member.visit.query.text("template").unwrap_or_default();
    let found = templates::find_named(&state, &member.tenant.id, chosen).await;
    let template = found.map_err(Failure::internal(language))?.map(|one| one.achievement);
    let file = template_file::write(&template.unwrap_or_default(), language);
    Ok(csv(file, "recipients.csv"))
}

/// Responds with a CSV file that the browser saves. `name` is ASCII.
pub(super) fn csv(file: Vec<u8>, name: &str) -> Response {
    let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, file).into_response()
}

/// Serves `POST …/uploads`: checks a file, and keeps it as a draft. Nothing of it is issued.
pub(crate) async fn upload_file(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let words = &language.console().uploads;
    let form = &member.visit.form;
    let Some(sent) = form.file() else { return show(&state, &member, Some(words.no_file.clone())).await };
    let chosen = form.text("template").unwrap_or_default();
    let found = templates::find_named(&state, &member.tenant.id, chosen).await;
    let template = match found.map_err(Failure::internal(language))? {
        Some(choice) => choice.achievement,
        None if chosen.is_empty() => AchievementTemplate::default(),
        None => return show(&state, &member, Some(words.no_template.clone())).await,
    };
    let now = state.issuance.clock.now_ms();
    let decisions = Decisions { map: None, template, today: day_of(now) };
    match draft(&state, &member, sent, decisions, now).await? {
        Ok(id) => Ok(about(see_other(&format!("{}/uploads/{id}", member.base())), &id)),
        Err(fault) => show(&state, &member, Some(fault)).await,
    }
}

/// Keeps a file as a draft, in the place of the one that the form names. Returns its id, or what keeps it from being read.
async fn draft(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    sent: &FormFile,
    decisions: Decisions,
    now: i64,
) -> Result<Result<UploadId, String>, Failure> {
    let language = member.visit.language;
    let issuance = &state.issuance;
    let name: String = sent.name.chars().filter(|one| !one.is_control()).take(MAX_NAME_CHARS).collect();
    let file = Arc::new(StoredFile::new(&sent.bytes, &*issuance.entropy));
    let permit = state.files.acquire().await;
    let read = read_off_thread(&file, name.clone(), decisions).await.map_err(Failure::internal(language))?;
    let mut contents = match read {
        Ok(contents) => contents,
        Err(fault) => return Ok(Err(fault.sentence(language))),
    };
    let report = DryRunReport::make(&issuing_desk(state, member).await, &mut contents, name).await;
    let report = report.map_err(|error| Failure::Internal(language, error.message))?;
    drop(permit);
    let json = |error| Failure::Internal(language, serde_json::Error::to_string(&error));
    let new = NewUpload {
        id: UploadId::generate(&*issuance.clock, &*issuance.entropy),
        scope: member.scope.clone(),
        member_id: member.signed_in.member.id.clone(),
        fingerprint: contents.fingerprint(&file, issuance.store.sealer()).map_err(json)?,
        row_count: u64::try_from(contents.table.rows.len()).unwrap_or(u64::MAX),
        column_map: serde_json::to_string(&contents.map).map_err(json)?,
        template: serde_json::to_string(&contents.template).map_err(json)?,
        language: language.tag().to_owned(),
        created_at: now,
    };
    let report = serde_json::to_vec(&report).map_err(json)?;
    let failed = Failure::store(language);
    let (mut tx, _) = begin_write(state, member).await?;
    if let Some(replaced) = member.visit.form.parsed::<UploadId>("replaces") {
        tx.delete_draft(&member.scope, &replaced).await.map_err(&failed)?;
    }
    tx.limit_drafts(&member.scope, MOST_DRAFTS - 1).await.map_err(&failed)?;
    tx.insert_upload(&new).await.map_err(&failed)?;
    let (tenant_id, entropy) = (&member.tenant.id, &*issuance.entropy);
    let kept = file.to_bytes();
    tx.write_upload_file(tenant_id, &new.id, FilePart::File, &kept, entropy).await.map_err(&failed)?;
    tx.write_upload_file(tenant_id, &new.id, FilePart::Report, &report, entropy).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    Ok(Ok(new.id))
}
