//! A credential in a PDF: the attached file `credential.json`, as in our certificates.
//!
//! A library parses the structure, since any program may have rewritten the file. The attachment is decompressed here,
//! with a size limit.
//!
//! Every attachment counts, also one that no list of the file names: a file in which two different credentials are
//! attached is refused, because two programs could find different ones.

use std::collections::BTreeMap;

use hayro_syntax::object::{Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;

use super::UnbakeError;
use super::contents::Contents;
use super::inflate::inflate;
use crate::guarded::guarded;
use crate::pdf::ATTACHMENT;

pub(super) const KIND: &str = "PDF";
/// The limit of attachments.
const MAX_ATTACHMENTS: usize = 256;
/// The limit of nested arrays and dictionaries in which attachments are looked for.
const MAX_DEPTH: usize = 32;

/// The attachments of a file by the object that holds the content. The value is whether one of its names is that of a
/// credential.
#[derive(Default)]
struct Attachments<'a>(BTreeMap<(u32, i32), (Stream<'a>, bool)>);

/// Extracts the attached credential. The library reads parts of the file only when they are asked for, so all of this is guarded.
pub(super) fn unbake_pdf(bytes: &[u8]) -> Result<String, UnbakeError> {
    guarded(|| extract(bytes)).unwrap_or_else(|| Err(damaged("it can't be read")))
}

fn extract(bytes: &[u8]) -> Result<String, UnbakeError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => UnbakeError::Locked(KIND),
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => damaged("it can't be read"),
    })?;
    let mut attachments = Attachments::default();
    for object in pdf.objects() {
        if let Object::Stream(stream) = &object
            && stream.dict().get::<Name<'_>>("Type").is_some_and(|name| name.as_str() == "EmbeddedFile")
        {
            attachments.add(stream.clone(), false)?;
        }
        attachments.collect(&object, MAX_DEPTH)?;
    }
    attachments.credential()
}

impl<'a> Attachments<'a> {
    /// Collects what the file specifications in an object name.
    fn collect(&mut self, object: &Object<'a>, depth: usize) -> Result<(), UnbakeError> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        match object {
            Object::Array(array) => {
                for item in array.raw_iter() {
                    if let MaybeRef::NotRef(item) = item {
                        self.collect(&item, depth)?;
                    }
                }
            }
            Object::Dict(dict) => self.collect_from(dict, depth)?,
            Object::Stream(stream) => self.collect_from(stream.dict(), depth)?,
            _ => {}
        }
        Ok(())
    }

    fn collect_from(&mut self, dict: &Dict<'a>, depth: usize) -> Result<(), UnbakeError> {
        if let Some(files) = dict.get::<Dict<'a>>("EF") {
            let has_name = |key: &str| file_name(dict, key).is_some_and(|name| name == ATTACHMENT);
            let is_named = has_name("F") || has_name("UF");
            for key in ["F", "UF"] {
                if let Some(stream) = files.get::<Stream<'a>>(key) {
                    self.add(stream, is_named)?;
                }
            }
        }
        for (_, value) in dict.entries() {
            if let MaybeRef::NotRef(value) = value {
                self.collect(&value, depth)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, stream: Stream<'a>, is_named: bool) -> Result<(), UnbakeError> {
        let ObjectIdentifier { obj_number, gen_number, .. } = stream.obj_id();
        let entry = self.0.entry((obj_number, gen_number)).or_insert((stream, false));
        entry.1 |= is_named;
        if self.0.len() > MAX_ATTACHMENTS {
            return Err(damaged("it has too many attachments"));
        }
        Ok(())
    }

    /// Returns the one credential. What has another name counts if it is a credential, and is passed over otherwise.
    fn credential(self) -> Result<String, UnbakeError> {
        let mut found: Option<String> = None;
        for (stream, is_named) in self.0.into_values() {
            let text = match content(&stream) {
                Ok(text) if is_named || Contents::of(&text).is_ok() => text,
                Err(error) if is_named => return Err(error),
                _ => continue,
            };
            if found.as_ref().is_some_and(|other| *other != text) {
                return Err(UnbakeError::Several(KIND));
            }
            found = Some(text);
        }
        found.ok_or(UnbakeError::Empty(KIND))
    }
}

/// Decodes a file name: UTF-16BE with a byte order mark, or else UTF-8, which covers the ASCII part of PDFDocEncoding.
fn file_name(file: &Dict<'_>, key: &str) -> Option<String> {
    let name = file.get::<hayro_syntax::object::String<'_>>(key)?;
    match name.as_bytes() {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>().copied());
            String::from_utf16(&units.map(u16::from_be_bytes).collect::<Vec<_>>()).ok()
        }
        [0xef, 0xbb, 0xbf, bytes @ ..] | bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}

fn content(file: &Stream<'_>) -> Result<String, UnbakeError> {
    let raw = file.raw_data();
    let filters: Vec<Name<'_>> = match file.dict().get::<Object<'_>>("Filter") {
        None | Some(Object::Null(_)) => Vec::new(),
        Some(Object::Name(name)) => vec![name],
        Some(Object::Array(names)) => names.iter::<Name<'_>>().collect(),
        Some(_) => return Err(damaged("the attachment's compression is unknown")),
    };
    let has_parameters = match file.dict().get::<Object<'_>>("DecodeParms") {
        None | Some(Object::Null(_)) => false,
        Some(Object::Array(parameters)) => parameters.iter::<Dict<'_>>().next().is_some(),
        Some(_) => true,
    };
    let bytes = match filters.as_slice() {
        [] => raw.into_owned(),
        [name] if name.as_str() == "FlateDecode" && !has_parameters => inflate(&raw, KIND)?,
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
