//! Fail: a batch that could not be signed within the give-up window ends, and its quota is returned.

use learncoin_store::Result;
use learncoin_store::batches::Batch;
use learncoin_store::events::EventType;
use serde_json::json;

use crate::pipeline::Pipeline;
use crate::step::FailureCode;
use crate::time::{iso8601, month};

impl Pipeline {
    /// Moves a pending batch to failed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`](learncoin_store::Error::Conflict) if the batch is not pending any more, and if the store fails.
    pub(crate) async fn fail(&self, batch: &Batch, code: FailureCode) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now_ms();
        tx.mark_failed(&batch.id, code.as_str(), code.message(), now).await?;
        tx.return_usage(&batch.scope, &month(batch.created_at), batch.credentials_count).await?;
        let data = json!({
            "batch_id": batch.id,
            "error_code": code.as_str(),
            "error_message": code.message(),
            "failed_at": iso8601(now),
        });
        tx.insert_event(
            &batch.scope,
            EventType::BatchFailed,
            batch.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tx.commit().await?;
        tracing::error!(batch.id = %batch.id, code = code.as_str(), "batch failed");
        Ok(())
    }
}
