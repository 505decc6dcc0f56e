//! The keys of the host: one for each chain, for the transactions that the host itself sends.

use std::sync::Arc;

use learncoin_credential::Host;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::keys::{HostKey, StatementContent, StatementKind};
use learncoin_store::{Error as StoreError, Store};

use crate::chains::Chains;
use crate::key::hosted::begins_at;
use crate::key::new::{KeyFactory, NewKeyError};
use crate::key::statements::append_statement;

/// Makes and names the keys of the host.
#[derive(Clone)]
pub struct HostKeys {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) host: Host,
    pub(crate) chains: Chains,
    pub(crate) factory: KeyFactory,
}

/// The reason why keys are not prepared yet.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// No key was made for the host.
    #[error("the host's key: {0}")]
    NewKey(#[from] NewKeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HostKeys {
    /// Appends a statement for each key that has none, as in a deployment that is older than statements, and makes the host's
    /// keys. A server calls this when it starts.
    ///
    /// # Errors
    /// If a key can't be made now, or the store fails. What was done before that stays done.
    pub async fn prepare_keys(&self) -> Result<(), PrepareError> {
        for key in self.store.list_unstated_keys().await? {
            let mut tx = self.store.begin_for(&key.tenant_id).await?;
            // Another node may have been faster.
            if !tx.is_stated(&key.address).await? {
                append_statement(&mut tx, &self.host, &key, StatementKind::Created, self.clock.now_ms())
                    .await?;
                tx.commit().await?;
            }
        }
        self.ensure_host_keys().await
    }

    /// Makes the key of the host for each chain that has none. A server calls this about once a minute: Cloud KMS may have been
    /// away when it started.
    ///
    /// # Errors
    /// If a key can't be made now, or the store fails.
    pub async fn ensure_host_keys(&self) -> Result<(), PrepareError> {
        for chain_id in self.chains.ids() {
            if self.store.find_host_key(chain_id).await?.is_none() {
                self.make_host_key(chain_id).await?;
            }
        }
        Ok(())
    }

    /// Returns the id that the host's key for this chain has in statements.
    pub fn host_key_id(&self, chain_id: u64) -> String {
        format!("{}#host-key-{chain_id}", self.host.did())
    }

    async fn make_host_key(&self, chain_id: u64) -> Result<(), PrepareError> {
        // Deployments that share a key ring are distinguished by their master keys, of which this is a keyed hash.
        let fingerprint = self.store.sealer().fingerprint();
        let deployment = fingerprint.get(..16).unwrap_or(&fingerprint);
        let new = self.factory.new_key(&format!("host-{deployment}-chain-{chain_id}")).await?;
        let key = HostKey {
            chain_id,
            address: new.address,
            public_key: new.public_key,
            home: new.home,
            next_nonce: 0,
            created_at: self.clock.now_ms(),
        };
        let mut tx = self.store.begin().await?;
        if tx.insert_host_key(&key, new.secret.as_deref(), &*self.entropy).await? {
            let content =
                StatementContent::of_host(&key, self.host_key_id(chain_id), begins_at(key.created_at));
            tx.append_statement(content, self.clock.now_ms()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
