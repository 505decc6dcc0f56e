//! The settings that a deployment may never change silently.

use crate::database::sql;
use crate::database::store::{Store, WriteTx};
use crate::error::Result;

/// The settings that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// The public URL: part of every DID and every document.
    PublicUrl,
    /// `embedded` or `rpc`: the kind of chain that the data directory belongs to.
    ChainKind,
    /// The genesis hash of the chain of the test environment.
    TestGenesis,
    /// The genesis hash of the chain of the live environment.
    LiveGenesis,
    /// The master key's fingerprint.
    MasterKey,
    /// The database's own id, by which a data directory knows it again.
    DatabaseId,
    /// The form of sealed values: `2` once all of them name their tenant.
    SealedForm,
    /// The batch down to which achievements of earlier releases were recorded; empty once all are.
    AchievementsFrom,
}

impl Setting {
    fn name(self) -> &'static str {
        match self {
            Setting::PublicUrl => "public_url",
            Setting::ChainKind => "chain_kind",
            Setting::TestGenesis => "test_genesis",
            Setting::LiveGenesis => "live_genesis",
            Setting::MasterKey => "master_key",
            Setting::DatabaseId => "database_id",
            Setting::SealedForm => "sealed_form",
            Setting::AchievementsFrom => "achievements_from",
        }
    }
}

impl Store {
    /// Returns the setting's value, if it was ever set.
    pub async fn find_setting(&self, setting: Setting) -> Result<Option<String>> {
        sql::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(setting.name())
            .fetch_optional(&self.pool)
            .await
    }
}

impl WriteTx {
    /// Sets or replaces the setting.
    pub async fn put_setting(&mut self, setting: Setting, value: &str) -> Result<()> {
        sql::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(setting.name())
        .bind(value)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Sets the setting unless it is set, and gives the value that holds from now on.
    pub async fn pin_setting(&mut self, setting: Setting, value: &str) -> Result<String> {
        sql::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(setting.name())
            .bind(value)
            .execute(self.connection())
            .await?;
        sql::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(setting.name())
            .fetch_one(self.connection())
            .await
    }
}
