//! A mail server that keeps the mails it accepted and sends the reply that the test chooses at each stage of SMTP.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::gate::Gate;

/// The stages of an SMTP session at which the server replies (RFC 5321).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpStage {
    /// After a connection.
    Greeting,
    /// After `EHLO`.
    Hello,
    /// After `HELO`, which follows an `EHLO` that the server does not know.
    OldHello,
    /// After `MAIL FROM`.
    Sender,
    /// After `RCPT TO`.
    Recipient,
    /// After `DATA`.
    Data,
    /// After a whole mail.
    Message,
}

impl SmtpStage {
    /// All stages of a session that begins with `EHLO`, in order.
    pub const ALL: [SmtpStage; 6] = [
        SmtpStage::Greeting,
        SmtpStage::Hello,
        SmtpStage::Sender,
        SmtpStage::Recipient,
        SmtpStage::Data,
        SmtpStage::Message,
    ];

    fn usual(self) -> &'static str {
        match self {
            SmtpStage::Greeting => "220 mail.example ESMTP",
            SmtpStage::Data => "354 start mail input",
            SmtpStage::Hello
            | SmtpStage::OldHello
            | SmtpStage::Sender
            | SmtpStage::Recipient
            | SmtpStage::Message => "250 2.0.0 OK",
        }
    }
}

/// The server's reaction at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// The usual reply.
    Usual,
    /// This reply line.
    Line(&'static str),
    /// These bytes, a reply in another encoding than UTF-8.
    Bytes(&'static [u8]),
    /// The usual reply, once the test opens the gate.
    Hold,
    /// No reply, ever.
    Hang,
    /// The end of the connection.
    Cut,
}

/// A mail that arrived completely.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub from: String,
    /// The parameters after the envelope's sender.
    pub parameters: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Its bytes, without the dots that SMTP adds (RFC 5321 section 4.5.2).
    pub bytes: Vec<u8>,
    /// Whether the reply was a success.
    pub is_taken: bool,
}

type React = dyn Fn(SmtpStage, usize) -> Response + Send + Sync;

struct Shared {
    react: Box<React>,
    seen: Mutex<Vec<ReceivedMail>>,
    connections: Mutex<usize>,
    /// The gate of [`Response::Hold`].
    gate: Gate,
}

/// A mail server on a loopback port. Cheap to clone.
#[derive(Clone)]
pub struct MailServer {
    shared: Arc<Shared>,
    port: u16,
}

impl MailServer {
    /// Starts a mail server that accepts everything.
    pub async fn start() -> Self {
        Self::reacting(|_, _| Response::Usual).await
    }

    /// Starts a mail server with a function that chooses each reply, from the stage and the number of mails received before.
    pub async fn reacting(react: impl Fn(SmtpStage, usize) -> Response + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            react: Box::new(react),
            seen: Mutex::default(),
            connections: Mutex::default(),
            gate: Gate::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *serving.connections.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                let shared = Arc::clone(&serving);
                // A client that disconnects early is treated like one that sends QUIT.
                tokio::spawn(async move { drop(shared.converse(stream).await) });
            }
        });
        Self { shared, port }
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the mails that arrived completely, accepted or not.
    pub fn seen(&self) -> Vec<ReceivedMail> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until a reply is held.
    pub async fn until_held(&self) {
        self.shared.gate.until_held().await;
    }

    /// Lets the held replies pass, and every later one.
    pub fn let_go(&self) {
        self.shared.gate.open();
    }

    /// Returns the gate of [`Response::Hold`].
    pub fn gate(&self) -> Gate {
        self.shared.gate.clone()
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        if !self.reply(&mut stream, SmtpStage::Greeting).await? {
            return Ok(());
        }
        let (mut from, mut parameters, mut to) = (String::new(), String::new(), Vec::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let address = || {
                let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                inside.map_or(String::new(), |(address, _)| address.to_owned())
            };
            let goes_on = match line.get(..4).unwrap_or_default() {
                "EHLO" => self.reply(&mut stream, SmtpStage::Hello).await?,
                "HELO" => self.reply(&mut stream, SmtpStage::OldHello).await?,
                "MAIL" => {
                    (from, to) = (address(), Vec::new());
                    line.split_once('>').map_or("", |(_, rest)| rest).trim().clone_into(&mut parameters);
                    self.reply(&mut stream, SmtpStage::Sender).await?
                }
                "RCPT" => {
                    to.push(address());
                    self.reply(&mut stream, SmtpStage::Recipient).await?
                }
                "DATA" => {
                    // After any reply but 354 no mail follows.
                    let response = (self.react)(SmtpStage::Data, self.count());
                    let goes_on = self.send(&mut stream, SmtpStage::Data, response).await?;
                    if goes_on && matches!(response, Response::Usual | Response::Hold) {
                        let bytes = read_mail(&mut stream).await?;
                        let response = (self.react)(SmtpStage::Message, self.count());
                        let is_taken = match response {
                            Response::Usual | Response::Hold => true,
                            Response::Line(line) => line.starts_with('2'),
                            Response::Bytes(bytes) => bytes.starts_with(b"2"),
                            Response::Hang | Response::Cut => false,
                        };
                        let (from, to, parameters) = (from.clone(), to.clone(), parameters.clone());
                        let mail = ReceivedMail { from, parameters, to, bytes, is_taken };
                        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                        self.send(&mut stream, SmtpStage::Message, response).await?
                    } else {
                        goes_on
                    }
                }
                "QUIT" => {
                    stream.get_mut().write_all(b"221 2.0.0 bye\r\n").await?;
                    return Ok(());
                }
                _ => {
                    stream.get_mut().write_all(b"250 2.0.0 OK\r\n").await?;
                    true
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn reply(&self, stream: &mut BufReader<TcpStream>, stage: SmtpStage) -> std::io::Result<bool> {
        let response = (self.react)(stage, self.count());
        self.send(stream, stage, response).await
    }

    /// Sends the reply. Returns whether the session continues.
    async fn send(
        &self,
        stream: &mut BufReader<TcpStream>,
        stage: SmtpStage,
        response: Response,
    ) -> std::io::Result<bool> {
        let line = match response {
            Response::Usual => stage.usual().as_bytes(),
            Response::Line(line) => line.as_bytes(),
            Response::Bytes(bytes) => bytes,
            Response::Hold => {
                self.gate.pass().await;
                stage.usual().as_bytes()
            }
            Response::Hang => std::future::pending().await,
            Response::Cut => return Ok(false),
        };
        stream.get_mut().write_all(&[line, b"\r\n"].concat()).await?;
        Ok(true)
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
