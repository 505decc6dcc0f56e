//! The replies of a mail server ([RFC 5321, section 4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)). The code
//! decides what a reply means. Its words are for people: they may be in any language and encoding, or missing.

use std::fmt;
use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// The longest line that is read, in bytes. RFC 5321 allows 512; challenges of a login may be longer.
const MAX_LINE_BYTES: u64 = 16 * 1024;
/// The most lines of one reply.
const MAX_LINES: usize = 256;

/// The meaning of a reply, by the first digit of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// 2xx: done.
    Completed,
    /// 3xx: the server waits for more.
    Continues,
    /// 4xx: not now.
    Temporary,
    /// 5xx: never.
    Permanent,
    /// A code of no known meaning.
    Unknown,
}

/// A reply of a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpReply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoReply {
    /// The connection broke.
    #[error("the connection to the mail server broke: {0}")]
    Broken(io::Error),
    /// The server closed the connection.
    #[error("the mail server closed the connection")]
    Closed,
    /// The bytes that came are not SMTP.
    #[error("the mail server's answer is not SMTP: {0}")]
    NotSmtp(String),
}

impl SmtpReply {
    /// Reads a reply to its last line. The code of that line counts.
    ///
    /// # Errors
    /// See [`NoReply`].
    pub(super) async fn read(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Self, NoReply> {
        let mut lines = Vec::new();
        loop {
            let line = read_line(stream).await?;
            let (code, is_last, words) = parse_line(&line).ok_or_else(|| NoReply::NotSmtp(lossy(&line)))?;
            lines.push(words);
            if is_last {
                return Ok(Self { code, lines });
            }
            if lines.len() >= MAX_LINES {
                return Err(NoReply::NotSmtp("a reply without an end".to_owned()));
            }
        }
    }

    /// Returns what the code means.
    pub(super) fn severity(&self) -> Severity {
        match self.code / 100 {
            2 => Severity::Completed,
            3 => Severity::Continues,
            4 => Severity::Temporary,
            5 => Severity::Permanent,
            _ => Severity::Unknown,
        }
    }
}

impl fmt::Display for SmtpReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| write!(f, " {line}"))
    }
}

async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>, NoReply> {
    let mut line = Vec::new();
    stream.take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await.map_err(NoReply::Broken)?;
    match line.last() {
        Some(b'\n') => {
            while matches!(line.last(), Some(b'\n' | b'\r')) {
                line.pop();
            }
            Ok(line)
        }
        None => Err(NoReply::Closed),
        Some(_) if line.len() < usize::try_from(MAX_LINE_BYTES).unwrap_or(usize::MAX) => Err(NoReply::Closed),
        Some(_) => Err(NoReply::NotSmtp("a line without an end".to_owned())),
    }
}

/// Parses `250-words`, `250 words` or a bare `250`. Returns the code, whether the line is the last one, and the words.
fn parse_line(line: &[u8]) -> Option<(u16, bool, String)> {
    let (code, rest) = line.split_at_checked(3)?;
    if !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = std::str::from_utf8(code).ok()?.parse().ok()?;
    match rest.split_first() {
        None => Some((code, true, String::new())),
        Some((b' ' | b'\t', words)) => Some((code, true, lossy(words))),
        Some((b'-', words)) => Some((code, false, lossy(words))),
        Some(_) => None,
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> Result<SmtpReply, String> {
        SmtpReply::read(&mut &*bytes).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_code_decides_whatever_the_words_are() {
        for (bytes, expected) in [
            (&b"250 2.0.0 OK\r\n"[..], "250 2.0.0 OK"),
            (b"250\r\n", "250"),
            (b"250 \r\n", "250"),
            (b"250\n", "250"),
            (b"250-mail.example\r\n250-SIZE 1\r\n250 HELP\r\n", "250 mail.example SIZE 1 HELP"),
            (b"250-\r\n250\r\n", "250"),
            // "Accepted" in GBK, "refused" in Latin-1.
            (
                b"250 \xd3\xca\xbc\xfe\xd2\xd1\xb7\xa2\xcb\xcd\r\n",
                "250 \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            ),
            (b"550 bo\xeete inconnue\r\n", "550 bo\u{fffd}te inconnue"),
            (b"334\r\n", "334"),
            // The last line's code counts.
            (b"250-almost\r\n451 not now\r\n", "451 almost not now"),
        ] {
            let found = read(bytes).await.unwrap().to_string();
            match expected.contains('\u{fffd}') {
                true => assert_eq!(found[..3], expected[..3], "{found}"),
                false => assert_eq!(found, expected),
            }
        }
    }

    #[tokio::test]
    async fn what_has_no_code_is_no_reply() {
        for (bytes, expected) in [
            (&b""[..], "the mail server closed the connection"),
            (b"25", "the mail server closed the connection"),
            (b"hello\r\n", "the mail server's answer is not SMTP: hello"),
            (b"2500 x\r\n", "the mail server's answer is not SMTP: 2500 x"),
            (b"\r\n", "the mail server's answer is not SMTP: "),
            (b"2\xb2\xb2 x\r\n", "the mail server's answer is not SMTP: 2\u{fffd}\u{fffd} x"),
        ] {
            assert_eq!(read(bytes).await.unwrap_err(), expected);
        }
        let endless = [b"250-x\r\n".repeat(MAX_LINES + 1), b"250 x\r\n".to_vec()].concat();
        assert!(read(&endless).await.unwrap_err().ends_with("a reply without an end"));
        assert!(read(&vec![b'2'; 20_000]).await.unwrap_err().ends_with("a line without an end"));
    }
}
