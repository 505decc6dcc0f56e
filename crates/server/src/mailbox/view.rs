//! The contents of the mailbox's pages, as plain values.

use askama::Template;
use learncoin_delivery::mail::folder::ReadMail;
use learncoin_language::Language;

use crate::public::time;
use crate::public::time::When;

/// A mail of the list.
pub(super) struct Row {
    pub(super) token: String,
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) sent: Option<When>,
}

/// The latest mails.
#[derive(Template)]
#[template(path = "mailbox.html")]
pub(super) struct MailboxPage {
    pub(super) mails: Vec<Row>,
}

impl MailboxPage {
    pub(super) fn new(mails: &[ReadMail]) -> Self {
        Self { mails: mails.iter().map(row).collect() }
    }
}

/// One mail.
#[derive(Template)]
#[template(path = "mail.html")]
pub(super) struct MailPage<'a> {
    pub(super) mail: Row,
    pub(super) headers: &'a [(String, String)],
    pub(super) text: &'a str,
}

impl<'a> MailPage<'a> {
    pub(super) fn new(mail: &'a ReadMail) -> Self {
        Self { mail: row(mail), headers: &mail.headers, text: &mail.text }
    }
}

fn row(mail: &ReadMail) -> Row {
    let to = mail.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("to"));
    Row {
        token: mail.token.to_string(),
        subject: mail.subject.clone(),
        to: to.map(|(_, value)| value.clone()).unwrap_or_default(),
        sent: u64::try_from(mail.sent)
            .ok()
            .and_then(time::from_seconds)
            .map(|time| When::at(Language::English, time)),
    }
}
