//! Revoke: a credential is withdrawn, once and for good.

use std::sync::Arc;

use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::credentials::{Credential, Revocation};
use learncoin_store::events::EventType;
use learncoin_store::id::CredentialId;
use learncoin_store::{Error as StoreError, WriteTx};
use serde_json::{Value, json};

use crate::time::iso8601;

/// The reason why a credential was not revoked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RevokeError {
    /// It is revoked already.
    #[error("revoked already")]
    AlreadyRevoked,
    /// The credential that was to take its place may not do so.
    #[error("no credential that may take its place")]
    ReplacedBy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Revokes credentials.
#[derive(Clone)]
pub(crate) struct Revoker {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Revoker {
    /// Revokes a credential within a transaction, for good. Returns the body of the response. Of a credential whose person is
    /// erased the code alone is kept: the words may name the person, and a successor shows it.
    ///
    /// # Errors
    /// See [`RevokeError`].
    pub(crate) async fn revoke(
        &self,
        tx: &mut WriteTx,
        credential: &Credential,
        revocation: &Revocation,
    ) -> Result<Value, RevokeError> {
        if let Some(successor) = &revocation.replaced_by
            && (*successor == credential.id || !tx.may_replace(&credential.scope, successor).await?)
        {
            return Err(RevokeError::ReplacedBy);
        }
        let Revocation { revoked_at: now, code, .. } = *revocation;
        let kept = tx.revoke_credential(&credential.id, revocation).await.map_err(|error| match error {
            StoreError::Conflict { .. } => RevokeError::AlreadyRevoked,
            other => other.into(),
        })?;
        tx.cancel_mail(&credential.id, now).await?;
        // The reason is free text: it stays in the credential's row, where erasure finds it, and joins the event
        // when that is delivered.
        let data = json!({
            "credential_id": credential.id,
            "batch_id": credential.batch_id,
            "revoked_at": iso8601(now),
            "reason_code": code,
        });
        tx.insert_event(
            &credential.scope,
            EventType::CredentialRevoked,
            credential.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tracing::info!(credential.batch = %credential.batch_id, code = code.as_str(), "credential revoked");
        Ok(revocation_body(&credential.id, &kept))
    }
}

/// Returns the body of the response to a revocation. Words that are gone are the empty text; a successor is named if there is one.
pub(crate) fn revocation_body(id: &CredentialId, revocation: &Revocation) -> Value {
    let mut body = json!({
        "id": id,
        "revoked": true,
        "revoked_at": iso8601(revocation.revoked_at),
        "reason": revocation.reason.as_deref().unwrap_or_default(),
        "reason_code": revocation.code,
    });
    if let (Some(members), Some(successor)) = (body.as_object_mut(), &revocation.replaced_by) {
        members.insert("replaced_by".to_owned(), json!(successor));
    }
    body
}
