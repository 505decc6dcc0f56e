//! TLS towards the mail server: whom its certificate may be from.

use std::sync::Arc;

use rustls::pki_types::pem::{Error as PemError, PemObject as _, SectionKind};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// Why TLS can't be set up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TlsError {
    /// `mail.smtp_ca_file` is empty.
    #[error("mail.smtp_ca_file is empty")]
    Empty,
    /// It has no certificate.
    #[error("mail.smtp_ca_file holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`), but {0}")]
    NoCertificate(&'static str),
    /// A section of it can't be read.
    #[error("mail.smtp_ca_file: section {number} is no PEM: {reason}")]
    Pem {
        /// Its number; the first is 1.
        number: usize,
        /// The reason.
        reason: String,
    },
    /// A certificate of it can't be trusted.
    #[error("mail.smtp_ca_file: certificate {number} can't be trusted: {reason}")]
    Certificate {
        /// Its number; the first is 1.
        number: usize,
        /// The reason.
        reason: String,
    },
    /// The host is neither a name nor an address.
    #[error("mail.smtp_host {0:?} is neither a name nor an address")]
    Host(String),
    /// This machine can't do TLS.
    #[error("TLS could not be set up: {0}")]
    Setup(rustls::Error),
}

/// The TLS of connections to the mail server.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

impl Tls {
    /// Creates the TLS towards a host, whose certificate is from an authority of the system or of `pem`.
    pub(super) fn new(host: &str, pem: Option<&[u8]>) -> Result<Self, TlsError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| TlsError::Host(host.to_owned()))?;
        let mut roots = RootCertStore::empty();
        // A certificate of the system that can't be read is one that is not trusted.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = pem {
            add_authorities(&mut roots, pem)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Setup)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }
}

fn add_authorities(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), TlsError> {
    let (mut certificates, mut keys) = (0_usize, 0_usize);
    for (index, section) in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem).enumerate() {
        let number = index.saturating_add(1);
        match section {
            Ok((SectionKind::Certificate, der)) => {
                certificates = certificates.saturating_add(1);
                roots.add(CertificateDer::from(der)).map_err(|error| TlsError::Certificate {
                    number: certificates,
                    reason: error.to_string(),
                })?;
            }
            Ok(_) => keys = keys.saturating_add(1),
            Err(error) => return Err(TlsError::Pem { number, reason: pem_reason(&error) }),
        }
    }
    match certificates {
        0 if pem.trim_ascii().is_empty() => Err(TlsError::Empty),
        0 => Err(TlsError::NoCertificate(instead(pem, keys))),
        _ => Ok(()),
    }
}

/// Returns the reason without the file's contents, which may be a key.
fn pem_reason(error: &PemError) -> String {
    match error {
        PemError::MissingSectionEnd { .. } => "its END line is missing".to_owned(),
        PemError::IllegalSectionStart { .. } => "its BEGIN line is damaged".to_owned(),
        PemError::Base64Decode(reason) => format!("its contents are not base64: {reason}"),
        _ => "it can't be read".to_owned(),
    }
}

/// Names what a file without a certificate holds instead.
fn instead(pem: &[u8], others: usize) -> &'static str {
    let contains = |text: &[u8]| pem.windows(text.len()).any(|part| part == text);
    match pem {
        _ if contains(b"TRUSTED CERTIFICATE") => {
            "a TRUSTED CERTIFICATE of OpenSSL; `openssl x509` converts it"
        }
        _ if contains(b"PRIVATE KEY") => "a private key",
        _ if others > 0 => "sections of another kind",
        [0x30, 0x80..=0x84, ..] => "bytes in DER; `openssl x509 -inform der` converts them",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pem: &[u8]) -> String {
        Tls::new("mail.example", Some(pem)).err().unwrap().to_string()
    }

    #[test]
    fn a_file_of_authorities_is_refused_with_what_is_wrong_in_it() {
        let section =
            |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
        for (pem, expected) in [
            (String::new(), "mail.smtp_ca_file is empty"),
            ("\n\n".to_owned(), "mail.smtp_ca_file is empty"),
            ("no certificate".to_owned(), "but something else"),
            (section("PRIVATE KEY", "AAAA"), "but a private key"),
            (
                section("TRUSTED CERTIFICATE", "AAAA"),
                "but a TRUSTED CERTIFICATE of OpenSSL; `openssl x509` converts it",
            ),
            (section("X509 CRL", "AAAA"), "but sections of another kind"),
            (section("CERTIFICATE", "AAAA"), "certificate 1 can't be trusted: "),
            (section("CERTIFICATE", "A*A"), "section 1 is no PEM: its contents are not base64"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n".to_owned(),
                "section 1 is no PEM: its END line is missing",
            ),
        ] {
            let found = refusal(pem.as_bytes());
            assert!(found.contains(expected), "{pem:?}: {found}");
        }
        assert!(refusal(&[0x30, 0x82, 0x01, 0xff, 0x00]).contains("bytes in DER"));
        assert!(!refusal(section("PRIVATE KEY", "c2VjcmV0").as_bytes()).contains("c2VjcmV0"));
        assert!(Tls::new("mail.example", None).is_ok() && Tls::new("127.0.0.1", None).is_ok());
        assert_eq!(Tls::new("mail example", None).err(), Some(TlsError::Host("mail example".to_owned())));
    }
}
