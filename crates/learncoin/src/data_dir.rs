//! The data directory: who may read it, what is in it, and the lock that one server holds.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The database.
pub(crate) const DATABASE: &str = "learncoin.db";
/// The embedded chain.
pub(crate) const CHAIN: &str = "chain.jsonl";
/// The erasures.
pub(crate) const ERASURES: &str = "erasures.log";
/// Where the running server tells commands where it answers.
const RUNNING: &str = "server.json";

/// A data directory that exists and is its owner's alone.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

/// What a running server tells the commands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// Where it answers, `127.0.0.1:8080`.
    pub(crate) address: String,
    /// The genesis hash of its embedded chain, lower-case hex without 0x, if it stands on one. After a kill another
    /// deployment may answer on the same address: this tells them apart.
    pub(crate) embedded_genesis: Option<String>,
}

/// Held by the one server of a data directory; the operating system lets go of it when the process ends, however
/// it ends.
pub(crate) struct ServeLock(#[expect(dead_code, reason = "held for its lock")] File);

impl DataDir {
    /// Makes the directory where there is none.
    ///
    /// # Errors
    /// If it can't be made or read.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("can't make the data directory {}", path.display()))?;
        let path = path.canonicalize().with_context(|| format!("can't open {}", path.display()))?;
        Ok(Self(path))
    }

    /// Opens the directory of a deployment that is there; a mistyped name makes none. One whose database is elsewhere
    /// has no file that would tell.
    ///
    /// # Errors
    /// If there is none, or it can't be read.
    pub(crate) fn existing(config: &Config) -> Result<Self> {
        let path = config.data_dir.as_path();
        if config.database_url.location()?.is_none() && !path.join(DATABASE).exists() {
            bail!(
                "there is no deployment in {}: name another with --data-dir, or make a tenant first",
                path.display()
            );
        }
        Self::open(path)
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join(DATABASE)
    }

    /// The embedded chain's file.
    pub(crate) fn chain(&self) -> PathBuf {
        self.0.join(CHAIN)
    }

    /// The journal of erasures, where the settings name none.
    pub(crate) fn erasures(&self) -> PathBuf {
        self.0.join(ERASURES)
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of the mails that go into files.
    pub(crate) fn mails(&self) -> PathBuf {
        self.0.join("mail")
    }

    /// The master key's file, where the settings name none.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// Held by whoever makes or rewrites the master key's file.
    ///
    /// # Errors
    /// If it can't be had.
    pub(crate) fn lock_master_key(&self) -> Result<File> {
        let lock = self.open_lock("master.key.lock")?;
        lock.lock().context("can't lock the data directory")?;
        Ok(lock)
    }

    /// Held by whoever makes a backup.
    ///
    /// # Errors
    /// If another backup is being made.
    pub(crate) fn lock_backup(&self) -> Result<File> {
        let lock = self.open_lock("backup.lock")?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => bail!("another backup of {} is being made", self.0.display()),
            Err(TryLockError::Error(error)) => Err(error).context("can't lock the data directory"),
        }
    }

    fn open_lock(&self, name: &str) -> Result<File> {
        let path = self.0.join(name);
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("can't open {}", path.display()))
    }

    /// Takes the lock of the one server.
    ///
    /// # Errors
    /// If another server holds it.
    pub(crate) fn lock(&self) -> Result<ServeLock> {
        let file = self.open_lock("serve.lock")?;
        match file.try_lock() {
            Ok(()) => Ok(ServeLock(file)),
            Err(TryLockError::WouldBlock) => bail!("another server runs on {}", self.0.display()),
            Err(TryLockError::Error(error)) => Err(error).context("can't lock the data directory"),
        }
    }

    /// Tells the commands beside the server where it answers.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn publish(&self, running: &Running) -> Result<()> {
        let aside = self.0.join("server.json.new");
        fs::write(&aside, serde_json::to_vec(running)?)?;
        fs::rename(&aside, self.0.join(RUNNING))?;
        Ok(())
    }

    /// Where the server answers that was last started in this directory, if there is one. It may have stopped since.
    /// Nothing is made here: whoever asks only wants to look.
    pub(crate) fn running(path: &Path) -> Option<Running> {
        serde_json::from_slice(&fs::read(path.join(RUNNING)).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let held = data.lock().unwrap();
        assert!(data.lock().is_err());
        drop(held);
        data.lock().unwrap();
    }
}
