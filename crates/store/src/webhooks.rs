//! Webhook endpoints: where a tenant wants to be told.

use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use crate::batches::Scoped;
use crate::clock::Entropy;
use crate::error::{Error, Result};
use crate::id::WebhookId;
use crate::row::Record;
use crate::scope::TenantScope;
use crate::store::{Store, WriteTx};

/// How many endpoints a tenant may have in an environment.
pub const MAX_ENDPOINTS: usize = 16;

/// An endpoint without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub scope: TenantScope,
    /// Where events go.
    pub url: String,
    /// The types of events that go there.
    pub events: Vec<String>,
    /// What its owner says of it.
    pub description: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when nothing goes there.
    pub disabled_at: Option<i64>,
}

const COLUMNS: &str = "id, tenant_id, environment, url, events, description, created_at, disabled_at";

fn endpoint(row: &AnyRow) -> Result<WebhookEndpoint> {
    let record = Record { table: "webhook_endpoints", row };
    Ok(WebhookEndpoint {
        id: record.parsed("id")?,
        scope: TenantScope {
            tenant_id: record.parsed("tenant_id")?,
            environment: record.parsed("environment")?,
        },
        url: record.text("url")?,
        events: record.json("events")?,
        description: record.maybe_text("description")?,
        created_at: record.int("created_at")?,
        disabled_at: record.maybe_int("disabled_at")?,
    })
}

fn place(id: &WebhookId) -> String {
    format!("webhook_endpoints/{id}/secret")
}

impl Store {
    /// The endpoint with this id, as far as the scope may see it.
    pub async fn find_webhook(&self, scope: &TenantScope, id: &WebhookId) -> Result<Scoped<WebhookEndpoint>> {
        let found = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM webhook_endpoints WHERE id = $1"
        )))
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?
        .as_ref()
        .map(endpoint)
        .transpose()?;
        Ok(Scoped::judge(found, |endpoint| endpoint.scope.clone(), scope))
    }

    /// The scope's endpoints, oldest first: at most `limit` after `after`.
    pub async fn list_webhooks(
        &self,
        scope: &TenantScope,
        after: Option<&WebhookId>,
        limit: u32,
    ) -> Result<Vec<WebhookEndpoint>> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM webhook_endpoints
             WHERE tenant_id = $1 AND environment = $2 AND id > $3 ORDER BY id LIMIT $4"
        )))
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

    /// The endpoint's signing secret, unsealed.
    pub async fn webhook_secret(&self, id: &WebhookId) -> Result<Zeroizing<String>> {
        let sealed: String = sqlx::query_scalar("SELECT secret_sealed FROM webhook_endpoints WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(&self.pool)
            .await?;
        let secret = self.sealer.open(&place(id), &sealed)?;
        String::from_utf8(secret.to_vec()).map(Zeroizing::new).map_err(|_| Error::Unsealed)
    }
}

impl WriteTx {
    /// How many endpoints the scope has.
    pub async fn count_webhooks(&mut self, scope: &TenantScope) -> Result<usize> {
        let count: i64 = sqlx::query_scalar(
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
        let sealed = self.sealer.seal(entropy, &place(&new.id), secret.as_bytes())?;
        let events = serde_json::Value::from(new.events.clone()).to_string();
        sqlx::query(
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

    /// Deletes an endpoint of the scope. Answers whether it was there.
    pub async fn delete_webhook(&mut self, scope: &TenantScope, id: &WebhookId) -> Result<bool> {
        let done = sqlx::query(
            "DELETE FROM webhook_endpoints WHERE id = $1 AND tenant_id = $2 AND environment = $3",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
