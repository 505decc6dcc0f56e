//! Watch: a transaction of the host that is confirmed is looked at until its block is final. Where a reorganization took it out, the
//! same bytes are sent again.

use learncoin_chain::rpc::{BlockTag, Inclusion};
use learncoin_store::keys::HostKey;
use learncoin_store::transactions::{HostStatus, HostTransaction, MinedAttempt};

use super::drive::SENT;
use super::sign::host_address;
use crate::anchor::watch::position;
use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::outgoing::broadcast::send;
use crate::outgoing::resolution::{Standing, hash_bytes, is_witnessed, standing};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Looks at all that a reorganization may still take out.
    pub(super) async fn watch_host(&self, chain: &Chain, key: &HostKey) -> Result<(), StepError> {
        for confirmed in self.store.watched_host_transactions(chain.chain_id).await? {
            self.watch_one(chain, key, &confirmed).await?;
        }
        Ok(())
    }

    async fn watch_one(
        &self,
        chain: &Chain,
        key: &HostKey,
        confirmed: &HostTransaction,
    ) -> Result<(), StepError> {
        let attempts = self.store.list_host_attempts(chain.chain_id, confirmed.nonce).await?;
        let named = confirmed.stands.as_ref();
        let announced =
            attempts.iter().find(|attempt| named.is_some_and(|stands| stands.hash == attempt.hash));
        let announced = announced.ok_or(StepError::Inconsistent("a confirmed transaction without bytes"))?;
        let inclusion = chain.client.inclusion(&hash_bytes(announced)?).await?;
        let (attempt, included) = match inclusion {
            Inclusion::Included(included) => (announced, included),
            Inclusion::Pending | Inclusion::Unknown => match standing(chain, &attempts).await? {
                Standing::Included { attempt, included }
                    if included.confirmations >= chain.confirmations
                        && is_witnessed(chain, &hash_bytes(attempt)?, &included).await =>
                {
                    (attempt, included)
                }
                Standing::Included { .. } => return Ok(()),
                Standing::Open { .. } => {
                    let alarm = Alarm::Reconfirming.raise();
                    tracing::warn!(
                        alarm,
                        chain.id = chain.chain_id,
                        nonce = confirmed.nonce,
                        "a reorganization took a transaction of the host out of the chain"
                    );
                    let used = chain.client.transaction_count(&host_address(key)?, BlockTag::Latest).await?;
                    if used > confirmed.nonce {
                        self.host_nonce_is_used(chain, key, confirmed, &attempts).await?;
                    } else if inclusion == Inclusion::Unknown {
                        send(chain, announced, SENT).await?;
                    }
                    return Ok(());
                }
            },
        };
        let is_final = chain.is_final(included.block_number).await?;
        let status = if is_final { HostStatus::Final } else { HostStatus::Confirmed };
        let stands = MinedAttempt { hash: attempt.hash.clone(), block: position(&included) };
        if !included.succeeded {
            return Err(StepError::Inconsistent("a confirmed transaction of the host failed in the chain"));
        }
        if status != confirmed.status || named != Some(&stands) {
            let mut tx = self.store.begin().await?;
            tx.move_host_transaction(confirmed, status, Some(&stands)).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
