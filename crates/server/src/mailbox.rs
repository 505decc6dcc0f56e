//! The local mailbox of development (`/dev/mail`): the mails that went into files, as their recipients would see them.
//!
//! If mails go elsewhere, or the deployment is not on its user's own machine, none of these routes exist: a mail holds a
//! person's name and address. For others than the user of that machine they don't exist either (`middleware/local_visitor.rs`). What is
//! erased is removed from the folder in any case.

pub(crate) mod store;
mod view;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::Host;
use learncoin_delivery::mail::folder::ReadMail;
use learncoin_language::Language;

use self::store::Mailbox;
use self::view::{MailPage, MailboxPage};
use crate::public::response;

/// The mailbox is for developers, as the chain's own pages are.
const LANGUAGE: Language = Language::English;
/// The number of mails in the list.
const LISTED_MAILS: usize = 100;

/// A page that shows a mail: as every page, and the mail's HTML in a frame.
const FRAMING_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The mail's HTML: its own styles and pictures, nothing from anywhere, no scripts, and shown within our page alone.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// Serves `GET /dev/mail`: the latest mails.
pub(crate) async fn list(State(mailbox): State<Mailbox>, State(host): State<Host>) -> Response {
    let Some(folder) = mailbox.open(host.origin()) else { return no_mailbox() };
    let tokens = match folder.list().await {
        Ok(tokens) => tokens,
        Err(error) => return response::trouble(LANGUAGE, &error),
    };
    let mut mails = Vec::new();
    for token in tokens.iter().take(LISTED_MAILS) {
        match folder.read(token).await {
            Ok(mail) => mails.extend(mail),
            Err(error) => return response::trouble(LANGUAGE, &error),
        }
    }
    response::page(StatusCode::OK, LANGUAGE, &MailboxPage::new(&mails))
}

/// Serves `GET /dev/mail/{token}`: one mail.
pub(crate) async fn mail(
    State(mailbox): State<Mailbox>,
    State(host): State<Host>,
    token: Result<Path<String>, PathRejection>,
) -> Response {
    match find(&mailbox, &host, token).await {
        Ok(mail) => {
            let mut response = response::page(StatusCode::OK, LANGUAGE, &MailPage::new(&mail));
            set(&mut response, CONTENT_SECURITY_POLICY, FRAMING_POLICY);
            response
        }
        Err(response) => response,
    }
}

/// Serves `GET /dev/mail/{token}/html`: a mail's HTML as a mail reader would show it.
pub(crate) async fn html(
    State(mailbox): State<Mailbox>,
    State(host): State<Host>,
    token: Result<Path<String>, PathRejection>,
) -> Response {
    match find(&mailbox, &host, token).await {
        Ok(mail) => {
            let mut response =
                ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], mail.html).into_response();
            set(&mut response, CONTENT_SECURITY_POLICY, MAIL_POLICY);
            set(&mut response, X_FRAME_OPTIONS, "SAMEORIGIN");
            response
        }
        Err(response) => response,
    }
}

async fn find(
    mailbox: &Mailbox,
    host: &Host,
    token: Result<Path<String>, PathRejection>,
) -> Result<ReadMail, Response> {
    let folder = mailbox.open(host.origin()).ok_or_else(no_mailbox)?;
    let token = token.ok().and_then(|Path(token)| token.parse().ok());
    let mail = match token {
        Some(token) => folder.read(&token).await.map_err(|error| response::trouble(LANGUAGE, &error))?,
        None => None,
    };
    mail.ok_or_else(|| {
        response::apology(
            StatusCode::NOT_FOUND,
            LANGUAGE,
            "No such mail",
            "It may be gone with its credential: what is erased leaves no mail.",
        )
    })
}

fn no_mailbox() -> Response {
    response::apology(
        StatusCode::NOT_FOUND,
        LANGUAGE,
        "No mailbox here",
        "The mails of this deployment are not kept to be read.",
    )
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
