//! Conversions of integers to `f32`, for which Rust has no lossless form.

/// Converts an integer. Beyond 24 bits it loses precision, which no length in a font or drawing reaches.
#[expect(
    clippy::as_conversions,
    reason = "there is no other way, and a lost digit moves nothing that can be seen"
)]
pub(crate) fn from_i32(value: i32) -> f32 {
    value as f32
}

/// Converts a count.
pub(crate) fn from_usize(value: usize) -> f32 {
    from_i32(i32::try_from(value).unwrap_or(i32::MAX))
}

/// Converts a number of pixels.
pub(crate) fn from_u32(value: u32) -> f32 {
    from_i32(i32::try_from(value).unwrap_or(i32::MAX))
}
