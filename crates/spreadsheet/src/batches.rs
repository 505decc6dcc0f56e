//! The rows of an upload as batches: bodies of `POST /v1/batches`, each under an idempotency key of its own.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::rows::CheckedRow;

/// The most credentials of a batch, which is the API's limit.
pub const BATCH_ROWS: usize = 500;

/// A batch of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPart {
    /// Its number within the upload, from 0.
    pub index: usize,
    /// Its rows, by their index in the upload.
    pub rows: Range<usize>,
    /// Its idempotency key. It follows from upload and index, so that a batch that is sent again is not issued again.
    pub idempotency_key: String,
}

/// Returns the batches of an upload with so many rows, the last one smaller. `upload_id` is an id of the caller's that no other upload has,
/// in visible ASCII.
pub fn split(upload_id: &str, rows: usize) -> Vec<UploadPart> {
    (0..rows.div_ceil(BATCH_ROWS))
        .map(|index| UploadPart {
            index,
            rows: index * BATCH_ROWS..rows.min((index + 1) * BATCH_ROWS),
            idempotency_key: format!("spreadsheet-{upload_id}-{index}"),
        })
        .collect()
}

/// Returns the body of `POST /v1/batches` for these rows. The same rows give the same bytes.
pub fn body(rows: &[CheckedRow]) -> String {
    let credentials = rows.iter().map(|checked| checked.row.to_json()).collect();
    Value::Object(Map::from_iter([("credentials".to_owned(), credentials)])).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_batch_and_keys_follow_from_the_upload() {
        for (rows, expected) in [(0, 0), (1, 1), (500, 1), (501, 2), (20_000, 40)] {
            let batches = split("upl_1", rows);
            assert_eq!(batches.len(), expected);
            let covered: Vec<usize> = batches.iter().flat_map(|batch| batch.rows.clone()).collect();
            assert_eq!(covered, (0..rows).collect::<Vec<_>>());
            assert!(batches.iter().all(|batch| (1..=BATCH_ROWS).contains(&batch.rows.len())));
            assert_eq!(split("upl_1", rows), batches);
        }
        assert_eq!(split("upl_1", 501)[1].idempotency_key, "spreadsheet-upl_1-1");
    }
}
