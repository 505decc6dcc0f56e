//! The ZIP container of a workbook ([APPNOTE](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)): only what workbooks
//! use, and never more bytes than the limit.
//!
//! The sizes that a container states are the words of its author, so what is unpacked is counted while it is unpacked.

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::file_fault::{FileFault, ForeignFile};

/// The limit of everything that is unpacked, in bytes.
pub const MAX_UNPACKED_BYTES: usize = 100 * 1024 * 1024;

/// The most bytes that a byte of an ordinary part unpacks to. Sheets reach 100; a bomb reaches 1,000.
const MAX_RATIO: usize = 400;
/// The bytes that a part may unpack to whatever its ratio.
const FREE_BYTES: usize = 4 * 1024 * 1024;
/// The limit of entries.
const MAX_ENTRIES: usize = 10_000;

const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;
const HEADER_BYTES: usize = 30;
const MAX_COMMENT_BYTES: usize = 65_535;

/// A container.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    unpacked: Cell<usize>,
    is_exceeded: Cell<bool>,
}

struct Entry {
    /// In lower case, with `/` between folders.
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    header: u64,
}

impl<'a> Archive<'a> {
    /// Reads the directory at the end of a container.
    ///
    /// # Errors
    /// If it is damaged.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, FileFault> {
        let entries = directory(bytes).ok_or_else(|| damaged("ZIP"))?;
        Ok(Self { bytes, entries, unpacked: Cell::new(0), is_exceeded: Cell::new(false) })
    }

    /// Returns the names of the entries, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &*entry.name)
    }

    /// Returns whether there is an entry of this name, whatever its capitals.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let name = name.trim_start_matches('/').to_lowercase();
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// Opens an entry: a reader that ends with an error if more than the limit is unpacked, or if the checksum is another one.
    ///
    /// # Errors
    /// If it is not there, encrypted, or compressed in a way that workbooks do not use.
    pub(super) fn open(&self, name: &str) -> Result<BufReader<Unpacked<'_, 'a>>, FileFault> {
        let damaged = || damaged(name);
        let entry = self.find(name).ok_or_else(damaged)?;
        if entry.flags & 1 != 0 {
            return Err(FileFault::Foreign { form: ForeignFile::Encrypted });
        }
        let packed = self.packed(entry).ok_or_else(damaged)?;
        let data = match entry.method {
            0 => Data::Stored(packed),
            8 => Data::Deflated(Box::new(DeflateDecoder::new(packed))),
            _ => return Err(damaged()),
        };
        let most = packed.len().saturating_mul(MAX_RATIO).max(FREE_BYTES);
        Ok(BufReader::with_capacity(
            64 * 1024,
            Unpacked { archive: self, data, crc: Crc::new(), expected: entry.crc, most },
        ))
    }

    /// Returns the compressed bytes of an entry.
    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let header = self.bytes.get(usize::try_from(entry.header).ok()?..)?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let skipped = HEADER_BYTES + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
        header.get(skipped..)?.get(..usize::try_from(entry.packed).ok()?)
    }

    /// Returns the fault of a part whose reading failed: the limit, or damage.
    pub(super) fn fault(&self, part: &str) -> FileFault {
        match self.is_exceeded.get() {
            true => FileFault::UnpacksTooLarge { most: MAX_UNPACKED_BYTES },
            false => damaged(part),
        }
    }
}

fn damaged(part: &str) -> FileFault {
    FileFault::Damaged { part: part.to_owned() }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// Returns the entries of the directory, or `None` if it is damaged.
fn directory(bytes: &[u8]) -> Option<Vec<Entry>> {
    let earliest = bytes.len().saturating_sub(END_BYTES + MAX_COMMENT_BYTES);
    let tail = bytes.get(earliest..)?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let end = tail.get(end..)?;
    let count = usize::from(u16_at(end, 10)?);
    if count > MAX_ENTRIES {
        return None;
    }
    let mut rest = bytes.get(usize::try_from(u32_at(end, 16)?).ok()?..)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let (entry, length) = read_entry(rest)?;
        entries.push(entry);
        rest = rest.get(length..)?;
    }
    Some(entries)
}

/// Reads an entry of the directory, and returns its length there.
fn read_entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, 28)?);
    let extra_length = usize::from(u16_at(bytes, 30)?);
    let comment_length = usize::from(u16_at(bytes, 32)?);
    let name = bytes.get(ENTRY_BYTES..ENTRY_BYTES + name_length)?;
    let extra = bytes.get(ENTRY_BYTES + name_length..)?.get(..extra_length)?;
    let sizes = [u32_at(bytes, 24)?, u32_at(bytes, 20)?, u32_at(bytes, 42)?];
    let [_, packed, header] = large(extra, sizes)?;
    let entry = Entry {
        name: String::from_utf8_lossy(name).replace('\\', "/").trim_start_matches('/').to_lowercase(),
        flags: u16_at(bytes, 8)?,
        method: u16_at(bytes, 10)?,
        crc: u32_at(bytes, 16)?,
        packed,
        header,
    };
    Some((entry, ENTRY_BYTES + name_length + extra_length + comment_length))
}

/// Returns sizes and offset of an entry. What does not fit 32 bits is in the extra field of ZIP64, and some programs always write it there.
fn large(extra: &[u8], sizes: [u32; 3]) -> Option<[u64; 3]> {
    let mut rest = extra;
    let mut zip64: &[u8] = &[];
    while let (Some(tag), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let end = 4 + usize::from(length);
        if tag == 1 {
            zip64 = rest.get(4..end)?;
        }
        rest = rest.get(end..)?;
    }
    let mut found = [0; 3];
    for (found, size) in found.iter_mut().zip(sizes) {
        *found = u64::from(size);
        if size == u32::MAX {
            *found = u64_at(zip64, 0)?;
            zip64 = zip64.get(8..)?;
        }
    }
    Some(found)
}

enum Data<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

/// The unpacked bytes of an entry.
pub(super) struct Unpacked<'r, 'a> {
    archive: &'r Archive<'a>,
    data: Data<'a>,
    crc: Crc,
    expected: u32,
    /// The limit of this entry, in bytes.
    most: usize,
}

impl Read for Unpacked<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match &mut self.data {
            Data::Stored(bytes) => bytes.read(buffer)?,
            Data::Deflated(decoder) => decoder.read(buffer)?,
        };
        self.crc.update(buffer.get(..length).unwrap_or_default());
        if length == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        let unpacked = self.archive.unpacked.get().saturating_add(length);
        self.archive.unpacked.set(unpacked);
        let own = usize::try_from(self.crc.amount()).unwrap_or(usize::MAX);
        if unpacked > MAX_UNPACKED_BYTES || own > self.most {
            self.archive.is_exceeded.set(true);
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(length)
    }
}
