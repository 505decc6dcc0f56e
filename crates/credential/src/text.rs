//! What a text, a URI or a date may look like: one function for each rule of the format's section 3 and of the
//! request rules that go beyond it.
//!
//! A *written* text goes into a document that we sign; a *verified* text stands in a document that somebody
//! else wrote, and may hold what the hash can carry safely. Whatever is written is also accepted when verified.
//! Every error says the expected form, never the text itself.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// What stands for the recipient's name once it has been erased. No recipient may have it as a name.
pub const REDACTED: &str = "Redacted on recipient request";

/// A name has at most this many characters (code points).
pub const MAX_NAME_CHARS: usize = 256;

/// A URL in a request has at most this many characters, all of them ASCII.
pub const MAX_URL_CHARS: usize = 2_048;

/// An achievement has at most this many bytes as compact JSON.
pub const MAX_ACHIEVEMENT_BYTES: usize = 65_536;

/// Which schemes a URI may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UriKind {
    /// `https` and `http`: something that a browser opens.
    Web,
    /// `https`, `http`, `urn` and `did`: something that names.
    Identifier,
}

/// The form that a text lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A control character that is not allowed here.
    #[error("must not hold control characters other than line feed and carriage return")]
    Control,
    /// U+FFFE, U+FFFF and their like on the other planes, or U+FDD0 to U+FDEF.
    #[error("must not hold Unicode non-characters")]
    Noncharacter,
    /// A character that changes the direction of what follows, or an invisible tag.
    #[error("must not hold bidirectional controls or tag characters")]
    Bidirectional,
    /// An empty text where one is required.
    #[error("must not be empty")]
    Empty,
    /// A name that nobody can see.
    #[error("must hold at least one visible character")]
    Invisible,
    /// A name that says that the name was erased.
    #[error("must not be the text that stands for an erased name")]
    Reserved,
    /// A name longer than [`MAX_NAME_CHARS`].
    #[error("must have at most {MAX_NAME_CHARS} characters")]
    NameTooLong,
    /// A URL longer than [`MAX_URL_CHARS`].
    #[error("must have at most {MAX_URL_CHARS} characters")]
    UrlTooLong,
    /// Not an absolute web address.
    #[error("must be an absolute URL in ASCII that starts with https:// or http://")]
    WebUri,
    /// Not an absolute URI with one of the four schemes.
    #[error("must be an absolute URI in ASCII that starts with https://, http://, urn: or did:")]
    IdentifierUri,
    /// Not a version 4 UUID as a URN.
    #[error("must be urn:uuid: followed by a version 4 UUID")]
    UuidUrn,
    /// Not a date as the format writes it.
    #[error(
        "must be a real UTC date and time such as 2026-04-23T12:00:00Z, with at most 9 digits of fractional seconds"
    )]
    Date,
}

/// Refuses what must not stand in a text that we sign: control characters but `\n` and `\r`, non-characters,
/// bidirectional controls and tag characters. An empty text passes.
///
/// # Errors
/// The first rule that the text breaks.
pub fn check_written(text: &str) -> Result<(), TextError> {
    // Most texts are plain ASCII, for which one look at each byte decides.
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

/// Refuses what implementations hash differently: control characters but `\t`, `\n` and `\r`, and
/// non-characters. An empty text passes.
///
/// # Errors
/// The first rule that the text breaks.
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

/// [`check_written`] for a text that must not be empty.
///
/// # Errors
/// The first rule that the text breaks.
pub fn check_required(text: &str) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    check_written(text)
}

/// [`check_required`] for a person's name: at most [`MAX_NAME_CHARS`] characters, at least one of them visible,
/// and not [`REDACTED`] (however it is spaced or capitalized, since a reader would take it for the same).
///
/// # Errors
/// The first rule that the name breaks.
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

/// [`check_absolute_uri`] and at most [`MAX_URL_CHARS`] characters: the rule for a URL in a request.
///
/// # Errors
/// The first rule that the URI breaks.
pub fn check_uri(uri: &str, kind: UriKind) -> Result<(), TextError> {
    if uri.len() > MAX_URL_CHARS {
        return Err(TextError::UrlTooLong);
    }
    check_absolute_uri(uri, kind)
}

/// An absolute URI of [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986) in ASCII, with a lower-case scheme of
/// that kind. `https` and `http` need a host, `urn` and `did` a namespace or method and something in it.
///
/// A relative reference would silently drop every statement about its node from the hash; outside ASCII,
/// implementations sort differently; other schemes are prefixes in a context.
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

/// `urn:uuid:` and a version 4 UUID ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562)), in lower-case or
/// upper-case hex: the pseudonym of a recipient.
///
/// # Errors
/// [`TextError::UuidUrn`].
pub fn check_uuid_urn(urn: &str) -> Result<(), TextError> {
    let Some(uuid) = urn.strip_prefix("urn:uuid:") else {
        return Err(TextError::UuidUrn);
    };
    let right = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
            _ => byte.is_ascii_hexdigit(),
        });
    if right { Ok(()) } else { Err(TextError::UuidUrn) }
}

/// A date as it stands in a document: `2026-04-23T12:00:00Z` with an optional fraction of 1 to 9 digits, real,
/// and without a leap second.
///
/// # Errors
/// [`TextError::Date`].
pub fn check_date(date: &str) -> Result<(), TextError> {
    parse_civil(date).map(|_| ())
}

/// The instant of a date that [`check_date`] accepts.
///
/// The last day of the year 9999 lies beyond what a [`Timestamp`] holds; such a date gives the last instant
/// that there is, which is later than any clock.
///
/// # Errors
/// [`TextError::Date`].
pub fn parse_timestamp(date: &str) -> Result<Timestamp, TextError> {
    let civil = parse_civil(date)?;
    Ok(TimeZone::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

/// The instant of a date in a DID document or an issuer profile, which others write: the form of
/// [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6) section 5.6 with any offset, real, without a leap second, and with at
/// most 9 digits of fraction. `None` for anything else: the more a reader guesses, the less two of them agree.
///
/// What lies beyond the calendar's end is its end, as in [`parse_timestamp`].
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

/// `+05:30`.
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

/// The date and time on the wall at UTC, for comparing two dates exactly.
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
    // 20 characters are a date without a fraction; 22 to 30 one with 1 to 9 digits.
    if !shape || date.len() == 21 || date.len() > 30 {
        return Err(TextError::Date);
    }
    // A leap second is well-formed for the library, which then moves it; it is not a moment that we sign.
    if date.get(17..19) == Some("60") {
        return Err(TextError::Date);
    }
    date.strip_suffix('Z').unwrap_or(date).parse().map_err(|_| TextError::Date)
}

/// A request's date as it goes into the document: RFC 3339 in UTC, written `Z` or `+00:00`, with at most 9
/// digits of fraction. `+00:00` becomes `Z`; nothing else is rewritten.
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

/// Whether a reader sees something where this character stands: neither white space nor a control nor one of
/// Unicode's default-ignorable code points, nor one of the blanks that are letters by their category.
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

/// What follows `https:` or `http:`: an authority with a host, then path, query and fragment.
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

/// `NID:NSS` of [RFC 8141](https://www.rfc-editor.org/rfc/rfc8141).
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

/// `method:id` of [DID Core](https://www.w3.org/TR/did-core/#did-syntax), with an optional path, query and
/// fragment.
fn is_did(rest: &str) -> bool {
    rest.split_once(':').is_some_and(|(method, name)| {
        !method.is_empty()
            && method.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && !name.starts_with(['?', '#', '/'])
            && !name.is_empty()
            && is_path_query_fragment(name)
    })
}

/// `pchar`, `/`, one query and one fragment, with well-formed percent escapes.
fn is_path_query_fragment(text: &str) -> bool {
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (path, query) = before.split_once('?').unwrap_or((before, ""));
    let is_pchar = |byte| is_unreserved(byte) || is_sub_delim(byte) || matches!(byte, b':' | b'@' | b'/');
    is_made_of(path, is_pchar)
        && is_made_of(query, |byte| is_pchar(byte) || byte == b'?')
        && is_made_of(fragment, |byte| is_pchar(byte) || byte == b'?')
}

/// Whether every byte is allowed or part of a percent escape.
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
