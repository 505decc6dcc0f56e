//! The columns that a result file adds to an upload.

/// The columns that are added, after `recipient_id` if the upload has no such column.
pub const RESULT_COLUMNS: [&str; 4] = ["credential_id", "credential_link", "credential_state", "mail_state"];

/// Returns whether a header is one that a result file adds.
pub(crate) fn is_own_header(header: &str) -> bool {
    RESULT_COLUMNS.contains(&header)
}
