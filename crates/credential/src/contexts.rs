//! The JSON-LD contexts: the bundled files, and the three arrays of context URLs that a document may name.
//!
//! No context is processed at run time. The closed member list of [`crate::document`] fixes the meaning of each name,
//! and the tests compare it with a general JSON-LD processor.

use crate::host::Host;

/// The content of `https://HOST/contexts/v1` (`application/ld+json`).
///
/// It never changes, because `@context` is not part of any hash. A change would be a `v2`.
pub const LEARNCOIN_V1: &str = include_str!("../contexts/learncoin-v1.jsonld");

/// The URL of Verifiable Credentials 2.0.
pub const VC_2: &str = "https://www.w3.org/ns/credentials/v2";
/// The URL of Blockcerts 3 (the 3.0 document).
pub const BLOCKCERTS_3: &str = "https://w3id.org/blockcerts/v3";
/// The URL of Open Badges 3.0.3.
pub const OPEN_BADGES_3: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// The URL of Data Integrity 2, which defines none of our members and is accepted as an extra.
pub const DATA_INTEGRITY_2: &str = "https://w3id.org/security/data-integrity/v2";

/// The arrays of section 4 of the format. All of them give the same canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContextArray {
    /// Array A, the default.
    #[default]
    Default,
    /// Array B, in the order that the Open Badges schema requires. It is written in the Open Badges layout.
    OpenBadges,
    /// Array C, with Data Integrity 2. It is accepted in verification and never written.
    WithDataIntegrity,
}

/// The `@context` of a document: one of the arrays, followed by the host's own context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextSet {
    /// The array.
    pub array: ContextArray,
    /// The last entry, `https://HOST/contexts/v1`.
    pub own: String,
}

impl ContextSet {
    /// Creates the default context set of a host.
    pub fn new(host: &Host) -> Self {
        Self { array: ContextArray::Default, own: host.context_url() }
    }

    /// Returns the URLs in order.
    pub fn urls(&self) -> Vec<&str> {
        let mut urls = self.array.public().to_vec();
        urls.push(&self.own);
        urls
    }
}

impl ContextArray {
    /// Every accepted array.
    pub const ALL: [Self; 3] = [Self::Default, Self::OpenBadges, Self::WithDataIntegrity];

    /// Returns the entries before the host's own.
    pub const fn public(self) -> &'static [&'static str] {
        match self {
            Self::Default => &[VC_2, BLOCKCERTS_3, OPEN_BADGES_3],
            Self::OpenBadges => &[VC_2, OPEN_BADGES_3],
            Self::WithDataIntegrity => &[VC_2, BLOCKCERTS_3, OPEN_BADGES_3, DATA_INTEGRITY_2],
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::hash::Hash;

    #[test]
    fn the_bundled_contexts_are_the_pinned_ones() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("contexts");
        let manifest: Value =
            serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
        let entries = manifest["contexts"].as_array().unwrap();
        for entry in entries {
            let bytes = fs::read(folder.join(entry["file"].as_str().unwrap())).unwrap();
            assert_eq!(
                Hash::sha256(&bytes).to_string(),
                entry["sha256"].as_str().unwrap(),
                "{}",
                entry["file"]
            );
        }
        assert_eq!(entries.len(), 10);
        for url in [VC_2, BLOCKCERTS_3, OPEN_BADGES_3, DATA_INTEGRITY_2] {
            assert!(entries.iter().any(|entry| entry["url"] == url), "{url}");
        }
        let own = "0d7793815f97618786fb852a36a36afadbc6990d78cad60afd2fad4e160c225c";
        assert_eq!(Hash::sha256(LEARNCOIN_V1.as_bytes()).to_string(), own);
    }

    #[test]
    fn a_host_names_its_own_context_last() {
        let host = Host::parse("http://localhost:8080").unwrap();
        let contexts = ContextSet::new(&host);
        assert_eq!(contexts.urls(), [VC_2, BLOCKCERTS_3, OPEN_BADGES_3, "http://localhost:8080/contexts/v1"]);
    }
}
