//! Erase: the person is removed from a credential, once, and from everything that repeats the person.

use std::sync::Arc;

use learncoin_credential::Hash;
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::credentials::{Credential, ErasureRecord, Revocation};
use learncoin_store::events::EventType;
use learncoin_store::{Error as StoreError, Store, WriteTx};
use serde_json::{Value, json};

use crate::batch::documents;
use crate::credential::render::RenderError;
use crate::credential::revoke::revocation_body;
use crate::keyed_write::WriteError;
use crate::time::iso8601;

/// The reason why a credential was not erased.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EraseError {
    /// It is erased already.
    #[error("erased already")]
    AlreadyErased,
    /// The stored credential is damaged.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for EraseError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Erases persons from credentials.
#[derive(Clone)]
pub(crate) struct Eraser {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Eraser {
    /// Erases the person from a credential within a transaction. Returns the body of the response.
    ///
    /// # Errors
    /// See [`EraseError`].
    pub(crate) async fn erase(
        &self,
        tx: &mut WriteTx,
        credential: &Credential,
        verifiable: bool,
        record: &ErasureRecord<'_>,
    ) -> Result<Value, EraseError> {
        let now = record.erased_at;
        // Read within the transaction: a revocation that was committed meanwhile has kept a response with its reason too.
        let revocation = tx.find_revocation(&credential.id).await?;
        let node_full = node_full(credential)?;
        tx.erase_credential(&credential.id, record, &node_full).await.map_err(|error| match error {
            StoreError::Conflict { .. } => EraseError::AlreadyErased,
            other => other.into(),
        })?;
        if let Some(image) = &credential.image {
            tx.release_image(&credential.scope.tenant_id, image).await?;
        }
        let status = if verifiable { "verifiable" } else { "invalid" };
        if let Some(revocation) = revocation {
            let without_text = Revocation { reason: None, replaced_by: None, ..revocation };
            let body = revocation_body(&credential.id, &without_text).to_string();
            tx.blank_answers(credential.id.as_str(), &body).await?;
        }
        // The reply first: from here on the database refuses any change of the mail that would keep it.
        tx.blank_mail(&credential.id).await?;
        tx.cancel_mail(&credential.id, now).await?;
        let data = json!({
            "credential_id": credential.id,
            "erased_at": iso8601(now),
            "verification_status_after_erasure": status,
        });
        tx.insert_event(
            &credential.scope,
            EventType::CredentialErased,
            credential.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tracing::info!(credential.batch = %credential.batch_id, "credential erased");
        Ok(json!({
            "id": credential.id,
            "erased": true,
            "erased_at": iso8601(now),
            "verification_status_after_erasure": status,
        }))
    }

    /// Overwrites what was erased on the disk. If a long reader is in the way, it is overwritten once that has ended.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        if !self.store.scrub().await? {
            tracing::warn!(
                "a reader of the database keeps erased data on the disk; it is overwritten once the reader has ended"
            );
        }
        Ok(())
    }
}

/// Returns the full half of the credential's node in its batch's tree. It does not confirm a guess at the erased person: 32
/// random bytes that are gone went into it.
fn node_full(credential: &Credential) -> Result<Hash, EraseError> {
    match (credential.node_full, &credential.personal) {
        (Some(kept), _) => Ok(kept),
        (None, Some(personal)) => {
            let redacted = credential.redacted().map_err(RenderError::from)?;
            let double = documents::double_leaf(&mut Canonicalizer::default(), &redacted, personal);
            Ok(double.node_full)
        }
        (None, None) => Err(EraseError::AlreadyErased),
    }
}
