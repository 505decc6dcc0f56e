//! Whether the bytes of a picture are all there and unchanged, and the metadata that they hold. Decoders are lenient: of half a
//! JPEG they make a picture that is gray from the middle on.

use super::error::PictureError;
use crate::png_chunks::{ChunkError, SIGNATURE, chunk};

/// The format of a picture, by its first bytes, whatever their sender calls it. SVG is none: it can carry programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Gif,
    WebP,
}

impl Format {
    /// Returns the format of the bytes.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => None,
        }
    }
}

/// The bytes of a picture that are not read yet.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], PictureError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PictureError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], PictureError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(PictureError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn take_byte(&mut self) -> Result<u8, PictureError> {
        self.take_array::<1>().map(|[byte]| byte)
    }
}

/// Checks that a picture is whole. Returns its EXIF data, if it has any.
///
/// # Errors
/// [`PictureError::Truncated`], [`PictureError::Checksum`] or [`PictureError::Malformed`].
pub(super) fn check(format: Format, bytes: &[u8]) -> Result<Option<&[u8]>, PictureError> {
    match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::Gif => gif(bytes).map(|()| None),
        Format::WebP => webp(bytes),
    }
}

/// Returns the EXIF data of a picture that need not be whole.
pub(super) fn exif(format: Format, bytes: &[u8]) -> Option<&[u8]> {
    check(format, bytes).ok().flatten()
}

/// Walks the chunks of a PNG to its end.
fn png(bytes: &[u8]) -> Result<Option<&[u8]>, PictureError> {
    let (mut at, mut exif) = (SIGNATURE.len(), None);
    loop {
        let chunk = chunk(bytes, at)?;
        match &chunk.name {
            b"IEND" => return Ok(exif),
            b"eXIf" => exif = Some(chunk.data),
            _ => {}
        }
        at = chunk.end;
    }
}

impl From<ChunkError> for PictureError {
    fn from(error: ChunkError) -> Self {
        match error {
            ChunkError::CutOff => Self::Truncated,
            ChunkError::Checksum => Self::Checksum,
        }
    }
}

/// Walks the segments of a JPEG to its end.
fn jpeg(bytes: &[u8]) -> Result<Option<&[u8]>, PictureError> {
    let mut rest = Rest(bytes);
    rest.take(2)?;
    let mut exif = None;
    loop {
        if rest.take_byte()? != 0xff {
            return Err(PictureError::Malformed);
        }
        let mut marker = rest.take_byte()?;
        while marker == 0xff {
            marker = rest.take_byte()?;
        }
        match marker {
            // The end of the image.
            0xd9 => return Ok(exif),
            // Markers without contents.
            0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(rest.take_array()?));
        let data = rest.take(length.checked_sub(2).ok_or(PictureError::Malformed)?)?;
        match marker {
            0xe1 if exif.is_none() => exif = data.strip_prefix(b"Exif\0\0"),
            0xda => skip_scan(&mut rest)?,
            _ => {}
        }
    }
}

/// Skips the coded data of a scan, up to the marker that follows it.
fn skip_scan(rest: &mut Rest<'_>) -> Result<(), PictureError> {
    let is_marker = |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0 | 0xd0..=0xd7 | 0xff));
    let end = rest.0.windows(2).position(is_marker).ok_or(PictureError::Truncated)?;
    rest.take(end).map(|_| ())
}

/// Walks the blocks of a GIF to its trailer.
fn gif(bytes: &[u8]) -> Result<(), PictureError> {
    let mut rest = Rest(bytes);
    rest.take(10)?;
    let flags = rest.take_byte()?;
    rest.take(2)?;
    rest.take(color_table(flags))?;
    loop {
        match rest.take_byte()? {
            0x3b => return Ok(()),
            0x21 => {
                rest.take_byte()?;
            }
            0x2c => {
                rest.take(8)?;
                let flags = rest.take_byte()?;
                rest.take(color_table(flags))?;
                rest.take_byte()?;
            }
            _ => return Err(PictureError::Malformed),
        }
        loop {
            match rest.take_byte()? {
                0 => break,
                length => rest.take(usize::from(length))?,
            };
        }
    }
}

/// Returns the bytes of a color table, by the flags before it.
fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Walks the chunks of a WebP to the length that its header names.
fn webp(bytes: &[u8]) -> Result<Option<&[u8]>, PictureError> {
    let mut rest = Rest(bytes);
    rest.take(4)?;
    let length = usize::try_from(u32::from_le_bytes(rest.take_array()?)).unwrap_or(usize::MAX);
    let mut chunks = Rest(rest.take(length)?);
    chunks.take(4)?;
    let mut exif = None;
    while !chunks.0.is_empty() {
        let kind: [u8; 4] = chunks.take_array()?;
        let length = usize::try_from(u32::from_le_bytes(chunks.take_array()?)).unwrap_or(usize::MAX);
        let data = chunks.take(length)?;
        if &kind == b"EXIF" {
            // Some programs write the prefix of JPEG here too.
            exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data));
        }
        if length % 2 == 1 && !chunks.0.is_empty() {
            chunks.take(1)?;
        }
    }
    Ok(exif)
}
