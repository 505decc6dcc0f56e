//! The journal: an append-only file with a line per erasure, which is on the disk before the response to the erasure is sent. A
//! line holds the credential's id, two times and the requester's role, and no personal data.
//!
//! A kill can tear the last line. No response was sent for its erasure, which is appended later from the database. Any other line
//! that can't be parsed is an error with the line's number: a restore would undo an erasure that is skipped.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use learncoin_store::clock::iso8601;
use learncoin_store::credentials::Erasure;
use serde_json::{Value, json};

/// The reason why the journal could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file can't be used.
    #[error("the journal of erasures {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A line was not written by this program.
    #[error("{path}, line {line}: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Its line, counted from one.
        line: usize,
        /// The fault.
        reason: &'static str,
    },
    /// The task that writes ended early: it panicked, or the process ends.
    #[error("recording an erasure ended early")]
    Aborted,
}

/// The file. It is opened for each erasure, since those are rare: an operator may move it away, and a new one is created.
#[derive(Debug)]
pub struct Journal(PathBuf);

impl Journal {
    /// Creates the journal in this file, which need not exist.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Returns every erasure in the file; none if there is no file.
    ///
    /// # Errors
    /// If the file or a line of it can't be read.
    pub fn read(&self) -> Result<Vec<Erasure>, JournalError> {
        match std::fs::read(&self.0) {
            Ok(bytes) => parse_lines(whole_lines(&bytes), &self.0),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.io(error)),
        }
    }

    /// Appends those of the erasures that the file lacks.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub fn add(&self, erasures: Vec<Erasure>) -> Result<(), JournalError> {
        let mut known: HashSet<_> = self.read()?.into_iter().map(|one| one.id).collect();
        let missing: Vec<Erasure> =
            erasures.into_iter().filter(|erasure| known.insert(erasure.id.clone())).collect();
        self.append(&missing)
    }

    /// Appends erasures, and waits until they are on the disk.
    ///
    /// # Errors
    /// If they can't be written. Some of them may be in the file then; appending one twice is harmless.
    pub fn append(&self, erasures: &[Erasure]) -> Result<(), JournalError> {
        if erasures.is_empty() {
            return Ok(());
        }
        self.write(to_lines(erasures).as_bytes()).map_err(|error| self.io(error))
    }

    fn write(&self, lines: &[u8]) -> std::io::Result<()> {
        let is_new = !self.0.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.0)?;
        // A command may append while the server runs, and nodes may share the file.
        file.lock()?;
        let end = end_of_whole_lines(&mut file)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(lines)?;
        file.sync_all()?;
        if is_new {
            // A new file's name is durable once its folder is.
            let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }

    fn io(&self, source: std::io::Error) -> JournalError {
        JournalError::Io { path: self.0.clone(), source }
    }
}

/// Returns the end of the last whole line. The file is read only if its last line is torn.
fn end_of_whole_lines(file: &mut File) -> std::io::Result<u64> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(u64::try_from(whole_lines(&bytes).len()).unwrap_or(u64::MAX))
}

fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// Formats erasures as lines, each ended by a line feed.
pub fn to_lines(erasures: &[Erasure]) -> String {
    let line = |erasure: &Erasure| {
        let line = json!({
            "id": erasure.id,
            "erased_at": iso8601(erasure.erased_at),
            "requester": erasure.requester,
            "verified_at": erasure.verified_at,
        });
        format!("{line}\n")
    };
    erasures.iter().map(line).collect()
}

/// Parses the lines of [`to_lines`]. Errors name `path`.
///
/// # Errors
/// The first line that is not an erasure.
pub fn parse_lines(bytes: &[u8], path: &Path) -> Result<Vec<Erasure>, JournalError> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    lines
        .map(|(index, line)| {
            let damaged = |reason| JournalError::Damaged { path: path.to_owned(), line: index + 1, reason };
            parse_line(line).map_err(damaged)
        })
        .collect()
}

fn parse_line(line: &[u8]) -> Result<Erasure, &'static str> {
    let value: Value = serde_json::from_slice(line).map_err(|_| "not JSON")?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let id = text("id").and_then(|id| id.parse().ok()).ok_or("`id` is no id of a credential")?;
    let erased_at = text("erased_at").and_then(|time| time.parse::<Timestamp>().ok());
    let erased_at = erased_at.ok_or("`erased_at` is no time")?.as_millisecond();
    let requester = text("requester").and_then(|requester| requester.parse().ok());
    let verified_at = text("verified_at").filter(|time| time.parse::<Timestamp>().is_ok());
    Ok(Erasure {
        id,
        erased_at,
        requester: requester.ok_or("`requester` is none that is known")?,
        verified_at: verified_at.ok_or("`verified_at` is no time")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use learncoin_store::credentials::Requester;
    use learncoin_store::id::CredentialId;

    use super::*;

    fn erasure(last: char) -> Erasure {
        Erasure {
            id: format!("{}01KPX4MQ00REJFE5FBD8QX9Y5{last}", CredentialId::PREFIX).parse().unwrap(),
            erased_at: 1_776_945_601_234,
            requester: Requester::Dpo,
            verified_at: "2026-04-23T12:00:00Z".to_owned(),
        }
    }

    #[test]
    fn appended_erasures_are_read_in_their_order() {
        let directory = tempfile::tempdir().unwrap();
        let journal = Journal::at(directory.path().join("erasures.log"));
        assert_eq!(journal.read().unwrap(), []);
        journal.append(&[erasure('A')]).unwrap();
        journal.append(&[erasure('B'), erasure('C')]).unwrap();
        assert_eq!(journal.read().unwrap(), [erasure('A'), erasure('B'), erasure('C')]);
    }

    #[test]
    fn a_torn_last_line_is_skipped_and_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("erasures.log");
        let journal = Journal::at(&path);
        let line = to_lines(&[erasure('B')]);
        for torn in [&line[..1], &line[..line.len() - 1]] {
            std::fs::write(&path, format!("{}{torn}", to_lines(&[erasure('A')]))).unwrap();
            assert_eq!(journal.read().unwrap(), [erasure('A')]);
            journal.append(&[erasure('C')]).unwrap();
            assert_eq!(journal.read().unwrap(), [erasure('A'), erasure('C')]);
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("erasures.log");
        let good = to_lines(&[erasure('A')]);
        for (bad, name) in [
            ("{", "not JSON"),
            (&good.replace("\"id\"", "\"ad\""), "`id`"),
            (&good.replace("2026-04-23T12:00:01", "yesterday"), "`erased_at`"),
            (&good.replace("dpo", "friend"), "`requester`"),
            (&good.replace("2026-04-23T12:00:00Z", "x"), "`verified_at`"),
        ] {
            std::fs::write(&path, format!("{good}{}\n{good}", bad.trim_end())).unwrap();
            let message = Journal::at(&path).read().unwrap_err().to_string();
            assert!(message.contains("line 2") && message.contains(name), "{message}");
        }
    }
}
