//! `workbook.xml` and the relations of its parts.

use std::collections::BTreeMap;

use super::xml::{PartReader, XmlPiece, attribute, is_true};
use crate::file_fault::FileFault;
use crate::read::zip::Archive;

/// The limit of sheets, and of the relations of a part.
const MAX_PARTS: usize = 10_000;

/// A workbook.
#[derive(Default)]
pub(super) struct Workbook {
    /// The sheets with cells that are visible, in their order.
    pub(super) visible: Vec<SheetPart>,
    /// The number of the other ones.
    pub(super) hidden: usize,
    /// Whether days are counted from 1904, as in workbooks that began on an old Macintosh.
    pub(super) is_1904: bool,
    /// The part of the shared texts.
    pub(super) strings: Option<String>,
    /// The part of the formats.
    pub(super) styles: Option<String>,
}

/// A sheet of a workbook.
pub(super) struct SheetPart {
    pub(super) name: String,
    pub(super) part: String,
}

/// A relation to another part: the end of its type, and the part's name.
struct Relation {
    kind: String,
    part: String,
}

/// Reads what a workbook consists of.
///
/// # Errors
/// If a part is damaged.
pub(super) fn read(archive: &Archive<'_>) -> Result<Workbook, FileFault> {
    let package = relations(archive, "_rels/.rels", "")?;
    let part = package
        .into_values()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.part);
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", &part));
    let relations = relations(archive, &format!("{folder}/_rels/{file}.rels"), folder)?;
    let by_kind = |kind: &str| {
        relations.values().find(|one| one.kind == kind && archive.has(&one.part)).map(|one| one.part.clone())
    };
    let mut workbook =
        Workbook { strings: by_kind("sharedStrings"), styles: by_kind("styles"), ..Workbook::default() };
    let mut reader = PartReader::open(archive, &part)?;
    let mut sheets = 0;
    loop {
        match reader.next()? {
            XmlPiece::Start(tag) if tag.local_name().as_ref() == "workbookPr" => {
                workbook.is_1904 = is_true(&tag, "date1904");
            }
            XmlPiece::Start(tag) if tag.local_name().as_ref() == "sheet" => {
                sheets += 1;
                if sheets > MAX_PARTS {
                    return Err(reader.damaged());
                }
                let relation = attribute(&tag, "id").and_then(|id| relations.get(&id));
                // Sheets that are charts or dialogues hold no cells.
                let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") else {
                    continue;
                };
                if matches!(attribute(&tag, "state").as_deref(), Some("hidden" | "veryHidden")) {
                    workbook.hidden += 1;
                } else {
                    let name = attribute(&tag, "name").unwrap_or_default();
                    workbook.visible.push(SheetPart { name, part: relation.part.clone() });
                }
            }
            XmlPiece::Eof => return Ok(workbook),
            _ => {}
        }
    }
}

/// Reads relations by their ids. Those to something outside the file are left out, and so never followed.
///
/// # Errors
/// If the part is damaged, or has more relations than the limit.
fn relations(
    archive: &Archive<'_>,
    part: &str,
    folder: &str,
) -> Result<BTreeMap<String, Relation>, FileFault> {
    let mut relations = BTreeMap::new();
    if !archive.has(part) {
        return Ok(relations);
    }
    let mut reader = PartReader::open(archive, part)?;
    let mut count = 0;
    loop {
        match reader.next()? {
            XmlPiece::Start(tag) if tag.local_name().as_ref() == "Relationship" => {
                count += 1;
                if count > MAX_PARTS {
                    return Err(reader.damaged());
                }
                let (id, kind, target) =
                    (attribute(&tag, "Id"), attribute(&tag, "Type"), attribute(&tag, "Target"));
                let is_external = attribute(&tag, "TargetMode").is_some_and(|mode| mode == "External");
                if let (Some(id), Some(kind), Some(target), false) = (id, kind, target, is_external) {
                    let kind = kind.rsplit_once('/').map_or(&*kind, |(_, kind)| kind).to_owned();
                    relations.insert(id, Relation { kind, part: resolve(folder, &target) });
                }
            }
            XmlPiece::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// Resolves a target against the folder of its source.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." => _ = parts.pop(),
            _ => parts.push(step),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_against_their_folder() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../xl/./styles.xml", "xl/styles.xml"),
            ("", "xl\\workbook.xml", "xl/workbook.xml"),
            ("", "../../../x", "x"),
        ] {
            assert_eq!(resolve(folder, target), expected);
        }
    }
}
