//! The reasons for which pictures are not accepted.

/// The limit of width and height before decoding: a few bytes can claim any size.
pub(super) const MAX_SIDE: u32 = 2_048;

/// The reason why a picture is not accepted, in words that follow "it".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The bytes are none of the formats that are accepted.
    #[error("is none of these formats")]
    Format,
    /// The bytes end before the picture does.
    #[error("is truncated: its bytes end before the picture does")]
    Truncated,
    /// A part is not what it was when it was written.
    #[error("is damaged: a checksum in it is wrong")]
    Checksum,
    /// A side is too long.
    #[error("has a side of more than {MAX_SIDE} pixels")]
    TooLarge,
    /// It can't be decoded.
    #[error("is damaged: it can't be decoded")]
    Malformed,
}
