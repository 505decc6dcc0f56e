//! The nodes that browsers may ask.

use url::Url;

/// The public nodes that browsers may ask, as the operator named them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserNodes {
    /// A node of Base Sepolia.
    pub test: Option<Url>,
    /// A node of Base.
    pub live: Option<Url>,
}
