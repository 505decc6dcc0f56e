//! `learncoin demo`: from an empty directory to a verified credential in one command, over the HTTP API.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use learncoin_http_client::fetcher::{FetchedResponse, Fetcher};
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::Actor;
use learncoin_store::clock::random_bytes;
use learncoin_store::id::TenantId;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Plan;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::commands::verify;
use crate::config::{Config, DEFAULT_LISTEN, MailTransportKind};
use crate::data_dir::DataDir;
use crate::operator_log::{self, OperatorCommand};
use crate::output::{self, Form};
use crate::server::{self, Server};
use crate::{fonts, mail, summary};

const TENANT_NAME: &str = "Example University";
const POLL_EVERY: Duration = Duration::from_millis(500);
const WAIT_AT_MOST: Duration = Duration::from_secs(120);

/// The arguments of `demo`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address to listen on [default: the one in this data directory's links; at first 127.0.0.1:8080, or any
    /// free port if that one is in use]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// End once the credential is verified, instead of staying up
    #[arg(long)]
    once: bool,
}

/// Starts a server, issues a credential through its API, waits until it is anchored, verifies it, stays up.
pub(crate) async fn run(config: Config, arguments: Arguments, form: Form) -> Result<ExitCode> {
    mail::check(&config.mail)?;
    let brand = config.brand.open()?;
    let fonts = fonts::use_folder(&config)?;
    let data_dir = DataDir::open(&config.data_dir)?;
    let listener = listen(&config, &data_dir).await?;
    let server = Server::start(&config, brand, &data_dir, listener, false).await?;
    output::message(&summary::line(&config, &data_dir, server.issuance.host.origin())?);
    fonts.iter().for_each(|line| output::message(line));
    output::message(&format!("ready on http://{}", server.address));

    let (tenant_id, key) = provision_demo(&server.issuance).await?;
    let api: Url = format!("http://{}/v1/", server.local_address()).parse()?;
    let fetcher = Fetcher::new()?;

    output::message(&format!("posting a batch of one credential to {api}batches"));
    let body = example_batch(&server.issuance).to_string();
    let idempotency_key = uuid(&server.issuance);
    let batch = json_body(&fetcher.post_json(&api.join("batches")?, &key, &idempotency_key, body).await?)?;
    let batch_id = text(&batch, "/id")?;
    let anchored = wait_until_anchored(&fetcher, &api, &key, batch_id).await?;
    let credential_id = text(&anchored, "/credentials/0/id")?;
    let verify_url = text(&anchored, "/credentials/0/verify_url")?;

    let signed =
        json_body(&fetcher.get_authorized(&api.join(&format!("credentials/{credential_id}"))?, &key).await?)?;
    let document = signed.get("signed_credential").context("the API returned no signed credential")?;
    output::message("verifying the credential as a third party would");
    let report = verify::verify_here(&server, document.to_string().as_bytes()).await?;
    output::message(&verify::summary(&report));
    if !report.verdict.is_valid() {
        bail!("the credential of the demo did not verify");
    }

    form.record(&json!({
        "tenant_id": tenant_id,
        "api_key": key,
        "base_url": api.as_str().trim_end_matches('/'),
        "batch_id": batch_id,
        "credential_id": credential_id,
        "verify_url": verify_url,
        "verdict": report.verdict,
        "curl": format!("curl -s {api}credentials/{credential_id} -H 'Authorization: Bearer {key}'"),
    }))?;
    output::message(&format!("\nOpen  {verify_url}"));
    if config.mail.transport == MailTransportKind::Files {
        output::message(&format!("Mail  {}/dev/mail", server.issuance.host.origin()));
    }
    if !arguments.once {
        let mut signals = server::Signals::listen()?;
        output::message("The server stays up; end it with Ctrl-C.");
        signals.next().await;
    }
    server.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Binds the address. The default port may be in use; the first start then takes any other, unless an address was
/// requested. From then on the links contain a port, and nothing verifies on another one.
async fn listen(config: &Config, data_dir: &DataDir) -> Result<TcpListener> {
    if let Some(address) = server::named_address(config, data_dir).await? {
        return server::bind(&address).await;
    }
    match server::bind(DEFAULT_LISTEN).await {
        Err(_) => server::bind("127.0.0.1:0").await,
        bound => bound,
    }
}

async fn provision_demo(issuance: &Issuance) -> Result<(TenantId, String)> {
    let existing = issuance.store.list_tenants().await?.into_iter().find(|tenant| tenant.name == TENANT_NAME);
    let tenant = match existing {
        Some(tenant) => tenant,
        None => issuance.tenants.create_tenant(TENANT_NAME, Plan::Developer).await?,
    };
    let scope = TenantScope { tenant_id: tenant.id.clone(), environment: Environment::Test };
    let created = issuance.api_keys.create_api_key(Actor::Operator, &scope, Some("demo"), &[]).await;
    let (key, secret) = created?;
    let subjects = vec![tenant.id.to_string(), key.id.to_string()];
    let change = OperatorCommand { command: "demo", tenant_id: Some(&tenant.id), subjects };
    operator_log::record(&issuance.store, change).await?;
    Ok((tenant.id, secret.expose().to_owned()))
}

/// Returns the example of the API's documentation with the current time.
fn example_batch(issuance: &Issuance) -> Value {
    json!({
        "credentials": [{
            "recipient": { "id": format!("urn:uuid:{}", uuid(issuance)), "name": "Ada Lovelace", "email": "ada@example.edu" },
            "achievement": {
                "id": "https://yourschool.edu/credentials/intro-ml",
                "name": "Introduction to Machine Learning",
                "description": "Completed the 12-week introductory course with distinction.",
                "criteria": { "narrative": "Passing grade on final project plus peer-reviewed submission." },
                "alignment": [{
                    "targetFramework": "ESCO",
                    "targetCode": "S1.4.0",
                    "targetName": "Machine learning",
                    "targetUrl": "https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0",
                }],
            },
            "issuanceDate": learncoin_issuance::time::iso8601(issuance.clock.now_ms()),
        }],
    })
}

fn uuid(issuance: &Issuance) -> String {
    uuid::Builder::from_random_bytes(random_bytes(&*issuance.entropy)).into_uuid().to_string()
}

async fn wait_until_anchored(fetcher: &Fetcher, api: &Url, key: &str, batch_id: &str) -> Result<Value> {
    let url = api.join(&format!("batches/{batch_id}"))?;
    let mut last = String::new();
    let waiting = async {
        loop {
            let batch = json_body(&fetcher.get_authorized(&url, key).await?)?;
            let status = text(&batch, "/status")?;
            if status != last {
                output::message(&format!("  {batch_id} is {status}"));
                last = status.to_owned();
            }
            match status {
                "anchored" => return Ok(batch),
                "failed" => {
                    bail!("the batch failed: {}", text(&batch, "/error").unwrap_or("no reason given"))
                }
                _ => tokio::time::sleep(POLL_EVERY).await,
            }
        }
    };
    tokio::time::timeout(WAIT_AT_MOST, waiting).await.context("the batch was not anchored in time")?
}

fn json_body(answer: &FetchedResponse) -> Result<Value> {
    if !answer.is_success() {
        bail!("the API answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    serde_json::from_slice(&answer.body).context("the API's answer is not JSON")
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("the API's answer has no {pointer}"))
}
