//! A credential with its batch and its anchor, by one statement: what every reading of it needs.

use std::sync::LazyLock;

use crate::anchors::work::NEVER;
use crate::batches::batch::{self, Batch, Scoped};
use crate::credentials::credential::{self, Credential};
use crate::database::sql::{self, Record, Row};
use crate::database::store::Store;
use crate::database::values::columns_of;
use crate::error::Result;
use crate::id::CredentialId;
use crate::scope::TenantScope;
use crate::seal::Sealer;
use crate::transactions::anchor_transactions::{self, AnchorTransaction};

/// A credential with its batch and its anchor.
#[derive(Clone)]
pub struct IssuedCredential {
    /// The credential.
    pub credential: Credential,
    /// Its batch.
    pub batch: Batch,
    /// The confirmed transaction, once the batch is anchored.
    pub anchor: Option<AnchorTransaction>,
    /// Whether no reorganization can take the anchor out of the chain any more: the pipeline does not look at it again.
    pub anchor_is_final: bool,
}

static SQL: LazyLock<String> = LazyLock::new(|| {
    let (credential, batch, transaction) = (
        columns_of("credentials", credential::COLUMNS),
        columns_of("batches", batch::COLUMNS),
        columns_of("anchor_transactions", anchor_transactions::COLUMNS),
    );
    format!(
        "SELECT {credential}, {batch}, {transaction}, anchors.status, anchors.next_attempt_at
         FROM credentials
         JOIN batches ON batches.id = credentials.batch_id
         LEFT JOIN anchors ON anchors.id = batches.anchor_id AND batches.status = 'anchored'
         LEFT JOIN anchor_transactions ON anchor_transactions.anchor_id = anchors.id AND anchor_transactions.block_number IS NOT NULL
         WHERE credentials.id = $1
         ORDER BY anchor_transactions.created_at, anchor_transactions.hash"
    )
});

fn issued(mut row: Row, sealer: &Sealer) -> Result<IssuedCredential> {
    let mut batch = row.split_off(credential::COLUMNS);
    let mut transaction = batch.split_off(batch::COLUMNS);
    let anchor = transaction.split_off(anchor_transactions::COLUMNS);
    let anchor = Record { table: "anchors", row: &anchor };
    let is_anchored = anchor.maybe_text("status")?.as_deref() == Some("anchored");
    let is_there = transaction.first::<Option<String>>()?.is_some();
    Ok(IssuedCredential {
        credential: credential::credential(&row, sealer)?,
        batch: batch::batch(&batch)?,
        anchor: is_there.then(|| anchor_transactions::anchor_transaction(&transaction)).transpose()?,
        anchor_is_final: is_anchored && anchor.maybe_int("next_attempt_at")? == Some(NEVER),
    })
}

impl Store {
    /// Returns the credential with this id, as far as the scope may see it.
    pub async fn find_issued_credential(
        &self,
        scope: &TenantScope,
        id: &CredentialId,
    ) -> Result<Scoped<IssuedCredential>> {
        let found = self.issued_credential_by_id(id).await?;
        Ok(Scoped::judge(found, |issued| issued.credential.scope.clone(), scope))
    }

    /// Returns the credential with this id, of any tenant: the id is the capability to see it.
    pub async fn issued_credential_by_id(&self, id: &CredentialId) -> Result<Option<IssuedCredential>> {
        let row = sql::query(SQL.as_str()).bind(id.as_str()).fetch_optional(&self.pool).await?;
        row.map(|row| issued(row, &self.sealer)).transpose()
    }
}
