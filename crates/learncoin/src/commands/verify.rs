//! `learncoin verify`: the five checks on a file, a link, or standard input. The file may be a baked badge or a
//! certificate: then the credential in it is checked.
//!
//! It requests public documents from the host that the credential names and the transaction from a chain node, and
//! contacts no other server. A check whose data can't be reached is "could not check", never "valid".

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use learncoin_badge::bake::{is_carrier, unbake};
use learncoin_chain::network;
use learncoin_chain::rpc::{Client, ExpectedChain, Failover, HttpTransport, Timeouts};
use learncoin_credential::Hash;
use learncoin_credential::json::{self, Value};
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::verify::{
    CheckName, CheckOutcome, Lookup, MinedTransaction, ParsedCredential, Report, Verdict, VerificationPolicy,
    verify,
};
use learncoin_http_client::fetcher::{FetchError, Fetcher};
use learncoin_issuance::credential::evidence::{RemoteSource, gather, mined_transaction};
use learncoin_issuance::time::timestamp;
use learncoin_store::clock::Clock as _;
use url::Url;

use crate::commands::unbake::read_file;
use crate::config::{ChainConfig, Config};
use crate::data_dir::{DataDir, Running};
use crate::output;
use crate::server::Server;
use crate::system::SystemClock;

const EXIT_NOT_VALID: u8 = 1;
const EXIT_COULD_NOT_CHECK: u8 = 2;
/// The `Accept` header of the request to a credential's link.
const ACCEPT: &str = "application/vc, application/ld+json;q=0.9, application/json;q=0.8";

/// The arguments of `verify`.
#[derive(Args)]
#[command(after_help = "Exit status: 0 valid, 1 not valid, 2 could not be checked.")]
pub(crate) struct Arguments {
    /// The credential: a file, its link, or - for standard input. A file may be a baked badge (PNG, SVG), a certificate
    /// (PDF), or the body of GET /v1/credentials/{id}
    #[arg(value_name = "FILE|URL|-")]
    credential: String,
    /// A JSON-RPC node of the credential's chain; without it the one of the settings, or with --data-dir of a running
    /// development deployment that one's
    #[arg(long, value_name = "URL")]
    rpc: Option<Url>,
    /// Required depth of the transaction, in blocks
    #[arg(long, value_name = "N", default_value_t = 1)]
    confirmations: u64,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// The nodes on which transactions are looked up.
enum Nodes<'a> {
    /// The node of `--rpc`.
    Named(Url),
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
    /// The hash that its block 0 must have, lower-case hex without 0x, if it is known.
    genesis: Option<String>,
}

impl Nodes<'_> {
    fn of(&self, chain: AnchorChain) -> Result<Option<Node>> {
        let configured = match (self, chain) {
            (Nodes::Named(url), _) => return Ok(Some(Node { urls: vec![url.clone()], genesis: None })),
            (Nodes::Configured { embedded, .. }, AnchorChain::Development) => return Ok(embedded.clone()),
            (Nodes::Configured { chain, .. }, AnchorChain::BaseSepolia) => &chain.test_rpc_url,
            (Nodes::Configured { chain, .. }, AnchorChain::BaseMainnet) => &chain.live_rpc_url,
        };
        let urls: Result<Vec<Url>, _> = configured.split_whitespace().map(str::parse).collect();
        let urls = urls.context("the RPC URL of the settings is not a URL")?;
        Ok((!urls.is_empty()).then_some(Node { urls, genesis: None }))
    }
}

/// Verifies the credential and prints the report.
pub(crate) async fn run(config: &Config, arguments: Arguments, named_data_dir: bool) -> Result<ExitCode> {
    let fetcher = Fetcher::new()?;
    let bytes = extracted(read(&fetcher, &arguments.credential).await?)?;
    let nodes = match (arguments.rpc, named_data_dir) {
        (Some(url), _) => Nodes::Named(url),
        (None, true) => Nodes::Configured { chain: &config.chain, embedded: embedded_chain_of(config)? },
        (None, false) => Nodes::Configured { chain: &config.chain, embedded: None },
    };
    let report = verify_bytes(&fetcher, &bytes, &nodes, arguments.confirmations).await?;
    if arguments.json {
        output::result(&serde_json::to_value(&report)?)?;
    } else {
        output::text(&text(&report))?;
    }
    Ok(match report.verdict {
        Verdict::Valid | Verdict::ValidTest | Verdict::ValidDevelopment => ExitCode::SUCCESS,
        Verdict::NotValid => ExitCode::from(EXIT_NOT_VALID),
        Verdict::CouldNotCheck => ExitCode::from(EXIT_COULD_NOT_CHECK),
    })
}

/// Verifies a credential of the server that runs in this process, from outside: over its own HTTP.
///
/// # Errors
/// If the HTTP client can't be set up.
pub(crate) async fn verify_here(server: &Server, bytes: &[u8]) -> Result<Report> {
    let node = rpc_at(&server.local_address().to_string())?;
    verify_bytes(&Fetcher::new()?, bytes, &Nodes::Named(node), 1).await
}

/// Returns the report in one line.
pub(crate) fn summary(report: &Report) -> String {
    let checks: Vec<String> =
        report.checks.iter().map(|check| format!("{} {}", words(check.outcome), name(check.name))).collect();
    format!("{}: {}", report.verdict.words(), checks.join(", "))
}

async fn verify_bytes(
    fetcher: &Fetcher,
    bytes: &[u8],
    nodes: &Nodes<'_>,
    confirmations: u64,
) -> Result<Report> {
    let parsed = match ParsedCredential::read(bytes) {
        Ok(parsed) => parsed,
        Err(report) => return Ok(*report),
    };
    let chain = parsed.lookups().chain;
    let node = nodes.of(chain)?.map(|node| ChainNode::connect(node, chain.chain_id())).transpose()?;
    let evidence = gather(&PublicSource { fetcher, chain, node }, &parsed).await;
    let policy = VerificationPolicy {
        now: timestamp(SystemClock.now_ms()),
        // Naming a node of the development chain means that this chain is accepted.
        allow_development: chain.chain_id() == network::DEVELOPMENT,
        min_confirmations: confirmations,
    };
    Ok(verify(&parsed, &evidence, &policy))
}

/// The public source: documents of the host that the credential names, and the transaction from a node.
struct PublicSource<'a> {
    fetcher: &'a Fetcher,
    chain: AnchorChain,
    node: Option<ChainNode>,
}

/// A node, and the hash that its block 0 must have.
struct ChainNode {
    client: Client,
    genesis: Option<String>,
}

impl ChainNode {
    fn connect(node: Node, chain_id: u64) -> Result<Self> {
        let nodes = node.urls.into_iter().map(|url| -> Result<Client> {
            let transport = HttpTransport::new(url, Timeouts::default());
            Ok(Client::new(Arc::new(transport.context("the node's URL can't be used")?)))
        });
        let nodes = nodes.collect::<Result<Vec<Client>>>()?;
        let client = match nodes.as_slice() {
            // The report names the chain of a single node that is on another one.
            [only] => only.clone(),
            _ => Client::new(Arc::new(Failover::new(ExpectedChain { id: chain_id, genesis: None }, nodes))),
        };
        Ok(Self { client, genesis: node.genesis })
    }
}

impl RemoteSource for PublicSource<'_> {
    async fn fetch(&self, url: Url) -> Lookup<Vec<u8>> {
        match self.fetcher.get(&url, "application/json").await {
            Ok(response) if response.is_success() => Lookup::Found(response.body),
            Ok(response) if matches!(response.status, 404 | 410) => Lookup::Absent,
            Ok(response) => Lookup::Unreachable(format!("{url} answered {}", response.status)),
            Err(error) => Lookup::Unreachable(error.to_string()),
        }
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        let chain_id = self.chain.chain_id();
        let Some(node) = &self.node else {
            return Lookup::Unreachable(format!("no node of chain {chain_id} was named (--rpc URL)"));
        };
        match check_node(&node.client, chain_id, node.genesis.as_deref()).await {
            Ok(()) => mined_transaction(&node.client, hash.as_bytes()).await,
            Err(reason) => Lookup::Unreachable(reason),
        }
    }
}

/// Checks that the node is on the expected chain; if not, the error is a reason for people.
async fn check_node(client: &Client, chain_id: u64, genesis: Option<&str>) -> Result<(), String> {
    let found = client.chain_id().await.map_err(|error| error.to_string())?;
    if found != chain_id {
        return Err(format!("the node is on chain {found}, the credential on chain {chain_id}"));
    }
    let Some(genesis) = genesis else { return Ok(()) };
    let found = client.genesis_hash().await.map_err(|error| error.to_string())?;
    if found.map(hex::encode).as_deref() != Some(genesis) {
        return Err(
            "the server of this data directory does not run; another one answers at its address".into()
        );
    }
    Ok(())
}

/// Reads the credential's bytes. Every failure here is exit status 2: what can't be read can't be checked.
async fn read(fetcher: &Fetcher, source: &str) -> Result<Vec<u8>> {
    if source.starts_with("https://") || source.starts_with("http://") {
        let url: Url = source.parse().context("not a URL")?;
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

/// Extracts the credential from a badge, a certificate or the API's response.
fn extracted(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if is_carrier(&bytes) {
        return Ok(unbake(&bytes).context("no credential came out of the file")?.into_bytes());
    }
    Ok(unwrapped(bytes))
}

/// Extracts the credential from the response of `GET /v1/credentials/{id}`; returns anything else unchanged.
fn unwrapped(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(body)) = json::parse(&bytes) else { return bytes };
    match body.get("signed_credential") {
        Some(credential @ Value::Object(_)) => credential.to_compact_string().into_bytes(),
        _ => bytes,
    }
}

fn embedded_chain_of(config: &Config) -> Result<Option<Node>> {
    let Some(Running { address, embedded_genesis: Some(genesis) }) = DataDir::running(&config.data_dir)
    else {
        return Ok(None);
    };
    Ok(Some(Node { urls: vec![rpc_at(&address)?], genesis: Some(genesis) }))
}

fn rpc_at(address: &str) -> Result<Url> {
    format!("http://{address}/dev/chain/rpc").parse().context("the running server's address")
}

fn text(report: &Report) -> String {
    let mut text = format!("{}\n", report.verdict.words().to_uppercase());
    for check in &report.checks {
        // Writing to a String can't fail.
        let _ = write!(text, "\n{:>15}  {}", words(check.outcome), name(check.name));
        if let Some(reason) = &check.reason {
            let _ = write!(text, ": {}", printable(reason));
        }
        text.push('\n');
        for (label, value) in &check.evidence {
            let _ = writeln!(text, "{:>15}  {label}: {}", "", printable(value));
        }
    }
    text
}

/// Replaces control characters, which a terminal would interpret: a document's text is untrusted.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn name(check: CheckName) -> &'static str {
    match check {
        CheckName::Schema => "schema",
        CheckName::Signature => "signature",
        CheckName::Issuer => "issuer",
        CheckName::Anchor => "anchor",
        CheckName::Revocation => "revocation",
    }
}

fn words(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "FAILED",
        CheckOutcome::CouldNotCheck => "could not check",
        CheckOutcome::NotReached => "not reached",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apis_answer_is_unwrapped_and_nothing_else_is() {
        let credential = br#"{"id":"x"}"#.to_vec();
        assert_eq!(unwrapped(br#"{"id":"crd_1","signed_credential":{"id":"x"}}"#.to_vec()), credential);
        assert_eq!(unwrapped(credential.clone()), credential);
        let none = br#"{"signed_credential":null}"#.to_vec();
        assert_eq!(unwrapped(none.clone()), none);
        assert_eq!(unwrapped(b"no JSON".to_vec()), b"no JSON");
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

    #[test]
    fn a_document_can_not_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
