//! The XML of a part, event by event.

use std::borrow::Cow;
use std::io::BufReader;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::file_fault::FileFault;
use crate::read::zip::{Archive, Unpacked};

/// A part that is being read.
pub(super) struct PartReader<'r, 'a> {
    archive: &'r Archive<'a>,
    part: &'r str,
    reader: Reader<BufReader<Unpacked<'r, 'a>>>,
    buffer: Vec<u8>,
}

/// A piece of a part. An element without content is a start and an end.
pub(super) enum XmlPiece {
    /// The start of an element.
    Start(BytesStart<'static>),
    /// The end of an element of this local name.
    End(String),
    /// A text as it is in the document.
    Text(String),
    /// The end of the part.
    Eof,
}

impl<'r, 'a> PartReader<'r, 'a> {
    /// Opens a part.
    ///
    /// # Errors
    /// If the container does not have it.
    pub(super) fn open(archive: &'r Archive<'a>, part: &'r str) -> Result<Self, FileFault> {
        let mut reader = Reader::from_reader(archive.open(part)?);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { archive, part, reader, buffer: Vec::new() })
    }

    /// Returns the next piece. A document that declares entities is damaged.
    ///
    /// # Errors
    /// If the part is no XML, or exceeds a limit.
    pub(super) fn next(&mut self) -> Result<XmlPiece, FileFault> {
        let (archive, part) = (self.archive, self.part);
        let fault = || archive.fault(part);
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|_| fault())?;
            return Ok(match event {
                Event::Start(tag) => XmlPiece::Start(tag.into_owned()),
                Event::End(tag) => XmlPiece::End(tag.local_name().as_ref().to_owned()),
                Event::Text(text) => XmlPiece::Text(text.xml10_content().into_owned()),
                Event::CData(text) => XmlPiece::Text(text.into_inner().into_owned()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|_| fault())? {
                    Some(letter) => XmlPiece::Text(letter.to_string()),
                    None => {
                        let known = resolve_xml_entity(&reference.into_inner()).ok_or_else(fault)?;
                        XmlPiece::Text(known.to_owned())
                    }
                },
                Event::DocType(text) if text.contains('[') => return Err(fault()),
                Event::Eof => XmlPiece::Eof,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                    continue;
                }
            });
        }
    }

    /// Returns the fault of a part whose contents make no sense.
    pub(super) fn damaged(&self) -> FileFault {
        FileFault::Damaged { part: self.part.to_owned() }
    }
}

/// Returns an attribute by its name without prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))
}

/// Returns whether an attribute is true: `1`, `true` or `on`.
pub(super) fn is_true(tag: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(tag, name).as_deref(), Some("1" | "true" | "on"))
}
