//! A tenant registers and deletes the webhook endpoints that receive its events.

use std::sync::Arc;

use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::WebhookId;
use learncoin_store::requests::Answer;
use learncoin_store::scope::TenantScope;
use learncoin_store::webhooks::{MAX_ENDPOINTS, WebhookEndpoint};
use learncoin_store::{Error as StoreError, Store, kill};

use crate::keyed_write::{
    Actor, KeyedResponse, KeyedTransaction, KeyedWrite, KeyedWriteError, WriteError, begin_for_actor,
    with_retries,
};

/// The HTTP status of the response to a registration.
pub const REGISTERED: u16 = 201;

/// A request to register an endpoint.
pub struct Registration<'a> {
    /// The write.
    pub write: KeyedWrite<'a>,
    /// The URL to which events are sent.
    pub url: String,
    /// The types of the wanted events.
    pub events: Vec<String>,
    /// The caller's description.
    pub description: Option<String>,
    /// The secret with which events are signed.
    pub secret: &'a str,
    /// Builds the body of the response, which is kept under the idempotency key, with the secret in it sealed.
    pub respond: &'a (dyn Fn(&WebhookEndpoint) -> serde_json::Result<String> + Send + Sync),
}

/// The reason why an endpoint was not registered. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The write was not begun.
    #[error(transparent)]
    Write(#[from] KeyedWriteError),
    /// The environment has [`MAX_ENDPOINTS`] endpoints already.
    #[error("the environment has {MAX_ENDPOINTS} endpoints already")]
    TooMany,
    /// The response could not be written.
    #[error(transparent)]
    Response(#[from] serde_json::Error),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Write(error.into())
    }
}

impl WriteError for RegisterError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Write(KeyedWriteError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

/// The reason why an endpoint was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// The caller lost the right to it since the request began: the key was revoked, or the member's role taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// There is no such endpoint, or it is deleted already.
    #[error("no such endpoint")]
    Absent,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for DeleteError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Registers and deletes webhook endpoints as callers request it.
#[derive(Clone)]
pub struct Endpoints {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Endpoints {
    /// Registers an endpoint, once for each idempotency key.
    ///
    /// # Errors
    /// See [`RegisterError`].
    pub async fn register(&self, registration: Registration<'_>) -> Result<KeyedResponse, RegisterError> {
        with_retries("the registration of a webhook endpoint", || self.register_once(&registration)).await
    }

    async fn register_once(&self, registration: &Registration<'_>) -> Result<KeyedResponse, RegisterError> {
        let write = &registration.write;
        let (mut tx, now) = match write.begin(&self.store, &*self.clock).await? {
            KeyedTransaction::New { tx, now } => (tx, now),
            KeyedTransaction::Kept { status, body } => return Ok(KeyedResponse::Kept { status, body }),
        };
        kill::reached("webhook.key_claimed");
        if tx.count_webhooks(write.scope).await? >= MAX_ENDPOINTS {
            return Err(RegisterError::TooMany);
        }
        let endpoint = WebhookEndpoint {
            id: WebhookId::generate(&*self.clock, &*self.entropy),
            scope: write.scope.clone(),
            url: registration.url.clone(),
            events: registration.events.clone(),
            description: registration.description.clone(),
            created_at: now,
            disabled_at: None,
        };
        tx.insert_webhook(&endpoint, registration.secret, &*self.entropy).await?;
        let body = (registration.respond)(&endpoint)?;
        let response =
            Answer { status: REGISTERED, body: &body, secret: Some(&*self.entropy), subject_id: None };
        write.keep_response(&mut tx, &response, now).await?;
        kill::reached("webhook.written");
        tx.commit().await?;
        kill::reached("webhook.committed");
        tracing::info!(webhook.id = %endpoint.id, tenant.id = %write.scope.tenant_id, "webhook endpoint registered");
        Ok(KeyedResponse::New { body, subject_id: endpoint.id.to_string() })
    }

    /// Deletes an endpoint: no further event is sent to it.
    ///
    /// # Errors
    /// See [`DeleteError`].
    pub async fn delete(
        &self,
        scope: &TenantScope,
        actor: Actor<'_>,
        id: &WebhookId,
    ) -> Result<(), DeleteError> {
        with_retries("the deletion of a webhook endpoint", || self.delete_once(scope, actor, id)).await
    }

    async fn delete_once(
        &self,
        scope: &TenantScope,
        actor: Actor<'_>,
        id: &WebhookId,
    ) -> Result<(), DeleteError> {
        let begun = begin_for_actor(&self.store, &*self.clock, &scope.tenant_id, actor).await?;
        let (mut tx, _) = begun.ok_or(DeleteError::RightLost)?;
        if !tx.delete_webhook(scope, id).await? {
            return Err(DeleteError::Absent);
        }
        Ok(tx.commit().await?)
    }
}
