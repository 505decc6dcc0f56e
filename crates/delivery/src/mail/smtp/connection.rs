//! One connection to the mail server: the greeting, TLS, commands and the mail itself.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::answer::{NoReply, Severity, SmtpReply};
use super::extensions::Extensions;
use super::options::{Encryption, SmtpOptions};
use super::refusal::Refusal;
use super::tls::Tls;

/// The replies of a server that knows `HELO` alone (RFC 5321, section 3.2).
const NO_EHLO: [u16; 4] = [500, 501, 502, 504];

/// The bytes of a connection, in clear or over TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection on which the server waits for a command.
pub(super) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    extensions: Extensions,
    timeout: Duration,
}

impl Connection {
    /// Opens a connection: waits for the greeting, sends `EHLO` and sets up TLS.
    pub(super) async fn open(options: &SmtpOptions, tls: Option<&Tls>) -> Result<Self, Refusal> {
        let timeout = options.timeout;
        let server = (options.host.as_str(), options.port);
        let stream = in_time(timeout, TcpStream::connect(server)).await?;
        let stream =
            stream.map_err(|error| Refusal::Server(format!("no connection to the mail server: {error}")))?;
        // A command waits for the reply to the one before: nothing is gained by holding it back.
        let _ = stream.set_nodelay(true);
        let implicit = tls.filter(|_| options.encryption == Encryption::Tls);
        let stream: Box<dyn Stream> = match implicit {
            Some(tls) => protect(tls, Box::new(stream), timeout).await?,
            None => Box::new(stream),
        };
        let mut connection = Self::over(stream, timeout);
        let greeting = connection.reply().await?;
        if greeting.severity() != Severity::Completed {
            return Err(Refusal::Server(greeting.to_string()));
        }
        connection.greet(&options.hello).await?;
        if let Some(tls) = tls.filter(|_| options.encryption == Encryption::StartTls) {
            connection = connection.start_tls(tls, &options.hello).await?;
        }
        Ok(connection)
    }

    /// Creates the connection over a stream whose greeting is still to come, or was read.
    pub(super) fn over(stream: Box<dyn Stream>, timeout: Duration) -> Self {
        Self { stream: BufReader::new(stream), extensions: Extensions::default(), timeout }
    }

    /// Returns what the server offers.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Sends a command, and waits for the reply.
    pub(super) async fn command(&mut self, command: &str) -> Result<SmtpReply, Refusal> {
        // Never more than one line, whatever is in it.
        if command.contains(['\r', '\n']) {
            return Err(Refusal::Permanent("a command of more than one line".to_owned()));
        }
        let line = zeroize::Zeroizing::new(format!("{command}\r\n"));
        let writing = async {
            self.stream.write_all(line.as_bytes()).await?;
            self.stream.flush().await
        };
        let written = in_time(self.timeout, writing).await?;
        match (self.reply().await, written) {
            // A server that closes a connection says why before that.
            (Ok(reply), _) => Ok(reply),
            (Err(_), Err(error)) => Err(Refusal::Server(NoReply::Broken(error).to_string())),
            (Err(refusal), Ok(())) => Err(refusal),
        }
    }

    /// Writes a mail and waits for the reply to it. There is no time limit.
    pub(super) async fn transmit(&mut self, mail: &[u8]) -> Result<SmtpReply, NoReply> {
        let bytes = stuffed(mail);
        let written = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        }
        .await;
        // A server that refuses a mail while it is written says so before it closes the connection.
        match (SmtpReply::read(&mut self.stream).await, written) {
            (Err(NoReply::Closed), Err(error)) => Err(NoReply::Broken(error)),
            (reply, _) => reply,
        }
    }

    /// Ends the connection.
    pub(super) async fn quit(&mut self) {
        let _ = self.command("QUIT").await;
    }

    async fn reply(&mut self) -> Result<SmtpReply, Refusal> {
        let reply = in_time(self.timeout, SmtpReply::read(&mut self.stream)).await?;
        reply.map_err(|error| Refusal::Server(error.to_string()))
    }

    /// Sends `EHLO`, or `HELO` to a server that does not know it, and reads the server's extensions.
    pub(super) async fn greet(&mut self, name: &str) -> Result<(), Refusal> {
        let mut reply = self.command(&format!("EHLO {name}")).await?;
        let is_extended = !NO_EHLO.contains(&reply.code);
        if !is_extended {
            reply = self.command(&format!("HELO {name}")).await?;
        }
        if reply.severity() != Severity::Completed {
            return Err(Refusal::Server(reply.to_string()));
        }
        self.extensions = if is_extended { Extensions::parse(&reply) } else { Extensions::default() };
        Ok(())
    }

    async fn start_tls(mut self, tls: &Tls, name: &str) -> Result<Self, Refusal> {
        if !self.extensions.has("STARTTLS") {
            return Err(Refusal::Server(
                "the mail server does not offer STARTTLS, which mail.smtp_tls asks for".to_owned(),
            ));
        }
        let reply = self.command("STARTTLS").await?;
        if reply.severity() != Severity::Completed {
            return Err(Refusal::Server(reply.to_string()));
        }
        // What came in clear after the reply must not be taken for what comes over TLS (RFC 3207, section 6).
        if !self.stream.buffer().is_empty() {
            return Err(Refusal::Server("the mail server sent something in clear after STARTTLS".to_owned()));
        }
        let stream = protect(tls, self.stream.into_inner(), self.timeout).await?;
        let mut connection = Self::over(stream, self.timeout);
        connection.greet(name).await?;
        Ok(connection)
    }
}

async fn protect(tls: &Tls, stream: Box<dyn Stream>, timeout: Duration) -> Result<Box<dyn Stream>, Refusal> {
    let protecting = tls.connector.connect(tls.name.clone(), stream);
    let stream = in_time(timeout, protecting).await?;
    let stream = stream.map_err(|error| Refusal::Server(format!("no TLS with the mail server: {error}")))?;
    Ok(Box::new(stream))
}

async fn in_time<T>(timeout: Duration, step: impl Future<Output = T>) -> Result<T, Refusal> {
    tokio::time::timeout(timeout, step).await.map_err(|_| Refusal::timed_out())
}

/// Returns a mail as it is written: a dot before each line that begins with one, and the end (RFC 5321, section 4.5.2).
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len().saturating_add(64));
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_one_dot_does_not_end_a_mail() {
        assert_eq!(stuffed(b"a\r\n.\r\n..b\r\n"), b"a\r\n..\r\n...b\r\n.\r\n");
        assert_eq!(stuffed(b".a"), b"..a\r\n.\r\n");
        assert_eq!(stuffed(b""), b"\r\n.\r\n");
    }
}
