//! The result file of an upload: the upload with what became of each row.

use learncoin_issuance::Issuance;
use learncoin_language::Language;
use learncoin_spreadsheet::batches::BATCH_ROWS;
use learncoin_spreadsheet::result_file::{self, RowResult};
use learncoin_store::batches::BatchStatus;
use learncoin_store::uploads::{Upload, UploadedCredential};

use super::contents::UploadContents;

/// Returns the result file.
///
/// # Errors
/// If the store fails.
pub(crate) async fn result_file(
    issuance: &Issuance,
    upload: &Upload,
    contents: &UploadContents,
    language: Language,
) -> learncoin_store::Result<Vec<u8>> {
    let store = &issuance.store;
    // The rows of the parts that are accepted; a part that is not leaves its rows without a result.
    let mut results: Vec<Option<RowResult>> = Vec::with_capacity(contents.rows.len());
    for part in store.list_upload_parts(&upload.id).await? {
        results.resize(usize::try_from(part.number).unwrap_or(usize::MAX).saturating_mul(BATCH_ROWS), None);
        let Some((batch_id, status)) = part.batch else { continue };
        let listed = store.list_uploaded_credentials(&upload.scope, &batch_id).await?;
        results.extend(listed.into_iter().map(|one| Some(result(issuance, status, &one))));
    }
    Ok(result_file::write(&contents.inputs(), language, &mut |index| {
        let row = contents.rows.get(index)?;
        let result = results.get(index).cloned().flatten().unwrap_or_default();
        Some(RowResult { recipient_id: row.row.recipient_id.clone().unwrap_or_default(), ..result })
    }))
}

fn result(issuance: &Issuance, status: BatchStatus, one: &UploadedCredential) -> RowResult {
    let state = match one {
        UploadedCredential { is_erased: true, .. } => "erased",
        UploadedCredential { is_revoked: true, .. } => "revoked",
        _ => status.as_str(),
    };
    RowResult {
        recipient_id: String::new(),
        credential_id: one.id.to_string(),
        link: one.id.page_url(issuance.host.origin()),
        state: state.to_owned(),
        mail_state: one.mail.map(|mail| mail.as_str().to_owned()).unwrap_or_default(),
    }
}
