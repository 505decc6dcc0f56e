//! Links to credentials as people copy them: in brackets and quotes, with the end of a sentence behind them, without
//! `https://`, in lower case, of a file instead of the page.
//!
//! The browser has the same rules (`server/web/verify/link.js`).

use percent_encoding::percent_decode_str;
use url::Url;

use crate::host::{is_loopback, is_ulid};

/// The characters that people copy with a link, before it or behind it.
const AROUND: &[char] = &[
    '<', '>', '(', ')', '[', ']', '{', '}', '"', '\'', '`', '*', '_', ',', ';', ':', '.', '!', '?', '«', '»',
    '‹', '›', '“', '”', '„', '‘', '’', '‚',
];
/// The files of a credential, each of which has an address behind that of its page.
const FILES: [&str; 6] =
    ["credential.json", "embed", "badge.svg", "badge.png", "certificate.pdf", "card.png"];

/// A link to a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialLink {
    /// The origin of the site; none if the id alone was given.
    pub origin: Option<String>,
    /// The credential's id.
    pub id: String,
    /// The query of the link.
    pub query: Option<String>,
}

impl CredentialLink {
    /// Parses a text that a person copied; `None` if it leads to no credential.
    pub fn parse(text: &str) -> Option<Self> {
        let text = bare(text);
        if let Some(id) = canonical_id(text) {
            return Some(Self { origin: None, id, query: None });
        }
        let url = url_of(text)?;
        let id = id_of_path(url.path())?;
        Some(Self {
            origin: Some(url.origin().ascii_serialization()),
            id,
            query: url.query().map(str::to_owned),
        })
    }
}

/// Returns an id in the one spelling that it has: upper case, and digits where letters look like them. `None` for what is no
/// id of a credential.
pub fn canonical_id(text: &str) -> Option<String> {
    let (prefix, ulid) = text.split_at_checked(4)?;
    if !prefix.eq_ignore_ascii_case("crd_") || ulid.len() != 26 {
        return None;
    }
    let ulid: String = ulid
        .chars()
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    is_ulid(&ulid).then(|| format!("crd_{ulid}"))
}

/// Returns the address of a credential's page or file that a path is meant to be: `/c/ID` or `/c/ID/FILE`. `None` for a path
/// that leads to neither.
pub fn canonical_path(path: &str) -> Option<String> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let id = id_of_path(path)?;
    let Some(file) = segments.nth(2) else { return Some(format!("/c/{id}")) };
    let file = percent_decode_str(file).decode_utf8().ok()?;
    let file = bare(&file).to_ascii_lowercase();
    // What is left of a sentence behind a slash is no file.
    if file.is_empty() && segments.next().is_none() {
        return Some(format!("/c/{id}"));
    }
    let is_known = FILES.contains(&file.as_str()) && segments.next().is_none();
    is_known.then(|| format!("/c/{id}/{file}"))
}

fn id_of_path(path: &str) -> Option<String> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let folder = segments.next()?;
    if !folder.eq_ignore_ascii_case("c") {
        return None;
    }
    let id = percent_decode_str(segments.next()?).decode_utf8().ok()?;
    canonical_id(bare(&id))
}

/// Returns the text without what is around a link.
fn bare(text: &str) -> &str {
    let is_around = |letter: char| letter.is_whitespace() || AROUND.contains(&letter);
    text.trim_start_matches(is_around)
        .trim_end_matches(|letter: char| is_around(letter) || matches!(letter, '/' | '\\'))
}

/// Parses the URL of a page: over `https` whatever was written, but for hosts on this machine.
fn url_of(text: &str) -> Option<Url> {
    let has_scheme = text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+.-".contains(letter))
    });
    let mut url =
        if has_scheme { Url::parse(text).ok()? } else { Url::parse(&format!("https://{text}")).ok()? };
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    let is_here = is_loopback(url.host_str()?);
    if !is_here && url.scheme() == "http" {
        url.set_scheme("https").ok()?;
    }
    if is_here && !has_scheme {
        url.set_scheme("http").ok()?;
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "crd_01KPX4MQ00REJFE5FBD8QX9Y5A";

    #[test]
    fn links_are_found_in_what_people_copy() {
        let link = |origin: Option<&str>, query: Option<&str>| {
            let (origin, query) = (origin.map(str::to_owned), query.map(str::to_owned));
            Some(CredentialLink { origin, id: ID.to_owned(), query })
        };
        let (site, lower) = (Some("https://learncoin.example"), ID.to_lowercase());
        for text in [ID, &lower, &ID.to_uppercase(), &format!(" <{ID}>. "), &ID.replace('0', "O")] {
            assert_eq!(CredentialLink::parse(text), link(None, None), "{text}");
        }
        for text in [
            format!("https://learncoin.example/c/{ID}"),
            format!("https://learncoin.example/c/{ID}/"),
            format!("HTTPS://LearnCoin.Example:443/c/{lower}"),
            format!("http://learncoin.example/c/{ID}"),
            format!("learncoin.example/c/{ID}"),
            format!("<https://learncoin.example/c/{ID}>,"),
            format!("“https://learncoin.example/c/{ID}”."),
            format!("(https://learncoin.example/c/{ID})"),
            format!("https://learncoin.example/c/{ID}%3E"),
            format!("https://learncoin.example//c/{ID}/certificate.pdf"),
            format!("https://learncoin.example/c/{ID}/credential.json#x"),
        ] {
            assert_eq!(CredentialLink::parse(&text), link(site, None), "{text}");
        }
        assert_eq!(
            CredentialLink::parse(&format!("https://learncoin.example/c/{ID}?redacted=true#x")),
            link(site, Some("redacted=true"))
        );
        assert_eq!(
            CredentialLink::parse(&format!("localhost:8080/c/{ID}")),
            link(Some("http://localhost:8080"), None)
        );
        for text in [
            "",
            "crd_1",
            "hello",
            "javascript:alert(1)",
            "https://learncoin.example/docs",
            "https://learncoin.example/c/",
            &format!("ftp://learncoin.example/c/{ID}"),
            &format!("https://learncoin.example/d/{ID}"),
            &ID.replace("crd_", "bat_"),
            &ID.replace('K', "U"),
        ] {
            assert_eq!(CredentialLink::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_page_and_file_has_one_address() {
        let lower = ID.to_lowercase();
        for (path, canonical) in [
            (format!("/c/{ID}"), format!("/c/{ID}")),
            (format!("/c/{ID}/"), format!("/c/{ID}")),
            (format!("/C/{lower}."), format!("/c/{ID}")),
            (format!("/c/%3C{ID}%3E"), format!("/c/{ID}")),
            (format!("/c/{ID}/,"), format!("/c/{ID}")),
            (format!("/c/{lower}/Certificate.PDF/"), format!("/c/{ID}/certificate.pdf")),
            (format!("/c/{ID}/embed)"), format!("/c/{ID}/embed")),
        ] {
            assert_eq!(canonical_path(&path), Some(canonical), "{path}");
        }
        for path in
            ["/c", "/c/", "/c/crd_1", "/docs/c", &format!("/c/{ID}/other"), &format!("/c/{ID}/embed/more")]
        {
            assert_eq!(canonical_path(path), None, "{path}");
        }
    }
}
