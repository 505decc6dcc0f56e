//! The report of an upload's dry run, as it is kept beside the file.

use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_server::operations::BatchDesk;
use learncoin_spreadsheet::batches;
use learncoin_spreadsheet::refusal::{ApiFault, refused};
use learncoin_spreadsheet::{CellFault, FileFault, Note, Warning, column_letters};
use serde::{Deserialize, Serialize};

use super::contents::UploadContents;

/// The most rows with faults, and the most warnings, that are listed.
const MOST_LISTED: usize = 100;
/// The most characters of a cell that are shown.
const SHOWN_CHARS: usize = 60;
/// The codes of the API for a tenant or a deployment that can't sign now, whatever is in the file.
const CANNOT_SIGN: [ErrorCode; 2] = [ErrorCode::SigningKeyUnavailable, ErrorCode::AnchoringChainUnavailable];

/// The report of a dry run.
#[derive(Serialize, Deserialize)]
pub(crate) struct DryRunReport {
    /// The name of the file.
    pub(crate) file_name: String,
    /// The columns, in the order of the file.
    pub(crate) columns: Vec<ReportedColumn>,
    /// The notes on how the file was read.
    pub(crate) notes: Vec<Note>,
    /// The faults of the columns.
    pub(crate) file_faults: Vec<FileFault>,
    /// The rows with faults, at most 100 of them.
    pub(crate) rows: Vec<FaultyRow>,
    /// The number of all rows with faults.
    pub(crate) faulty_rows: usize,
    /// The warnings, at most 100 of them.
    pub(crate) warnings: Vec<Warning>,
    /// The number of all warnings.
    pub(crate) warning_count: usize,
    /// Whether the tenant has a key and the deployment a chain.
    pub(crate) can_sign: bool,
    /// The first row without a fault, as the API gets it.
    pub(crate) example: Option<serde_json::Value>,
}

/// A column.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReportedColumn {
    /// Its letters.
    pub(crate) letters: String,
    /// Its header.
    pub(crate) header: String,
    /// The first value in it.
    pub(crate) sample: String,
}

/// A row with faults.
#[derive(Serialize, Deserialize)]
pub(crate) struct FaultyRow {
    /// Its number as in the file.
    pub(crate) number: u32,
    /// The texts that its cells show.
    pub(crate) cells: Vec<String>,
    /// Its faults.
    pub(crate) faults: Vec<CellFault>,
}

impl DryRunReport {
    /// Returns whether nothing in the file keeps it from being issued.
    pub(crate) fn is_valid(&self) -> bool {
        self.file_faults.is_empty() && self.faulty_rows == 0
    }

    /// Makes the report of what was read: the API judges each row.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn make(
        desk: &BatchDesk,
        contents: &mut UploadContents,
        file_name: String,
    ) -> Result<Self, ApiError> {
        let can_sign = find_refusals(desk, contents).await?;
        let faulty = || contents.rows.iter().enumerate().filter(|(_, row)| !row.faults.is_empty());
        let rows = faulty().take(MOST_LISTED).filter_map(|(index, row)| {
            let cells = &contents.table.rows.get(index)?.cells;
            let cells = cells.iter().map(|cell| shortened(cell.shown())).collect();
            Some(FaultyRow { number: row.row.number, cells, faults: row.faults.clone() })
        });
        let whole = contents.rows.iter().find(|row| row.faults.is_empty());
        Ok(Self {
            file_name,
            columns: columns(contents),
            notes: contents.table.notes.clone(),
            file_faults: contents.file_faults.clone(),
            rows: rows.collect(),
            faulty_rows: faulty().count(),
            warnings: contents.warnings.iter().take(MOST_LISTED).cloned().collect(),
            warning_count: contents.warnings.len(),
            can_sign,
            example: whole.map(|row| row.row.to_json()),
        })
    }
}

/// Adds to the rows what the API finds wrong with them. Returns whether the tenant could sign.
async fn find_refusals(desk: &BatchDesk, contents: &mut UploadContents) -> Result<bool, ApiError> {
    let mut can_sign = true;
    for part in batches::split("", contents.rows.len()) {
        let Some(rows) = contents.rows.get(part.rows.clone()) else { continue };
        let check = desk.check(batches::body(rows).into_bytes()).await?;
        let mut refusals = check.warnings.iter().filter_map(|warning| warning.refusal.as_ref());
        can_sign &= !refusals.any(|refusal| CANNOT_SIGN.contains(&refusal.code));
        let inputs = contents.inputs();
        let found: Vec<CellFault> = check
            .faults
            .iter()
            .filter_map(|fault| refused(&inputs, rows, ApiFault { path: &fault.path, code: fault.code }))
            .collect();
        let Some(rows) = contents.rows.get_mut(part.rows) else { continue };
        for fault in found {
            // The rows are in the order of the file, so of their numbers.
            let place = rows.partition_point(|row| row.row.number < fault.row);
            if let Some(row) = rows.get_mut(place) {
                row.faults.push(fault);
            }
        }
    }
    Ok(can_sign)
}

fn columns(contents: &UploadContents) -> Vec<ReportedColumn> {
    let sample = |column: usize| {
        let mut cells = contents.table.rows.iter().filter_map(|row| row.cells.get(column));
        cells.find(|cell| !cell.is_empty()).map(|cell| shortened(cell.shown())).unwrap_or_default()
    };
    let column = |column: usize| ReportedColumn {
        letters: column_letters(column),
        header: shortened(contents.table.header_of(column)),
        sample: sample(column),
    };
    (0..contents.table.header.cells.len()).map(column).collect()
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
