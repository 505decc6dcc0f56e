//! The chains that batches are anchored on, one for each environment at most.

mod heads;

use learncoin_chain::fee::Market;
use learncoin_chain::{ANCHOR_GAS_LIMIT, Address, network, rpc};
use learncoin_store::onchain::{self, TxHash};
use learncoin_store::scope::Environment;
use learncoin_store::transactions::AnchorTransaction;

use heads::Look;
pub(crate) use heads::Mark;
pub use heads::{Heads, SeenHead};
pub use learncoin_chain::money::{gwei_in_ether, in_ether};

/// The chain of each environment, if one is configured.
#[derive(Clone)]
pub struct Chains {
    /// The chain of the test environment.
    pub test: Option<Chain>,
    /// The chain of the live environment.
    pub live: Option<Chain>,
}

impl Chains {
    /// Returns the environment's chain.
    pub fn of(&self, environment: Environment) -> Option<&Chain> {
        match environment {
            Environment::Test => self.test.as_ref(),
            Environment::Live => self.live.as_ref(),
        }
    }

    /// Returns the environment's chain if it has this id: a batch stays on the chain it was accepted for.
    pub fn by_id(&self, environment: Environment, chain_id: u64) -> Option<&Chain> {
        self.of(environment).filter(|chain| chain.chain_id == chain_id)
    }

    /// Returns the chains that the host itself sends transactions to. The embedded chain is not among them: an anchor there proves
    /// nothing outside this deployment, and every address on it owns enough.
    pub(crate) fn of_the_host(&self) -> impl Iterator<Item = (Environment, &Chain)> {
        Environment::ALL
            .into_iter()
            .filter_map(|environment| Some((environment, self.of(environment)?)))
            .filter(|(_, chain)| !chain.is_development())
    }

    /// Returns the environment whose chain the host anchors its key statements on: live if that has a chain, else test.
    pub(crate) fn of_statements(&self) -> Environment {
        if self.live.is_some() { Environment::Live } else { Environment::Test }
    }

    /// Returns the ids of the chains whose keys the host lists. A key for the development chain is never listed beside real
    /// ones, since a data directory belongs to one kind of chain.
    pub fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> =
            [&self.test, &self.live].into_iter().flatten().map(|chain| chain.chain_id).collect();
        ids.dedup();
        ids
    }
}

/// A chain, and how the pipeline uses it.
#[derive(Clone)]
pub struct Chain {
    /// The chain id of EIP-155.
    pub chain_id: u64,
    /// The client of a node, or of the embedded chain.
    pub client: rpc::Client,
    /// The client of the same nodes for what visitors read. Its calls wait in no queue with those of the pipeline.
    pub pages: rpc::Client,
    /// The same nodes one by one, if there are several: an anchor counts once none of them contradicts.
    pub witnesses: Vec<rpc::Client>,
    /// The number of blocks that a transaction must be deep to count as anchored; 1 is the head block.
    pub confirmations: u64,
    /// The interval at which an open transaction is looked up, in milliseconds.
    pub poll_ms: i64,
    /// The interval at which an anchored transaction is looked up until its block is final, in milliseconds.
    pub watch_ms: i64,
    /// The time after which a transaction that is in no block is replaced by one that offers more, in milliseconds.
    pub replace_after_ms: i64,
    /// The most that one anchor may cost, in wei, without the fee for its data on Ethereum.
    pub max_anchor_cost: u128,
    /// The address of the block explorer's page of a transaction, without the hash at its end.
    pub explorer: String,
    /// The hosts of the nodes, without what else is in their URLs; none of the embedded chain.
    pub nodes: Vec<String>,
    /// Its newest blocks, as far as they were read.
    pub heads: Heads,
}

impl Chain {
    /// The default of [`Chain::confirmations`].
    pub const CONFIRMATIONS: u64 = 10;
    /// The default of [`Chain::poll_ms`].
    pub const POLL_MS: i64 = 2_000;
    /// The default of [`Chain::watch_ms`].
    pub const WATCH_MS: i64 = 60_000;
    /// The default of [`Chain::replace_after_ms`].
    pub const REPLACE_AFTER_MS: i64 = 60_000;
    /// The default of [`Chain::max_anchor_cost`]: 0.0005 ether.
    pub const MAX_ANCHOR_COST: u128 = 500_000_000_000_000;

    /// Creates a chain with the defaults. Visitors' look-ups are made by the same client.
    pub fn new(chain_id: u64, client: rpc::Client, explorer: String) -> Self {
        Self {
            chain_id,
            pages: client.clone(),
            client,
            witnesses: Vec::new(),
            confirmations: Self::CONFIRMATIONS,
            poll_ms: Self::POLL_MS,
            watch_ms: Self::WATCH_MS,
            replace_after_ms: Self::REPLACE_AFTER_MS,
            max_anchor_cost: Self::MAX_ANCHOR_COST,
            explorer,
            nodes: Vec::new(),
            heads: Heads::default(),
        }
    }

    /// Returns the most that one unit of an anchor's gas may cost, in wei.
    pub(crate) fn fee_cap(&self) -> u128 {
        self.max_anchor_cost / u128::from(ANCHOR_GAS_LIMIT)
    }

    /// Checks whether the block at this height is final: a reorganization can't replace it any more.
    ///
    /// # Errors
    /// If the node does not respond.
    pub(crate) async fn is_final(&self, block_number: u64, now_ms: i64) -> Result<bool, rpc::RpcError> {
        // The embedded chain never replaces a block.
        if self.is_development() {
            return Ok(true);
        }
        Ok(self.heads.finalized(self.look(now_ms)).await?.is_some_and(|number| number >= block_number))
    }

    /// Returns how many confirmations a transaction that is final has at least, without a call.
    pub fn confirmations_at_least(&self, anchor: &AnchorTransaction) -> u64 {
        let block = anchor.block.as_ref().map_or(u64::MAX, |block| block.number);
        self.heads.known_height().saturating_add(1).saturating_sub(block).max(self.confirmations)
    }

    /// Returns the fees of the next block.
    ///
    /// # Errors
    /// If the node does not respond.
    pub(crate) async fn market(&self, now_ms: i64) -> Result<Market, rpc::RpcError> {
        self.heads.market(self.look(now_ms)).await
    }

    /// Checks whether it is known without a look-up that a transaction is in the block at this height still, and that the block is not final.
    ///
    /// # Errors
    /// If the node does not respond.
    pub(crate) async fn is_unmoved(
        &self,
        hash: &TxHash,
        block_number: u64,
        now_ms: i64,
    ) -> Result<bool, rpc::RpcError> {
        let mark = self.mark(now_ms).await?;
        let known = self.heads.block_of(hash.as_bytes(), &mark).await;
        Ok(known == Some(block_number) && !self.is_final(block_number, now_ms).await?)
    }

    /// Returns the newest block, for a look-up that follows.
    ///
    /// # Errors
    /// If the node does not respond.
    pub(crate) async fn mark(&self, now_ms: i64) -> Result<Mark, rpc::RpcError> {
        self.heads.mark(self.look(now_ms)).await
    }

    /// Returns when the chain is looked at next, in milliseconds since 1970. All that wait for the chain look at the same time.
    pub(crate) async fn next_look(&self, now_ms: i64) -> i64 {
        self.heads.next_read(now_ms, self.poll_ms).await
    }

    /// Returns a read of the newest blocks. What was read half a poll ago is new enough.
    fn look(&self, now_ms: i64) -> Look<'_> {
        Look { client: &self.client, now_ms, max_age_ms: self.poll_ms / 2 }
    }

    /// Returns whether this is the embedded chain, whose anchors prove nothing outside this deployment.
    pub fn is_development(&self) -> bool {
        self.chain_id == network::DEVELOPMENT
    }

    /// Returns the address of the explorer's page of the transaction with this hash.
    pub fn explorer_url(&self, hash: &TxHash) -> String {
        format!("{}0x{hash}", self.explorer)
    }
}

/// Converts a stored address to the type that the chain's client takes.
pub(crate) fn chain_address(stored: &onchain::AccountAddress) -> Address {
    Address::new(*stored.as_bytes())
}
