//! A deployment opened: database, host, chains.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all, try_join};
use learncoin_chain::network::{BASE_MAINNET, BASE_SEPOLIA, DEVELOPMENT, pinned_genesis_hash};
use learncoin_chain::rpc::{Client, ExpectedChain, Failover, HttpTransport, RpcError, Timeouts, Transport};
use learncoin_credential::Host;
use learncoin_dev_chain::{DevChain, DevChainOptions};
use learncoin_issuance::credential::journal::Journal;
use learncoin_issuance::key::host_keys::PrepareError;
use learncoin_issuance::tenant::plans::Plans;
use learncoin_issuance::{Chain, Chains, Issuance, Parts};
use learncoin_store::clock::{Clock, random_bytes};
use learncoin_store::settings::Setting;
use learncoin_store::{Location, Store};

use crate::config::{Config, DEFAULT_LISTEN, hosts};
use crate::data_dir::DataDir;
use crate::database_memory;
use crate::environment::variable;
use crate::key_service;
use crate::master_key::MasterKeySource;
use crate::operator_log::{self, OperatorCommand};
use crate::system::{SystemClock, SystemEntropy};

const BASE_EXPLORER: &str = "https://basescan.org/tx/";
const BASE_SEPOLIA_EXPLORER: &str = "https://sepolia.basescan.org/tx/";
/// The interval at which an open transaction is looked up on the embedded chain, which responds from memory.
const EMBEDDED_POLL_MS: i64 = 100;
/// The embedded chain has no reorganizations, so the head block is final.
const EMBEDDED_CONFIRMATIONS: u64 = 1;

/// The resources of a server.
pub(crate) struct Deployment {
    pub(crate) issuance: Arc<Issuance>,
    pub(crate) dev_chain: Option<DevChain>,
}

/// Opens the deployment for the one server of its data directory.
///
/// The first start stores the public URL and the kind of chain; `port` is the server's.
///
/// # Errors
/// If something can't be opened, or differs from what the first start stored.
pub(crate) async fn open_for_server(
    config: &Config,
    data_dir: &DataDir,
    port: u16,
    force_public_url: bool,
) -> Result<Deployment> {
    let store = open_first_store(config, data_dir).await?;
    // The previous process may have ended between an erasure and its scrub.
    store.scrub().await?;
    let host = pin_public_url(config, &store, port, force_public_url).await?;
    let kind = if config.chain.is_embedded() { "embedded" } else { "rpc" };
    pin(&store, Setting::ChainKind, kind, "chain kind").await?;
    let (chains, dev_chain) = if config.chain.is_embedded() {
        let chain = open_embedded_chain(data_dir, &store).await?;
        (embedded_chains(&host, Client::new(Arc::new(chain.clone()))), Some(chain))
    } else {
        (rpc_chains(config).await?, None)
    };
    let issuance = issuance(config, data_dir, store, host, chains).await?;
    // Before the first request: this database may have been restored and hold erased data.
    issuance.erasures.reconcile_erasures().await.context("erasures can't be made again")?;
    prepare_keys(&issuance).await?;
    Ok(Deployment { issuance: Arc::new(issuance), dev_chain })
}

/// Opens the deployment for a command, which may run beside the server: it connects to no chain and stores no setting.
///
/// # Errors
/// If something can't be opened.
pub(crate) async fn open_for_command(config: &Config, data_dir: &DataDir) -> Result<Issuance> {
    let store = open_store(config, data_dir).await?;
    over_store(config, data_dir, store).await
}

/// Opens the deployment as [`open_for_command`] does, for a command that may be the first on its data directory.
///
/// # Errors
/// If something can't be opened.
pub(crate) async fn open_for_first_command(config: &Config, data_dir: &DataDir) -> Result<Issuance> {
    let store = open_first_store(config, data_dir).await?;
    over_store(config, data_dir, store).await
}

/// Opens the deployment for a command as [`open_for_command`] does, over a database that is open already.
///
/// # Errors
/// If a setting is invalid or the store fails.
pub(crate) async fn over_store(config: &Config, data_dir: &DataDir, store: Store) -> Result<Issuance> {
    let listen = if config.listen.is_empty() { DEFAULT_LISTEN } else { &config.listen };
    let port = listen.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let origin = match store.find_setting(Setting::PublicUrl).await? {
        Some(remembered) => remembered,
        None => configured_origin(config, port),
    };
    let host = Host::parse(&origin).with_context(|| format!("public URL {origin}"))?;
    let offline = Client::new(Arc::new(Offline));
    let chains = if config.chain.is_embedded() {
        embedded_chains(&host, offline)
    } else {
        Chains {
            test: rpc_chain(config, &config.chain.test_rpc_url, BASE_SEPOLIA, offline.clone()),
            live: rpc_chain(config, &config.chain.live_rpc_url, BASE_MAINNET, offline),
        }
    };
    issuance(config, data_dir, store, host, chains).await
}

/// Connects to the real chains, for a command that queries their nodes. The embedded chain is reachable only in its server.
///
/// # Errors
/// If a node is on another chain.
pub(crate) async fn chains_for_command(config: &Config) -> Result<Chains> {
    if config.chain.is_embedded() { Ok(Chains { test: None, live: None }) } else { rpc_chains(config).await }
}

/// Prepares the keys before the first request. The server starts even if Cloud KMS does not respond: the host's key is
/// created later.
async fn prepare_keys(issuance: &Issuance) -> Result<()> {
    match issuance.host_keys.prepare_keys().await {
        Ok(()) => Ok(()),
        Err(PrepareError::NewKey(error)) => {
            tracing::warn!(%error, "the host has no key yet");
            Ok(())
        }
        Err(PrepareError::Store(error)) => Err(error.into()),
    }
}

/// Opens the database, and compares the master key with the one that it was created with.
///
/// # Errors
/// If it can't be opened, or the key differs.
pub(crate) async fn open_store(config: &Config, data_dir: &DataDir) -> Result<Store> {
    let location = data_dir.location(config)?;
    data_dir.check_location(&location)?;
    let source = MasterKeySource { data_dir, named_file: &config.keys.master_key_file, variable };
    let master = source.open(matches!(location, Location::Postgres(_)), &SystemEntropy)?;
    let store = Store::open(&location, &master)
        .await
        .with_context(|| format!("can't open the database {location}"))?;
    database_memory::check_database(data_dir, &location, &store).await?;
    check_master_key(&store).await?;
    let values = store.reseal(&SystemEntropy).await.context("sealed values can't be sealed anew")?;
    if values.unreadable > 0 {
        tracing::error!(values.unreadable, "values that an earlier release sealed can't be opened");
    }
    if values.resealed > 0 {
        tracing::info!(values.resealed, "what an earlier release sealed names its tenant now");
    }
    store.begin_audit_chains().await?;
    Ok(store)
}

/// Opens the database as [`open_store`] does, for a server or a command that may be the first on its data directory: from then on the
/// directory remembers the database.
///
/// # Errors
/// As [`open_store`].
pub(crate) async fn open_first_store(config: &Config, data_dir: &DataDir) -> Result<Store> {
    let store = open_store(config, data_dir).await?;
    database_memory::remember(data_dir, &data_dir.location(config)?, &store).await?;
    Ok(store)
}

/// Returns whether only one process may serve this deployment: its database or its chain is a file.
///
/// # Errors
/// If the setting `database_url` is not a PostgreSQL URL.
pub(crate) fn has_one_server(config: &Config) -> Result<bool> {
    Ok(config.database_url.location()?.is_none() || config.chain.is_embedded())
}

/// Compares the master key with the stored fingerprint. Another key could not open sealed values, and the right key could
/// not open what another one seals.
async fn check_master_key(store: &Store) -> Result<()> {
    let fingerprint = store.sealer().fingerprint();
    let remembered = match store.find_setting(Setting::MasterKey).await? {
        Some(remembered) => remembered,
        None => {
            let mut tx = store.begin().await?;
            let pinned = tx.pin_setting(Setting::MasterKey, &fingerprint).await?;
            tx.commit().await?;
            pinned
        }
    };
    if remembered != fingerprint {
        bail!("the master key is not the one that this deployment was made with");
    }
    Ok(())
}

/// Returns the port of the public URL if that is on this machine: the links of this data directory lead there. The URL is
/// the one of the settings, else the stored one.
///
/// # Errors
/// If the database can't be opened.
pub(crate) async fn local_port(config: &Config, data_dir: &DataDir) -> Result<Option<u16>> {
    let port_of = |origin: &str| origin.strip_prefix("http://localhost:")?.trim_end_matches('/').parse().ok();
    if !config.public_url.is_empty() {
        return Ok(port_of(&config.public_url));
    }
    if config.database_url.location()?.is_none() && !data_dir.database().exists() {
        return Ok(None);
    }
    let store = open_store(config, data_dir).await?;
    let remembered = store.find_setting(Setting::PublicUrl).await?;
    store.close().await;
    Ok(remembered.and_then(|origin| port_of(&origin)))
}

/// Returns the erasure journal.
pub(crate) fn journal(config: &Config, data_dir: &DataDir) -> Journal {
    match config.erasures_file.as_str() {
        "" => Journal::at(data_dir.erasures()),
        named => Journal::at(named),
    }
}

async fn issuance(
    config: &Config,
    data_dir: &DataDir,
    store: Store,
    host: Host,
    chains: Chains,
) -> Result<Issuance> {
    let kms = key_service::open(&config.keys, config.proxy_url.proxy()?, &store).await?;
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    Ok(Issuance::new(Parts {
        store,
        clock,
        entropy,
        host,
        chains,
        plans: Plans::from(&config.plans),
        options: config.pipeline_options(),
        kms,
        journal: Some(journal(config, data_dir)),
    }))
}

fn configured_origin(config: &Config, port: u16) -> String {
    if config.public_url.is_empty() { format!("http://localhost:{port}") } else { config.public_url.clone() }
}

/// Stores the public URL and refuses another one, because it is part of every DID and every document. Nothing is stored if the chain is
/// not for a deployment with this URL.
async fn pin_public_url(config: &Config, store: &Store, port: u16, force: bool) -> Result<Host> {
    let origin = configured_origin(config, port);
    let wanted = Host::parse(&origin).with_context(|| format!("public URL {origin}"))?;
    let mut tx = store.begin().await?;
    let remembered = tx.pin_setting(Setting::PublicUrl, wanted.origin()).await?;
    let is_forced = force && remembered != wanted.origin();
    let host = if remembered == wanted.origin() || (config.public_url.is_empty() && !force) {
        Host::parse(&remembered).context("the remembered public URL")?
    } else if force {
        tx.put_setting(Setting::PublicUrl, wanted.origin()).await?;
        wanted
    } else {
        bail!(
            "this data directory was made for {remembered}; another public URL changes every DID. \
             Give --force-public-url to change it to {}",
            wanted.origin()
        );
    };
    if config.chain.is_embedded() && !host.is_loopback() && !config.chain.allow_public_development_chain {
        bail!(
            "the public URL {host} is for everybody, and the embedded development chain is for its own machine alone: what it anchors proves \
             nothing to others. Name nodes of a real chain (chain.test_rpc_url, chain.live_rpc_url), or set \
             chain.allow_public_development_chain = true (LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN=true) to use it all the same"
        );
    }
    tx.commit().await?;
    if is_forced {
        let change = OperatorCommand::new("serve --force-public-url");
        operator_log::record(store, change).await?;
    }
    Ok(host)
}

async fn pin(store: &Store, setting: Setting, value: &str, what: &str) -> Result<()> {
    let mut tx = store.begin().await?;
    let remembered = tx.pin_setting(setting, value).await?;
    tx.commit().await?;
    if remembered != value {
        bail!("this data directory belongs to another {what}: {remembered}, not {value}");
    }
    Ok(())
}

/// Opens the embedded chain, which must be the one whose genesis hash the database has.
///
/// # Errors
/// If its file can't be read, or holds another chain.
pub(crate) async fn open_embedded_chain(data_dir: &DataDir, store: &Store) -> Result<DevChain> {
    let now = u64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(0);
    let options = DevChainOptions { genesis_salt: random_bytes(&SystemEntropy), genesis_time: now };
    let chain = DevChain::open(&data_dir.chain(), options).context("can't open the embedded chain")?;
    // On a new chain all anchors would be missing, and the nonces would restart at zero.
    pin(
        store,
        Setting::TestGenesis,
        &hex::encode(chain.genesis_hash()),
        "embedded chain (its file was replaced, or another node serves it)",
    )
    .await?;
    Ok(chain)
}

fn embedded_chains(host: &Host, client: Client) -> Chains {
    let explorer = format!("{}/dev/chain/tx/", host.origin());
    let chain = Chain {
        confirmations: EMBEDDED_CONFIRMATIONS,
        poll_ms: EMBEDDED_POLL_MS,
        ..Chain::new(DEVELOPMENT, client, explorer)
    };
    Chains { test: Some(chain.clone()), live: Some(chain) }
}

/// Returns the chain with this id, if the setting names nodes of it.
fn rpc_chain(config: &Config, url: &str, chain_id: u64, client: Client) -> Option<Chain> {
    let explorer = if chain_id == BASE_MAINNET { BASE_EXPLORER } else { BASE_SEPOLIA_EXPLORER };
    (!url.is_empty()).then(|| Chain {
        nodes: hosts(url),
        ..config.chain.real_chain(chain_id, client, explorer.to_owned())
    })
}

async fn rpc_chains(config: &Config) -> Result<Chains> {
    let (test, live) = try_join(
        async {
            connect_chain(config, &config.chain.test_rpc_url, BASE_SEPOLIA)
                .await
                .context("chain.test_rpc_url")
        },
        async {
            connect_chain(config, &config.chain.live_rpc_url, BASE_MAINNET)
                .await
                .context("chain.live_rpc_url")
        },
    )
    .await?;
    Ok(Chains { test, live })
}

/// Returns the chain with this id, if the setting names nodes of it. A node that is known to be on another chain is refused. The server
/// starts even if a node does not respond or refuses: batches wait, and it is checked before it is used.
async fn connect_chain(config: &Config, urls: &str, chain_id: u64) -> Result<Option<Chain>> {
    let proxy = config.proxy_url.proxy()?;
    let node = |url: &str| -> Result<Client> {
        let url = url.parse().context("the RPC URL is not a URL")?;
        let transport = HttpTransport::through(url, Timeouts::default(), proxy.as_ref());
        Ok(Client::new(Arc::new(transport.context("the RPC URL can't be used")?)))
    };
    let connect = || urls.split_whitespace().map(node).collect::<Result<Vec<Client>>>();
    let nodes = connect()?;
    let genesis = pinned_genesis_hash(chain_id).filter(|_| !config.chain.allow_other_genesis);
    let expected = ExpectedChain { id: chain_id, genesis };
    for compared in join_all(nodes.iter().map(|node| node.compare_chain(&expected))).await {
        match compared {
            Ok(None) => {}
            Ok(Some(foreign)) => bail!(foreign),
            Err(error) => {
                tracing::warn!(chain.id = chain_id, %error, "the chain's node does not respond yet");
            }
        }
    }
    let first_of = |nodes| Client::new(Arc::new(Failover::new(expected, nodes)));
    // A single node would only confirm itself.
    let witnesses = match nodes.as_slice() {
        [] | [_] => Vec::new(),
        several => several.iter().map(|node| first_of(vec![node.clone()])).collect(),
    };
    // Connections and a queue of their own.
    let pages = first_of(connect()?);
    let chain = rpc_chain(config, urls, chain_id, first_of(nodes));
    Ok(chain.map(|chain| Chain { witnesses, pages, ..chain }))
}

/// The transport of commands that connect to no chain.
struct Offline;

impl Transport for Offline {
    fn call<'a>(
        &'a self,
        _method: &'a str,
        _params: serde_json::Value,
    ) -> BoxFuture<'a, Result<serde_json::Value, RpcError>> {
        async { Err(RpcError::Unreachable { reason: "commands talk to no chain".into() }) }.boxed()
    }
}
