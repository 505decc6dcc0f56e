//! DIDs of tenants' own, each with the DID URLs by which its document names the tenant's keys. Nothing is ever taken
//! away: credentials that name them must go on verifying.

use crate::database::sql::{self, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

impl Store {
    /// Returns every DID of its own that the tenant ever had, oldest first.
    pub async fn list_own_dids(&self, id: &TenantId) -> Result<Vec<String>> {
        sql::query_scalar("SELECT did FROM own_dids WHERE tenant_id = $1 ORDER BY since, did")
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await
    }
}

impl WriteTx {
    /// Returns the number of DIDs that the tenant ever had, this one left out.
    pub async fn count_other_own_dids(&mut self, id: &TenantId, did: &str) -> Result<u64> {
        let count: i64 =
            sql::query_scalar("SELECT COUNT(*) FROM own_dids WHERE tenant_id = $1 AND did <> $2")
                .bind(id.as_str())
                .bind(did)
                .fetch_one(self.connection())
                .await?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// Remembers a DID of the tenant's own, and what its document calls the keys of these numbers now.
    pub async fn remember_own_did(
        &mut self,
        id: &TenantId,
        did: &str,
        methods: &[(u64, String)],
        now_ms: i64,
    ) -> Result<()> {
        sql::query("INSERT INTO own_dids (tenant_id, did, since) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, did) DO NOTHING")
            .bind(id.as_str())
            .bind(did)
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        for (number, method) in methods {
            sql::query(
                "INSERT INTO own_did_keys (tenant_id, did, key_number, verification_method) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant_id, did, key_number) DO UPDATE SET verification_method = $4",
            )
            .bind(id.as_str())
            .bind(did)
            .bind(bigint(*number))
            .bind(method)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Returns the DID URL by which the DID's document names a key of the tenant; `None` if it did not list the key when it was
    /// last read.
    pub async fn find_own_did_method(
        &mut self,
        id: &TenantId,
        did: &str,
        key_number: u64,
    ) -> Result<Option<String>> {
        sql::query_scalar(
            "SELECT verification_method FROM own_did_keys WHERE tenant_id = $1 AND did = $2 AND key_number = $3",
        )
        .bind(id.as_str())
        .bind(did)
        .bind(bigint(key_number))
        .fetch_optional(self.connection())
        .await
    }
}
