//! The host's own keys, one for each chain, and their nonces.

use zeroize::Zeroizing;

use crate::clock::Entropy;
use crate::database::sql::{self, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::keys::signing_keys::KeyHome;
use crate::onchain::{AccountAddress, PublicKeyCoordinates};

/// A key of the host without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    /// The one chain it signs for (EIP-155).
    pub chain_id: u64,
    /// Its address.
    pub address: AccountAddress,
    /// Its public key.
    pub public_key: PublicKeyCoordinates,
    /// The place of its secret.
    pub home: KeyHome,
    /// The nonce of its next transaction.
    pub next_nonce: u64,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
}

const COLUMNS: &str = "chain_id, address, public_key_x, public_key_y, kms_version, next_nonce, created_at";

pub(crate) fn host_key(row: &Row) -> Result<HostKey> {
    let record = Record { table: "host_keys", row };
    Ok(HostKey {
        chain_id: record.count("chain_id")?,
        address: record.parsed("address")?,
        public_key: record.public_key()?,
        home: KeyHome::of(record.maybe_text("kms_version")?),
        next_nonce: record.count("next_nonce")?,
        created_at: record.int("created_at")?,
    })
}

fn place(chain_id: u64) -> String {
    format!("host_keys/{chain_id}/secret")
}

impl Store {
    /// Returns the host's key for this chain; `None` before it is made.
    pub async fn find_host_key(&self, chain_id: u64) -> Result<Option<HostKey>> {
        let sql = format!("SELECT {COLUMNS} FROM host_keys WHERE chain_id = $1");
        let row = sql::query(sql).bind(bigint(chain_id)).fetch_optional(&self.pool).await?;
        row.as_ref().map(host_key).transpose()
    }

    /// Returns the host's keys, in the order of their chains.
    pub async fn list_host_keys(&self) -> Result<Vec<HostKey>> {
        self.host_key_rows().await?.iter().map(host_key).collect()
    }

    /// Returns the rows of the host's keys, in the order of their chains.
    pub(crate) async fn host_key_rows(&self) -> Result<Vec<Row>> {
        let sql = format!("SELECT {COLUMNS} FROM host_keys ORDER BY chain_id");
        sql::query(sql).fetch_all(&self.pool).await
    }

    /// Returns the key's secret, unsealed. It lives only as long as one signature takes.
    pub async fn host_secret(&self, chain_id: u64) -> Result<Zeroizing<[u8; 32]>> {
        let sealed: String = sql::query_scalar("SELECT secret_sealed FROM host_keys WHERE chain_id = $1")
            .bind(bigint(chain_id))
            .fetch_one(&self.pool)
            .await?;
        let secret = self.sealer.open(&place(chain_id), &sealed)?;
        Ok(Zeroizing::new(secret.as_slice().try_into().map_err(|_| Error::Unsealed)?))
    }
}

impl WriteTx {
    /// Adds a key of the host, its secret sealed where it is kept here. Returns whether it is the chain's first: another
    /// node may have been faster, and then nothing is changed.
    pub async fn insert_host_key(
        &mut self,
        key: &HostKey,
        secret: Option<&[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<bool> {
        let sealed = match secret {
            Some(secret) => self.sealer.seal(entropy, &place(key.chain_id), secret)?,
            None => String::new(),
        };
        let done = sql::query(
            "INSERT INTO host_keys (chain_id, address, public_key_x, public_key_y, secret_sealed, kms_version, next_nonce, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (chain_id) DO NOTHING",
        )
        .bind(bigint(key.chain_id))
        .bind(key.address.as_str())
        .bind(hex::encode(key.public_key.x()))
        .bind(hex::encode(key.public_key.y()))
        .bind(sealed)
        .bind(key.home.kms_version())
        .bind(bigint(key.next_nonce))
        .bind(key.created_at)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes the nonce `used` of a key of the host: the next one is `used + 1`. Moves only from what the caller read.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another transaction took a nonce since.
    pub async fn advance_host_nonce(&mut self, key: &HostKey, used: u64) -> Result<()> {
        let done = sql::query("UPDATE host_keys SET next_nonce = $3 WHERE chain_id = $1 AND next_nonce = $2")
            .bind(bigint(key.chain_id))
            .bind(bigint(key.next_nonce))
            .bind(bigint(used.saturating_add(1)))
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the host key's nonce")
    }
}
