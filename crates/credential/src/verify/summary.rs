//! The words of a document, for people who compare them with what they see elsewhere.

use serde::Serialize;

use super::MAX_DOCUMENT_BYTES;
use crate::credential::SignedCredential;
use crate::document::Document;
use crate::json;
use crate::wallet::{SignedToken, SignedWalletDocument, WalletDocument, has_wallet_proof, token_text};

/// The words of a document that people compare: whose it is, for what, from whom and when.
///
/// They are true only as far as a [report](super::Report) confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The recipient's name; none in a redacted document.
    pub recipient: Option<String>,
    /// The achievement's name.
    pub achievement: String,
    /// The issuer's name.
    pub issuer: String,
    /// The issuance date, as it is written.
    pub issued: String,
    /// The expiration date, as it is written.
    pub expires: Option<String>,
    /// The credential's link.
    pub id: String,
}

impl Summary {
    /// Returns the words of a document.
    pub fn of(document: &Document) -> Self {
        Self {
            recipient: document.subject.name.clone(),
            achievement: document.subject.achievement.name.clone(),
            issuer: document.issuer.name.clone(),
            issued: document.issuance_date.clone(),
            expires: document.expiration_date.clone(),
            id: document.id.clone(),
        }
    }

    /// Returns the words of a wallet form.
    pub fn of_wallet_form(document: &WalletDocument) -> Self {
        Self {
            recipient: document.subject.name.clone(),
            achievement: document.subject.achievement.name.clone(),
            issuer: document.issuer.name.clone(),
            issued: document.valid_from.clone(),
            expires: document.valid_until.clone(),
            id: document.id.clone(),
        }
    }

    /// Reads the words of a signed document of either form, or of a JWT twin; `None` if it does not have the form of one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return None;
        }
        if let Some(token) = token_text(bytes) {
            let (token, ..) = SignedToken::read(token).ok()?;
            return Some(Self::of_wallet_form(&token.document));
        }
        let value = json::parse(bytes).ok()?;
        if has_wallet_proof(&value) {
            let (signed, ..) = SignedWalletDocument::read(&value).ok()?;
            return Some(Self::of_wallet_form(&signed.document));
        }
        let credential = SignedCredential::from_json(&value).ok()?;
        credential.validate().ok()?;
        Some(Self::of(&credential.document))
    }
}
