//! The files of development: one per mail, `TOKEN.eml`, with the bytes that would have been sent.
//!
//! Invariant: a file is complete or absent, and the file of an erased credential is removed. So is that of a link that works no more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_store::Store;
use learncoin_store::mails::MailToken;
use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use super::LINK_MS;

const ENDING: &str = ".eml";
/// The time for which the file of a mail with a link is kept: as long as the link works.
const KEPT_LINK: Duration = Duration::from_millis(LINK_MS.unsigned_abs());

/// A folder of mails.
#[derive(Debug, Clone)]
pub struct MailFolder(PathBuf);

/// A parsed mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMail {
    /// Its token.
    pub token: MailToken,
    /// Its headers, in their order, as they are in the file.
    pub headers: Vec<(String, String)>,
    /// Its subject.
    pub subject: String,
    /// When it was sent, in seconds since 1970.
    pub sent: i64,
    /// Its text.
    pub text: String,
    /// Its HTML, with the attached pictures inserted.
    pub html: String,
}

/// Why a sweep failed. The next one repeats it.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
    /// A file could not be read or removed.
    #[error("the folder of mails: {0}")]
    Folder(#[from] io::Error),
}

impl MailFolder {
    /// Creates the handle of the folder at this path. The first mail creates the folder.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a mail. Replaces the one of the same token.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub async fn write(&self, token: &MailToken, mail: Vec<u8>) -> io::Result<()> {
        let (folder, token) = (self.clone(), token.clone());
        on_a_blocking_thread(move || folder.write_now(&token, &mail)).await
    }

    fn write_now(&self, token: &MailToken, mail: &[u8]) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let aside = self.aside(token);
        let mut out = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&aside)?;
        out.write_all(mail)?;
        out.sync_all()?;
        fs::rename(&aside, self.file(token))?;
        File::open(&self.0)?.sync_all()
    }

    /// Removes a mail, if there is one.
    ///
    /// # Errors
    /// If it can't be removed.
    pub async fn remove(&self, token: &MailToken) -> io::Result<()> {
        let (folder, token) = (self.clone(), token.clone());
        on_a_blocking_thread(move || folder.remove_now(&token)).await
    }

    fn remove_now(&self, token: &MailToken) -> io::Result<()> {
        for file in [self.aside(token), self.file(token)] {
            match fs::remove_file(file) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        match File::open(&self.0) {
            Ok(folder) => folder.sync_all(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes the files of erased credentials that a killed process left behind, complete or partial.
    ///
    /// # Errors
    /// See [`SweepError`].
    pub async fn sweep(&self, store: &Store) -> Result<(), SweepError> {
        let folder = self.clone();
        let names = on_a_blocking_thread(move || folder.names()).await?;
        for name in names {
            // A partial file names a person too. One of a credential that is not erased may be being written now.
            let Some(token) = read_name(&name).or_else(|| read_aside(&name)) else { continue };
            if token.is_for_member() {
                self.remove_old(&token).await?;
                continue;
            }
            let mail = store.find_mail_by_token(&token).await?;
            let credential = match &mail {
                Some(mail) => store.credential_by_id(&mail.credential_id).await?,
                None => None,
            };
            if credential.is_none_or(|credential| credential.erased_at.is_some()) {
                self.remove(&token).await?;
            }
        }
        Ok(())
    }

    /// Removes the file of a mail with a link, once the link works no more.
    async fn remove_old(&self, token: &MailToken) -> io::Result<()> {
        let age = fs::metadata(self.file(token)).and_then(|file| file.modified()).map(|at| at.elapsed());
        match age {
            Ok(Ok(age)) if age < KEPT_LINK => Ok(()),
            _ => self.remove(token).await,
        }
    }

    /// Returns the tokens of the mails in the folder, the newest first.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub async fn list(&self) -> io::Result<Vec<MailToken>> {
        let folder = self.clone();
        on_a_blocking_thread(move || {
            let mut dated = Vec::new();
            for name in folder.names()? {
                if let Some(token) = read_name(&name) {
                    dated.push((fs::metadata(folder.file(&token))?.modified()?, token));
                }
            }
            dated.sort_by(|one, other| other.cmp(one));
            Ok(dated.into_iter().map(|(_, token)| token).collect())
        })
        .await
    }

    /// Reads a mail; `None` if there is none, or it can't be parsed.
    ///
    /// # Errors
    /// If the file can't be read.
    pub async fn read(&self, token: &MailToken) -> io::Result<Option<ReadMail>> {
        match tokio::fs::read(self.file(token)).await {
            Ok(bytes) => Ok(read(token, &bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn names(&self) -> io::Result<Vec<String>> {
        match fs::read_dir(&self.0) {
            Ok(entries) => {
                entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn file(&self, token: &MailToken) -> PathBuf {
        self.0.join(format!("{token}{ENDING}"))
    }

    fn aside(&self, token: &MailToken) -> PathBuf {
        self.0.join(format!(".{token}.new"))
    }
}

fn read_aside(name: &str) -> Option<MailToken> {
    name.strip_prefix('.')?.strip_suffix(".new")?.parse().ok()
}

fn read_name(name: &str) -> Option<MailToken> {
    name.strip_suffix(ENDING)?.parse().ok()
}

fn read(token: &MailToken, bytes: &[u8]) -> Option<ReadMail> {
    let message = MessageParser::default().parse(bytes)?;
    let mut html = message.body_html(0)?.into_owned();
    for part in &message.parts {
        let (Some(id), Some(media_type)) = (part.content_id(), part.content_type()) else { continue };
        if let PartType::Binary(picture) | PartType::InlineBinary(picture) = &part.body {
            let media_type = format!("{}/{}", media_type.ctype(), media_type.subtype().unwrap_or_default());
            let data = format!("data:{media_type};base64,{}", BASE64.encode(picture));
            html = html.replace(&format!("cid:{id}"), &data);
        }
    }
    let headers = message
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")));
    Some(ReadMail {
        token: token.clone(),
        headers: headers.collect(),
        subject: message.subject().unwrap_or_default().to_owned(),
        sent: message.date().map_or(0, mail_parser::DateTime::to_timestamp),
        text: message.body_text(0)?.into_owned(),
        html,
    })
}

/// Runs work that waits for the disk on a thread for blocking work.
async fn on_a_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_mail_is_its_owners_alone_and_goes_without_a_trace() {
        let directory = tempfile::tempdir().unwrap();
        let folder = MailFolder::new(directory.path().join("mail"));
        let token: MailToken = "0123456789abcdef0123456789abcdef".parse().unwrap();
        assert_eq!((folder.list().await.unwrap(), folder.read(&token).await.unwrap()), (vec![], None));
        folder.remove(&token).await.unwrap();
        folder.write(&token, b"Subject: one\r\n\r\nfirst".to_vec()).await.unwrap();
        folder.write(&token, b"Subject: two\r\n\r\nsecond".to_vec()).await.unwrap();
        assert_eq!(folder.list().await.unwrap(), std::slice::from_ref(&token));
        assert_eq!(folder.read(&token).await.unwrap().unwrap().subject, "two");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&folder.file(&token))), (0o700, 0o600));
        folder.remove(&token).await.unwrap();
        assert_eq!(folder.names().unwrap(), [""; 0]);
    }
}
