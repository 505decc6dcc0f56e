//! `learncoin verify`: the five checks on a file, a link, or standard input. The file may be a baked badge or a
//! certificate: then the credential in it is checked. A wallet form is checked likewise, for which no chain node is needed.
//!
//! It requests public documents from the host that the credential names and the transaction from a chain node, and
//! contacts no other server. A check whose data can't be reached is "could not check", never "valid".
//!
//! A credential is untrusted: no document of it leads to an address inside that its own host does not have, and nothing
//! is requested after a failed check. Anybody can mint on a test or development chain, so the exit status is 0 for such a
//! credential only if the caller allows it.

use std::process::ExitCode;
use std::sync::Arc;

mod findings;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use learncoin_badge::bake::{self, Contents};
use learncoin_chain::network;
use learncoin_chain::rpc::{Client, ExpectedChain, Failover, ForeignChain, HttpTransport, Timeouts};
use learncoin_credential::Hash;
use learncoin_credential::link::CredentialLink;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, ParsedForm, Report, Verdict, VerificationPolicy,
};
use learncoin_http_client::fetcher::{FetchError, Fetcher};
use learncoin_http_client::origin_fetcher::OriginFetcher;
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::credential::evidence::{
    RemoteSource, mined_transaction, verify_in_order, verify_wallet_form_in_order,
};
use learncoin_issuance::time::timestamp;
use learncoin_store::clock::Clock as _;
use url::Url;

use crate::commands::unbake::read_file;
use crate::config::{ChainConfig, Config};
use crate::data_dir::{DataDir, Running};
use crate::output;
use crate::server::Server;
use crate::system::SystemClock;
use findings::Findings;

const EXIT_NOT_VALID: u8 = 1;
const EXIT_COULD_NOT_CHECK: u8 = 2;
const EXIT_VALID_TEST: u8 = 3;
const EXIT_VALID_DEVELOPMENT: u8 = 4;
/// The exit statuses, at the end of `--help`.
const EXIT_STATUSES: &str = "\
Exit status:
  0  valid, on Base, or on a chain of --allow
  1  not valid
  2  could not be checked, is not a LearnCoin credential, or the command can't be carried out
  3  valid, TEST: on Base Sepolia, without --allow test
  4  valid, DEVELOPMENT: on a development chain, without --allow development

Anybody can mint on a test or development chain. Allow one only where such credentials are expected.";
/// The `Accept` header of the request to a credential's link.
const ACCEPT: &str = "application/vc, application/ld+json;q=0.9, application/json;q=0.8";

/// The arguments of `verify`.
#[derive(Args)]
#[command(after_help = EXIT_STATUSES)]
pub(crate) struct Arguments {
    /// The credential: a file, its link, or - for standard input. A file may be a baked badge (PNG, SVG), a certificate
    /// (PDF), a presentation of one credential, or the body of GET /v1/credentials/{id}
    #[arg(value_name = "FILE|URL|-")]
    credential: String,
    /// A JSON-RPC node of the credential's chain; without it the one of the settings, or with --data-dir of a running
    /// development deployment that one's
    #[arg(long, value_name = "URL")]
    rpc: Option<Url>,
    /// Required depth of the transaction, in blocks
    #[arg(long, value_name = "N", default_value_t = 1)]
    confirmations: u64,
    /// Exit with 0 for credentials of such a chain too; repeatable, or several with commas
    #[arg(long, value_name = "CHAIN", value_delimiter = ',')]
    allow: Vec<UnprovenChain>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// A chain on which anybody can mint a valid credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UnprovenChain {
    /// Base Sepolia, on which test keys issue
    Test,
    /// A development chain
    Development,
}

/// The nodes on which transactions are looked up.
enum Nodes<'a> {
    /// The node of `--rpc`.
    Named {
        /// Its URL.
        url: Url,
        /// Whether it may have another genesis block than the chain whose id it reports.
        allow_other_genesis: bool,
    },
    /// The nodes of each chain in the settings.
    Configured {
        /// The settings.
        chain: &'a ChainConfig,
        /// The embedded chain of a running deployment.
        embedded: Option<Node>,
    },
}

/// A node of a chain, or several of which the next one is asked if one fails.
#[derive(Clone)]
struct Node {
    urls: Vec<Url>,
    /// The hash that its block 0 must have, if it is known.
    genesis: Option<[u8; 32]>,
}

impl Nodes<'_> {
    fn of(&self, chain: AnchorChain) -> Result<Option<Node>> {
        let pinned = network::pinned_genesis_hash(chain.chain_id());
        let genesis = |allow_other: bool| pinned.filter(|_| !allow_other);
        let (configured, settings) = match (self, chain) {
            (Nodes::Named { url, allow_other_genesis }, _) => {
                return Ok(Some(Node { urls: vec![url.clone()], genesis: genesis(*allow_other_genesis) }));
            }
            (Nodes::Configured { embedded, .. }, AnchorChain::Development) => return Ok(embedded.clone()),
            (Nodes::Configured { chain, .. }, AnchorChain::BaseSepolia) => (&chain.test_rpc_url, chain),
            (Nodes::Configured { chain, .. }, AnchorChain::BaseMainnet) => (&chain.live_rpc_url, chain),
        };
        let urls: Result<Vec<Url>, _> = configured.split_whitespace().map(str::parse).collect();
        let urls = urls.context("the RPC URL of the settings is not a URL")?;
        let genesis = genesis(settings.allow_other_genesis);
        Ok((!urls.is_empty()).then_some(Node { urls, genesis }))
    }
}

/// Verifies the credential and prints what was found.
pub(crate) async fn run(config: &Config, arguments: Arguments, named_data_dir: bool) -> Result<ExitCode> {
    let fetcher = Fetcher::new()?;
    let file = bake::read(&read(&fetcher, &arguments.credential).await?)
        .with_context(|| format!("there is no credential in {}", arguments.credential))?;
    let credential = match file.contents {
        Contents::Credential(credential) => credential.into_bytes(),
        Contents::Foreign(foreign) if arguments.json => {
            output::result(&findings::foreign_json(&foreign, file.format))?;
            return Ok(ExitCode::from(EXIT_COULD_NOT_CHECK));
        }
        Contents::Foreign(foreign) => {
            output::text(&findings::foreign_text(&foreign))?;
            return Ok(ExitCode::from(EXIT_COULD_NOT_CHECK));
        }
    };
    let nodes = match (arguments.rpc, named_data_dir) {
        (Some(url), _) => Nodes::Named { url, allow_other_genesis: config.chain.allow_other_genesis },
        (None, true) => Nodes::Configured { chain: &config.chain, embedded: embedded_chain_of(config)? },
        (None, false) => Nodes::Configured { chain: &config.chain, embedded: None },
    };
    let report = verify_bytes(&fetcher, &credential, &nodes, arguments.confirmations).await?;
    let findings = Findings::new(&report, &credential, file.format);
    if arguments.json {
        output::result(&findings.json()?)?;
    } else {
        output::text(&findings.text())?;
    }
    Ok(ExitCode::from(exit_status(report.verdict, &arguments.allow)))
}

/// Returns the exit status. It is 0 only for what is proven, or what the caller allows.
fn exit_status(verdict: Verdict, allowed: &[UnprovenChain]) -> u8 {
    let unless_allowed = |chain, status| if allowed.contains(&chain) { 0 } else { status };
    match verdict {
        Verdict::Valid => 0,
        Verdict::ValidTest => unless_allowed(UnprovenChain::Test, EXIT_VALID_TEST),
        Verdict::ValidDevelopment => unless_allowed(UnprovenChain::Development, EXIT_VALID_DEVELOPMENT),
        Verdict::NotValid => EXIT_NOT_VALID,
        Verdict::CouldNotCheck => EXIT_COULD_NOT_CHECK,
    }
}

/// Verifies a credential of the server that runs in this process, from outside: over its own HTTP.
///
/// # Errors
/// If the HTTP client can't be set up.
pub(crate) async fn verify_here(server: &Server, bytes: &[u8]) -> Result<Report> {
    let url = rpc_at(&server.local_address().to_string())?;
    verify_bytes(&Fetcher::new()?, bytes, &Nodes::Named { url, allow_other_genesis: false }, 1).await
}

/// Returns the report in one line.
pub(crate) fn summary(report: &Report) -> String {
    let checks: Vec<String> = report
        .checks
        .iter()
        .map(|check| format!("{} {}", findings::outcome_in_words(check.outcome), check.name.as_str()))
        .collect();
    format!("{}: {}", report.verdict.words(), checks.join(", "))
}

async fn verify_bytes(
    fetcher: &Fetcher,
    bytes: &[u8],
    nodes: &Nodes<'_>,
    confirmations: u64,
) -> Result<Report> {
    let parsed = match ParsedForm::read(bytes) {
        Ok(parsed) => parsed,
        Err(report) => return Ok(*report),
    };
    let (chain, host) = match &parsed {
        ParsedForm::Anchored(parsed) => (parsed.lookups().chain, parsed.host()),
        ParsedForm::Wallet(parsed) => (parsed.chain(), parsed.host()),
    };
    let node = match &parsed {
        ParsedForm::Anchored(_) => nodes.of(chain)?,
        // A wallet form has no anchor to look up.
        ParsedForm::Wallet(_) => None,
    };
    let node = node.map(|node| ChainNode::connect(node, chain.chain_id())).transpose()?;
    let origin = host.origin().parse().context("the credential's host is not a URL")?;
    let egress = Egress::new(false, Arc::new(SystemResolver));
    let source = PublicSource { fetcher: OriginFetcher::new(origin, fetcher.clone(), egress), chain, node };
    let policy = VerificationPolicy {
        now: timestamp(SystemClock.now_ms()),
        // Naming a node of the development chain means that this chain is accepted.
        allow_development: chain.chain_id() == network::DEVELOPMENT,
        min_confirmations: confirmations,
    };
    Ok(match &parsed {
        ParsedForm::Anchored(parsed) => verify_in_order(&source, parsed, &policy).await,
        ParsedForm::Wallet(parsed) => verify_wallet_form_in_order(&source, parsed, &policy).await,
    })
}

/// The public source: documents of the host that the credential names, and the transaction from a node.
struct PublicSource {
    fetcher: OriginFetcher,
    chain: AnchorChain,
    node: Option<ChainNode>,
}

/// A node, and the chain that it must be on.
struct ChainNode {
    client: Client,
    expected: ExpectedChain,
}

impl ChainNode {
    fn connect(node: Node, chain_id: u64) -> Result<Self> {
        let expected = ExpectedChain { id: chain_id, genesis: node.genesis };
        let nodes = node.urls.into_iter().map(|url| -> Result<Client> {
            let transport = HttpTransport::new(url, Timeouts::default());
            Ok(Client::new(Arc::new(transport.context("the node's URL can't be used")?)))
        });
        let nodes = nodes.collect::<Result<Vec<Client>>>()?;
        let client = match nodes.as_slice() {
            // The report names the chain of a single node that is on another one.
            [only] => only.clone(),
            _ => Client::new(Arc::new(Failover::new(expected, nodes))),
        };
        Ok(Self { client, expected })
    }
}

impl RemoteSource for PublicSource {
    async fn fetch(&self, url: Url) -> Lookup<Vec<u8>> {
        match self.fetcher.get(&url, "application/json").await {
            Ok(response) if response.is_success() => Lookup::Found(response.body),
            Ok(response) if matches!(response.status, 404 | 410) => Lookup::Absent,
            Ok(response) => Lookup::Unreachable(format!("{url} answered {}", response.status)),
            Err(error) => Lookup::Unreachable(error.to_string()),
        }
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        let Some(node) = &self.node else {
            let chain_id = self.chain.chain_id();
            return Lookup::Unreachable(format!("no node of chain {chain_id} was named (--rpc URL)"));
        };
        match check_node(node).await {
            Ok(()) => mined_transaction(&node.client, hash.as_bytes()).await,
            Err(reason) => Lookup::Unreachable(reason),
        }
    }
}

/// Checks that the node is on the expected chain; if not, the error is a reason for people.
async fn check_node(node: &ChainNode) -> Result<(), String> {
    let ChainNode { client, expected } = node;
    match client.compare_chain(expected).await.map_err(|error| error.to_string())? {
        Some(ForeignChain::Id { found, expected }) => {
            return Err(format!("the node is on chain {found}, the credential on chain {expected}"));
        }
        Some(foreign @ ForeignChain::Genesis { .. }) if expected.id != network::DEVELOPMENT => {
            return Err(foreign.to_string());
        }
        Some(ForeignChain::Genesis { .. }) | None => {}
    }
    // A node of a real chain may lack its first block; the embedded chain has it.
    let (network::DEVELOPMENT, Some(_)) = (expected.id, expected.genesis) else { return Ok(()) };
    let found = client.genesis_hash().await.map_err(|error| error.to_string())?;
    if found != expected.genesis {
        return Err(
            "the server of this data directory does not run; another one answers at its address".into()
        );
    }
    Ok(())
}

/// Returns the URL that was given, if it is not the name of a file. A link to a credential may be as people copy it.
fn url_of(source: &str) -> Result<Option<Url>> {
    if source == "-" || std::path::Path::new(source).exists() {
        return Ok(None);
    }
    match CredentialLink::parse(source) {
        Some(CredentialLink { origin: Some(origin), id, query }) => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            Ok(Some(format!("{origin}/c/{id}{query}").parse().context("not a URL")?))
        }
        Some(CredentialLink { origin: None, id, .. }) => {
            bail!("{id} names no site: give the credential's whole link")
        }
        None if source.starts_with("https://") || source.starts_with("http://") => {
            Ok(Some(source.parse().context("not a URL")?))
        }
        None => Ok(None),
    }
}

/// Reads the credential's bytes. Every failure here is exit status 2: what can't be read can't be checked.
async fn read(fetcher: &Fetcher, source: &str) -> Result<Vec<u8>> {
    if let Some(url) = url_of(source)? {
        let answer = fetcher.get(&url, ACCEPT).await.map_err(|error| match error {
            FetchError::Scheme(_) => {
                anyhow::anyhow!("a credential is fetched over https, or http from this machine")
            }
            other => other.into(),
        })?;
        if !answer.is_success() {
            bail!("{url} answered {}", answer.status);
        }
        return Ok(answer.body);
    }
    read_file(source)
}

fn embedded_chain_of(config: &Config) -> Result<Option<Node>> {
    let Some(Running { address, embedded_genesis: Some(genesis) }) = DataDir::running(&config.data_dir)
    else {
        return Ok(None);
    };
    let mut hash = [0; 32];
    hex::decode_to_slice(&genesis, &mut hash).context("the running server's genesis block")?;
    Ok(Some(Node { urls: vec![rpc_at(&address)?], genesis: Some(hash) }))
}

fn rpc_at(address: &str) -> Result<Url> {
    format!("http://{address}/dev/chain/rpc").parse().context("the running server's address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_proven_or_allowed_exits_with_0() {
        const TEST: UnprovenChain = UnprovenChain::Test;
        const DEVELOPMENT: UnprovenChain = UnprovenChain::Development;
        let verdicts = [
            Verdict::Valid,
            Verdict::ValidTest,
            Verdict::ValidDevelopment,
            Verdict::NotValid,
            Verdict::CouldNotCheck,
        ];
        for (allowed, statuses) in [
            (&[][..], [0, 3, 4, 1, 2]),
            (&[TEST], [0, 0, 4, 1, 2]),
            (&[DEVELOPMENT], [0, 3, 0, 1, 2]),
            (&[DEVELOPMENT, TEST], [0, 0, 0, 1, 2]),
        ] {
            assert_eq!(verdicts.map(|verdict| exit_status(verdict, allowed)), statuses, "{allowed:?}");
        }
    }

    #[test]
    fn a_node_of_a_real_chain_must_have_its_genesis_block() {
        let url: Url = "https://a.example/".parse().unwrap();
        for (allow_other_genesis, is_pinned) in [(false, true), (true, false)] {
            let settings = ChainConfig {
                test_rpc_url: url.to_string(),
                live_rpc_url: url.to_string(),
                allow_other_genesis,
                ..ChainConfig::default()
            };
            let configured = Nodes::Configured { chain: &settings, embedded: None };
            let named = Nodes::Named { url: url.clone(), allow_other_genesis };
            for chain in [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia] {
                let pinned = network::pinned_genesis_hash(chain.chain_id()).filter(|_| is_pinned);
                for nodes in [&configured, &named] {
                    assert_eq!(nodes.of(chain).unwrap().unwrap().genesis, pinned, "{chain:?}");
                }
            }
        }
    }

    #[test]
    fn each_node_of_a_setting_is_used() {
        let mut chain = ChainConfig::default();
        let urls = |chain: &ChainConfig| {
            let nodes = Nodes::Configured { chain, embedded: None };
            let node = nodes.of(AnchorChain::BaseSepolia);
            node.map(|node| node.map(|node| node.urls.iter().map(Url::to_string).collect::<Vec<_>>()))
        };
        assert_eq!(urls(&chain).unwrap(), None);
        chain.test_rpc_url = "https://a.example/ https://b.example/key".to_owned();
        assert_eq!(urls(&chain).unwrap().unwrap(), ["https://a.example/", "https://b.example/key"]);
        chain.test_rpc_url = "https://a.example/ b".to_owned();
        assert!(urls(&chain).is_err());
    }
}
