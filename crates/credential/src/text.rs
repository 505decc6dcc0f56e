//! The rules for texts, URIs and dates: one function for each rule of section 3 of the format, and for the stricter
//! rules of requests.
//!
//! A *written* text goes into a document that we sign. A *verified* text is in a document of any issuer, and may
//! contain everything that is hashed unambiguously. Each written text also passes as a verified text. Errors state the
//! expected form and never contain the text itself.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The text in place of a recipient's name that was erased. It is not allowed as a name.
pub const REDACTED: &str = "Redacted on recipient request";

/// The limit of a name, in characters (code points).
pub const MAX_NAME_CHARS: usize = 256;

/// The limit of a URL in a request, in characters. All of them are ASCII.
pub const MAX_URL_CHARS: usize = 2_048;

/// The limit of an achievement, in bytes of compact JSON.
pub const MAX_ACHIEVEMENT_BYTES: usize = 65_536;

/// The frameworks that an alignment of a request may name.
pub const FRAMEWORKS: [&str; 4] = ["ESCO", "O*NET", "ISCED-F", "CUSTOM"];

/// The first year that a date of a request may be in. Earlier ones are default values (of the year 1) and typing errors.
pub const EARLIEST_YEAR: i16 = 1900;

/// The schemes that a URI may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UriKind {
    /// `https` and `http`: URLs that a browser can open.
    Web,
    /// `https`, `http`, `urn` and `did`: identifiers.
    Identifier,
}

/// The rules that a text can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A control character is not allowed.
    #[error("must not hold control characters other than line feed and carriage return")]
    Control,
    /// U+FFFE, U+FFFF, the same of other planes, or U+FDD0 to U+FDEF.
    #[error("must not hold Unicode non-characters")]
    Noncharacter,
    /// A bidirectional control or a tag character.
    #[error("must not hold bidirectional controls or tag characters")]
    Bidirectional,
    /// The text is empty.
    #[error("must not be empty")]
    Empty,
    /// The text has more than one line.
    #[error("must be on one line")]
    LineBreak,
    /// The name has no visible character.
    #[error("must hold at least one visible character")]
    Invisible,
    /// The name is [`REDACTED`].
    #[error("must not be the text that stands for an erased name")]
    Reserved,
    /// The name is longer than [`MAX_NAME_CHARS`].
    #[error("must have at most {MAX_NAME_CHARS} characters")]
    NameTooLong,
    /// The URL is longer than [`MAX_URL_CHARS`].
    #[error("must have at most {MAX_URL_CHARS} characters")]
    UrlTooLong,
    /// Not an absolute web URL.
    #[error("must be an absolute URL in ASCII that starts with https:// or http://")]
    WebUri,
    /// Not an absolute URI with one of the four schemes.
    #[error("must be an absolute URI in ASCII that starts with https://, http://, urn: or did:")]
    IdentifierUri,
    /// Not a version 4 UUID as a URN.
    #[error("must be urn:uuid: followed by a version 4 UUID")]
    UuidUrn,
    /// Not a date in the form of the format.
    #[error(
        "must be a real UTC date and time such as 2026-04-23T12:00:00Z, with at most 9 digits of fractional seconds"
    )]
    Date,
}

/// Checks a text that we sign. Rejects control characters except `\n` and `\r`, non-characters, bidirectional controls
/// and tag characters. An empty text passes.
///
/// # Errors
/// If the text breaks a rule. The first one is returned.
pub fn check_written(text: &str) -> Result<(), TextError> {
    // Most texts are plain ASCII, for which one scan of the bytes suffices.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r')) {
        return Ok(());
    }
    for character in text.chars() {
        match character {
            '\n' | '\r' => {}
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}' => {
                return Err(TextError::Bidirectional);
            }
            _ if character.is_control() => return Err(TextError::Control),
            _ if is_noncharacter(character) => return Err(TextError::Noncharacter),
            _ => {}
        }
    }
    Ok(())
}

/// Checks a text of any issuer. Rejects what implementations hash differently: control characters except `\t`, `\n` and
/// `\r`, and non-characters. An empty text passes.
///
/// # Errors
/// If the text breaks a rule. The first one is returned.
pub fn check_verified(text: &str) -> Result<(), TextError> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')) {
        return Ok(());
    }
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => {}
            _ if character.is_control() => return Err(TextError::Control),
            _ if is_noncharacter(character) => return Err(TextError::Noncharacter),
            _ => {}
        }
    }
    Ok(())
}

/// Checks as [`check_written`] does, and that the text is not empty.
///
/// # Errors
/// If the text breaks a rule. The first one is returned.
pub fn check_required(text: &str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    check_written(text)
}

/// Checks a text of one line: as [`check_required`] does, without line feeds and other line breaks.
///
/// # Errors
/// If the text breaks a rule. The first one is returned.
pub fn check_line(text: &str) -> Result<(), TextError> {
    check_required(text)?;
    match text.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        true => Err(TextError::LineBreak),
        false => Ok(()),
    }
}

/// Checks a name of a request: as [`check_name`] does, on one line. Names that were signed before may have more lines.
///
/// # Errors
/// If the name breaks a rule. The first one is returned.
pub fn check_new_name(name: &str) -> Result<(), TextError> {
    check_line(name)?;
    check_name(name)
}

/// Checks a person's name: as [`check_required`] does, with at most [`MAX_NAME_CHARS`] characters of which at least one
/// is visible. [`REDACTED`] is rejected in any spacing and capitalization, since a reader would not notice the
/// difference.
///
/// # Errors
/// If the name breaks a rule. The first one is returned.
pub fn check_name(name: &str) -> Result<(), TextError> {
    check_required(name)?;
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(TextError::NameTooLong);
    }
    let visible = |text: &str| -> String {
        text.chars().filter(|character| is_visible(*character)).flat_map(char::to_lowercase).collect()
    };
    let seen = visible(name);
    if seen.is_empty() {
        return Err(TextError::Invisible);
    }
    if seen == visible(REDACTED) {
        return Err(TextError::Reserved);
    }
    Ok(())
}

/// Checks a URL of a request: as [`check_absolute_uri`] does, with at most [`MAX_URL_CHARS`] characters.
///
/// # Errors
/// If the URI breaks a rule. The first one is returned.
pub fn check_uri(uri: &str, kind: UriKind) -> Result<(), TextError> {
    if uri.len() > MAX_URL_CHARS {
        return Err(TextError::UrlTooLong);
    }
    check_absolute_uri(uri, kind)
}

/// Checks an absolute URI of [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986) in ASCII, with a lower-case scheme of
/// this kind. `https` and `http` require a host; `urn` and `did` require a namespace or method and a nonempty rest.
///
/// A relative reference would silently drop every statement about its node from the hash; implementations sort
/// differently outside ASCII; other schemes may be prefixes in a context.
///
/// # Errors
/// [`TextError::WebUri`] or [`TextError::IdentifierUri`], by the kind.
pub fn check_absolute_uri(uri: &str, kind: UriKind) -> Result<(), TextError> {
    let well_formed = match uri.split_once(':') {
        Some(("https" | "http", rest)) => is_hierarchical(rest),
        Some(("urn", rest)) => kind == UriKind::Identifier && is_urn(rest),
        Some(("did", rest)) => kind == UriKind::Identifier && is_did(rest),
        _ => false,
    };
    match (well_formed, kind) {
        (true, _) => Ok(()),
        (false, UriKind::Web) => Err(TextError::WebUri),
        (false, UriKind::Identifier) => Err(TextError::IdentifierUri),
    }
}

/// Checks the pseudonym of a recipient: `urn:uuid:` and a version 4 UUID ([RFC
/// 9562](https://www.rfc-editor.org/rfc/rfc9562)), in lower-case or upper-case hex.
///
/// # Errors
/// [`TextError::UuidUrn`] for any other text.
pub fn check_uuid_urn(urn: &str) -> Result<(), TextError> {
    let Some(uuid) = urn.strip_prefix("urn:uuid:") else {
        return Err(TextError::UuidUrn);
    };
    let well_formed = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        });
    if well_formed { Ok(()) } else { Err(TextError::UuidUrn) }
}

/// Checks a date of a document: `2026-04-23T12:00:00Z` with an optional fraction of 1 to 9 digits, on a day that
/// exists, without a leap second.
///
/// # Errors
/// [`TextError::Date`].
pub fn check_date(date: &str) -> Result<(), TextError> {
    parse_civil(date).map(|_| ())
}

/// Parses a date that [`check_date`] accepts.
///
/// The last day of the year 9999 exceeds the range of a [`Timestamp`]. Such a date becomes the last timestamp.
///
/// # Errors
/// [`TextError::Date`].
pub fn parse_timestamp(date: &str) -> Result<Timestamp, TextError> {
    let civil = parse_civil(date)?;
    Ok(TimeZone::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

/// Parses a date of a DID document or an issuer profile: [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)
/// section 5.6 with any offset, on a day that exists, without a leap second, and with at most 9 digits of fraction.
/// Returns `None` for anything else, since lenient parsers disagree.
///
/// A date beyond the range of a [`Timestamp`] becomes its end, as in [`parse_timestamp`].
pub(crate) fn parse_foreign_timestamp(date: &str) -> Option<Timestamp> {
    let (local, offset) = match date.strip_suffix(['Z', 'z']) {
        Some(local) => (local, Offset::UTC),
        None => {
            let (local, offset) = date.split_at_checked(date.len().checked_sub(6)?)?;
            (local, read_offset(offset)?)
        }
    };
    let (day, time) = local.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let civil = parse_civil(&format!("{day}T{time}Z")).ok()?;
    Some(offset.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

/// Parses an offset such as `+05:30`.
fn read_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str, below: i32| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i32>().ok().filter(|number| is_number && *number < below)
    };
    let seconds = number(hours, 24)? * 3_600 + number(minutes, 60)? * 60;
    match sign {
        "+" => Offset::from_seconds(seconds).ok(),
        "-" => Offset::from_seconds(-seconds).ok(),
        _ => None,
    }
}

/// Parses a date as a civil date and time in UTC, which compares exactly.
pub(crate) fn parse_civil(date: &str) -> Result<DateTime, TextError> {
    let shape = date.len() >= 20
        && date.ends_with('Z')
        && date.bytes().enumerate().all(|(position, byte)| match position {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            19 => byte == if date.len() == 20 { b'Z' } else { b'.' },
            _ if position.saturating_add(1) == date.len() => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    // 20 characters are a date without a fraction, 22 to 30 one with 1 to 9 digits.
    if !shape || date.len() == 21 || date.len() > 30 {
        return Err(TextError::Date);
    }
    // The library accepts a leap second and moves it. We do not sign such a time.
    if date.get(17..19) == Some("60") {
        return Err(TextError::Date);
    }
    date.strip_suffix('Z').unwrap_or(date).parse().map_err(|_| TextError::Date)
}

/// Normalizes a date of a request for the document. It must be RFC 3339 in UTC, with `Z` or `+00:00` and at most 9
/// digits of fraction. `+00:00` becomes `Z`; nothing else is changed.
///
/// # Errors
/// [`TextError::Date`], also for lower-case `t` and `z`.
pub fn normalize_request_date(date: &str) -> Result<String, TextError> {
    let normalized = match date.strip_suffix("+00:00") {
        Some(local) => format!("{local}Z"),
        None => date.to_owned(),
    };
    check_date(&normalized)?;
    Ok(normalized)
}

fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    code & 0xFFFE == 0xFFFE || (0xFDD0..=0xFDEF).contains(&code)
}

/// Returns whether a character is visible: not white space, not a control, not default-ignorable, and not one of the
/// blank characters that Unicode classifies as letters.
fn is_visible(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'))
}

/// Returns whether a text is a valid rest of `https:` or `http:`: an authority with a host, then path, query and
/// fragment.
fn is_hierarchical(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    is_authority(authority) && is_path_query_fragment(tail)
}

fn is_authority(authority: &str) -> bool {
    let host_and_port = match authority.rsplit_once('@') {
        Some((user, host))
            if is_made_of(user, |byte| is_unreserved(byte) || is_sub_delim(byte) || byte == b':') =>
        {
            host
        }
        Some(_) => return false,
        None => authority,
    };
    if let Some(literal) = host_and_port.strip_prefix('[') {
        return match literal.split_once(']') {
            Some((address, port)) => {
                address.parse::<std::net::Ipv6Addr>().is_ok()
                    && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
            }
            None => false,
        };
    }
    let (host, port) = host_and_port.split_once(':').unwrap_or((host_and_port, ""));
    !host.is_empty() && is_made_of(host, |byte| is_unreserved(byte) || is_sub_delim(byte)) && is_port(port)
}

fn is_port(port: &str) -> bool {
    port.is_empty() || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

/// Returns whether a text is `NID:NSS` of [RFC 8141](https://www.rfc-editor.org/rfc/rfc8141).
fn is_urn(rest: &str) -> bool {
    rest.split_once(':').is_some_and(|(namespace, name)| {
        (2..=32).contains(&namespace.len())
            && namespace.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !namespace.starts_with('-')
            && !namespace.ends_with('-')
            && !name.starts_with(['?', '#', '/'])
            && !name.is_empty()
            && is_path_query_fragment(name)
    })
}

/// Returns whether a text is `method:id` of [DID Core](https://www.w3.org/TR/did-core/#did-syntax), with optional path,
/// query and fragment.
fn is_did(rest: &str) -> bool {
    rest.split_once(':').is_some_and(|(method, name)| {
        !method.is_empty()
            && method.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && !name.starts_with(['?', '#', '/'])
            && !name.is_empty()
            && is_path_query_fragment(name)
    })
}

/// Returns whether a text consists of `pchar`, `/`, at most one query and at most one fragment, with well-formed
/// percent escapes.
fn is_path_query_fragment(text: &str) -> bool {
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let is_pchar = |byte| is_unreserved(byte) || is_sub_delim(byte) || matches!(byte, b':' | b'@' | b'/');
    is_made_of(path, is_pchar)
        && is_made_of(query, |byte| is_pchar(byte) || byte == b'?')
        && is_made_of(fragment, |byte| is_pchar(byte) || byte == b'?')
}

/// Returns whether every byte is allowed or part of a percent escape.
fn is_made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let escape = (bytes.next(), bytes.next());
            if !matches!(escape, (Some(high), Some(low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
            {
                return false;
            }
        } else if !allowed(byte) {
            return false;
        }
    }
    true
}

pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_sub_delim(byte: u8) -> bool {
    matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

#[cfg(test)]
mod tests;
