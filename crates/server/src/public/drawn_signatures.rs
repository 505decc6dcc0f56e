//! The signatures of persons that a certificate shows, with the bytes of their pictures.

use learncoin_badge::{Picture, SignatureLine};
use learncoin_store::tenants::NamedSignature;
use learncoin_store::{Result, Store};

/// A signature, with the bytes of its picture.
pub(crate) struct DrawnSignature {
    /// The person's name.
    pub(crate) name: String,
    /// The person's office.
    pub(crate) title: Option<String>,
    /// The picture of the signature.
    pub(crate) picture: Option<Vec<u8>>,
}

impl DrawnSignature {
    /// Creates one of a signature that is stored, and its picture.
    pub(crate) fn new(stored: &NamedSignature, picture: Option<Vec<u8>>) -> Self {
        Self { name: stored.name.clone(), title: stored.title.clone(), picture }
    }

    /// Returns the line of the certificate. It decodes the picture, which takes time.
    pub(crate) fn decode(&self) -> SignatureLine {
        SignatureLine {
            name: self.name.clone(),
            title: self.title.clone(),
            picture: self.picture.as_deref().and_then(Picture::decode),
        }
    }
}

/// Returns these signatures with their pictures, which certificates alone show.
pub(crate) async fn drawn_signatures(
    store: &Store,
    stored: &[NamedSignature],
) -> Result<Vec<DrawnSignature>> {
    let mut signatures = Vec::with_capacity(stored.len());
    for signature in stored {
        let picture = match &signature.image {
            Some(image) => store.find_logo(&image.hash).await?.map(|logo| logo.bytes),
            None => None,
        };
        signatures.push(DrawnSignature::new(signature, picture));
    }
    Ok(signatures)
}
