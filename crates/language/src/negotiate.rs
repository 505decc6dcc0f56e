//! Language negotiation.

use crate::Language;

impl Language {
    /// Returns the preferred language of an `Accept-Language` header ([RFC
    /// 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4) section 12.5.4), by the lookup of [RFC
    /// 4647](https://www.rfc-editor.org/rfc/rfc4647#section-3.4) section 3.4: `de-AT` matches German. Among equal
    /// weights the first one wins. Returns English if no language is supported, or if the header is absent or
    /// malformed.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best: Option<(u16, Language)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let Some((language, weight)) = parse_range(range) else { continue };
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }
}

/// Parses a language range with its weight in thousandths. Returns `None` if it is malformed or its language is not
/// supported.
fn parse_range(range: &str) -> Option<(Language, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next()?.to_ascii_lowercase();
    let primary = tag.split('-').next()?;
    let language = if primary == "*" { Language::default() } else { Language::from_tag(primary)? };
    let weight = match parts.next() {
        None => 1_000,
        Some(parameter) => weight(parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?)?,
    };
    Some((language, weight))
}

/// Parses a weight from 0 to 1 as thousandths: `0.837` becomes 837.
fn weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_supported_language_wins() {
        for (header, expected) in [
            ("de", Language::German),
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("AR-eg", Language::Arabic),
            ("ja, fr;q=0.5, es;q=0.7", Language::Spanish),
            ("en;q=0.1, fr;q=0.1", Language::English),
            ("fr;q=0, de;q=0.001", Language::German),
            ("ja, *;q=0.5", Language::English),
            ("es ; q=1.000", Language::Spanish),
        ] {
            assert_eq!(Language::negotiate(Some(header)), expected, "{header}");
        }
    }

    #[test]
    fn headers_without_a_supported_language_get_english() {
        for header in ["", "ja", "de;q=2", "de;q=0.1234", "de;q=-1", "de;level=1", "de;q=0", "🦀", ",,;;"] {
            assert_eq!(Language::negotiate(Some(header)), Language::English, "{header}");
        }
        assert_eq!(Language::negotiate(None), Language::English);
    }
}
