//! The deployment's own name and mark, which pages, files and mails show beside the issuer's.

use std::sync::Arc;

use crate::picture::{Picture, PictureError, accept_picture};

/// The name of a deployment that has no other.
const DEFAULT_NAME: &str = "LearnCoin";

/// The largest file of a mark, in bytes.
pub const MAX_MARK_BYTES: usize = 512 * 1024;

/// The name and mark of a deployment. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Brand {
    name: Arc<str>,
    mark: Option<BrandMark>,
}

/// A mark of the operator's, in place of LearnCoin's.
#[derive(Debug, Clone, PartialEq)]
pub struct BrandMark {
    /// The media type: `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
    picture: Picture,
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: DEFAULT_NAME.into(), mark: None }
    }
}

impl Brand {
    /// Creates a brand with LearnCoin's mark.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), mark: None }
    }

    /// Returns the brand with another mark, from the bytes of a picture, which is checked as tenants' logos are.
    ///
    /// # Errors
    /// See [`PictureError`].
    pub fn with_mark(self, bytes: &[u8]) -> Result<Self, PictureError> {
        let accepted = accept_picture(bytes, MAX_MARK_BYTES)?;
        let picture = Picture::decode(&accepted.bytes).ok_or(PictureError::Malformed)?;
        let mark = BrandMark { media_type: accepted.media_type, bytes: accepted.bytes.into(), picture };
        Ok(Self { mark: Some(mark), ..self })
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the operator's mark, if there is one.
    pub fn mark(&self) -> Option<&BrandMark> {
        self.mark.as_ref()
    }

    /// Returns the operator's mark as a picture that can be drawn.
    pub(crate) fn picture(&self) -> Option<&Picture> {
        self.mark.as_ref().map(|mark| &mark.picture)
    }
}
