//! Files that must survive a power cut: copied, synced, moved to their place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// Creates an empty file that only its owner can read.
///
/// # Errors
/// If it exists or can't be created.
pub(crate) fn create(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("can't make {}", path.display()))
}

/// Copies the current content of a file into a new one that only its owner can read, and syncs that.
///
/// # Errors
/// If either fails.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let cant = || format!("can't copy {} to {}", from.display(), to.display());
    let mut source = File::open(from).with_context(cant)?;
    let mut target = create(to)?;
    io::copy(&mut source, &mut target).with_context(cant)?;
    target.sync_all().with_context(cant)
}

/// Syncs a file's content or a directory's entries to the disk.
///
/// # Errors
/// If it can't be opened, or the disk refuses.
pub(crate) fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("can't write {} to the disk", path.display()))
}

/// Returns the directory that contains a path.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates an empty directory that only its owner can read. Removes the remains of a run that was killed; `ours` are the
/// names that it may have left.
///
/// # Errors
/// If it holds anything else, or can't be created.
pub(crate) fn empty_directory(path: &Path, ours: &[&str]) -> Result<()> {
    if path.exists() {
        for name in names(path)? {
            if !ours.contains(&name.as_str()) {
                bail!("{} holds {name}, which is none of ours: remove it yourself", path.display());
            }
        }
        fs::remove_dir_all(path).with_context(|| format!("can't remove {}", path.display()))?;
    }
    DirBuilder::new().mode(0o700).create(path).with_context(|| format!("can't make {}", path.display()))
}

/// Lists the names in a directory.
///
/// # Errors
/// If it can't be read.
pub(crate) fn names(path: &Path) -> Result<Vec<String>> {
    fs::read_dir(path)
        .and_then(|entries| {
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        })
        .with_context(|| format!("can't read {}", path.display()))
}

/// Moves a file within its file system, replaces the target and syncs the target's directory.
///
/// # Errors
/// If it can't be moved.
pub(crate) fn put(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("can't move {} to {}", from.display(), to.display()))?;
    sync(parent(to))
}
