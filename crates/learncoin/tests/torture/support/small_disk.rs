//! A file system of a few megabytes, in memory, which a test fills.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A file system of its own. It is gone when it is dropped.
pub(crate) struct SmallDisk {
    directory: TempDir,
}

impl SmallDisk {
    /// Mounts one of this size. `None` where this user may not mount.
    pub(crate) fn mount(megabytes: u32) -> Option<Self> {
        let directory = TempDir::new().expect("a temporary directory");
        let size = format!("size={megabytes}m");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &size, "learncoin"]).arg(directory.path()).stderr(Stdio::null());
        let mounted = command.status().is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("left out: this user may not mount a file system");
        }
        mounted.then_some(Self { directory })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.ballast()).expect("a file");
        let mut block = vec![1; 1 << 16];
        while !block.is_empty() {
            if file.write_all(&block).is_err() {
                block.truncate(block.len() / 2);
            }
        }
    }

    /// Frees what [`SmallDisk::fill`] took.
    pub(crate) fn free(&self) {
        fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What is open there keeps it until its process has ended.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
