//! The one time that values which an earlier release sealed are sealed anew, so that their contexts name their tenants.

use crate::clock::Entropy;
use crate::credentials::credential;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::settings::Setting;
use crate::webhooks::endpoints;

/// The value of [`Setting::SealedForm`] when all of it is done.
const DONE: &str = "2";
/// The rows of a transaction.
const ROWS_AT_A_TIME: i64 = 500;

/// A column that holds what is sealed for a tenant.
struct SealedColumn {
    table: &'static str,
    /// Selects it as `sealed`.
    select: &'static str,
    update: &'static str,
    /// Returns the place that the context of the row with this id names.
    place: fn(&str) -> String,
}

const COLUMNS: [SealedColumn; 3] = [
    // A person is sealed under this key, and stays as it is.
    SealedColumn {
        table: "credentials",
        select: "SELECT id, tenant_id, data_key_sealed AS sealed FROM credentials WHERE id > $1 ORDER BY id LIMIT $2",
        update: "UPDATE credentials SET data_key_sealed = $2 WHERE id = $1 AND data_key_sealed = $3",
        place: credential::key_place,
    },
    SealedColumn {
        table: "webhook_endpoints",
        select: "SELECT id, tenant_id, secret_sealed AS sealed FROM webhook_endpoints WHERE id > $1 ORDER BY id LIMIT $2",
        update: "UPDATE webhook_endpoints SET secret_sealed = $2 WHERE id = $1 AND secret_sealed = $3",
        place: endpoints::place,
    },
    SealedColumn {
        table: "webhook_endpoints",
        select: "SELECT id, tenant_id, previous_secret_sealed AS sealed FROM webhook_endpoints WHERE id > $1 ORDER BY id LIMIT $2",
        update: "UPDATE webhook_endpoints SET previous_secret_sealed = $2 WHERE id = $1 AND previous_secret_sealed = $3",
        place: endpoints::place,
    },
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
        for column in &COLUMNS {
            let mut last = String::new();
            while let Some(next) = self.reseal_rows(column, &last, entropy, &mut values).await? {
                last = next;
            }
        }
        let mut tx = self.begin().await?;
        tx.put_setting(Setting::SealedForm, DONE).await?;
        tx.commit().await?;
        Ok(values)
    }

    /// Seals a column of some rows anew, those after the row with this id. Returns the last row's id.
    async fn reseal_rows(
        &self,
        column: &SealedColumn,
        after: &str,
        entropy: &dyn Entropy,
        values: &mut ResealedValues,
    ) -> Result<Option<String>> {
        let mut tx = self.begin().await?;
        let rows =
            sql::query(column.select).bind(after).bind(ROWS_AT_A_TIME).fetch_all(tx.connection()).await?;
        let mut last = None;
        for row in &rows {
            let record = Record { table: column.table, row };
            let id = record.text("id")?;
            let tenant_id: TenantId = record.parsed("tenant_id")?;
            if let Some(sealed) = record.maybe_text("sealed")? {
                let anew = self.sealer.reseal_for(entropy, &tenant_id, &(column.place)(&id), &sealed);
                if let Some(anew) = values.count(anew)? {
                    let update = sql::query(column.update).bind(&id).bind(anew).bind(sealed);
                    update.execute(tx.connection()).await?;
                }
            }
            last = Some(id);
        }
        tx.commit().await?;
        Ok(last)
    }
}
