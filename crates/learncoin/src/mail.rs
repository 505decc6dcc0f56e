//! The worker that sends mails, built from the settings.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use learncoin_badge::Brand;
use learncoin_delivery::mail::worker::{MailContext, MailTransport, MailWorker};
use learncoin_delivery::mail::{MailFolder, Sender, Smtp, SmtpLogin, SmtpOptions, SmtpSecret};
use learncoin_issuance::Issuance;
use zeroize::Zeroizing;

use crate::config::{MailConfig, MailTransportKind};
use crate::environment::variable;

/// The origin in place of the deployment's before that is known.
pub(crate) const ANY_ORIGIN: &str = "http://localhost";
const PASSWORD_VARIABLE: &str = "LEARNCOIN_MAIL_SMTP_PASSWORD";

/// Starts the worker that sends the mails of the queue.
///
/// # Errors
/// If a setting is invalid, which the message names, or the store fails.
pub(crate) async fn worker(
    mail: &MailConfig,
    issuance: &Issuance,
    (sender, transport): (Sender, MailTransport),
) -> Result<MailWorker> {
    let context = MailContext {
        store: issuance.store.clone(),
        clock: Arc::clone(&issuance.clock),
        entropy: Arc::clone(&issuance.entropy),
        sender,
        transport,
        mails_per_day: {
            let plans = issuance.plans.clone();
            Arc::new(move |tenant| plans.limits(tenant).mails_per_day)
        },
    };
    Ok(MailWorker::start(context, mail.into()).await?)
}

/// Returns the sender and the transport of all mails, which share the connections to a mail server; `None` if the settings turn mails
/// off.
///
/// # Errors
/// If a setting is invalid, which the message names.
pub(crate) fn way_out(
    mail: &MailConfig,
    issuance: &Issuance,
    folder: &MailFolder,
    brand: &Brand,
) -> Result<Option<(Sender, MailTransport)>> {
    let origin = issuance.host.origin();
    let sender = Sender::new(&mail.from, &mail.bounce_address, origin)?.with_brand(brand.clone());
    let transport = match mail.transport {
        MailTransportKind::Off => return Ok(None),
        MailTransportKind::Files => MailTransport::Files(folder.clone()),
        MailTransportKind::Smtp => MailTransport::Smtp(Arc::new(smtp(mail, origin)?)),
    };
    Ok(Some((sender, transport)))
}

/// Checks before anything is started that mails can be sent with these settings: the files that they name are there, and hold what
/// they should.
///
/// # Errors
/// If a setting is invalid, which the message names.
pub(crate) fn check(mail: &MailConfig) -> Result<()> {
    match mail.transport {
        MailTransportKind::Smtp => smtp(mail, ANY_ORIGIN).map(|_| ()),
        MailTransportKind::Files | MailTransportKind::Off => Ok(()),
    }
}

fn smtp(mail: &MailConfig, origin: &str) -> Result<Smtp> {
    if mail.smtp_host.is_empty() {
        bail!("mail.smtp_host names no mail server, and mail.transport is \"smtp\"");
    }
    let login = match mail.smtp_username.as_str() {
        "" if !mail.smtp_token_file.is_empty() => bail!("mail.smtp_token_file needs mail.smtp_username"),
        "" => None,
        username => Some(SmtpLogin { username: username.to_owned(), secret: secret(mail)? }),
    };
    let authority = match mail.smtp_ca_file.as_str() {
        "" => None,
        file => Some(std::fs::read(file).with_context(|| format!("mail.smtp_ca_file: can't read {file}"))?),
    };
    let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let options = SmtpOptions {
        host: mail.smtp_host.clone(),
        port: mail.smtp_port,
        encryption: mail.smtp_tls.into(),
        login,
        authority,
        hello: host.split(':').next().unwrap_or(host).to_owned(),
        timeout: Duration::from_secs(mail.smtp_timeout_s.max(1)),
    };
    Ok(Smtp::new(options)?)
}

fn secret(mail: &MailConfig) -> Result<SmtpSecret> {
    match mail.smtp_token_file.as_str() {
        "" => Ok(SmtpSecret::Password(password(mail)?)),
        _ if variable(PASSWORD_VARIABLE).is_some() || !mail.smtp_password_file.is_empty() => {
            bail!("mail.smtp_token_file is set, and so is a password: one of both logs in")
        }
        file => Ok(SmtpSecret::TokenFile(PathBuf::from(file))),
    }
}

fn password(mail: &MailConfig) -> Result<Zeroizing<String>> {
    if let Some(password) = variable(PASSWORD_VARIABLE) {
        return Ok(Zeroizing::new(password));
    }
    let file = mail.smtp_password_file.as_str();
    if file.is_empty() {
        bail!(
            "mail.smtp_username needs a password or a token: set {PASSWORD_VARIABLE}, mail.smtp_password_file or \
             mail.smtp_token_file"
        );
    }
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.with_context(|| format!("mail.smtp_password_file: can't read {file}"))?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
