//! The files of development: a mail per file, `TOKEN.eml`, as it would have been sent.
//!
//! Invariant: a file is there as a whole or not at all, and that of an erased credential goes with the credential.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_store::Store;
use learncoin_store::mails::MailToken;
use mail_parser::{MessageParser, MimeHeaders as _, PartType};

const ENDING: &str = ".eml";

/// A folder of mails.
#[derive(Debug, Clone)]
pub struct MailFolder(PathBuf);

/// A mail as somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMail {
    /// What it goes by.
    pub token: MailToken,
    /// Its headers, in their order, as they stand in the file.
    pub headers: Vec<(String, String)>,
    /// Its subject.
    pub subject: String,
    /// When it was sent, in seconds since 1970.
    pub sent: i64,
    /// Its text.
    pub text: String,
    /// Its HTML, pictures that came along within it.
    pub html: String,
}

/// A sweep that came to nothing; the next one does it.
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
    /// The folder at this path, which the first mail makes.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a mail, in place of one of the same token.
    ///
    /// # Errors
    /// Where the folder can't be written.
    pub async fn write(&self, token: &MailToken, mail: Vec<u8>) -> io::Result<()> {
        let (folder, token) = (self.clone(), token.clone());
        off_the_threads(move || folder.write_now(&token, &mail)).await
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

    /// Removes a mail, where there is one.
    ///
    /// # Errors
    /// Where it can't be removed.
    pub async fn remove(&self, token: &MailToken) -> io::Result<()> {
        let (folder, token) = (self.clone(), token.clone());
        off_the_threads(move || folder.remove_now(&token)).await
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

    /// Removes what a process that was killed left behind: the mails of credentials that were erased, whole or half.
    ///
    /// # Errors
    /// See [`SweepError`].
    pub async fn sweep(&self, store: &Store) -> Result<(), SweepError> {
        let folder = self.clone();
        let names = off_the_threads(move || folder.names()).await?;
        for name in names {
            // A half file tells of a person all the same; that of somebody who is known may be one that is being written.
            let Some(token) = read_name(&name).or_else(|| read_aside(&name)) else { continue };
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

    /// The tokens of the mails that are there, the newest first.
    ///
    /// # Errors
    /// Where the folder can't be read.
    pub async fn list(&self) -> io::Result<Vec<MailToken>> {
        let folder = self.clone();
        off_the_threads(move || {
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

    /// Reads a mail; `None` where there is none, or it can't be read as one.
    ///
    /// # Errors
    /// Where the file can't be read.
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

/// Runs what waits for a disk where waiting is allowed.
async fn off_the_threads<T: Send + 'static>(
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
