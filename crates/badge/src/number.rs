//! The few conversions between numbers that drawing needs and the language has no exact form of.

/// A number of a font's units; beyond 24 bits it loses its last digits, which no font reaches.
#[expect(
    clippy::as_conversions,
    reason = "there is no other way, and a lost digit moves nothing that can be seen"
)]
pub(crate) fn from_i32(value: i32) -> f32 {
    value as f32
}

/// A count as a length.
pub(crate) fn from_usize(value: usize) -> f32 {
    from_i32(i32::try_from(value).unwrap_or(i32::MAX))
}

/// A number of pixels as a length.
pub(crate) fn from_u32(value: u32) -> f32 {
    from_i32(i32::try_from(value).unwrap_or(i32::MAX))
}
