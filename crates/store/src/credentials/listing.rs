//! The credentials of a tenant, page by page, as people look for them. Each page is read by an index, whatever the tenant has.

use crate::credentials::credential::{COLUMNS, Credential, credential};
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::database::values;
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, BatchId, CredentialId};
use crate::scope::TenantScope;

/// A place in the list of credentials: those of newer batches come first, those of a batch in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPlace {
    /// The batch.
    pub batch_id: BatchId,
    /// The position in it.
    pub position: i64,
}

/// A page of credentials.
#[derive(Clone)]
pub struct ListedCredentials {
    /// The credentials.
    pub credentials: Vec<Credential>,
    /// The place of the last one, if there may be more.
    pub next: Option<ListPlace>,
}

/// A change that credentials had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedAs {
    /// They were revoked.
    Revoked,
    /// Their person was erased.
    Erased,
}

impl Store {
    /// Returns the scope's credentials of batches accepted in `[from_ms, to_ms)`, after a place: at most `limit`.
    pub async fn page_credentials(
        &self,
        scope: &TenantScope,
        after: Option<&ListPlace>,
        from_ms: i64,
        to_ms: i64,
        limit: usize,
    ) -> Result<ListedCredentials> {
        let (lowest, highest) = (BatchId::first_at(from_ms), BatchId::first_at(to_ms));
        let begin = after.map_or(highest.as_str(), |place| place.batch_id.as_str().min(highest.as_str()));
        // Each batch has a credential at least, except that the first one may have none after the place. They fill a page, and show
        // whether there is another one.
        let most = limit.saturating_add(2);
        let batches = sql::query(
            "SELECT id FROM batches WHERE tenant_id = $1 AND environment = $2 AND id <= $3 AND id >= $4 ORDER BY id DESC LIMIT $5",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(begin)
        .bind(lowest.as_str())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let mut page = ListedCredentials { credentials: Vec::new(), next: None };
        for batch in &batches {
            let batch_id: BatchId = Record { table: "batches", row: batch }.parsed("id")?;
            let position =
                after.filter(|place| place.batch_id == batch_id).map_or(-1, |place| place.position);
            // One more than fits, which shows whether there is another page.
            let wanted = limit.saturating_sub(page.credentials.len()).saturating_add(1);
            let rows = sql::query(format!(
                "SELECT {COLUMNS}, position FROM credentials WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT $3"
            ))
            .bind(batch_id.as_str())
            .bind(position)
            .bind(i64::try_from(wanted).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
            for row in &rows {
                if page.credentials.len() >= limit {
                    return Ok(page);
                }
                let position = Record { table: "credentials", row }.int("position")?;
                page.credentials.push(credential(row, &self.sealer)?);
                page.next = Some(ListPlace { batch_id: batch_id.clone(), position });
            }
        }
        page.next = None;
        Ok(page)
    }

    /// Returns the credentials of a recipient, newest first: at most `limit`.
    pub async fn list_credentials_of(
        &self,
        scope: &TenantScope,
        recipient_id: &str,
        limit: u32,
    ) -> Result<Vec<Credential>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM credentials
             WHERE recipient_id = $1 AND tenant_id = $2 AND environment = $3 ORDER BY id DESC LIMIT $4"
        ))
        .bind(recipient_id)
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(|row| credential(row, &self.sealer))
        .collect()
    }

    /// Returns those of these credentials that the scope has, in no order.
    pub async fn list_credentials_by_id(
        &self,
        scope: &TenantScope,
        ids: &[&CredentialId],
    ) -> Result<Vec<Credential>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM credentials WHERE id IN ({}) AND tenant_id = $1 AND environment = $2",
            values::list(3, ids.len()),
        );
        let mut query = sql::query(sql).bind(scope.tenant_id.as_str()).bind(scope.environment.as_str());
        for id in ids {
            query = query.bind(id.as_str());
        }
        query.fetch_all(&self.pool).await?.iter().map(|row| credential(row, &self.sealer)).collect()
    }

    /// Returns a credential of the same recipient whose place this one took; `None` if there is none.
    pub async fn find_replaced(
        &self,
        scope: &TenantScope,
        recipient_id: &str,
        successor: &CredentialId,
    ) -> Result<Option<CredentialId>> {
        let row = sql::query(
            "SELECT id FROM credentials
             WHERE recipient_id = $1 AND tenant_id = $2 AND environment = $3 AND replaced_by = $4 ORDER BY id LIMIT 1",
        )
        .bind(recipient_id)
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(successor.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Record { table: "credentials", row: &row }.parsed("id")).transpose()
    }

    /// Returns the scope's credentials that had a change, newest first: at most `limit`, those before `before`.
    pub async fn list_changed_credentials(
        &self,
        scope: &TenantScope,
        changed_as: ChangedAs,
        before: Option<&CredentialId>,
        limit: u32,
    ) -> Result<Vec<Credential>> {
        let sql = match changed_as {
            ChangedAs::Revoked => format!(
                "SELECT {COLUMNS} FROM credentials
                 WHERE tenant_id = $1 AND environment = $2 AND revoked_at IS NOT NULL AND id < $3 ORDER BY id DESC LIMIT $4"
            ),
            ChangedAs::Erased => format!(
                "SELECT {COLUMNS} FROM credentials
                 WHERE tenant_id = $1 AND environment = $2 AND erased_at IS NOT NULL AND id < $3 ORDER BY id DESC LIMIT $4"
            ),
        };
        sql::query(sql)
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .bind(before.map_or(AFTER_EVERY_ID, CredentialId::as_str))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| credential(row, &self.sealer))
            .collect()
    }
}
