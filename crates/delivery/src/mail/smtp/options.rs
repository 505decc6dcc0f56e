//! The settings of the connection to a mail server.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

/// The protection of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// None, for a mail server on the same machine or network.
    None,
    /// `STARTTLS`, which the server must offer.
    StartTls,
    /// TLS from the first byte on.
    Tls,
}

/// The settings of the connection to a mail server.
pub struct SmtpOptions {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The protection of the connection.
    pub encryption: Encryption,
    /// The login.
    pub login: Option<SmtpLogin>,
    /// Certificate authorities beside the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// The name in our `EHLO`.
    pub hello: String,
    /// The time limit of one reply.
    pub timeout: Duration,
}

/// The login of this deployment at its mail server.
pub struct SmtpLogin {
    /// The user name.
    pub username: String,
    /// The proof that it is ours.
    pub secret: SmtpSecret,
}

/// The proof of a login.
pub enum SmtpSecret {
    /// A password.
    Password(Zeroizing<String>),
    /// The file of an OAuth 2.0 access token. It is read at each login, since another program renews it.
    TokenFile(PathBuf),
}
