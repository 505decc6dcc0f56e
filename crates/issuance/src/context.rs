//! What every stage of the pipeline is given: store, time, randomness, host, chains, limits.

use std::sync::{Arc, Mutex};

use learncoin_chain::{ANCHOR_GAS_LIMIT, network, rpc};
use learncoin_credential::Host;
use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Plan, Tenant};
use tokio::sync::Notify;

use crate::anchor::recovery::Reconciled;
use crate::credential::erasures::{Erasures, Journal};
use crate::credential::host_documents;
use crate::key::signing::KeyService;

/// The pipeline's context.
pub struct Issuance {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub entropy: Arc<dyn Entropy>,
    /// The deployment's public origin.
    pub host: Host,
    /// Where batches are anchored.
    pub chains: Chains,
    /// What each plan includes.
    pub plans: Plans,
    /// How patient the pipeline is.
    pub options: Options,
    /// Cloud KMS, where there are keys in it or are to be.
    pub kms: Option<KeyService>,
    /// Wakes the worker: there is something to do.
    pub(crate) wake: Notify,
    /// What verifiers were told last.
    pub(crate) host_document_cache: host_documents::HostDocumentCache,
    /// The keys whose nonces this process has held against the chain.
    pub(crate) reconciled: Reconciled,
    /// Where erasures are noted so that they outlive the database.
    pub(crate) erasures: Erasures,
}

impl Issuance {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        host: Host,
        chains: Chains,
        plans: Plans,
        options: Options,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            host,
            chains,
            plans,
            options,
            kms: None,
            wake: Notify::new(),
            host_document_cache: Mutex::default(),
            reconciled: Reconciled::default(),
            erasures: Erasures::default(),
        }
    }

    /// Notes erasures in this journal too. What is missing there is noted by [`Issuance::reconcile_erasures`].
    #[must_use]
    pub fn with_erasure_journal(mut self, journal: Journal) -> Self {
        self.erasures = Erasures::journaled_in(journal);
        self
    }

    /// Signs in Cloud KMS too.
    #[must_use]
    pub fn with_kms(mut self, kms: Option<KeyService>) -> Self {
        self.kms = kms;
        self
    }
}

/// The chain of each environment, where one is configured.
#[derive(Clone)]
pub struct Chains {
    /// Of the test environment.
    pub test: Option<Chain>,
    /// Of the live environment.
    pub live: Option<Chain>,
}

impl Chains {
    /// The environment's chain.
    pub fn of(&self, environment: Environment) -> Option<&Chain> {
        match environment {
            Environment::Test => self.test.as_ref(),
            Environment::Live => self.live.as_ref(),
        }
    }

    /// The environment's chain, where it is the one with this id: a batch stays on the chain it was accepted for.
    pub fn by_id(&self, environment: Environment, chain_id: u64) -> Option<&Chain> {
        self.of(environment).filter(|chain| chain.chain_id == chain_id)
    }

    /// The chains that the host itself sends transactions to. Not the embedded one: an anchor there proves nothing to anybody, and
    /// every address owns more than enough.
    pub(crate) fn of_the_host(&self) -> impl Iterator<Item = (Environment, &Chain)> {
        Environment::ALL
            .into_iter()
            .filter_map(|environment| Some((environment, self.of(environment)?)))
            .filter(|(_, chain)| !chain.is_development())
    }

    /// The environment whose chain the host anchors its statements on: live where that has one, else test.
    pub(crate) fn of_statements(&self) -> Environment {
        if self.live.is_some() { Environment::Live } else { Environment::Test }
    }

    /// The chain ids whose keys the host lists: a key made for the development chain is never listed beside real
    /// ones, since the data directory belongs to one kind of chain.
    pub fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> =
            [&self.test, &self.live].into_iter().flatten().map(|chain| chain.chain_id).collect();
        ids.dedup();
        ids
    }
}

/// One chain as the pipeline uses it.
#[derive(Clone)]
pub struct Chain {
    /// EIP-155.
    pub chain_id: u64,
    /// Talks to a node, or to the embedded chain.
    pub client: rpc::Client,
    /// The same nodes one by one, where there are several: an anchor counts when none of them contradicts.
    pub witnesses: Vec<rpc::Client>,
    /// How many blocks deep a transaction must be to count as anchored; 1 is the head block.
    pub confirmations: u64,
    /// How often an open transaction is looked up, in milliseconds.
    pub poll_ms: i64,
    /// How often an anchored transaction is looked up until its block is final, in milliseconds.
    pub watch_ms: i64,
    /// After how long a transaction that is in no block is replaced by one that offers more, in milliseconds.
    pub replace_after_ms: i64,
    /// The most that one anchor may cost, in wei, the fee for its data on Ethereum apart.
    pub max_anchor_cost: u128,
    /// Where a person sees a transaction: this, and its hash with 0x.
    pub explorer: String,
}

/// How a chain is used where nothing else is said; the settings begin from it.
impl Chain {
    /// See [`Chain::confirmations`].
    pub const CONFIRMATIONS: u64 = 10;
    /// See [`Chain::poll_ms`].
    pub const POLL_MS: i64 = 2_000;
    /// See [`Chain::watch_ms`].
    pub const WATCH_MS: i64 = 60_000;
    /// See [`Chain::replace_after_ms`].
    pub const REPLACE_AFTER_MS: i64 = 60_000;
    /// See [`Chain::max_anchor_cost`]: 0.0005 ether.
    pub const MAX_ANCHOR_COST: u128 = 500_000_000_000_000;

    /// A chain that is used as nothing else is said.
    pub fn new(chain_id: u64, client: rpc::Client, explorer: String) -> Self {
        Self {
            chain_id,
            client,
            witnesses: Vec::new(),
            confirmations: Self::CONFIRMATIONS,
            poll_ms: Self::POLL_MS,
            watch_ms: Self::WATCH_MS,
            replace_after_ms: Self::REPLACE_AFTER_MS,
            max_anchor_cost: Self::MAX_ANCHOR_COST,
            explorer,
        }
    }

    /// The most that one unit of an anchor's gas may cost, in wei.
    pub(crate) fn fee_cap(&self) -> u128 {
        self.max_anchor_cost / u128::from(ANCHOR_GAS_LIMIT)
    }

    /// Whether no block at this height can be replaced any more.
    pub(crate) async fn is_final(&self, block_number: u64) -> Result<bool, rpc::RpcError> {
        // On the embedded chain no block ever is.
        if self.is_development() {
            return Ok(true);
        }
        Ok(self.client.finalized_number().await?.is_some_and(|number| number >= block_number))
    }

    /// Whether this is the embedded chain, whose anchors mean nothing outside this deployment.
    pub fn is_development(&self) -> bool {
        self.chain_id == network::DEVELOPMENT
    }

    /// The page of the transaction with this hash (lower-case hex without 0x).
    pub fn explorer_url(&self, hash: &str) -> String {
        format!("{}0x{hash}", self.explorer)
    }
}

/// What the API calls the chain of an environment, whichever chain stands in for it.
pub fn api_chain_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Test => "base-sepolia",
        Environment::Live => "base-mainnet",
    }
}

/// The page that shows and proves a credential.
pub fn verify_url(public_url: &str, id: &CredentialId) -> String {
    format!("{public_url}/c/{id}")
}

/// What a plan includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// Credentials per calendar month (UTC) and environment.
    pub credentials_per_month: u64,
    /// Requests per window of 60 s, over all keys and both environments.
    pub requests_per_minute: u64,
    /// How long the audit log is kept, in days.
    pub audit_days: u64,
}

/// The plans' table.
#[derive(Debug, Clone)]
pub struct Plans {
    /// Of the developer plan.
    pub developer: PlanLimits,
    /// Of the starter plan.
    pub starter: PlanLimits,
    /// Of the institution plan.
    pub institution: PlanLimits,
    /// Of the industry plan.
    pub industry: PlanLimits,
}

impl Default for Plans {
    fn default() -> Self {
        let limits = |credentials_per_month, requests_per_minute, audit_days| PlanLimits {
            credentials_per_month,
            requests_per_minute,
            audit_days,
        };
        Self {
            developer: limits(250, 120, 90),
            starter: limits(2_500, 120, 90),
            institution: limits(25_000, 600, 365),
            industry: limits(250_000, 1_200, 365),
        }
    }
}

impl Plans {
    /// What holds for a tenant: its plan's limits, or the exceptions that the operator made.
    pub fn limits(&self, tenant: &Tenant) -> PlanLimits {
        let plan = self.of(tenant.plan);
        let exceptions = tenant.exceptions;
        PlanLimits {
            credentials_per_month: exceptions.credentials_per_month.unwrap_or(plan.credentials_per_month),
            requests_per_minute: exceptions.requests_per_minute.unwrap_or(plan.requests_per_minute),
            ..plan
        }
    }

    /// What the plan includes.
    pub fn of(&self, plan: Plan) -> PlanLimits {
        match plan {
            Plan::Developer => self.developer,
            Plan::Starter => self.starter,
            Plan::Institution => self.institution,
            Plan::Industry => self.industry,
        }
    }
}

/// How patient the pipeline is.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a batch may stay unsigned before it fails, in milliseconds.
    pub give_up_after_ms: i64,
    /// The longest pause between two attempts, in milliseconds.
    pub max_backoff_ms: i64,
    /// Whether live keys may be made on the development chain.
    pub live_keys_on_development_chain: bool,
    /// Whether recipients that have an address are told by mail.
    pub mails: bool,
    /// When keys own too little, and what the host does about it.
    pub funds: FundsOptions,
}

/// When keys own too little, and what the host does about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsOptions {
    /// A key that pays for fewer anchors than this at the price of the moment owns too little.
    pub low_below_anchors: u64,
    /// How often balances are looked at, in milliseconds.
    pub look_every_ms: i64,
    /// What the host's key fills the keys of tenants up to, in gwei. 0: never.
    pub top_up_to_gwei: u64,
    /// How much it gives to one key in 24 hours at most, in gwei.
    pub top_up_daily_cap_per_key_gwei: u64,
    /// How much it gives to all keys of a chain in 24 hours at most, in gwei.
    pub top_up_daily_cap_gwei: u64,
}

impl Default for FundsOptions {
    fn default() -> Self {
        Self {
            low_below_anchors: 100,
            look_every_ms: 5 * 60 * 1000,
            top_up_to_gwei: 0,
            top_up_daily_cap_per_key_gwei: 1_000_000,
            top_up_daily_cap_gwei: 10_000_000,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            give_up_after_ms: 24 * 60 * 60 * 1000,
            max_backoff_ms: 60_000,
            live_keys_on_development_chain: false,
            mails: true,
            funds: FundsOptions::default(),
        }
    }
}
