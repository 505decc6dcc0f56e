//! Files that must be there after a power cut: copied, made durable, put in their place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// Makes a file that only its owner can read, with nothing in it.
///
/// # Errors
/// If it is there, or can't be made.
pub(crate) fn create(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("can't make {}", path.display()))
}

/// Copies a file, up to what it holds now, into a new one that only its owner can read. It is on the disk then.
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

/// Waits until the disk has a file's content, or a directory's names.
///
/// # Errors
/// If it can't be opened, or the disk refuses.
pub(crate) fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .with_context(|| format!("can't write {} to the disk", path.display()))
}

/// The directory that this stands in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An empty directory that only its owner can read. What a run that was killed left there is removed; `ours` are the names that it
/// may have left.
///
/// # Errors
/// If something else is there, or it can't be made.
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

/// The names in a directory.
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

/// Puts a file in its place, over what is there, in the same file system.
///
/// # Errors
/// If it can't be moved.
pub(crate) fn put(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("can't move {} to {}", from.display(), to.display()))?;
    sync(parent(to))
}
