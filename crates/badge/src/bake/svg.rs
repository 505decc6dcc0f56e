//! A credential in an SVG: the element `openbadges:credential` as the first child of the root.
//!
//! The parser knows only the five predefined entities of XML, and rejects a document that declares others.

use learncoin_credential::verify::MAX_DOCUMENT_BYTES;
use quick_xml::NsReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::{BakeError, Carried, UnbakeError};

const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";
const ELEMENT: &str = "credential";
/// The namespace and the element of Open Badges 1 and 2.
const ASSERTION_NAMESPACE: &str = "http://openbadges.org";
const ASSERTION: &str = "assertion";
const SVG: &str = "http://www.w3.org/2000/svg";
pub(super) const KIND: &str = "SVG";
/// The limit of nested elements.
const MAX_DEPTH: usize = 256;

/// Inserts a credential into an SVG of ours, whose root tag contains no other `>`.
///
/// # Errors
/// If the image does not begin with the root or carries a credential already, or if the credential exceeds the size
/// limit.
pub fn bake_svg(drawing: &str, credential: &str) -> Result<String, BakeError> {
    if credential.len() > MAX_DOCUMENT_BYTES {
        return Err(BakeError::TooLarge);
    }
    match unbake_svg(drawing.as_bytes()) {
        Err(UnbakeError::Empty(_)) => {}
        Ok(_) | Err(UnbakeError::Several(_)) => return Err(BakeError::Baked),
        Err(_) => return Err(BakeError::Picture(KIND)),
    }
    let tag = drawing.strip_prefix("<svg ").and_then(|rest| rest.split_once('>'));
    let (attributes, rest) = tag.ok_or(BakeError::Picture(KIND))?;
    // `]]>` would end the CDATA section, and not all readers join what is split over two. In JSON these three characters
    // come together only within a string, where an escape means the same.
    let credential = credential.replace("]]>", r"]]\u003e");
    Ok(format!(
        r#"<svg xmlns:openbadges="{NAMESPACE}" {attributes}><openbadges:credential><![CDATA[{credential}]]></openbadges:credential>{rest}"#
    ))
}

/// Extracts the credential.
pub(super) fn unbake_svg(bytes: &[u8]) -> Result<Carried, UnbakeError> {
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    let mut reader = NsReader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut credential = CredentialElement::default();
    let mut depth = 0_usize;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| damaged("it is no XML"))?;
        let is_credential = matches!(namespace, ResolveResult::Bound(Namespace(name)) if name == NAMESPACE);
        let is_old =
            matches!(namespace, ResolveResult::Bound(Namespace(name)) if name == ASSERTION_NAMESPACE);
        let is_drawing = matches!(namespace, ResolveResult::Bound(Namespace(name)) if name == SVG);
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            credential.has_assertion |= is_old && is_named(tag, ASSERTION);
        }
        match event {
            Event::Start(tag) | Event::Empty(tag) if depth == 0 && !(is_drawing && is_named(&tag, "svg")) => {
                return Err(damaged("its root is no `svg`"));
            }
            Event::Start(tag) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(damaged("its elements are nested too deep"));
                }
                credential.begin(&tag, is_credential, depth)?;
            }
            Event::Empty(tag) => {
                credential.begin(&tag, is_credential, depth + 1)?;
                credential.end(depth + 1);
            }
            Event::End(_) => {
                credential.end(depth);
                depth = depth.checked_sub(1).ok_or_else(|| damaged("it is no XML"))?;
            }
            Event::CData(data) => credential.push(&data.into_inner())?,
            Event::Text(text) => credential.push(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().map_err(|_| damaged("it is no XML"))?;
                match letter {
                    Some(letter) => credential.push(letter.encode_utf8(&mut [0; 4]))?,
                    None => {
                        let known = resolve_xml_entity(&reference.into_inner());
                        credential.push(known.ok_or_else(|| damaged("it uses an entity"))?)?;
                    }
                }
            }
            Event::DocType(text) if text.contains('[') => return Err(damaged("it declares entities")),
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if depth > 0 => return Err(damaged("it is cut off")),
            Event::Eof => return credential.finish(),
        }
    }
}

fn is_named(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

/// The credential element, as far as it was read.
#[derive(Default)]
struct CredentialElement {
    /// The text of the element that is being read or was read.
    text: Option<String>,
    /// The depth of the element that is being read.
    open: Option<usize>,
    /// The signed token, which the element has as an attribute.
    token: Option<String>,
    /// Whether an assertion of Open Badges 2 is in the file.
    has_assertion: bool,
}

impl CredentialElement {
    fn begin(&mut self, tag: &BytesStart<'_>, is_credential: bool, depth: usize) -> Result<(), UnbakeError> {
        if self.open.is_some() {
            return Err(damaged("an element stands in the credential"));
        }
        if !is_credential || !is_named(tag, ELEMENT) {
            return Ok(());
        }
        if self.text.is_some() {
            return Err(UnbakeError::Several(KIND));
        }
        let token = tag.try_get_attribute("verify").map_err(|_| damaged("it is no XML"))?;
        self.token = token.map(|token| token.value.into_owned());
        (self.text, self.open) = (Some(String::new()), Some(depth));
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), UnbakeError> {
        if self.open.is_none() {
            return Ok(());
        }
        let credential = self.text.get_or_insert_default();
        if credential.len() + text.len() > MAX_DOCUMENT_BYTES {
            return Err(UnbakeError::TooLarge);
        }
        credential.push_str(text);
        Ok(())
    }

    fn end(&mut self, depth: usize) {
        if self.open == Some(depth) {
            self.open = None;
        }
    }

    fn finish(self) -> Result<Carried, UnbakeError> {
        match (self.text, self.token) {
            (Some(text), Some(_)) if !text.trim_ascii().is_empty() => Err(UnbakeError::Several(KIND)),
            (Some(_), Some(token)) => Ok(Carried::Token(token)),
            (Some(text), None) => Ok(Carried::Credential(text.trim_ascii().to_owned())),
            (None, _) if self.has_assertion => Ok(Carried::Assertion),
            (None, _) => Err(UnbakeError::Empty(KIND)),
        }
    }
}

fn damaged(what: &'static str) -> UnbakeError {
    UnbakeError::Damaged { kind: KIND, what }
}
