//! Offers of a credential to a wallet: a code that is redeemed once, for a token that is good for the credential once.

use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::deadlines::CLOCK_SKEW_MS;
use crate::error::Result;
use crate::id::{CredentialId, TenantId};
use crate::members::token::TokenHash;
use crate::wallets::offered_format::OfferedFormat;

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletOffer {
    /// The hash of its code.
    pub code_hash: TokenHash,
    /// The hash of its code with its transaction code, if one is asked for.
    pub tx_code_hash: Option<TokenHash>,
    /// The credential that it offers.
    pub offered: OfferedCredential,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
}

/// The credential of an offer, and its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedCredential {
    /// The credential.
    pub credential_id: CredentialId,
    /// The credential's tenant.
    pub tenant_id: TenantId,
    /// The format.
    pub format: OfferedFormat,
}

/// The time and the attempts that a code has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLife {
    /// The present, in milliseconds since 1970.
    pub now_ms: i64,
    /// The time within which a code is redeemed, in milliseconds.
    pub lifetime_ms: i64,
    /// The number of attempts, each with some transaction code.
    pub most_attempts: u32,
}

/// The outcome of an attempt to redeem a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// The token is good for the credential.
    Redeemed,
    /// The transaction code was another one. The attempt counts.
    WrongTxCode,
    /// There is no such code any more: it was redeemed, is too old, had too many attempts, or never was.
    NoCode,
}

/// A token, by which an offer was redeemed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletToken {
    /// The credential that it is good for.
    pub offered: OfferedCredential,
    /// When it was made, in milliseconds since 1970.
    pub redeemed_at: i64,
    /// When the credential was given for it.
    pub issued_at: Option<i64>,
}

fn offered(record: &Record<'_>) -> Result<OfferedCredential> {
    Ok(OfferedCredential {
        credential_id: record.parsed("credential_id")?,
        tenant_id: record.parsed("tenant_id")?,
        format: record.parsed("format")?,
    })
}

fn offer(row: &Row) -> Result<WalletOffer> {
    let record = Record { table: "wallet_offers", row };
    Ok(WalletOffer {
        code_hash: TokenHash::from_column(record.text("code_hash")?),
        tx_code_hash: record.maybe_text("tx_code_hash")?.map(TokenHash::from_column),
        offered: offered(&record)?,
        created_at: record.int("created_at")?,
    })
}

impl Store {
    /// Returns the offer with this code, if the code can still be redeemed.
    pub async fn find_wallet_offer(
        &self,
        code_hash: &TokenHash,
        life: CodeLife,
    ) -> Result<Option<WalletOffer>> {
        let row = sql::query(
            "SELECT code_hash, tx_code_hash, credential_id, tenant_id, format, created_at FROM wallet_offers
             WHERE code_hash = $1 AND redeemed_at IS NULL AND attempts < $2 AND created_at > $3 AND created_at <= $4",
        )
        .bind(code_hash.as_str())
        .bind(i64::from(life.most_attempts))
        .bind(life.oldest_ms())
        .bind(life.newest_ms())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(offer).transpose()
    }

    /// Returns the token with this hash, however old it is.
    pub async fn find_wallet_token(&self, token_hash: &TokenHash) -> Result<Option<WalletToken>> {
        let row = sql::query(
            "SELECT credential_id, tenant_id, format, redeemed_at, issued_at FROM wallet_offers
             WHERE token_hash = $1 AND redeemed_at IS NOT NULL",
        )
        .bind(token_hash.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = &row else { return Ok(None) };
        let record = Record { table: "wallet_offers", row };
        Ok(Some(WalletToken {
            offered: offered(&record)?,
            redeemed_at: record.int("redeemed_at")?,
            issued_at: record.maybe_int("issued_at")?,
        }))
    }
}

impl CodeLife {
    /// Returns the time at which the oldest code was made that is not too old. One of that very time is.
    fn oldest_ms(self) -> i64 {
        self.now_ms.saturating_sub(self.lifetime_ms)
    }

    /// Returns the time at which the newest code can have been made. A later one was made by a clock that was wrong.
    fn newest_ms(self) -> i64 {
        self.now_ms.saturating_add(CLOCK_SKEW_MS)
    }
}

impl WriteTx {
    /// Adds an offer. Of the credential's codes that were not redeemed the newest stay, at most `most_waiting` with this one.
    pub async fn insert_wallet_offer(&mut self, new: &WalletOffer, most_waiting: u32) -> Result<()> {
        sql::query(
            "INSERT INTO wallet_offers (code_hash, tx_code_hash, credential_id, tenant_id, format, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.code_hash.as_str())
        .bind(new.tx_code_hash.as_ref().map(TokenHash::as_str))
        .bind(new.offered.credential_id.as_str())
        .bind(new.offered.tenant_id.as_str())
        .bind(new.offered.format.as_str())
        .bind(new.created_at)
        .execute(self.connection())
        .await?;
        // One with the same time and a smaller hash may be the one that was just added: it gives way to no older one.
        sql::query(
            "DELETE FROM wallet_offers WHERE code_hash IN (
                 SELECT code_hash FROM wallet_offers
                 WHERE credential_id = $1 AND redeemed_at IS NULL AND code_hash <> $2
                 ORDER BY created_at DESC, code_hash LIMIT 1000 OFFSET $3
             )",
        )
        .bind(new.offered.credential_id.as_str())
        .bind(new.code_hash.as_str())
        .bind(i64::from(most_waiting.saturating_sub(1)))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Counts an attempt to redeem a code of the tenant, and redeems it for the token if the transaction code is the offer's, none for an
    /// offer without one. Of attempts at once one after the other is made: the first statement locks the row.
    pub async fn redeem_wallet_code(
        &mut self,
        (code_hash, tx_code_hash): (&TokenHash, Option<&TokenHash>),
        tenant_id: &TenantId,
        token_hash: &TokenHash,
        life: CodeLife,
    ) -> Result<Redemption> {
        let counted = sql::query(
            "UPDATE wallet_offers SET attempts = attempts + 1
             WHERE code_hash = $1 AND tenant_id = $2 AND redeemed_at IS NULL AND attempts < $3
               AND created_at > $4 AND created_at <= $5",
        )
        .bind(code_hash.as_str())
        .bind(tenant_id.as_str())
        .bind(i64::from(life.most_attempts))
        .bind(life.oldest_ms())
        .bind(life.newest_ms())
        .execute(self.connection())
        .await?;
        if counted.rows_affected() != 1 {
            return Ok(Redemption::NoCode);
        }
        let redeemed = sql::query(
            "UPDATE wallet_offers SET redeemed_at = $3, token_hash = $4
             WHERE code_hash = $1 AND redeemed_at IS NULL AND COALESCE(tx_code_hash, '') = $2",
        )
        .bind(code_hash.as_str())
        .bind(tx_code_hash.map(TokenHash::as_str).unwrap_or_default())
        .bind(life.now_ms)
        .bind(token_hash.as_str())
        .execute(self.connection())
        .await?;
        Ok(if redeemed.rows_affected() == 1 { Redemption::Redeemed } else { Redemption::WrongTxCode })
    }

    /// Records that the credential is given for a token. Returns whether this is the one time.
    pub async fn use_wallet_token(&mut self, token_hash: &TokenHash, now_ms: i64) -> Result<bool> {
        let done =
            sql::query("UPDATE wallet_offers SET issued_at = $2 WHERE token_hash = $1 AND issued_at IS NULL")
                .bind(token_hash.as_str())
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the offers that were made before a time, redeemed or not.
    pub async fn purge_wallet_offers(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM wallet_offers WHERE created_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
