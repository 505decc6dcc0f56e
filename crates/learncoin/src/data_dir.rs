//! The data directory: who may read it, the master key in it, and the lock that one server holds.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use learncoin_store::clock::{Entropy, random_bytes};
use learncoin_store::seal::MasterKey;
use serde::{Deserialize, Serialize};

use crate::config::Config;

const MASTER_KEY_VARIABLE: &str = "LEARNCOIN_MASTER_KEY";
/// Where the running server tells commands where it answers.
const DATABASE: &str = "learncoin.db";
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
    /// Where it can't be made or read.
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
    /// Where there is none, or it can't be read.
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
        self.0.join("chain.jsonl")
    }

    /// The folder of the mails that go into files.
    pub(crate) fn mails(&self) -> PathBuf {
        self.0.join("mail")
    }

    /// The master key: from `LEARNCOIN_MASTER_KEY`, else from the file `master.key`, which is made with the
    /// directory. Where the database is `elsewhere` none is made: all its nodes have the same one.
    ///
    /// # Errors
    /// Where the key has the wrong form, the file can be read by others, or there is a database but no key.
    pub(crate) fn master_key(
        &self,
        elsewhere: bool,
        variable: impl Fn(&str) -> Option<String>,
        entropy: &dyn Entropy,
    ) -> Result<MasterKey> {
        if let Some(text) = variable(MASTER_KEY_VARIABLE) {
            return MasterKey::from_hex(&text).context(MASTER_KEY_VARIABLE);
        }
        let file = self.0.join("master.key");
        if !file.exists() {
            if elsewhere {
                bail!(
                    "there is no master key: every node on a PostgreSQL database has the same one. Make one once (`openssl rand -hex 32`), \
                     and give it to each as {MASTER_KEY_VARIABLE} or as the file {} (mode 0600)",
                    file.display()
                );
            }
            if self.database().exists() {
                bail!(
                    "{} is missing, and the database beside it can't be opened without it: put it back, or set {MASTER_KEY_VARIABLE}",
                    file.display()
                );
            }
            self.make_master_key(&file, entropy)?;
        }
        let mode = fs::metadata(&file)
            .with_context(|| format!("can't read {}", file.display()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            bail!("{} can be read by others (mode {:o}): set it to 0600", file.display(), mode & 0o777);
        }
        let text = fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        MasterKey::from_hex(&text).with_context(|| file.display().to_string())
    }

    /// Written aside, made durable, then renamed, under a lock: a kill leaves no half key, a later start overwrites
    /// what it left aside, and of two processes that both find none the second takes the first one's.
    fn make_master_key(&self, file: &Path, entropy: &dyn Entropy) -> Result<()> {
        let lock = self.open_lock("master.key.lock")?;
        lock.lock().context("can't lock the data directory")?;
        if file.exists() {
            return Ok(());
        }
        let key = MasterKey::from_bytes(random_bytes(entropy));
        let aside = self.0.join("master.key.new");
        let mut out = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&aside)
            .with_context(|| format!("can't write {}", aside.display()))?;
        out.write_all(key.to_hex().as_bytes())?;
        out.write_all(b"\n")?;
        out.sync_all()?;
        fs::rename(&aside, file).with_context(|| format!("can't write {}", file.display()))?;
        File::open(&self.0)?.sync_all()?;
        Ok(())
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
    /// Where another server holds it.
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
    /// Where the file can't be written.
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
    use crate::system::SystemEntropy;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn the_master_key_is_made_once_and_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        let key = data.master_key(false, none, &SystemEntropy).unwrap();
        assert_eq!(*key.to_hex(), *data.master_key(false, none, &SystemEntropy).unwrap().to_hex());
        let mode = |name: &str| fs::metadata(data.0.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("master.key"), mode("")), (0o600, 0o700));
        assert!(!data.0.join("master.key.new").exists(), "nothing is left aside");
        fs::set_permissions(data.0.join("master.key"), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(data.master_key(false, none, &SystemEntropy).is_err());
    }

    #[test]
    fn a_lost_master_key_is_not_replaced_beside_a_database() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        fs::write(data.database(), b"").unwrap();
        assert!(data.master_key(false, none, &SystemEntropy).is_err());
        let given = |name: &str| (name == MASTER_KEY_VARIABLE).then(|| "ab".repeat(32));
        assert_eq!(*data.master_key(false, given, &SystemEntropy).unwrap().to_hex(), "ab".repeat(32));
    }

    #[test]
    fn a_node_makes_no_master_key_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let error = data.master_key(true, none, &SystemEntropy).err().unwrap();
        assert!(error.to_string().contains(MASTER_KEY_VARIABLE), "{error}");
        data.master_key(false, none, &SystemEntropy).unwrap();
        data.master_key(true, none, &SystemEntropy).unwrap();
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
}
