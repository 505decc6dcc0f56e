//! The folder that the mails of development are in.

use learncoin_delivery::mail::MailFolder;
use learncoin_delivery::mail::folder::SweepError;
use learncoin_store::Store;
use learncoin_store::id::CredentialId;

/// The beginning of a public URL on its user's own machine: `http` is allowed there alone.
const LOCAL: &str = "http://";

/// The mails that went into files.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    folder: Option<MailFolder>,
    is_shown: bool,
}

impl Mailbox {
    /// Creates a mailbox of a folder whose mails may be read on its user's own machine.
    pub fn shown(folder: MailFolder) -> Self {
        Self { folder: Some(folder), is_shown: true }
    }

    /// Creates a mailbox of a folder that holds at most mails of an earlier time.
    pub fn hidden(folder: MailFolder) -> Self {
        Self { folder: Some(folder), is_shown: false }
    }

    /// Removes what was left behind of credentials that were erased. To be called at the start, and about once a minute.
    ///
    /// # Errors
    /// If the store or the folder fails. The next call removes what is left.
    pub async fn sweep(&self, store: &Store) -> Result<(), SweepError> {
        match &self.folder {
            Some(folder) => folder.sweep(store).await,
            None => Ok(()),
        }
    }

    /// Removes the mail about a credential that was erased. Where that fails, the next sweep does it.
    pub async fn forget(&self, store: &Store, id: &CredentialId) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match store.find_mail(id).await {
            Ok(Some(mail)) => folder.remove(&mail.token).await,
            Ok(None) => Ok(()),
            Err(error) => Err(std::io::Error::other(error)),
        }
    }

    /// Returns the folder if its mails may be read in a deployment with this public origin.
    pub(super) fn open(&self, origin: &str) -> Option<&MailFolder> {
        self.folder.as_ref().filter(|_| self.is_shown && origin.starts_with(LOCAL))
    }
}
