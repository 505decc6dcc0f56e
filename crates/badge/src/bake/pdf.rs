//! A credential in a PDF: the attached file `credential.json`, as in our certificates.
//!
//! A library parses the structure, since any program may have rewritten the file. The attachment is decompressed here,
//! with a size limit.

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::UnbakeError;
use crate::pdf::ATTACHMENT;

const KIND: &str = "PDF";
/// The limit of entries in the name tree of attachments.
const MAX_NAMES: usize = 1_024;
/// The limit of the name tree's depth, which also ends cycles.
const MAX_DEPTH: usize = 8;

/// Extracts the attached credential.
pub(super) fn unbake_pdf(bytes: &[u8]) -> Result<String, UnbakeError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|_| damaged("it can't be read"))?;
    let xref = pdf.xref();
    let root: Dict<'_> = xref.get(xref.root_id()).ok_or(damaged("it has no root"))?;
    let names = root.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"));
    let (mut found, mut left) = (Vec::new(), MAX_NAMES);
    collect(&names.ok_or(UnbakeError::Empty(KIND))?, MAX_DEPTH, &mut left, &mut found)?;
    match found.as_slice() {
        [] => Err(UnbakeError::Empty(KIND)),
        [file] => content(file),
        _ => Err(UnbakeError::Several(KIND)),
    }
}

/// Collects the attached files with the name of a credential from a name tree.
fn collect<'a>(
    tree: &Dict<'a>,
    depth: usize,
    left: &mut usize,
    found: &mut Vec<Stream<'a>>,
) -> Result<(), UnbakeError> {
    if let Some(names) = tree.get::<Array<'a>>("Names") {
        for object in names.iter::<Object<'a>>() {
            count(left)?;
            let Object::Dict(file) = object else { continue };
            let is_ours =
                ["F", "UF"].iter().any(|key| file_name(&file, key).is_some_and(|name| name == ATTACHMENT));
            if is_ours
                && let Some(stream) =
                    file.get::<Dict<'a>>("EF").and_then(|files| files.get::<Stream<'a>>("F"))
            {
                found.push(stream);
            }
        }
    }
    if let Some(kids) = tree.get::<Array<'a>>("Kids") {
        let depth = depth.checked_sub(1).ok_or(damaged("its names are nested too deep"))?;
        for kid in kids.iter::<Dict<'a>>() {
            count(left)?;
            collect(&kid, depth, left, found)?;
        }
    }
    Ok(())
}

fn count(left: &mut usize) -> Result<(), UnbakeError> {
    *left = left.checked_sub(1).ok_or(damaged("it has too many attachments"))?;
    Ok(())
}

/// Decodes a file name: UTF-16BE with a byte order mark, or else UTF-8, which covers the ASCII part of PDFDocEncoding.
fn file_name(file: &Dict<'_>, key: &str) -> Option<String> {
    let name = file.get::<hayro_syntax::object::String<'_>>(key)?;
    match name.as_bytes() {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>().copied());
            String::from_utf16(&units.map(u16::from_be_bytes).collect::<Vec<_>>()).ok()
        }
        bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

fn content(file: &Stream<'_>) -> Result<String, UnbakeError> {
    let raw = file.raw_data();
    let filters: Vec<Name<'_>> = match file.dict().get::<Object<'_>>("Filter") {
        None => Vec::new(),
        Some(Object::Name(name)) => vec![name],
        Some(Object::Array(names)) => names.iter::<Name<'_>>().collect(),
        Some(_) => return Err(damaged("the attachment's compression is unknown")),
    };
    let has_parameters = file.dict().contains_key("DecodeParms");
    let bytes = match filters.as_slice() {
        [] => raw.into_owned(),
        [name] if name.as_str() == "FlateDecode" && !has_parameters => {
            let limit = MAX_DOCUMENT_BYTES + 1;
            decompress_to_vec_zlib_with_limit(&raw, limit).map_err(|error| match error.status {
                miniz_oxide::inflate::TINFLStatus::HasMoreOutput => UnbakeError::TooLarge,
                _ => damaged("the attachment's compression is broken"),
            })?
        }
        _ => return Err(damaged("the attachment's compression is unknown")),
    };
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(UnbakeError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| damaged("the credential is not UTF-8"))
}

fn damaged(what: &'static str) -> UnbakeError {
    UnbakeError::Damaged { kind: KIND, what }
}
