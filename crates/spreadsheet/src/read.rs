//! From the bytes of an upload to a [`Table`]: CSV in several encodings, or an Excel workbook.
//!
//! A file is what its bytes are, whatever its name. Every limit is checked before what it bounds is kept, but for the texts of a workbook:
//! they are read whole, a cell or all shared ones at a time, and [`MAX_UNPACKED_BYTES`] bounds them until their own limits are checked.

mod builder;
mod csv;
mod encoding;
mod form;
mod xlsx;
mod zip;

use crate::file_fault::FileFault;
use crate::table::{Note, Table};
use form::Form;

pub use crate::table::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS};
pub use zip::MAX_UNPACKED_BYTES;

/// The limit of a file, in bytes.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// The limit of the text of all cells, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// Reads a file. Of its name only the ending matters, for a [`Note::OtherForm`].
///
/// # Errors
/// The fault that keeps it from being read.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Table, FileFault> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileFault::TooLarge { most: MAX_FILE_BYTES });
    }
    let form = form::recognize(bytes)?;
    let mut table = match &form {
        Form::Text => csv::read(bytes)?,
        Form::Workbook(archive) => xlsx::read(archive)?,
    };
    let ending =
        file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let is_named_otherwise = match form {
        Form::Text => matches!(&*ending, "xlsx" | "xlsm" | "xls" | "ods" | "numbers"),
        Form::Workbook(_) => !matches!(&*ending, "xlsx" | "xlsm" | "xltx" | "xltm"),
    };
    if is_named_otherwise {
        table.notes.insert(0, Note::OtherForm);
    }
    Ok(table)
}
