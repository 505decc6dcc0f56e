//! The chain's file: one line per block, only appended to, on disk before the block is visible.
//!
//! A kill can tear the last line. Its block was never visible, so the line is cut off. Any other difference from what was
//! written is an error with the line's number, and nothing is repaired.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use super::block::Block;
use super::error::DevChainError;
use super::record::{Record, is_torn_first_line};
use super::state::State;

/// The open file, locked against other processes.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    /// The length of the complete lines, in bytes. What follows them is ignored.
    length: u64,
}

impl Log {
    /// Opens the file and reads the chain from it. If there is none, creates one that begins with `genesis`.
    pub(crate) fn open(path: &Path, genesis: Block) -> Result<(Log, State), DevChainError> {
        let is_new = !path.exists();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(DevChainError::io("opened"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DevChainError::InUse),
            Err(TryLockError::Error(source)) => return Err(DevChainError::Io { action: "locked", source }),
        }
        if is_new {
            sync_folder(path)?;
        }
        let (state, length) = read(&file)?;
        let mut log = Log { file, length };
        log.cut_tail()?;
        let state = match state {
            Some(state) => state,
            None => {
                log.append(&genesis)?;
                State::new(genesis)
            }
        };
        Ok((log, state))
    }

    /// Appends a block and waits until it is on disk. What an error leaves behind is cut off by the next append.
    pub(crate) fn append(&mut self, block: &Block) -> Result<(), DevChainError> {
        self.cut_tail()?;
        let line = Record::of(block).to_line().map_err(DevChainError::io("written"))?;
        self.length = self.write(line.as_bytes()).map_err(DevChainError::io("written"))?;
        Ok(())
    }

    /// Writes after the complete lines, and returns the new length of these.
    fn write(&mut self, line: &[u8]) -> std::io::Result<u64> {
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(line)?;
        self.file.sync_data()?;
        self.file.stream_position()
    }

    fn cut_tail(&mut self) -> Result<(), DevChainError> {
        let length = self.file.metadata().map_err(DevChainError::io("read"))?.len();
        if length == self.length {
            return Ok(());
        }
        self.file
            .set_len(self.length)
            .and_then(|()| self.file.sync_data())
            .map_err(DevChainError::io("written"))
    }
}

/// Syncs the folder of a new file, so that the file's name is durable.
fn sync_folder(path: &Path) -> Result<(), DevChainError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(DevChainError::io("written"))
}

/// Reads every complete line. Returns the state, `None` if there is no line, and the lines' length in bytes.
fn read(file: &File) -> Result<(Option<State>, u64), DevChainError> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut state: Option<State> = None;
    let mut length = 0_u64;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(DevChainError::io("read"))?;
        if line.pop_if(|last| *last == b'\n').is_none() {
            if state.is_none() && !is_torn_first_line(&line) {
                return Err(DevChainError::NotAChain);
            }
            break;
        }
        let damaged = |reason| DevChainError::Damaged { line: number, reason };
        let record = match Record::from_line(&line) {
            Ok(record) => record,
            Err(_) if state.is_none() => return Err(DevChainError::NotAChain),
            Err(reason) => return Err(damaged(reason)),
        };
        match &mut state {
            None => state = Some(State::new(restore_genesis(&record).map_err(damaged)?)),
            Some(state) => restore_block(state, &record).map_err(damaged)?,
        }
        length = length.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    Ok((state, length))
}

fn restore_genesis(record: &Record) -> Result<Block, &'static str> {
    let salt: [u8; 32] = record.extra().and_then(|extra| extra.try_into().ok()).ok_or("it has no salt")?;
    let genesis = Block::genesis(record.time, salt);
    same_hash(&genesis, record)?;
    Ok(genesis)
}

fn restore_block(state: &mut State, record: &Record) -> Result<(), &'static str> {
    let transactions = record.transactions()?;
    let next =
        state.recorded_block(record.time, transactions).ok_or("it cannot follow the block before it")?;
    same_hash(&next.block, record)?;
    state.append(next);
    Ok(())
}

/// Compares the hashes. A hash covers number, parent, time, fees and transactions, so this checks all of them.
fn same_hash(block: &Block, record: &Record) -> Result<(), &'static str> {
    if record.hash() == Some(block.hash.0) { Ok(()) } else { Err("the block has another hash") }
}
