//! The pixels of a picture that was decoded.

/// Pixels without premultiplication, four bytes each.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
}

impl Pixels {
    /// Returns a pixel, which is transparent outside.
    pub(super) fn at(&self, x: u32, y: u32) -> &[u8] {
        let index =
            usize::try_from(u64::from(y) * u64::from(self.width) + u64::from(x)).unwrap_or(usize::MAX);
        let start = index.saturating_mul(4);
        self.rgba.get(start..start.saturating_add(4)).unwrap_or(&[0; 4])
    }
}
