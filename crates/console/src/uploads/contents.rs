//! The contents of an upload: its table, what its columns are for, and its rows.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use learncoin_spreadsheet::columns::{self, ColumnMap};
use learncoin_spreadsheet::rows::{self, CheckedRow, RowInputs};
use learncoin_spreadsheet::{AchievementTemplate, FileFault, Table, Warning, fingerprint, read};
use learncoin_store::seal::Sealer;
use learncoin_store::uploads::Upload;

use super::stored_file::StoredFile;

/// The decisions about an upload.
#[derive(Clone)]
pub(crate) struct Decisions {
    /// The uses of its columns; `None` before a person decided.
    pub(crate) map: Option<ColumnMap>,
    /// The texts of the template.
    pub(crate) template: AchievementTemplate,
    /// The day of the upload, in UTC.
    pub(crate) today: Date,
}

/// The decisions of an upload can't be read: a program of another release wrote them.
#[derive(Debug, thiserror::Error)]
#[error("the decisions about an upload can't be read: {0}")]
pub(crate) struct DecisionsError(#[from] serde_json::Error);

impl Decisions {
    /// Reads the decisions about an upload.
    pub(crate) fn of(upload: &Upload) -> Result<Self, DecisionsError> {
        Ok(Self {
            map: Some(serde_json::from_str(&upload.column_map)?),
            template: serde_json::from_str(&upload.template)?,
            today: day_of(upload.created_at),
        })
    }
}

/// Returns the day of a time in milliseconds since 1970, in UTC.
pub(crate) fn day_of(ms: i64) -> Date {
    let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).date()
}

/// The contents of an upload.
pub(crate) struct UploadContents {
    /// Its table.
    pub(crate) table: Table,
    /// The uses of its columns.
    pub(crate) map: ColumnMap,
    /// The texts of the template.
    pub(crate) template: AchievementTemplate,
    /// The day of the upload.
    pub(crate) today: Date,
    /// The faults of the columns. As long as there are any, there are no rows.
    pub(crate) file_faults: Vec<FileFault>,
    /// The rows.
    pub(crate) rows: Vec<CheckedRow>,
    /// The warnings.
    pub(crate) warnings: Vec<Warning>,
}

impl UploadContents {
    /// Reads a file. It takes long, and belongs on a thread that may block.
    ///
    /// # Errors
    /// The fault that keeps the file from being read.
    pub(crate) fn read(file: &StoredFile, name: &str, decisions: Decisions) -> Result<Self, FileFault> {
        let table = read::read(file.bytes(), name)?;
        let Decisions { map, template, today } = decisions;
        let map = map.unwrap_or_else(|| columns::guess(&table));
        let file_faults = columns::check(&table, &map, &template);
        let (mut rows, mut warnings) = (Vec::new(), Vec::new());
        if file_faults.is_empty() {
            let inputs = RowInputs { table: &table, map: &map, template: &template, today };
            let checked = rows::check(&inputs, &mut file.ids());
            (rows, warnings) = (checked.rows, checked.warnings);
        }
        Ok(Self { table, map, template, today, file_faults, rows, warnings })
    }

    /// Returns what the rows were made from.
    pub(crate) fn inputs(&self) -> RowInputs<'_> {
        RowInputs { table: &self.table, map: &self.map, template: &self.template, today: self.today }
    }

    /// Returns the keyed hash by which the same upload is recognized.
    pub(crate) fn fingerprint(
        &self,
        file: &StoredFile,
        sealer: &Sealer,
    ) -> Result<String, serde_json::Error> {
        let hash = fingerprint::of(file.bytes(), &self.map, &self.template)?;
        Ok(sealer.member_mac(&format!("upload {hash}")))
    }
}

/// Reads a file on a thread that may block.
///
/// # Errors
/// The fault of the file, or that the process ends.
pub(crate) async fn read_off_thread(
    file: &Arc<StoredFile>,
    name: String,
    decisions: Decisions,
) -> Result<Result<UploadContents, FileFault>, tokio::task::JoinError> {
    let file = Arc::clone(file);
    tokio::task::spawn_blocking(move || UploadContents::read(&file, &name, decisions)).await
}
