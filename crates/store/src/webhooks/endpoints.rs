//! Webhook endpoints, to which a tenant's events are sent.

use zeroize::Zeroizing;

use crate::batches::batch::Scoped;
use crate::clock::Entropy;
use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::WebhookId;
use crate::scope::TenantScope;
use crate::seal::Sealer;

/// The most endpoints that a tenant may have in an environment.
pub const MAX_ENDPOINTS: usize = 16;

/// An endpoint without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub scope: TenantScope,
    /// The URL that events are sent to.
    pub url: String,
    /// The types of events that go there.
    pub events: Vec<String>,
    /// Its owner's description.
    pub description: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when nothing goes there.
    pub disabled_at: Option<i64>,
}

impl WebhookEndpoint {
    /// Returns whether events go there.
    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none()
    }
}

const COLUMNS: &str = "id, tenant_id, environment, url, events, description, created_at, disabled_at";

fn endpoint(row: &Row) -> Result<WebhookEndpoint> {
    let record = Record { table: "webhook_endpoints", row };
    Ok(WebhookEndpoint {
        id: record.parsed("id")?,
        scope: record.scope()?,
        url: record.text("url")?,
        events: record.json("events")?,
        description: record.maybe_text("description")?,
        created_at: record.int("created_at")?,
        disabled_at: record.maybe_int("disabled_at")?,
    })
}

pub(crate) fn place(id: &str) -> String {
    format!("webhook_endpoints/{id}/secret")
}

/// Returns the secrets that sign for an endpoint, the newest first: two for a while after a rotation.
pub(crate) fn secrets(
    record: &Record<'_>,
    sealer: &Sealer,
    id: &WebhookId,
    now_ms: i64,
) -> Result<Vec<Zeroizing<String>>> {
    let tenant_id = record.parsed("tenant_id")?;
    let open = |sealed: &str| {
        let secret = sealer.open_for(&tenant_id, &place(id.as_str()), sealed)?;
        String::from_utf8(secret.to_vec()).map(Zeroizing::new).map_err(|_| Error::Unsealed)
    };
    let mut secrets = vec![open(&record.text("secret_sealed")?)?];
    let previous = (record.maybe_text("previous_secret_sealed")?, record.maybe_int("previous_secret_until")?);
    if let (Some(sealed), Some(until)) = previous
        && now_ms < until
    {
        secrets.push(open(&sealed)?);
    }
    Ok(secrets)
}

impl Store {
    /// Returns the endpoint with this id, as far as the scope may see it.
    pub async fn find_webhook(&self, scope: &TenantScope, id: &WebhookId) -> Result<Scoped<WebhookEndpoint>> {
        Ok(Scoped::judge(self.webhook_by_id(id).await?, |endpoint| endpoint.scope.clone(), scope))
    }

    /// Returns the scope's endpoints, oldest first: at most `limit` after `after`.
    pub async fn list_webhooks(
        &self,
        scope: &TenantScope,
        after: Option<&WebhookId>,
        limit: u32,
    ) -> Result<Vec<WebhookEndpoint>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM webhook_endpoints
             WHERE tenant_id = $1 AND environment = $2 AND id > $3 ORDER BY id LIMIT $4"
        ))
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(after.map_or("", WebhookId::as_str))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(endpoint)
        .collect()
    }

    /// Returns the endpoint with this id, of any tenant. For the operator's commands.
    pub async fn webhook_by_id(&self, id: &WebhookId) -> Result<Option<WebhookEndpoint>> {
        sql::query(format!("SELECT {COLUMNS} FROM webhook_endpoints WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(endpoint)
            .transpose()
    }

    /// Returns the secrets that sign for the endpoint now, unsealed, the newest first.
    pub async fn webhook_secrets(&self, id: &WebhookId, now_ms: i64) -> Result<Vec<Zeroizing<String>>> {
        let row = sql::query(
            "SELECT id, tenant_id, secret_sealed, previous_secret_sealed, previous_secret_until FROM webhook_endpoints WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_one(&self.pool)
        .await?;
        secrets(&Record { table: "webhook_endpoints", row: &row }, &self.sealer, id, now_ms)
    }
}

impl WriteTx {
    /// Returns the number of endpoints that the scope has.
    pub async fn count_webhooks(&mut self, scope: &TenantScope) -> Result<usize> {
        let count: i64 = sql::query_scalar(
            "SELECT COUNT(*) FROM webhook_endpoints WHERE tenant_id = $1 AND environment = $2",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .fetch_one(self.connection())
        .await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Adds an endpoint, its secret sealed under the master key.
    pub async fn insert_webhook(
        &mut self,
        new: &WebhookEndpoint,
        secret: &str,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let tenant_id = &new.scope.tenant_id;
        let sealed = self.sealer.seal_for(entropy, tenant_id, &place(new.id.as_str()), secret.as_bytes())?;
        let events = serde_json::Value::from(new.events.clone()).to_string();
        sql::query(
            "INSERT INTO webhook_endpoints (id, tenant_id, environment, url, events, description, secret_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.id.as_str())
        .bind(new.scope.tenant_id.as_str())
        .bind(new.scope.environment.as_str())
        .bind(&new.url)
        .bind(events)
        .bind(&new.description)
        .bind(sealed)
        .bind(new.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes an endpoint of the scope, with what waits for it and the log of what it got. Returns whether it was there.
    pub async fn delete_webhook(&mut self, scope: &TenantScope, id: &WebhookId) -> Result<bool> {
        let done =
            sql::query("DELETE FROM webhook_endpoints WHERE id = $1 AND tenant_id = $2 AND environment = $3")
                .bind(id.as_str())
                .bind(scope.tenant_id.as_str())
                .bind(scope.environment.as_str())
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Sets a new secret of an endpoint. The one before it stays valid until `previous_until`; one before that does not.
    /// Returns whether the endpoint was there.
    pub async fn rotate_webhook_secret(
        &mut self,
        id: &WebhookId,
        secret: &str,
        previous_until: i64,
        entropy: &dyn Entropy,
    ) -> Result<bool> {
        let tenant_id: Option<String> =
            sql::query_scalar("SELECT tenant_id FROM webhook_endpoints WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(self.connection())
                .await?;
        let Some(tenant_id) = tenant_id else { return Ok(false) };
        let tenant_id = tenant_id.parse().map_err(|_| Error::Unsealed)?;
        let sealed = self.sealer.seal_for(entropy, &tenant_id, &place(id.as_str()), secret.as_bytes())?;
        let done = sql::query(
            "UPDATE webhook_endpoints SET previous_secret_sealed = secret_sealed, previous_secret_until = $3, secret_sealed = $2
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(sealed)
        .bind(previous_until)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets the secrets that rotations have made invalid.
    pub async fn purge_webhook_secrets(&mut self, now_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE webhook_endpoints SET previous_secret_sealed = NULL, previous_secret_until = NULL
             WHERE previous_secret_until <= $1",
        )
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that an attempt at the endpoint succeeded.
    pub async fn mark_webhook_well(&mut self, id: &WebhookId) -> Result<()> {
        sql::query(
            "UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL",
        )
        .bind(id.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that an attempt at the endpoint failed. Returns since when all of them have, or `None` where the endpoint
    /// is not there or off already.
    pub async fn mark_webhook_failing(&mut self, id: &WebhookId, now_ms: i64) -> Result<Option<i64>> {
        sql::query_scalar(
            "UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, $2)
             WHERE id = $1 AND disabled_at IS NULL RETURNING failing_since",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .fetch_optional(self.connection())
        .await
    }

    /// Turns an endpoint off, and gives up what waits for it.
    pub async fn disable_webhook(&mut self, id: &WebhookId, now_ms: i64) -> Result<()> {
        sql::query("UPDATE webhook_endpoints SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
            .bind(id.as_str())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        self.fail_waiting(id).await
    }

    /// Turns an endpoint on again. What failed meanwhile stays failed until it is replayed. Returns whether it was
    /// there.
    pub async fn enable_webhook(&mut self, id: &WebhookId) -> Result<bool> {
        let done =
            sql::query("UPDATE webhook_endpoints SET disabled_at = NULL, failing_since = NULL WHERE id = $1")
                .bind(id.as_str())
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected() == 1)
    }
}
