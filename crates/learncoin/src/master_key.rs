//! The master key: its location, its protection, and the replacement of its file.
//!
//! It comes from `LEARNCOIN_MASTER_KEY`, else from the file that the settings name, else from `master.key` in the data
//! directory. A file holds it in clear, or under a passphrase.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use learncoin_store::clock::{Entropy, random_bytes};
use learncoin_store::kill;
use learncoin_store::protected_key::{Cost, ProtectedKey};
use learncoin_store::seal::MasterKey;
use zeroize::Zeroizing;

use crate::data_dir::DataDir;

const KEY_VARIABLE: &str = "LEARNCOIN_MASTER_KEY";
const PASSPHRASE_VARIABLE: &str = "LEARNCOIN_PASSPHRASE";
const PASSPHRASE_FILE_VARIABLE: &str = "LEARNCOIN_PASSPHRASE_FILE";
/// The permissions that others must not have on a file in the data directory: none at all.
const THE_OWNERS_ALONE: u32 = 0o077;
/// The permissions that others must not have on a file from outside; its group may be allowed to read it.
const NOT_EVERYBODYS: u32 = 0o007;
/// The least number of characters of a passphrase. A shorter one can be guessed, however slow a guess is.
const SHORTEST_PASSPHRASE: usize = 12;

/// The sources of the master key.
pub(crate) struct MasterKeySource<'a, V> {
    /// The deployment's directory.
    pub(crate) data_dir: &'a DataDir,
    /// The setting `keys.master_key_file`.
    pub(crate) named_file: &'a str,
    /// Looks up an environment variable.
    pub(crate) variable: V,
}

/// The content of a file of the master key.
pub(crate) enum Held {
    /// The key in clear.
    Clear(MasterKey),
    /// The key under a passphrase.
    Protected(ProtectedKey),
}

impl<V: Fn(&str) -> Option<String>> MasterKeySource<'_, V> {
    /// Returns the key. Creates one with the data directory if there is none and the settings name none. If the database is
    /// `elsewhere` none is created: all its nodes share one key.
    ///
    /// # Errors
    /// If the key has the wrong form, the file can be read by others, its passphrase is missing or wrong, or there is a
    /// database but no key.
    pub(crate) fn open(&self, elsewhere: bool, entropy: &dyn Entropy) -> Result<MasterKey> {
        if let Some(text) = (self.variable)(KEY_VARIABLE) {
            return MasterKey::from_hex(&text).context(KEY_VARIABLE);
        }
        let file = self.file();
        if !file.exists() {
            self.make(&file, elsewhere, entropy)?;
        }
        match self.held()? {
            Held::Clear(key) => Ok(key),
            Held::Protected(key) => {
                let passphrase = self.passphrase()?.with_context(|| {
                    format!(
                        "{} is under a passphrase: name the file that holds it in {PASSPHRASE_FILE_VARIABLE}",
                        file.display()
                    )
                })?;
                key.open(&passphrase).with_context(|| file.display().to_string())
            }
        }
    }

    /// Returns the file of the key.
    pub(crate) fn file(&self) -> PathBuf {
        match self.named_file {
            "" => self.data_dir.master_key(),
            named => PathBuf::from(named),
        }
    }

    /// Returns whether there is a key.
    pub(crate) fn is_there(&self) -> bool {
        (self.variable)(KEY_VARIABLE).is_some() || self.file().exists()
    }

    /// Describes the location of the key for people.
    pub(crate) fn place(&self) -> String {
        match (self.variable)(KEY_VARIABLE) {
            Some(_) => format!("the variable {KEY_VARIABLE}"),
            None => self.file().display().to_string(),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// If the key is not in a file, the file can be read by others, or it holds no key.
    pub(crate) fn held(&self) -> Result<Held> {
        if (self.variable)(KEY_VARIABLE).is_some() {
            bail!("the master key is in {KEY_VARIABLE}, and in no file");
        }
        let file = self.file();
        let others = if self.named_file.is_empty() { THE_OWNERS_ALONE } else { NOT_EVERYBODYS };
        let text = read_private(&file, others)?;
        Ok(match ProtectedKey::read(&text) {
            Some(key) => Held::Protected(key),
            None => Held::Clear(MasterKey::from_hex(&text).with_context(|| file.display().to_string())?),
        })
    }

    /// Protects the key with a passphrase: the one in `passphrase_file`, else the one in the environment. A key that
    /// has a passphrase already gets the new one.
    ///
    /// # Errors
    /// If there is no passphrase or a short one, the key does not open, or the file can't be written.
    pub(crate) fn protect(
        &self,
        passphrase_file: Option<&Path>,
        cost: Cost,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let _lock = self.data_dir.lock_master_key()?;
        let (new, key) = match (passphrase_file, self.held()?) {
            (Some(file), _) => (read_passphrase(file)?, self.open(true, entropy)?),
            (None, Held::Clear(key)) => {
                let new = self.passphrase()?;
                (new.with_context(|| format!("give --passphrase-file, or {PASSPHRASE_FILE_VARIABLE}"))?, key)
            }
            (None, Held::Protected(_)) => {
                bail!("it is under a passphrase already: give the new one with --passphrase-file")
            }
        };
        if new.chars().count() < SHORTEST_PASSPHRASE {
            bail!("the passphrase has fewer than {SHORTEST_PASSPHRASE} characters");
        }
        let protected = ProtectedKey::protect(&key, &new, cost, entropy)?;
        // A file that can't be opened must not replace one that can.
        if *protected.open(&new)?.to_hex() != *key.to_hex() {
            bail!("the key does not open under the new passphrase: nothing was changed");
        }
        self.replace(protected.to_text().as_bytes())
    }

    /// Writes the key to the file in clear.
    ///
    /// # Errors
    /// If it is in clear already, does not open, or the file can't be written.
    pub(crate) fn unprotect(&self, entropy: &dyn Entropy) -> Result<()> {
        let _lock = self.data_dir.lock_master_key()?;
        if let Held::Clear(_) = self.held()? {
            bail!("it is under no passphrase");
        }
        self.replace(clear(&self.open(true, entropy)?).as_bytes())
    }

    /// Returns the passphrase from the environment.
    fn passphrase(&self) -> Result<Option<Zeroizing<String>>> {
        match (self.variable)(PASSPHRASE_FILE_VARIABLE) {
            Some(file) => Ok(Some(read_passphrase(Path::new(&file)).context(PASSPHRASE_FILE_VARIABLE)?)),
            None => Ok((self.variable)(PASSPHRASE_VARIABLE).map(Zeroizing::new)),
        }
    }

    /// Creates the key. Of two processes that both find no key the second uses the first one's.
    fn make(&self, file: &Path, elsewhere: bool, entropy: &dyn Entropy) -> Result<()> {
        if !self.named_file.is_empty() {
            bail!(
                "{} (keys.master_key_file) is not there, and none is made outside the data directory",
                file.display()
            );
        }
        if elsewhere {
            bail!(
                "there is no master key: every node on a PostgreSQL database has the same one. Make one once (`openssl rand -hex 32`), \
                 and give it to each as {KEY_VARIABLE} or as the file {} (mode 0600)",
                file.display()
            );
        }
        if self.data_dir.database().exists() {
            bail!(
                "{} is missing, and the database beside it can't be opened without it: put it back, or set {KEY_VARIABLE}",
                file.display()
            );
        }
        let _lock = self.data_dir.lock_master_key()?;
        if file.exists() {
            return Ok(());
        }
        self.replace(clear(&MasterKey::from_bytes(random_bytes(entropy))).as_bytes())
    }

    /// Replaces the file: writes a temporary one, syncs and renames it. A kill leaves the old file or the new one, and a
    /// later run overwrites the temporary one. The caller holds the lock.
    fn replace(&self, content: &[u8]) -> Result<()> {
        let file = self.file();
        let aside = file.with_extension("key.new");
        let cant = || format!("can't write {}", file.display());
        // Who could read the old file may read the new one.
        let mode = fs::metadata(&file).map_or(0o600, |old| old.permissions().mode() & 0o770);
        let mut out = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&aside)
            .with_context(cant)?;
        out.write_all(content).with_context(cant)?;
        out.set_permissions(fs::Permissions::from_mode(mode)).with_context(cant)?;
        out.sync_all().with_context(cant)?;
        kill::reached("master_key.aside");
        fs::rename(&aside, &file).with_context(cant)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        kill::reached("master_key.renamed");
        File::open(folder).and_then(|folder| folder.sync_all()).with_context(cant)
    }
}

fn clear(key: &MasterKey) -> Zeroizing<String> {
    Zeroizing::new(format!("{}\n", *key.to_hex()))
}

fn read_passphrase(file: &Path) -> Result<Zeroizing<String>> {
    let text = read_private(file, NOT_EVERYBODYS)?;
    // Editors and `echo` end a file with a line feed.
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Reads a secret from a file without any of the permissions in `others`.
///
/// # Errors
/// If the file has one of them, or can't be read.
fn read_private(file: &Path, others: u32) -> Result<Zeroizing<String>> {
    let cant = || format!("can't read {}", file.display());
    let mode = fs::metadata(file).with_context(cant)?.permissions().mode();
    if mode & others != 0 {
        bail!("{} can be read by others (mode {:o}): set it to 0600", file.display(), mode & 0o777);
    }
    fs::read_to_string(file).map(Zeroizing::new).with_context(cant)
}

/// Reads the secret in a file that the settings name.
///
/// # Errors
/// If every user of the machine may read it, or it can't be read.
pub(crate) fn read_secret(file: &Path) -> Result<Zeroizing<String>> {
    read_private(file, NOT_EVERYBODYS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::system::SystemEntropy;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

    struct Story {
        place: tempfile::TempDir,
        data: DataDir,
        named_file: String,
        variables: BTreeMap<&'static str, String>,
    }

    impl Story {
        fn new() -> Self {
            let place = tempfile::tempdir().unwrap();
            let data = DataDir::open(&place.path().join("data")).unwrap();
            Self { place, data, named_file: String::new(), variables: BTreeMap::new() }
        }

        fn source(&self) -> MasterKeySource<'_, impl Fn(&str) -> Option<String>> {
            MasterKeySource {
                data_dir: &self.data,
                named_file: &self.named_file,
                variable: |name: &str| self.variables.get(name).cloned(),
            }
        }

        fn open(&self) -> Result<String> {
            Ok(self.source().open(false, &SystemEntropy)?.to_hex().to_string())
        }

        fn secret_file(&self, name: &str, content: &str) -> PathBuf {
            let file = self.place.path().join(name);
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            file
        }

        fn set_passphrase_file(&mut self, passphrase: &Path) {
            self.variables.insert(PASSPHRASE_FILE_VARIABLE, passphrase.to_str().unwrap().to_owned());
        }
    }

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_key_is_made_once_and_is_the_owners_alone() {
        let story = Story::new();
        let key = story.open().unwrap();
        assert_eq!(story.open().unwrap(), key);
        let file = story.data.master_key();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert!(!file.with_extension("key.new").exists(), "nothing is left aside");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(story.open().unwrap_err().to_string().contains("mode 640"));
    }

    #[test]
    fn a_lost_key_is_not_replaced_beside_a_database() {
        let mut story = Story::new();
        fs::write(story.data.database(), b"").unwrap();
        assert!(story.open().is_err());
        story.variables.insert(KEY_VARIABLE, "ab".repeat(32));
        assert_eq!(story.open().unwrap(), "ab".repeat(32));
    }

    #[test]
    fn a_node_makes_no_key_of_its_own() {
        let story = Story::new();
        let error = story.source().open(true, &SystemEntropy).err().unwrap();
        assert!(error.to_string().contains(KEY_VARIABLE), "{error}");
        story.open().unwrap();
        story.source().open(true, &SystemEntropy).unwrap();
    }

    #[test]
    fn under_a_passphrase_it_is_the_same_key_and_its_file_reveals_nothing() {
        let mut story = Story::new();
        let key = story.open().unwrap();
        let passphrase = story.secret_file("passphrase", "correct horse battery\n");
        story.source().protect(Some(&passphrase), CHEAP, &SystemEntropy).unwrap();
        let file = story.data.master_key();
        assert!(!fs::read_to_string(&file).unwrap().contains(&key));
        assert_eq!(mode(&file), 0o600);
        let error = story.open().unwrap_err().to_string();
        assert!(error.contains(PASSPHRASE_FILE_VARIABLE), "{error}");
        story.set_passphrase_file(&passphrase);
        assert_eq!(story.open().unwrap(), key);
        // The passphrase itself in a variable will do too.
        story.variables.clear();
        story.variables.insert(PASSPHRASE_VARIABLE, "correct horse battery".into());
        assert_eq!(story.open().unwrap(), key);
        story.variables.insert(PASSPHRASE_VARIABLE, "wrong horse battery".into());
        let error = format!("{:#}", story.open().unwrap_err());
        assert!(error.contains("not its passphrase") && !error.contains("horse"), "{error}");
    }

    #[test]
    fn a_passphrase_is_changed_and_removed_only_with_the_old_one() {
        let mut story = Story::new();
        let key = story.open().unwrap();
        let first = story.secret_file("first", "the first passphrase");
        let second = story.secret_file("second", "the second passphrase");
        story.source().protect(Some(&first), CHEAP, &SystemEntropy).unwrap();
        story.source().protect(Some(&second), CHEAP, &SystemEntropy).unwrap_err();
        story.set_passphrase_file(&first);
        story.source().protect(None, CHEAP, &SystemEntropy).unwrap_err();
        story.source().protect(Some(&second), CHEAP, &SystemEntropy).unwrap();
        story.open().unwrap_err();
        story.source().unprotect(&SystemEntropy).unwrap_err();
        story.set_passphrase_file(&second);
        assert_eq!(story.open().unwrap(), key);
        story.source().unprotect(&SystemEntropy).unwrap();
        story.variables.clear();
        assert_eq!(story.open().unwrap(), key);
        assert!(story.source().unprotect(&SystemEntropy).is_err());
    }

    #[test]
    fn what_a_kill_left_aside_is_neither_read_nor_kept() {
        let mut story = Story::new();
        let key = story.open().unwrap();
        let aside = story.data.master_key().with_extension("key.new");
        fs::write(&aside, "{\"learncoin_master_key\":1,").unwrap();
        assert_eq!(story.open().unwrap(), key);
        let passphrase = story.secret_file("passphrase", "correct horse battery");
        story.set_passphrase_file(&passphrase);
        story.source().protect(None, CHEAP, &SystemEntropy).unwrap();
        assert!(!aside.exists());
        assert_eq!(story.open().unwrap(), key);
    }

    #[test]
    fn a_short_passphrase_and_a_file_that_everybody_can_read_are_refused() {
        let story = Story::new();
        story.open().unwrap();
        let short = story.secret_file("short", "elevenchars\n");
        let error = story.source().protect(Some(&short), CHEAP, &SystemEntropy).unwrap_err();
        assert!(error.to_string().contains("12 characters"), "{error}");
        let open = story.secret_file("open", "correct horse battery");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o604)).unwrap();
        assert!(story.source().protect(Some(&open), CHEAP, &SystemEntropy).is_err());
        assert!(matches!(story.source().held().unwrap(), Held::Clear(_)));
    }

    #[test]
    fn a_file_outside_is_read_and_never_made() {
        let mut story = Story::new();
        story.named_file = story.place.path().join("outside.key").to_str().unwrap().to_owned();
        assert!(story.open().unwrap_err().to_string().contains("none is made"));
        let file = story.secret_file("outside.key", &"cd".repeat(32));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(story.open().unwrap(), "cd".repeat(32));
        assert!(!story.data.master_key().exists());
        let passphrase = story.secret_file("passphrase", "correct horse battery");
        story.source().protect(Some(&passphrase), CHEAP, &SystemEntropy).unwrap();
        assert_eq!(mode(&file), 0o440);
        story.set_passphrase_file(&passphrase);
        assert_eq!(story.open().unwrap(), "cd".repeat(32));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(story.open().is_err());
    }
}
