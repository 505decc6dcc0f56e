//! The one time that values which an earlier release sealed are sealed anew, so that their contexts name their tenants.

use crate::clock::Entropy;
use crate::credentials::credential;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::{Error, Result};
use crate::id::{CredentialId, TenantId, WebhookId};
use crate::settings::Setting;
use crate::webhooks::endpoints;

/// The value of [`Setting::SealedForm`] when all of it is done.
const DONE: &str = "2";
/// The rows of a transaction.
const ROWS_AT_A_TIME: i64 = 500;

/// The columns of endpoints that hold secrets, and the statements that write them.
const SECRETS: [(&str, &str); 2] = [
    ("secret_sealed", "UPDATE webhook_endpoints SET secret_sealed = $2 WHERE id = $1 AND secret_sealed = $3"),
    (
        "previous_secret_sealed",
        "UPDATE webhook_endpoints SET previous_secret_sealed = $2 WHERE id = $1 AND previous_secret_sealed = $3",
    ),
];

/// The values of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResealedValues {
    /// The number of those that were sealed anew.
    pub resealed: u64,
    /// The number of those that can't be opened, which stay as they are. They could not be read before either.
    pub unreadable: u64,
}

impl ResealedValues {
    fn count(&mut self, anew: Result<Option<String>>) -> Result<Option<String>> {
        match anew {
            Err(Error::Unsealed) => {
                self.unreadable = self.unreadable.saturating_add(1);
                Ok(None)
            }
            Ok(Some(anew)) => {
                self.resealed = self.resealed.saturating_add(1);
                Ok(Some(anew))
            }
            other => other,
        }
    }
}

impl Store {
    /// Seals anew what an earlier release sealed without a tenant, in small transactions, and records when all of it is done. From
    /// then on a value of the older form is opened nowhere. It may be killed, and run on several nodes at once: what is left is done
    /// by the next run. To be called before anything is read.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn reseal(&self, entropy: &dyn Entropy) -> Result<ResealedValues> {
        let mut values = ResealedValues::default();
        if self.find_setting(Setting::SealedForm).await?.as_deref() == Some(DONE) {
            return Ok(values);
        }
        let mut last: Option<CredentialId> = None;
        while let Some(next) = self.reseal_credentials(last.as_ref(), entropy, &mut values).await? {
            last = Some(next);
        }
        let mut last: Option<WebhookId> = None;
        while let Some(next) = self.reseal_endpoints(last.as_ref(), entropy, &mut values).await? {
            last = Some(next);
        }
        let mut tx = self.begin().await?;
        tx.put_setting(Setting::SealedForm, DONE).await?;
        tx.commit().await?;
        Ok(values)
    }

    /// Seals some keys of persons anew. A person is sealed under such a key, and stays as it is. Returns the last credential.
    async fn reseal_credentials(
        &self,
        after: Option<&CredentialId>,
        entropy: &dyn Entropy,
        values: &mut ResealedValues,
    ) -> Result<Option<CredentialId>> {
        let mut tx = self.begin().await?;
        let rows = sql::query(
            "SELECT id, tenant_id, data_key_sealed FROM credentials WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.map_or("", CredentialId::as_str))
        .bind(ROWS_AT_A_TIME)
        .fetch_all(tx.connection())
        .await?;
        let mut last = None;
        for row in &rows {
            let record = Record { table: "credentials", row };
            let id: CredentialId = record.parsed("id")?;
            let tenant_id: TenantId = record.parsed("tenant_id")?;
            if let Some(sealed) = record.maybe_text("data_key_sealed")?
                && let Some(anew) = values.count(self.sealer.reseal_for(
                    entropy,
                    &tenant_id,
                    &credential::key_place(&id),
                    &sealed,
                ))?
            {
                sql::query(
                    "UPDATE credentials SET data_key_sealed = $2 WHERE id = $1 AND data_key_sealed = $3",
                )
                .bind(id.as_str())
                .bind(anew)
                .bind(sealed)
                .execute(tx.connection())
                .await?;
            }
            last = Some(id);
        }
        tx.commit().await?;
        Ok(last)
    }

    async fn reseal_endpoints(
        &self,
        after: Option<&WebhookId>,
        entropy: &dyn Entropy,
        values: &mut ResealedValues,
    ) -> Result<Option<WebhookId>> {
        let mut tx = self.begin().await?;
        let rows = sql::query(
            "SELECT id, tenant_id, secret_sealed, previous_secret_sealed FROM webhook_endpoints
             WHERE id > $1 ORDER BY id LIMIT $2",
        )
        .bind(after.map_or("", WebhookId::as_str))
        .bind(ROWS_AT_A_TIME)
        .fetch_all(tx.connection())
        .await?;
        let mut last = None;
        for row in &rows {
            let record = Record { table: "webhook_endpoints", row };
            let id: WebhookId = record.parsed("id")?;
            let tenant_id: TenantId = record.parsed("tenant_id")?;
            for (column, update) in SECRETS {
                let Some(sealed) = record.maybe_text(column)? else { continue };
                let anew = self.sealer.reseal_for(entropy, &tenant_id, &endpoints::place(&id), &sealed);
                let Some(anew) = values.count(anew)? else { continue };
                sql::query(update).bind(id.as_str()).bind(anew).bind(sealed).execute(tx.connection()).await?;
            }
            last = Some(id);
        }
        tx.commit().await?;
        Ok(last)
    }
}
