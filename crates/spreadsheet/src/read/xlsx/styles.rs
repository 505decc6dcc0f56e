//! `styles.xml`: the format of the numbers of each style.

use std::collections::HashMap;

use super::number::NumberFormat;
use super::xml::{PartReader, XmlPiece, attribute};
use crate::file_fault::FileFault;
use crate::read::zip::Archive;

/// The formats by the index of a style.
#[derive(Default)]
pub(super) struct Styles(Vec<NumberFormat>);

impl Styles {
    /// Reads the part.
    ///
    /// # Errors
    /// If it is damaged.
    pub(super) fn read(archive: &Archive<'_>, part: &str) -> Result<Self, FileFault> {
        let mut reader = PartReader::open(archive, part)?;
        let mut custom: HashMap<u32, NumberFormat> = HashMap::new();
        let mut formats = Vec::new();
        let mut is_cell_styles = false;
        loop {
            match reader.next()? {
                XmlPiece::Start(tag) => match tag.local_name().as_ref() {
                    "numFmt" => {
                        let id = attribute(&tag, "numFmtId").and_then(|id| id.parse().ok());
                        if let (Some(id), Some(code)) = (id, attribute(&tag, "formatCode")) {
                            custom.entry(id).or_insert_with(|| NumberFormat::of_code(&code));
                        }
                    }
                    "cellXfs" => is_cell_styles = true,
                    "xf" if is_cell_styles => {
                        let id: u32 =
                            attribute(&tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or_default();
                        formats.push(custom.get(&id).copied().unwrap_or_else(|| NumberFormat::built_in(id)));
                    }
                    _ => {}
                },
                XmlPiece::End(name) if name == "cellXfs" => is_cell_styles = false,
                XmlPiece::Eof => return Ok(Self(formats)),
                _ => {}
            }
        }
    }

    /// Returns the format of a style; that of plain numbers if there is no such style.
    pub(super) fn format(&self, style: Option<usize>) -> NumberFormat {
        style.and_then(|style| self.0.get(style)).copied().unwrap_or_default()
    }
}
