//! The extensions that a mail server offers in its reply to `EHLO`.

use std::collections::BTreeSet;

use super::answer::SmtpReply;

/// The extensions of a mail server, their keywords in upper case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    keywords: BTreeSet<String>,
    mechanisms: BTreeSet<String>,
}

impl Extensions {
    /// Parses the reply to `EHLO`, whose first line is the server's greeting. Keywords are in any case
    /// (RFC 5321, section 2.4), and `AUTH=` is the form of `AUTH` from before RFC 2554.
    pub(super) fn parse(reply: &SmtpReply) -> Self {
        let mut extensions = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            let Some(first) = words.next() else { continue };
            let (keyword, attached) = first.split_once('=').unwrap_or((first, ""));
            extensions.keywords.insert(keyword.to_owned());
            if keyword == "AUTH" {
                let mechanisms = [attached].into_iter().filter(|word| !word.is_empty()).chain(words);
                extensions.mechanisms.extend(mechanisms.map(str::to_owned));
            }
        }
        extensions
    }

    /// Returns whether the server offers the extension of this keyword.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.keywords.contains(keyword)
    }

    /// Returns whether the server offers the login by this mechanism.
    pub(super) fn has_mechanism(&self, mechanism: &str) -> bool {
        self.mechanisms.contains(mechanism)
    }

    /// Returns the mechanisms of login that the server offers, between commas.
    pub(super) fn mechanisms(&self) -> String {
        match self.mechanisms.is_empty() {
            true => "none".to_owned(),
            false => self.mechanisms.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(lines: &[&str]) -> Extensions {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Extensions::parse(&SmtpReply { code: 250, lines })
    }

    #[test]
    fn keywords_are_read_in_any_case_and_both_forms_of_auth() {
        let extensions =
            parsed(&["AUTH.example at your service", "StartTLS", "smtputf8", "Auth=login plain", "8bitmime"]);
        for keyword in ["STARTTLS", "SMTPUTF8", "8BITMIME", "AUTH"] {
            assert!(extensions.has(keyword), "{keyword}");
        }
        assert_eq!(extensions.mechanisms(), "LOGIN, PLAIN");
        let extensions = parsed(&["mail.example", "AUTH xoauth2", "AUTH=LOGIN", "", "SIZE 1000"]);
        assert!(
            extensions.has_mechanism("XOAUTH2")
                && extensions.has_mechanism("LOGIN")
                && extensions.has("SIZE")
        );
        assert!(!extensions.has("SMTPUTF8") && !parsed(&["STARTTLS"]).has("STARTTLS"));
        assert_eq!(parsed(&[]).mechanisms(), "none");
    }
}
