//! Signing keys: the secp256k1 keys that tenants anchor with, and their nonces.

use zeroize::Zeroizing;

use crate::clock::Entropy;
use crate::database::sql::{self, Executor, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::onchain::{AccountAddress, PublicKeyCoordinates};
use crate::scope::{Environment, TenantScope};

/// A signing key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its number in the tenant's one sequence: the `n` of `…-key-n`.
    pub number: u64,
    /// The environment it signs for.
    pub environment: Environment,
    /// The one chain it signs for (EIP-155).
    pub chain_id: u64,
    /// Its address.
    pub address: AccountAddress,
    /// Its public key.
    pub public_key: PublicKeyCoordinates,
    /// The nonce of its next transaction.
    pub next_nonce: u64,
    /// The place of its secret.
    pub home: KeyHome,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when it takes no new batches.
    pub retired_at: Option<i64>,
    /// Since when it must not sign.
    pub disabled_at: Option<i64>,
    /// From when on its transactions no longer count, because it was retired.
    pub expires_at: Option<i64>,
    /// From when on its transactions no longer count, because another party may have it.
    pub revoked_from: Option<i64>,
}

impl SigningKey {
    /// Returns whether it takes new batches and may sign.
    pub fn is_in_use(&self) -> bool {
        self.retired_at.is_none() && self.disabled_at.is_none() && self.revoked_from.is_none()
    }
}

/// The place of a key's secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHome {
    /// In this database, sealed.
    Local,
    /// In Cloud KMS, as this key version.
    Kms(String),
}

impl KeyHome {
    pub(crate) fn of(kms_version: Option<String>) -> Self {
        kms_version.map_or(KeyHome::Local, KeyHome::Kms)
    }

    pub(crate) fn kms_version(&self) -> Option<&str> {
        match self {
            KeyHome::Local => None,
            KeyHome::Kms(version) => Some(version),
        }
    }
}

pub(crate) const COLUMNS: &str = "tenant_id, number, environment, chain_id, address, public_key_x, public_key_y, next_nonce, kms_version, created_at, retired_at, disabled_at, expires_at, revoked_from";

pub(crate) fn signing_key(row: &Row) -> Result<SigningKey> {
    let record = Record { table: "signing_keys", row };
    Ok(SigningKey {
        tenant_id: record.parsed("tenant_id")?,
        number: record.count("number")?,
        environment: record.parsed("environment")?,
        chain_id: record.count("chain_id")?,
        address: record.parsed("address")?,
        public_key: record.public_key()?,
        next_nonce: record.count("next_nonce")?,
        home: KeyHome::of(record.maybe_text("kms_version")?),
        created_at: record.int("created_at")?,
        retired_at: record.maybe_int("retired_at")?,
        disabled_at: record.maybe_int("disabled_at")?,
        expires_at: record.maybe_int("expires_at")?,
        revoked_from: record.maybe_int("revoked_from")?,
    })
}

fn place(tenant_id: &TenantId, number: u64) -> String {
    format!("signing_keys/{tenant_id}/{number}/secret")
}

async fn list_of(
    executor: impl Executor,
    tenant_id: &TenantId,
    chain_ids: &[u64],
) -> Result<Vec<SigningKey>> {
    let rows = sql::query(format!("SELECT {COLUMNS} FROM signing_keys WHERE tenant_id = $1 ORDER BY number"))
        .bind(tenant_id.as_str())
        .fetch_all(executor)
        .await?;
    let keys = rows.iter().map(signing_key).collect::<Result<Vec<_>>>()?;
    Ok(keys.into_iter().filter(|key| chain_ids.contains(&key.chain_id)).collect())
}

impl Store {
    /// Returns every key that ever signed or may sign on one of the `chain_ids`, in the order of tenant and number.
    /// The host's DID document lists these.
    pub async fn list_signing_keys(&self, chain_ids: &[u64]) -> Result<Vec<SigningKey>> {
        let rows = self.signing_key_rows().await?;
        let keys = rows.iter().map(signing_key).collect::<Result<Vec<_>>>()?;
        Ok(keys.into_iter().filter(|key| chain_ids.contains(&key.chain_id)).collect())
    }

    /// Returns the rows of the keys of every chain, in the order of tenant and number.
    pub(crate) async fn signing_key_rows(&self) -> Result<Vec<Row>> {
        let sql = format!("SELECT {COLUMNS} FROM signing_keys ORDER BY tenant_id, number");
        sql::query(sql).fetch_all(&self.pool).await
    }

    /// Returns the number of keys. None is ever deleted.
    pub async fn count_signing_keys(&self) -> Result<i64> {
        sql::query_scalar("SELECT COUNT(*) FROM signing_keys").fetch_one(&self.pool).await
    }

    /// Returns one tenant's keys of the `chain_ids`.
    pub async fn list_signing_keys_of(
        &self,
        tenant_id: &TenantId,
        chain_ids: &[u64],
    ) -> Result<Vec<SigningKey>> {
        list_of(&self.pool, tenant_id, chain_ids).await
    }

    /// Returns the key's secret, unsealed. It lives only as long as one signature takes.
    pub async fn signing_secret(&self, tenant_id: &TenantId, number: u64) -> Result<Zeroizing<[u8; 32]>> {
        let sealed: String =
            sql::query_scalar("SELECT secret_sealed FROM signing_keys WHERE tenant_id = $1 AND number = $2")
                .bind(tenant_id.as_str())
                .bind(bigint(number))
                .fetch_one(&self.pool)
                .await?;
        let secret = self.sealer.open(&place(tenant_id, number), &sealed)?;
        Ok(Zeroizing::new(secret.as_slice().try_into().map_err(|_| Error::Unsealed)?))
    }

    /// Returns the key with this number.
    pub async fn get_signing_key(&self, tenant_id: &TenantId, number: u64) -> Result<SigningKey> {
        let row =
            sql::query(format!("SELECT {COLUMNS} FROM signing_keys WHERE tenant_id = $1 AND number = $2"))
                .bind(tenant_id.as_str())
                .bind(bigint(number))
                .fetch_one(&self.pool)
                .await?;
        signing_key(&row)
    }
}

impl Store {
    /// Returns the key with this address, of any tenant.
    pub async fn find_signing_key_at(
        &self,
        chain_id: u64,
        address: &AccountAddress,
    ) -> Result<Option<SigningKey>> {
        let row =
            sql::query(format!("SELECT {COLUMNS} FROM signing_keys WHERE address = $1 AND chain_id = $2"))
                .bind(address.as_str())
                .bind(bigint(chain_id))
                .fetch_optional(&self.pool)
                .await?;
        row.as_ref().map(signing_key).transpose()
    }

    /// Returns the number that the tenant's next key will have.
    pub async fn next_key_number(&self, tenant_id: &TenantId) -> Result<Option<u64>> {
        let number: Option<i64> = sql::query_scalar("SELECT next_key_number FROM tenants WHERE id = $1")
            .bind(tenant_id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(number.map(|number| u64::try_from(number).unwrap_or(0)))
    }

    /// Returns whether a secret of any key, of a tenant or of the host, is in Cloud KMS.
    pub async fn has_kms_keys(&self) -> Result<bool> {
        let tenants: Option<i64> =
            sql::query_scalar("SELECT number FROM signing_keys WHERE kms_version IS NOT NULL LIMIT 1")
                .fetch_optional(&self.pool)
                .await?;
        let hosts: Option<i64> =
            sql::query_scalar("SELECT chain_id FROM host_keys WHERE kms_version IS NOT NULL LIMIT 1")
                .fetch_optional(&self.pool)
                .await?;
        let documents: Option<i64> =
            sql::query_scalar("SELECT number FROM document_keys WHERE kms_version IS NOT NULL LIMIT 1")
                .fetch_optional(&self.pool)
                .await?;
        Ok(tenants.is_some() || hosts.is_some() || documents.is_some())
    }
}

impl WriteTx {
    /// Returns one tenant's keys of the `chain_ids`, as this transaction sees them.
    pub async fn list_signing_keys_of(
        &mut self,
        tenant_id: &TenantId,
        chain_ids: &[u64],
    ) -> Result<Vec<SigningKey>> {
        list_of(self.connection(), tenant_id, chain_ids).await
    }

    /// Returns the key with this number, as this transaction sees it.
    pub async fn find_signing_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
    ) -> Result<Option<SigningKey>> {
        let row =
            sql::query(format!("SELECT {COLUMNS} FROM signing_keys WHERE tenant_id = $1 AND number = $2"))
                .bind(tenant_id.as_str())
                .bind(bigint(number))
                .fetch_optional(self.connection())
                .await?;
        row.as_ref().map(signing_key).transpose()
    }

    /// Returns the keys that may sign new batches of the scope on this chain, the newest first.
    pub async fn list_active_signing_keys(
        &mut self,
        scope: &TenantScope,
        chain_id: u64,
    ) -> Result<Vec<SigningKey>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM signing_keys
             WHERE tenant_id = $1 AND environment = $2 AND chain_id = $3 AND retired_at IS NULL AND disabled_at IS NULL
             ORDER BY number DESC"
        ))
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(bigint(chain_id))
        .fetch_all(self.connection())
        .await?
        .iter()
        .map(signing_key)
        .collect()
    }

    /// Returns whether the key with this address may sign new batches, which does not change before this transaction ends.
    pub async fn hold_active_key(&mut self, chain_id: u64, address: &AccountAddress) -> Result<bool> {
        let sql = format!(
            "SELECT number FROM signing_keys WHERE address = $1 AND chain_id = $2 AND retired_at IS NULL AND disabled_at IS NULL AND revoked_from IS NULL {}",
            self.dialect.hold()
        );
        let found: Option<i64> = sql::query_scalar(sql)
            .bind(address.as_str())
            .bind(bigint(chain_id))
            .fetch_optional(self.connection())
            .await?;
        Ok(found.is_some())
    }

    /// Takes the tenant's next key number.
    pub async fn claim_key_number(&mut self, tenant_id: &TenantId) -> Result<u64> {
        let number: i64 = sql::query_scalar(
            "UPDATE tenants SET next_key_number = next_key_number + 1 WHERE id = $1 RETURNING next_key_number - 1",
        )
        .bind(tenant_id.as_str())
        .fetch_one(self.connection())
        .await?;
        u64::try_from(number).map_err(|_| Error::Inconsistent {
            table: "tenants",
            id: tenant_id.to_string(),
            column: "next_key_number",
        })
    }

    /// Adds a key, its secret sealed under the master key.
    pub async fn insert_signing_key(
        &mut self,
        key: &SigningKey,
        secret: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let sealed = self.sealer.seal(entropy, &place(&key.tenant_id, key.number), secret)?;
        self.insert(key, None, &sealed).await
    }

    /// Adds a key whose secret is in Cloud KMS.
    pub async fn insert_kms_key(&mut self, key: &SigningKey, version: &str) -> Result<()> {
        self.insert(key, Some(version), "").await
    }

    async fn insert(&mut self, key: &SigningKey, kms_version: Option<&str>, sealed: &str) -> Result<()> {
        sql::query(
            "INSERT INTO signing_keys (tenant_id, number, environment, chain_id, address, public_key_x, public_key_y, secret_sealed, kms_version, next_nonce, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(key.tenant_id.as_str())
        .bind(bigint(key.number))
        .bind(key.environment.as_str())
        .bind(bigint(key.chain_id))
        .bind(key.address.as_str())
        .bind(hex::encode(key.public_key.x()))
        .bind(hex::encode(key.public_key.y()))
        .bind(sealed)
        .bind(kms_version)
        .bind(bigint(key.next_nonce))
        .bind(key.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes the nonce `used`: the next one is `used + 1`. Moves only from what the caller read, and only while the key
    /// may sign: what a key signed while it was disabled is never kept.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another transaction took a nonce since, or disabled the key.
    pub async fn advance_nonce(&mut self, key: &SigningKey, used: u64) -> Result<()> {
        let done = sql::query("UPDATE signing_keys SET next_nonce = $4 WHERE tenant_id = $1 AND number = $2 AND next_nonce = $3 AND disabled_at IS NULL")
            .bind(key.tenant_id.as_str())
            .bind(bigint(key.number))
            .bind(bigint(key.next_nonce))
            .bind(bigint(used.saturating_add(1)))
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the signing key's nonce")
    }
}
