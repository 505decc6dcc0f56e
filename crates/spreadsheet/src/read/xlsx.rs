//! Excel workbooks ([ECMA-376](https://ecma-international.org/publications-and-standards/standards/ecma-376/) part 1, chapter 18): the
//! first visible sheet.
//!
//! Our own reader. `calamine`, which the tests compare it with, reserves memory for as many strings as a workbook claims to have, so that a
//! file of a kilobyte ends the process; and it does not report the formats that a person sees a number in.

mod number;
mod sheet;
mod strings;
mod styles;
mod workbook;
mod xml;

use super::builder::TableBuilder;
use super::zip::Archive;
use crate::file_fault::FileFault;
use crate::table::{Note, Table, TableSource};
use strings::Strings;
use styles::Styles;

/// Reads a workbook.
///
/// # Errors
/// The first fault.
pub(super) fn read(archive: &Archive<'_>) -> Result<Table, FileFault> {
    let workbook = workbook::read(archive)?;
    let strings = match &workbook.strings {
        Some(part) => Strings::read(archive, part)?,
        None => Strings::default(),
    };
    let styles = match &workbook.styles {
        Some(part) => Styles::read(archive, part)?,
        None => Styles::default(),
    };
    let mut builder = TableBuilder::default();
    if let [first, others @ ..] = &*workbook.visible
        && !others.is_empty()
    {
        let others = others.iter().map(|sheet| sheet.name.clone()).collect();
        builder.notes.push(Note::FirstSheet { read: first.name.clone(), others });
    }
    if workbook.hidden > 0 {
        builder.notes.push(Note::HiddenSheets { count: workbook.hidden });
    }
    let sheet = workbook.visible.first().ok_or(FileFault::NoVisibleSheet)?;
    let inputs = sheet::Inputs { strings: &strings, styles: &styles, is_1904: workbook.is_1904 };
    sheet::read(archive, &sheet.part, &inputs, &mut builder)?;
    builder.finish(TableSource::Xlsx, 0, true)
}
