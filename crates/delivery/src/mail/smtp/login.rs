//! The login at a mail server ([RFC 4954](https://www.rfc-editor.org/rfc/rfc4954)): by a password (`PLAIN`, `LOGIN`), or by
//! an OAuth 2.0 access token (`XOAUTH2`, of Google and Microsoft).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::AsyncReadExt as _;
use zeroize::Zeroizing;

use super::answer::{Severity, SmtpReply};
use super::connection::Connection;
use super::options::{SmtpLogin, SmtpSecret};
use super::refusal::Refusal;

/// The server's reply when it waits for the next part of a login.
const CONTINUE_LOGIN: u16 = 334;
/// The server's reply to a mechanism that it does not know after all.
const NO_SUCH_MECHANISM: u16 = 504;
/// The longest access token, in bytes.
const MAX_TOKEN_BYTES: u64 = 16 * 1024;

/// One way to log in: the name of the mechanism, and what is sent, one part after each `334`.
struct Exchange {
    mechanism: &'static str,
    parts: Vec<Zeroizing<String>>,
    /// Whether the first part is sent with the command.
    starts_at_once: bool,
}

/// Logs in.
pub(super) async fn log_in(connection: &mut Connection, login: &SmtpLogin) -> Result<(), Refusal> {
    let mut exchanges = exchanges(login).await?;
    exchanges.retain(|exchange| connection.extensions().has_mechanism(exchange.mechanism));
    let offered = connection.extensions().mechanisms();
    let mut last =
        format!("no login that this deployment has is offered by the mail server; it offers: {offered}");
    for exchange in &exchanges {
        let reply = connection.log_in_by(exchange).await?;
        if reply.severity() == Severity::Completed {
            return Ok(());
        }
        last =
            format!("the mail server refuses the login by {}: {}", exchange.mechanism, exchange.hide(&reply));
        if reply.code != NO_SUCH_MECHANISM {
            break;
        }
    }
    Err(Refusal::Server(last))
}

impl Connection {
    /// Goes through one login. Returns the server's last reply.
    async fn log_in_by(&mut self, exchange: &Exchange) -> Result<SmtpReply, Refusal> {
        let mut parts = exchange.parts.iter();
        let first = if exchange.starts_at_once { parts.clone().next() } else { None };
        let command = match first {
            Some(part) => Zeroizing::new(format!("AUTH {} {}", exchange.mechanism, part.as_str())),
            None => Zeroizing::new(format!("AUTH {}", exchange.mechanism)),
        };
        let mut reply = self.command(&command).await?;
        // A server that does not read the part beside the command asks for it by an empty challenge. What else it asks
        // after the last part is an error in its own form, and an empty line ends that (XOAUTH2).
        if first.is_some() && !(reply.code == CONTINUE_LOGIN && reply.lines.iter().all(String::is_empty)) {
            parts.next();
        }
        let mut is_over = false;
        while reply.code == CONTINUE_LOGIN && !is_over {
            let part = parts.next();
            is_over = part.is_none();
            reply = self.command(part.map_or("", |part| part.as_str())).await?;
        }
        Ok(reply)
    }
}

impl Exchange {
    /// Returns a reply without what was sent: a server may repeat it.
    fn hide(&self, reply: &SmtpReply) -> String {
        let mut words = reply.to_string();
        for part in self.parts.iter().filter(|part| !part.is_empty()) {
            words = words.replace(part.as_str(), "<secret>");
        }
        words
    }
}

async fn exchanges(login: &SmtpLogin) -> Result<Vec<Exchange>, Refusal> {
    let encode = |text: &str| Zeroizing::new(BASE64.encode(text));
    let username = &login.username;
    Ok(match &login.secret {
        SmtpSecret::Password(password) => {
            let plain = Zeroizing::new(format!("\0{username}\0{}", password.as_str()));
            vec![
                Exchange { mechanism: "PLAIN", parts: vec![encode(&plain)], starts_at_once: true },
                // The challenges ask for the name and then for the password, in whatever words.
                Exchange {
                    mechanism: "LOGIN",
                    parts: vec![encode(username), encode(password)],
                    starts_at_once: false,
                },
            ]
        }
        SmtpSecret::TokenFile(file) => {
            let token = read_token(file).await.map_err(|reason| {
                Refusal::Server(format!("mail.smtp_token_file: {} {reason}", file.display()))
            })?;
            let text =
                Zeroizing::new(format!("user={username}\u{1}auth=Bearer {}\u{1}\u{1}", token.as_str()));
            vec![Exchange { mechanism: "XOAUTH2", parts: vec![encode(&text)], starts_at_once: true }]
        }
    })
}

async fn read_token(file: &std::path::Path) -> Result<Zeroizing<String>, String> {
    let opened = tokio::fs::File::open(file).await.map_err(|error| format!("can't be read: {error}"))?;
    let mut bytes = Zeroizing::new(Vec::new());
    let read = opened.take(MAX_TOKEN_BYTES + 1).read_to_end(&mut bytes).await;
    let length = read.map_err(|error| format!("can't be read: {error}"))?;
    if length > usize::try_from(MAX_TOKEN_BYTES).unwrap_or(usize::MAX) {
        return Err(format!("is longer than {MAX_TOKEN_BYTES} bytes"));
    }
    let token = bytes.trim_ascii();
    match std::str::from_utf8(token) {
        Ok("") => Err("is empty".to_owned()),
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Zeroizing::new(text.to_owned())),
        _ => Err("holds more than an access token".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

    use super::*;

    const ADA_PLAIN: &str = "AUTH PLAIN AGFkYQBwYXNz";

    fn password() -> SmtpLogin {
        SmtpLogin {
            username: "ada".to_owned(),
            secret: SmtpSecret::Password(Zeroizing::new("pass".to_owned())),
        }
    }

    /// Logs in at a server that offers `offered`, and replies to each of these lines. Returns what went wrong.
    async fn log_in_at(
        login: &SmtpLogin,
        offered: &str,
        script: &'static [(&'static str, &'static str)],
    ) -> Result<(), String> {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let served = tokio::spawn(serve(theirs, format!("250-mail.example\r\n250 {offered}"), script));
        let mut connection = Connection::over(Box::new(ours), Duration::from_secs(10));
        let greeted = connection.greet("learncoin.example").await;
        assert!(greeted.is_ok(), "{greeted:?}");
        let outcome = log_in(&mut connection, login).await;
        drop(connection);
        served.await.unwrap();
        outcome.map_err(|refusal| match refusal {
            Refusal::Server(words) => words,
            refusal => panic!("a login is never about a mail: {refusal:?}"),
        })
    }

    async fn serve(stream: DuplexStream, hello: String, script: &[(&str, &str)]) {
        let mut stream = BufReader::new(stream);
        let mut replies = vec![("EHLO learncoin.example", hello.as_str())];
        replies.extend(script);
        for (expected, reply) in replies {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            assert_eq!(line.trim_end_matches("\r\n"), expected);
            stream.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        }
        let mut rest = String::new();
        stream.read_line(&mut rest).await.unwrap();
        assert_eq!(rest, "", "nothing else was sent");
    }

    #[tokio::test]
    async fn a_password_is_sent_in_the_form_that_the_server_offers() {
        for offered in ["AUTH PLAIN LOGIN", "auth login plain", "AUTH=PLAIN", "AUTH=LOGIN PLAIN"] {
            let script = &[(ADA_PLAIN, "235 2.7.0 ok")];
            assert_eq!(log_in_at(&password(), offered, script).await, Ok(()), "{offered}");
        }
        // A server that asks for what was sent beside the command.
        let script = &[(ADA_PLAIN, "334"), ("AGFkYQBwYXNz", "235")];
        assert_eq!(log_in_at(&password(), "AUTH PLAIN", script).await, Ok(()));
        for [name, secret] in
            [["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"], ["334", "334"], ["334 Tm9t", "334 =="]]
        {
            let script: &'static [(&str, &str)] =
                Box::leak(Box::new([("AUTH LOGIN", name), ("YWRh", secret), ("cGFzcw==", "235 ok")]));
            assert_eq!(log_in_at(&password(), "Auth=Login", script).await, Ok(()), "{name}");
        }
        let script = &[(ADA_PLAIN, "504 no"), ("AUTH LOGIN", "334"), ("YWRh", "334"), ("cGFzcw==", "235")];
        assert_eq!(log_in_at(&password(), "AUTH PLAIN LOGIN", script).await, Ok(()));
    }

    #[tokio::test]
    async fn a_refused_login_is_told_without_the_secret() {
        let script = &[(ADA_PLAIN, "535 5.7.8 bad: AUTH PLAIN AGFkYQBwYXNz")];
        assert_eq!(
            log_in_at(&password(), "AUTH PLAIN", script).await.unwrap_err(),
            "the mail server refuses the login by PLAIN: 535 5.7.8 bad: AUTH PLAIN <secret>"
        );
        // A server that never ends its questions.
        let script = &[("AUTH LOGIN", "334"), ("YWRh", "334"), ("cGFzcw==", "334 more"), ("", "334")];
        let error = log_in_at(&password(), "AUTH LOGIN", script).await.unwrap_err();
        assert_eq!(error, "the mail server refuses the login by LOGIN: 334");
        for (offered, expected) in [("SIZE", "none"), ("AUTH CRAM-MD5 GSSAPI", "CRAM-MD5, GSSAPI")] {
            let error = log_in_at(&password(), offered, &[]).await.unwrap_err();
            assert_eq!(
                error,
                format!(
                    "no login that this deployment has is offered by the mail server; it offers: {expected}"
                )
            );
        }
    }

    #[tokio::test]
    async fn an_access_token_is_read_anew_at_each_login() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let login = SmtpLogin {
            username: "ada@example.edu".to_owned(),
            secret: SmtpSecret::TokenFile(file.path().to_owned()),
        };
        let error = log_in_at(&login, "AUTH XOAUTH2", &[]).await.unwrap_err();
        assert!(error.starts_with("mail.smtp_token_file: ") && error.ends_with(" is empty"), "{error}");
        file.write_all(b"t0ken\n").unwrap();
        let sent = "AUTH XOAUTH2 dXNlcj1hZGFAZXhhbXBsZS5lZHUBYXV0aD1CZWFyZXIgdDBrZW4BAQ==";
        let script: &'static [(&str, &str)] = Box::leak(Box::new([(sent, "235 2.7.0 accepted")]));
        assert_eq!(log_in_at(&login, "AUTH LOGIN xoauth2", script).await, Ok(()));
        // A token that has expired is answered by a challenge, which an empty line ends.
        let challenge = "334 eyJzdGF0dXMiOiI0MDEifQ==";
        let script: &'static [(&str, &str)] =
            Box::leak(Box::new([(sent, challenge), ("", "535 5.7.3 Authentication unsuccessful")]));
        let error = log_in_at(&login, "AUTH XOAUTH2", script).await.unwrap_err();
        assert_eq!(
            error,
            "the mail server refuses the login by XOAUTH2: 535 5.7.3 Authentication unsuccessful"
        );
        std::fs::write(file.path(), "an0ther").unwrap();
        let sent = "AUTH XOAUTH2 dXNlcj1hZGFAZXhhbXBsZS5lZHUBYXV0aD1CZWFyZXIgYW4wdGhlcgEB";
        let script: &'static [(&str, &str)] = Box::leak(Box::new([(sent, "235")]));
        assert_eq!(log_in_at(&login, "AUTH XOAUTH2", script).await, Ok(()));
        for (contents, expected) in [
            ("two words".to_owned(), "holds more than an access token"),
            ("x".repeat(20_000), "is longer than 16384 bytes"),
        ] {
            std::fs::write(file.path(), contents).unwrap();
            let error = log_in_at(&login, "AUTH XOAUTH2", &[]).await.unwrap_err();
            assert!(error.ends_with(expected), "{error}");
        }
        std::fs::remove_file(file.path()).unwrap();
        let error = log_in_at(&login, "AUTH XOAUTH2", &[]).await.unwrap_err();
        assert!(error.contains("can't be read: No such file"), "{error}");
    }
}
