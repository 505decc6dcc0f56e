//! The parts of an upload's page.

use askama::Template;
use learncoin_language::Language;
use learncoin_server::operations::AwardPreview;
use learncoin_server::pages::When;
use learncoin_spreadsheet::columns::{ColumnMap, ColumnUse};
use learncoin_spreadsheet::{CellFault, Field};
use learncoin_store::batches::BatchStatus;
use learncoin_store::id::{BatchId, UploadId};
use learncoin_store::uploads::{Upload, UploadBatch, UploadProblem, UploadProgress, UploadStatus};

use super::super::uploads::status_name;
use crate::frame::Frame;
use crate::templates::KeptTemplate;
use crate::uploads::contents::Decisions;
use crate::uploads::report::{DryRunReport, FaultyRow, ReportedColumn};

/// The page.
#[derive(Template)]
#[template(path = "upload.html")]
pub(super) struct UploadPage {
    frame: Frame,
    id: UploadId,
    rows: u64,
    fingerprint: String,
    status: &'static str,
    created: When,
    draft: Option<DraftView>,
    preview: Option<AwardPreview>,
    progress: Option<ProgressView>,
    fault: Option<String>,
}

impl UploadPage {
    /// Creates the page of an upload: a draft's, with a preview of one of its rows if there is one, or that of one that was confirmed.
    pub(super) fn new(
        frame: Frame,
        upload: Upload,
        draft: Option<(DraftView, Option<AwardPreview>)>,
        progress: Option<ProgressView>,
        fault: Option<String>,
    ) -> Self {
        let (draft, preview) = draft.unzip();
        Self {
            preview: preview.flatten(),
            status: status_name(&frame, upload.status),
            created: frame.when(upload.created_at),
            id: upload.id,
            rows: upload.row_count,
            fingerprint: upload.fingerprint,
            draft,
            progress,
            fault,
            frame,
        }
    }

    fn fields(&self) -> impl Iterator<Item = String> {
        Field::all().map(|field| field.to_string())
    }
}

/// A draft, in words.
pub(super) struct DraftView {
    file_name: String,
    notes: Vec<String>,
    file_faults: Vec<String>,
    columns: Vec<ColumnView>,
    is_decided: bool,
    /// The headers of the columns that the rows with faults show.
    shown: Vec<String>,
    rows: Vec<RowView>,
    faulty_rows: usize,
    warnings: Vec<(String, String)>,
    warning_count: usize,
    can_sign: bool,
    earlier: Option<UploadId>,
    /// The credentials that are left this month, if the upload has more.
    quota: Option<u64>,
    templates: Vec<KeptTemplate>,
    template_name: Option<String>,
    is_valid: bool,
}

/// A column, and what it is for.
struct ColumnView {
    letters: String,
    header: String,
    sample: String,
    is_skipped: bool,
    field: Option<String>,
}

impl ColumnView {
    fn is_for(&self, field: &str) -> bool {
        self.field.as_deref() == Some(field)
    }
}

/// A row with faults.
struct RowView {
    number: u32,
    /// The faults that are in no cell.
    faults: Vec<String>,
    cells: Vec<CellView>,
}

/// A cell, and what is wrong with it.
struct CellView {
    header: String,
    text: String,
    faults: Vec<String>,
}

impl DraftView {
    /// Puts a report into words.
    pub(super) fn new(
        language: Language,
        report: DryRunReport,
        decisions: Decisions,
        templates: Vec<KeptTemplate>,
        earlier: Option<UploadId>,
        quota: u64,
        upload: &Upload,
    ) -> Self {
        let map = decisions.map.unwrap_or_else(|| ColumnMap::new(Vec::new()));
        let shown = shown_columns(&report, &map);
        let rows = report.rows.iter().map(|row| row_view(language, &report, row, &shown)).collect();
        let columns = report.columns.iter().enumerate().map(|(column, reported)| {
            let column_use = map.uses().get(column).copied().unwrap_or(ColumnUse::Unconfirmed);
            ColumnView {
                letters: reported.letters.clone(),
                header: reported.header.clone(),
                sample: reported.sample.clone(),
                is_skipped: column_use == ColumnUse::Skip,
                field: match column_use {
                    ColumnUse::Field(field) => Some(field.to_string()),
                    ColumnUse::Skip | ColumnUse::Unconfirmed => None,
                },
            }
        });
        Self {
            is_valid: report.is_valid() && report.can_sign && earlier.is_none() && quota >= upload.row_count,
            notes: report.notes.iter().map(|note| note.sentence(language)).collect(),
            file_faults: report.file_faults.iter().map(|fault| fault.sentence(language)).collect(),
            columns: columns.collect(),
            is_decided: report.file_faults.is_empty(),
            shown: shown.iter().filter_map(|column| report.columns.get(*column)).map(title).collect(),
            rows,
            faulty_rows: report.faulty_rows,
            warnings: report
                .warnings
                .iter()
                .map(|warning| (warning.place(language), warning.sentence(language)))
                .collect(),
            warning_count: report.warning_count,
            can_sign: report.can_sign,
            file_name: report.file_name,
            earlier,
            quota: (quota < upload.row_count).then_some(quota),
            templates,
            template_name: decisions.template.name,
        }
    }
}

fn title(column: &ReportedColumn) -> String {
    if column.header.is_empty() { column.letters.clone() } else { column.header.clone() }
}

/// Returns the columns that rows with faults show: those that are for a field, and those with a fault.
fn shown_columns(report: &DryRunReport, map: &ColumnMap) -> Vec<usize> {
    let has_fault = |letters: &str| {
        let mut faults = report.rows.iter().flat_map(|row| &row.faults);
        faults.any(|fault| fault.column.as_ref().is_some_and(|column| column.letters == letters))
    };
    let columns = report.columns.iter().enumerate();
    let is_shown = |(column, reported): &(usize, &ReportedColumn)| {
        matches!(map.uses().get(*column), Some(ColumnUse::Field(_))) || has_fault(&reported.letters)
    };
    columns.filter(is_shown).map(|(column, _)| column).collect()
}

fn row_view(language: Language, report: &DryRunReport, row: &FaultyRow, shown: &[usize]) -> RowView {
    let is_of = |letters: &str, fault: &&CellFault| {
        fault.column.as_ref().is_some_and(|column| column.letters == letters)
    };
    let columns = || shown.iter().filter_map(|column| Some((*column, report.columns.get(*column)?)));
    let in_cells = |fault: &&CellFault| columns().any(|(_, column)| is_of(&column.letters, fault));
    let elsewhere = row.faults.iter().filter(|fault| !in_cells(fault));
    let cell = |(column, reported): (usize, &ReportedColumn)| CellView {
        header: title(reported),
        text: row.cells.get(column).cloned().unwrap_or_default(),
        faults: row
            .faults
            .iter()
            .filter(|fault| is_of(&reported.letters, fault))
            .map(|fault| fault.sentence(language))
            .collect(),
    };
    RowView {
        number: row.number,
        faults: elsewhere
            .map(|fault| format!("{}: {}", fault.place(language), fault.sentence(language)))
            .collect(),
        cells: columns().map(cell).collect(),
    }
}

/// The progress of an upload that was confirmed.
pub(super) struct ProgressView {
    accepted: u64,
    anchored: u64,
    failed: u64,
    is_moving: bool,
    is_stopped: bool,
    problem: Option<&'static str>,
    has_file: bool,
    batches: Vec<(BatchId, &'static str)>,
    confirmed: Option<When>,
    ended: Option<When>,
}

impl ProgressView {
    /// Puts the progress of an upload into words.
    pub(super) fn new(
        frame: &Frame,
        upload: &Upload,
        counted: UploadProgress,
        parts: &[UploadBatch],
    ) -> Self {
        let words = &frame.words.uploads;
        let batches = parts.iter().filter_map(|part| part.batch.as_ref());
        Self {
            accepted: counted.accepted,
            anchored: counted.anchored,
            failed: counted.failed,
            is_moving: matches!(upload.status, UploadStatus::Issuing | UploadStatus::Issued),
            is_stopped: upload.status == UploadStatus::Stopped,
            problem: upload.problem.map(|problem| match problem {
                UploadProblem::Quota => &*words.over_quota,
                UploadProblem::RightLost => &words.right_lost,
                UploadProblem::CannotSign => &words.cannot_sign,
                UploadProblem::FileDeleted => &words.file_deleted,
                UploadProblem::Refused => &words.refused,
            }),
            has_file: upload.has_file,
            batches: batches.map(|(id, status)| (id.clone(), status_of(frame, *status))).collect(),
            confirmed: upload.confirmed_at.map(|at| frame.when(at)),
            ended: upload.ended_at.map(|at| frame.when(at)),
        }
    }
}

fn status_of(frame: &Frame, status: BatchStatus) -> &'static str {
    super::super::overview::status_name(frame, status)
}
