//! A person who signs certificates for the school.

use crate::picture::Picture;

/// A person who signs certificates for the school.
#[derive(Debug, Clone)]
pub struct SignatureLine {
    /// The person's name.
    pub name: String,
    /// The person's office.
    pub title: Option<String>,
    /// A picture of the signature.
    pub picture: Option<Picture>,
}
