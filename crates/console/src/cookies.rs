//! The cookies: the session's secret, the browser's secret, and the language.
//!
//! With `https` their names begin with `__Host-`, so that a browser takes them only from this host, over an encrypted connection, for
//! every path ([RFC 6265bis](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis) section 4.1.3.2). On a developer's
//! machine, without `https`, they have no such prefix.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use learncoin_language::Language;
use learncoin_store::members::Token;

use crate::sign_in::ABSOLUTE_MS;

/// A cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The secret of a session.
    Session,
    /// The secret of a browser in which no member is signed in yet.
    Browser,
    /// The tag of the language that was chosen.
    Language,
}

impl Cookie {
    fn name(self, is_https: bool) -> &'static str {
        match (self, is_https) {
            (Cookie::Session, true) => "__Host-learncoin-session",
            (Cookie::Session, false) => "learncoin-session",
            (Cookie::Browser, true) => "__Host-learncoin-browser",
            (Cookie::Browser, false) => "learncoin-browser",
            (Cookie::Language, true) => "__Host-learncoin-language",
            (Cookie::Language, false) => "learncoin-language",
        }
    }

    /// Returns the value that a request has of it. One that is there twice counts as absent.
    fn read(self, headers: &HeaderMap, is_https: bool) -> Option<&str> {
        let name = self.name(is_https);
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut values = lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    }

    /// Returns the secret that a request has of it.
    pub(crate) fn token(self, headers: &HeaderMap, is_https: bool) -> Option<Token> {
        self.read(headers, is_https).and_then(Token::parse)
    }

    /// Returns the value of a `Set-Cookie` header that sets it.
    fn set(self, value: &str, is_https: bool) -> Option<HeaderValue> {
        let seconds = match self {
            Cookie::Session => ABSOLUTE_MS / 1_000,
            Cookie::Browser => 24 * 60 * 60,
            Cookie::Language => 365 * 24 * 60 * 60,
        };
        self.line(value, seconds, is_https)
    }

    /// Returns the value of a `Set-Cookie` header that sets it to a secret.
    pub(crate) fn set_token(self, token: &Token, is_https: bool) -> Option<HeaderValue> {
        self.set(token.expose(), is_https)
    }

    /// Returns the value of a `Set-Cookie` header that removes it.
    pub(crate) fn remove(self, is_https: bool) -> Option<HeaderValue> {
        self.line("", 0, is_https)
    }

    fn line(self, value: &str, seconds: i64, is_https: bool) -> Option<HeaderValue> {
        let (name, secure) = (self.name(is_https), if is_https { "; Secure" } else { "" });
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).ok()
    }
}

/// Returns the language that was chosen in the browser.
pub(crate) fn language(headers: &HeaderMap, is_https: bool) -> Option<Language> {
    Cookie::Language.read(headers, is_https).and_then(Language::from_tag)
}

/// Returns the value of a `Set-Cookie` header that keeps a language.
pub(crate) fn keep_language(language: Language, is_https: bool) -> Option<HeaderValue> {
    Cookie::Language.set(language.tag(), is_https)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_under_its_own_name_and_only_once() {
        let secret = "ab".repeat(32);
        let read = |line: &str, is_https| {
            let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(line).unwrap())]);
            Cookie::Session.token(&headers, is_https).is_some()
        };
        assert!(read(&format!("a=b; __Host-learncoin-session={secret}"), true));
        assert!(read(&format!("learncoin-session={secret}"), false));
        assert!(
            !read(&format!("learncoin-session={secret}"), true),
            "without the prefix any subdomain sets it"
        );
        assert!(!read(&format!("learncoin-session={secret}; learncoin-session={secret}"), false));
        assert!(!read("learncoin-session=short", false));
        assert!(!read("", false));
    }

    #[test]
    fn a_cookie_is_for_this_host_alone_and_not_for_scripts() {
        let token = Token::parse(&"ab".repeat(32)).unwrap();
        let set = Cookie::Session.set_token(&token, true).unwrap();
        let set = set.to_str().unwrap();
        assert!(set.starts_with("__Host-learncoin-session=abab") && !set.contains("Domain"), "{set}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=604800"] {
            assert!(set.contains(part), "{part}");
        }
        let local = Cookie::Session.set_token(&token, false).unwrap();
        assert!(!local.to_str().unwrap().contains("Secure"), "{local:?}");
        assert!(Cookie::Browser.remove(true).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
