//! The chunks of a PNG, each compared with its checksum
//! ([PNG](https://www.w3.org/TR/png-3/#5Chunk-layout) section 5.3).

/// The first bytes of every PNG.
pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The bytes of a chunk beside its data: length, type and CRC.
const FRAME: usize = 12;

/// A chunk with the offset of its end.
pub(crate) struct Chunk<'a> {
    /// Its type, such as `IHDR`.
    pub(crate) name: [u8; 4],
    /// Its data.
    pub(crate) data: &'a [u8],
    /// The offset of the byte behind it.
    pub(crate) end: usize,
}

/// The reasons why a chunk can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChunkError {
    /// The bytes end within it.
    CutOff,
    /// Its checksum is that of other data.
    Checksum,
}

/// Reads the chunk that begins at an offset.
///
/// # Errors
/// See [`ChunkError`].
pub(crate) fn chunk(bytes: &[u8], at: usize) -> Result<Chunk<'_>, ChunkError> {
    let (length, rest) =
        bytes.get(at..).and_then(<[u8]>::split_first_chunk::<4>).ok_or(ChunkError::CutOff)?;
    let (name, rest) = rest.split_first_chunk::<4>().ok_or(ChunkError::CutOff)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| ChunkError::CutOff)?;
    let (data, rest) = rest.split_at_checked(length).ok_or(ChunkError::CutOff)?;
    let (expected, _) = rest.split_first_chunk::<4>().ok_or(ChunkError::CutOff)?;
    if checksum(*name, data) != u32::from_be_bytes(*expected) {
        return Err(ChunkError::Checksum);
    }
    Ok(Chunk { name: *name, data, end: at + FRAME + length })
}

/// Computes the checksum of a chunk.
pub(crate) fn checksum(name: [u8; 4], data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&name);
    hasher.update(data);
    hasher.finalize()
}
