//! Changes of an issued credential: revocation and erasure.

use learncoin_credential::Hash;

use crate::credentials::credential::{Revocation, revocation};
use crate::credentials::reasons::Requester;
use crate::database::sql::{self, Record, exactly_one};
use crate::database::store::WriteTx;
use crate::error::{Error, Result};
use crate::id::CredentialId;
use crate::scope::TenantScope;

/// The record of an erasure, which holds nothing of the person.
#[derive(Debug, Clone, Copy)]
pub struct ErasureRecord<'a> {
    /// When, in milliseconds since 1970.
    pub erased_at: i64,
    /// The requester.
    pub requester: Requester,
    /// When the request was verified, as the caller wrote it.
    pub verified_at: &'a str,
}

impl WriteTx {
    /// Returns the credential's revocation, as this transaction sees it.
    pub async fn find_revocation(&mut self, id: &CredentialId) -> Result<Option<Revocation>> {
        let row = sql::query(
            "SELECT id, revoked_at, revocation_code, revocation_reason, replaced_by FROM credentials WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_one(self.connection())
        .await?;
        revocation(&Record { table: "credentials", row: &row })
    }

    /// Returns whether a credential may take the place of a revoked one of the scope: it is one of the same scope, is not revoked, and
    /// its batch has not failed. It stays like this until the transaction ends.
    pub async fn may_replace(&mut self, scope: &TenantScope, id: &CredentialId) -> Result<bool> {
        let sql = format!(
            "SELECT c.id FROM credentials c JOIN batches b ON b.id = c.batch_id
             WHERE c.id = $1 AND c.tenant_id = $2 AND c.environment = $3 AND c.revoked_at IS NULL AND b.status <> 'failed' {}",
            self.dialect.hold_of("c"),
        );
        let found = sql::query(sql)
            .bind(id.as_str())
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .fetch_optional(self.connection())
            .await?;
        Ok(found.is_some())
    }

    /// Revokes a credential, for good. Returns the revocation as it is kept: without its words and its successor if the person is
    /// erased.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it is revoked already.
    pub async fn revoke_credential(
        &mut self,
        id: &CredentialId,
        revocation: &Revocation,
    ) -> Result<Revocation> {
        // Decided by the row as this statement finds it: an erasure may have been committed since the caller read it.
        let kept = sql::query(
            "UPDATE credentials SET revoked_at = $2, revocation_code = $3,
                    revoked_number = (SELECT b.first_status_number FROM batches b WHERE b.id = credentials.batch_id) + position,
                    revocation_reason = CASE WHEN erased_at IS NULL THEN CAST($4 AS TEXT) END,
                    replaced_by = CASE WHEN erased_at IS NULL THEN CAST($5 AS TEXT) END
             WHERE id = $1 AND revoked_at IS NULL
             RETURNING id, revoked_at, revocation_code, revocation_reason, replaced_by",
        )
        .bind(id.as_str())
        .bind(revocation.revoked_at)
        .bind(revocation.code.as_str())
        .bind(&revocation.reason)
        .bind(revocation.replaced_by.as_ref().map(|id| id.to_string()))
        .fetch_optional(self.connection())
        .await?;
        let kept =
            kept.map(|row| self::revocation(&Record { table: "credentials", row: &row })).transpose()?;
        kept.flatten().ok_or(Error::Conflict { what: "the credential" })
    }

    /// Destroys what the person could be known by: the sealed fields and their key, and the free text and the successor of a
    /// revocation, which picture its achievement has, and the spreadsheet that it came from. What stays is the redacted document, the places in the tree and the codes. `node_full` is the full half
    /// of its node, which nothing can be made from that is gone: it is kept where its batch is not signed yet.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it is erased already.
    pub async fn erase_credential(
        &mut self,
        id: &CredentialId,
        record: &ErasureRecord<'_>,
        node_full: &Hash,
    ) -> Result<()> {
        let done = sql::query(
            "UPDATE credentials SET person_sealed = NULL, personal_sealed = NULL, data_key_sealed = NULL, revocation_reason = NULL, replaced_by = NULL, achievement_image = NULL, erased_at = $2,
                    erasure_requester = $3, erasure_verified_at = $4, node_full = CASE WHEN tree_place IS NULL THEN COALESCE(node_full, $5) END
             WHERE id = $1 AND erased_at IS NULL",
        )
        .bind(id.as_str())
        .bind(record.erased_at)
        .bind(record.requester.as_str())
        .bind(record.verified_at)
        .bind(node_full.to_string())
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the credential")?;
        self.delete_upload_file_of(id, record.erased_at).await
    }
}
