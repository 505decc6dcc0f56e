//! The form of a file, by its first bytes and, of a container, by what is inside.

use super::zip::Archive;
use crate::file_fault::{FileFault, ForeignFile};

/// A form that is read.
pub(super) enum Form<'a> {
    /// Text, as far as its beginning shows.
    Text,
    /// An Excel workbook.
    Workbook(Archive<'a>),
}

/// Beginnings of files that are no text tables.
const BEGINNINGS: [(&[u8], ForeignFile); 12] = [
    (b"%PDF-", ForeignFile::Pdf),
    (b"\x89PNG", ForeignFile::Other),
    (b"\xff\xd8\xff", ForeignFile::Other),
    (b"GIF8", ForeignFile::Other),
    (b"\x1f\x8b", ForeignFile::Other),
    (b"BZh", ForeignFile::Other),
    (b"7z\xbc\xaf", ForeignFile::Other),
    (b"Rar!", ForeignFile::Other),
    (b"\xfd7zXZ", ForeignFile::Other),
    (b"\x28\xb5\x2f\xfd", ForeignFile::Other),
    (b"{\\rtf", ForeignFile::Other),
    (b"SQLite format 3", ForeignFile::Other),
];

/// The beginning of a compound file: Excel's form before 2007, or a workbook under a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Recognizes a file's form.
///
/// # Errors
/// If it is empty, of a form that is not read, or a damaged container.
pub(super) fn recognize(bytes: &[u8]) -> Result<Form<'_>, FileFault> {
    let foreign = |form| Err(FileFault::Foreign { form });
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return recognize_archive(bytes);
    }
    if bytes.starts_with(COMPOUND) {
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
        return foreign(if is_encrypted { ForeignFile::Encrypted } else { ForeignFile::Xls });
    }
    if let Some((_, form)) = BEGINNINGS.into_iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return foreign(form);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins(b"<?xml") && !text.get(..1_024).unwrap_or(text).windows(5).any(|word| word == b"<html") {
        return foreign(ForeignFile::Xml);
    }
    if [&b"<!doctype"[..], b"<html", b"<head", b"<body", b"<table", b"<meta", b"<style", b"<?xml"]
        .into_iter()
        .any(begins)
    {
        return foreign(ForeignFile::Html);
    }
    Ok(Form::Text)
}

fn recognize_archive(bytes: &[u8]) -> Result<Form<'_>, FileFault> {
    let archive = Archive::read(bytes)?;
    let form = if archive.has("xl/workbook.bin") {
        ForeignFile::Xlsb
    } else if archive.has("[content_types].xml") && archive.names().any(|name| name.ends_with("workbook.xml"))
    {
        return Ok(Form::Workbook(archive));
    } else if archive.has("content.xml") && archive.has("meta-inf/manifest.xml") {
        ForeignFile::Ods
    } else if archive.names().any(|name| name.ends_with(".iwa") || name.ends_with("index.zip")) {
        ForeignFile::Numbers
    } else {
        ForeignFile::Zip
    };
    Err(FileFault::Foreign { form })
}
