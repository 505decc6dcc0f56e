//! The data directory: its permissions, its content, and the lock that its one server holds.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use learncoin_store::Location;

use crate::config::Config;
pub(crate) use crate::server_file::Running;
use crate::server_file::{self, DatabaseMemory, ServerFile};

/// The database.
pub(crate) const DATABASE: &str = "learncoin.db";
/// The embedded chain.
pub(crate) const CHAIN: &str = "chain.jsonl";
/// The erasures.
pub(crate) const ERASURES: &str = "erasures.log";

/// A data directory that exists and is its owner's alone.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

/// Held by the one server of a data directory; the operating system lets go of it when the process ends, however
/// it ends.
pub(crate) struct ServeLock(#[expect(dead_code, reason = "held for its lock")] File);

impl DataDir {
    /// Opens the directory, and creates it if it does not exist.
    ///
    /// # Errors
    /// If it can't be created or read.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("can't make the data directory {}", path.display()))?;
        let path = path.canonicalize().with_context(|| format!("can't open {}", path.display()))?;
        close_to_others(&path)?;
        Ok(Self(path))
    }

    /// Opens the directory of an existing deployment, so that a mistyped name creates none. A deployment whose database is
    /// elsewhere has no file by which to recognize it.
    ///
    /// # Errors
    /// If there is none, or it can't be read.
    pub(crate) fn existing(config: &Config) -> Result<Self> {
        let path = config.data_dir.as_path();
        if path.exists() {
            let data_dir = Self::open(path)?;
            data_dir.check_location(&data_dir.location(config)?)?;
        }
        if config.database_url.location()?.is_none() && !path.join(DATABASE).exists() {
            bail!(
                "there is no deployment in {}: name another with --data-dir, or make a tenant first",
                path.display()
            );
        }
        Self::open(path)
    }

    /// Returns the database that the settings name.
    ///
    /// # Errors
    /// If the setting `database_url` is not a PostgreSQL URL.
    pub(crate) fn location(&self, config: &Config) -> Result<Location> {
        let elsewhere = config.database_url.location()?;
        Ok(elsewhere.unwrap_or_else(|| Location::Sqlite(self.database())))
    }

    /// Returns the database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join(DATABASE)
    }

    /// Returns the embedded chain's file.
    pub(crate) fn chain(&self) -> PathBuf {
        self.0.join(CHAIN)
    }

    /// Returns the erasure journal that is used if the settings name none.
    pub(crate) fn erasures(&self) -> PathBuf {
        self.0.join(ERASURES)
    }

    /// Returns the directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the folder of the mails that are written to files.
    pub(crate) fn mails(&self) -> PathBuf {
        self.0.join("mail")
    }

    /// Returns the master key's file that is used if the settings name none.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// Takes the lock for creating or replacing the master key's file.
    ///
    /// # Errors
    /// If it can't be taken.
    pub(crate) fn lock_master_key(&self) -> Result<File> {
        let lock = self.open_lock("master.key.lock")?;
        lock.lock().context("can't lock the data directory")?;
        Ok(lock)
    }

    /// Takes the lock for making a backup.
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

    /// Stores the server's address for commands, beside the database that is remembered.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn publish(&self, running: &Running) -> Result<()> {
        let database = self.database_memory()?;
        self.write_server_file(&ServerFile { running: Some(running.clone()), database })
    }

    /// Returns the database that this directory remembers.
    ///
    /// # Errors
    /// If the file can't be read.
    pub(crate) fn database_memory(&self) -> Result<Option<DatabaseMemory>> {
        Ok(self.server_file()?.database)
    }

    /// Refuses a SQLite file that does not exist, if this directory remembers a database.
    ///
    /// # Errors
    /// If that is so, or the file of the server can't be read.
    pub(crate) fn check_location(&self, location: &Location) -> Result<()> {
        match self.database_memory()? {
            Some(memory) => memory.check_location(&self.0, location),
            None => Ok(()),
        }
    }

    /// Remembers a database.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn remember_database(&self, memory: &DatabaseMemory) -> Result<()> {
        let file = self.server_file()?;
        if file.database.as_ref() == Some(memory) {
            return Ok(());
        }
        self.write_server_file(&ServerFile { database: Some(memory.clone()), ..file })
    }

    /// Forgets the remembered database.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn forget_database(&self) -> Result<()> {
        let file = self.server_file()?;
        if file.database.is_none() {
            return Ok(());
        }
        self.write_server_file(&ServerFile { database: None, ..file })
    }

    fn server_file(&self) -> Result<ServerFile> {
        let path = self.0.join(server_file::NAME);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged: remove it", path.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(ServerFile::default()),
            Err(error) => Err(error).with_context(|| format!("can't read {}", path.display())),
        }
    }

    fn write_server_file(&self, file: &ServerFile) -> Result<()> {
        let aside = self.0.join("server.json.new");
        fs::write(&aside, serde_json::to_vec(file)?)?;
        fs::rename(&aside, self.0.join(server_file::NAME))?;
        Ok(())
    }

    /// Returns what the last server of this directory stored, if there was one. It may have stopped since. Creates
    /// nothing.
    pub(crate) fn running(path: &Path) -> Option<Running> {
        serde_json::from_slice(&fs::read(path.join(server_file::NAME)).ok()?).ok()
    }
}

/// Takes the permissions of group and others from a directory.
///
/// # Errors
/// If it has some, and they can't be taken.
fn close_to_others(path: &Path) -> Result<()> {
    const OTHERS: u32 = 0o077;
    let mode =
        fs::metadata(path).with_context(|| format!("can't read {}", path.display()))?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !OTHERS)).with_context(|| {
        format!(
            "{} is open to others, who could read keys there: name a directory that is yours alone",
            path.display()
        )
    })?;
    tracing::info!(directory = %path.display(), "the data directory was open to others: it is its owner's alone now");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_open_to_others_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        for mode in [0o755, 0o750, 0o701, 0o777, 0o700] {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).unwrap();
            DataDir::open(dir.path()).unwrap();
            assert_eq!(fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777, 0o700, "{mode:o}");
        }
    }

    #[test]
    fn one_server_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let held = data.lock().unwrap();
        assert!(data.lock().is_err());
        drop(held);
        data.lock().unwrap();
    }

    #[test]
    fn the_file_of_the_server_keeps_what_each_writer_knows() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let memory = DatabaseMemory { id: "1".into(), name: "postgres://db.example/learncoin".into() };
        data.remember_database(&memory).unwrap();
        assert_eq!(DataDir::running(dir.path()), None, "no server has started yet");
        let running = Running { address: "127.0.0.1:1".into(), embedded_genesis: None };
        data.publish(&running).unwrap();
        assert_eq!(DataDir::running(dir.path()), Some(running.clone()));
        assert_eq!(data.database_memory().unwrap(), Some(memory));
        data.forget_database().unwrap();
        assert_eq!((DataDir::running(dir.path()), data.database_memory().unwrap()), (Some(running), None));
    }

    #[test]
    fn the_file_of_an_earlier_release_remembers_no_database() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let earlier = r#"{"address":"127.0.0.1:8080","embedded_genesis":"ab"}"#;
        fs::write(dir.path().join(server_file::NAME), earlier).unwrap();
        assert_eq!(data.database_memory().unwrap(), None);
        assert!(DataDir::running(dir.path()).is_some());
        fs::write(dir.path().join(server_file::NAME), "{").unwrap();
        assert!(data.database_memory().unwrap_err().to_string().contains("remove it"));
    }
}
