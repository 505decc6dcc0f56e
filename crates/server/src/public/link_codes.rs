//! The QR codes of links that were shown a while ago. To choose the pattern that scanners read best takes a tenth of a millisecond, which
//! was a quarter of a page; the code of a link is always the same.

use std::sync::Arc;

use learncoin_badge::LinkCode;
use sha2::{Digest as _, Sha256};

use crate::public::recently_used::RecentlyUsed;

/// The most bytes that are kept: some 1,000 codes of 4 KB.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The codes that were shown last, by the digest of their link.
pub(crate) struct LinkCodes(RecentlyUsed<[u8; 32], Arc<LinkCode>>);

impl Default for LinkCodes {
    fn default() -> Self {
        Self(RecentlyUsed::new(MAX_BYTES))
    }
}

impl LinkCodes {
    /// Returns the code of a link, or `None` if it exceeds the capacity of a QR code.
    pub(crate) fn of(&self, link: &str) -> Option<Arc<LinkCode>> {
        let key: [u8; 32] = Sha256::digest(link).into();
        if let Some(code) = self.0.find(&key) {
            return Some(code);
        }
        let code = Arc::new(LinkCode::of(link)?);
        self.0.keep(key, Arc::clone(&code), code.path.len().saturating_add(size_of::<LinkCode>()));
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_once() {
        let codes = LinkCodes::default();
        let link = "https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A";
        let first = codes.of(link).unwrap();
        assert_eq!(*first, LinkCode::of(link).unwrap());
        assert!(Arc::ptr_eq(&first, &codes.of(link).unwrap()));
        assert_ne!(codes.of("https://learncoin.me/c/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ").unwrap(), first);
        assert_eq!(codes.of(&"x".repeat(4_000)), None);
    }
}
