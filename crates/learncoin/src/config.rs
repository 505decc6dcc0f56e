//! Settings: by flag, by environment variable, by `learncoin.toml`, in that order; what none of them names has a
//! default. Every setting stands in `config.example.toml` with its default and unit, which a test holds to be true.

mod operations;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use learncoin_store::Location;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub(crate) use self::operations::{ShutdownConfig, TelemetryConfig};

/// Where settings are read from where neither flag nor variable names a file.
const DEFAULT_FILE: &str = "learncoin.toml";
/// The address to answer on where none is named and none follows from the public URL.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const VARIABLE_PREFIX: &str = "LEARNCOIN_";

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// The PostgreSQL database; empty for a SQLite file in `data_dir`.
    pub(crate) database_url: DatabaseUrl,
    /// The file in which erasures are noted, so that they outlive the database; empty for `erasures.log` in `data_dir`.
    pub(crate) erasures_file: String,
    /// The address to answer on; empty for 127.0.0.1 and the port that the public URL has on this machine, else
    /// [`DEFAULT_LISTEN`].
    pub(crate) listen: String,
    /// The origin that the world knows this deployment by; empty for `http://localhost:PORT`.
    pub(crate) public_url: String,
    /// The networks (CIDR) of the proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<String>,
    /// What is logged: an `EnvFilter` directive.
    pub(crate) log: String,
    /// How log lines look: `text` or `json`.
    pub(crate) log_format: LogFormat,
    /// Where keys are.
    pub(crate) keys: KeysConfig,
    /// Where anchors go.
    pub(crate) chain: ChainConfig,
    /// How patient the pipeline is.
    pub(crate) pipeline: PipelineConfig,
    /// What each plan includes.
    pub(crate) plans: PlansConfig,
    /// What tenants are told of, and where.
    pub(crate) webhooks: WebhooksConfig,
    /// What the pages that people read may do.
    pub(crate) pages: PagesConfig,
    /// What recipients are told, and by which mail server.
    pub(crate) mail: MailConfig,
    /// What a node tells its operators.
    pub(crate) telemetry: TelemetryConfig,
    /// How a server ends that was asked to.
    pub(crate) shutdown: ShutdownConfig,
}

/// The URL of a database. It may hold a password, so it has no text for logs.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The database that it names; `None` where it is empty.
    ///
    /// # Errors
    /// Where it is none of PostgreSQL.
    pub(crate) fn location(&self) -> Result<Option<Location>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        match self.0.parse() {
            Ok(location @ Location::Postgres(_)) => Ok(Some(location)),
            Ok(Location::Sqlite(_)) | Err(_) => {
                bail!(
                    "database_url: expected postgres://USER@HOST/DATABASE, or nothing for a SQLite file in data_dir"
                )
            }
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Where keys are. No setting is a secret: each names where one is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct KeysConfig {
    /// The file of the master key; empty for `master.key` in `data_dir`.
    pub(crate) master_key_file: String,
    /// The key ring of Cloud KMS that new signing keys are made in; empty for the database.
    pub(crate) kms_key_ring: String,
    /// By what this deployment is known to Google: `metadata`, `none`, or the key file of a service account.
    pub(crate) kms_credentials: String,
    /// Where Cloud KMS answers; empty for Google's public address.
    pub(crate) kms_endpoint: String,
}

/// Where anchors go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChainConfig {
    /// JSON-RPC nodes of Base Sepolia, between spaces, the most preferred first; empty for none.
    pub(crate) test_rpc_url: String,
    /// JSON-RPC nodes of Base, likewise.
    pub(crate) live_rpc_url: String,
    /// How deep a transaction must be on a real chain to count as anchored, in blocks.
    pub(crate) confirmations: u64,
    /// How often an open transaction is looked up on a real chain, in milliseconds.
    pub(crate) poll_ms: u64,
    /// How often an anchor is looked up on a real chain until its block is final, in seconds.
    pub(crate) watch_s: u64,
    /// After how long a transaction that is in no block is replaced by one that offers more, in seconds.
    pub(crate) replace_after_s: u64,
    /// The most that one anchor may cost, in gwei (a thousand millionth of an ether), the fee for its data on Ethereum apart.
    pub(crate) max_anchor_cost_gwei: u64,
    /// A key that pays for fewer anchors than this at the price of the moment owns too little.
    pub(crate) low_funds_below_anchors: u64,
    /// How often it is looked at what keys own on a real chain, in seconds.
    pub(crate) look_at_funds_s: u64,
    /// What the host's key fills keys up to that own too little, in gwei; 0 for never.
    pub(crate) top_up_to_gwei: u64,
    /// How much it gives to one key in 24 hours at most, in gwei.
    pub(crate) top_up_daily_cap_per_key_gwei: u64,
    /// How much it gives to all keys of a chain in 24 hours at most, in gwei.
    pub(crate) top_up_daily_cap_gwei: u64,
    /// How often the embedded chain mines, in milliseconds.
    pub(crate) block_time_ms: u64,
    /// Whether live keys may be made where the embedded chain stands in for Base.
    pub(crate) allow_live_keys_on_development_chain: bool,
    /// Whether a node may have another genesis block than the chain that it names: a local node in tests.
    pub(crate) allow_other_genesis: bool,
}

/// How patient the pipeline is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PipelineConfig {
    /// How long a batch may stay unsigned before it fails, in seconds.
    pub(crate) give_up_after_s: u64,
    /// The longest pause between two attempts, in seconds.
    pub(crate) max_backoff_s: u64,
}

/// What each plan includes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PlansConfig {
    /// Credentials per month and environment on the developer plan.
    pub(crate) developer_credentials_per_month: u64,
    /// Credentials per month and environment on the starter plan.
    pub(crate) starter_credentials_per_month: u64,
    /// Credentials per month and environment on the institution plan.
    pub(crate) institution_credentials_per_month: u64,
    /// Credentials per month and environment on the industry plan.
    pub(crate) industry_credentials_per_month: u64,
    /// Requests per minute, over all keys on the developer plan.
    pub(crate) developer_requests_per_minute: u64,
    /// Requests per minute, over all keys on the starter plan.
    pub(crate) starter_requests_per_minute: u64,
    /// Requests per minute, over all keys on the institution plan.
    pub(crate) institution_requests_per_minute: u64,
    /// Requests per minute, over all keys on the industry plan.
    pub(crate) industry_requests_per_minute: u64,
    /// How long the audit log is kept, in days, on the developer plan.
    pub(crate) developer_audit_days: u64,
    /// How long the audit log is kept, in days, on the starter plan.
    pub(crate) starter_audit_days: u64,
    /// How long the audit log is kept, in days, on the institution plan.
    pub(crate) institution_audit_days: u64,
    /// How long the audit log is kept, in days, on the industry plan.
    pub(crate) industry_audit_days: u64,
}

/// What tenants are told of, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhooksConfig {
    /// Whether `http` and private addresses may be reached. For development alone.
    pub(crate) allow_private_targets: bool,
    /// How many attempts may be under way at endpoints that answer in time.
    pub(crate) max_in_flight: usize,
    /// The longest pause between two attempts of a delivery, in seconds.
    pub(crate) max_backoff_s: u64,
}

/// What the pages that people read may do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PagesConfig {
    /// A public JSON-RPC node of Base Sepolia that visitors' browsers may ask; empty for none.
    pub(crate) test_rpc_url: String,
    /// A public JSON-RPC node of Base that visitors' browsers may ask; empty for none.
    pub(crate) live_rpc_url: String,
}

/// What recipients are told, and by which mail server. The password is no setting: it would be in every dump of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MailConfig {
    /// Where mails go.
    pub(crate) transport: MailTransport,
    /// The address that mails are from; empty for `no-reply` at the host of the public URL.
    pub(crate) from: String,
    /// The address that mails go back to which can't be delivered; empty for the one that they are from.
    pub(crate) bounce_address: String,
    /// The mail server.
    pub(crate) smtp_host: String,
    /// Its port.
    pub(crate) smtp_port: u16,
    /// How the connection is protected.
    pub(crate) smtp_tls: SmtpTls,
    /// The name to log in by; empty for no login.
    pub(crate) smtp_username: String,
    /// The file that the password is in.
    pub(crate) smtp_password_file: String,
    /// A file of certificate authorities (PEM) beside the system's.
    pub(crate) smtp_ca_file: String,
    /// How long the mail server may take for an answer, in seconds.
    pub(crate) smtp_timeout_s: u64,
    /// How many mails may be under way.
    pub(crate) max_in_flight: usize,
    /// The longest pause between two attempts at a mail, in seconds.
    pub(crate) max_backoff_s: u64,
    /// After how long a mail is given up, in seconds.
    pub(crate) give_up_after_s: u64,
}

/// Where mails go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTransport {
    /// Into files of the data directory.
    Files,
    /// To a mail server.
    Smtp,
    /// Nowhere: there are none.
    Off,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SmtpTls {
    /// Encrypted once both have said hello.
    StartTls,
    /// Encrypted from the first byte on.
    Implicit,
    /// Not at all.
    None,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("learncoin-data"),
            database_url: DatabaseUrl::default(),
            erasures_file: String::new(),
            listen: String::new(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            log: "info".into(),
            log_format: LogFormat::Text,
            keys: KeysConfig::default(),
            chain: ChainConfig::default(),
            pipeline: PipelineConfig::default(),
            plans: PlansConfig::default(),
            webhooks: WebhooksConfig::default(),
            pages: PagesConfig::default(),
            mail: MailConfig::default(),
            telemetry: TelemetryConfig::default(),
            shutdown: ShutdownConfig::default(),
        }
    }
}

impl Default for KeysConfig {
    fn default() -> Self {
        Self {
            master_key_file: String::new(),
            kms_key_ring: String::new(),
            kms_credentials: "metadata".into(),
            kms_endpoint: String::new(),
        }
    }
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self {
            test_rpc_url: String::new(),
            live_rpc_url: String::new(),
            confirmations: 10,
            poll_ms: 2_000,
            watch_s: 60,
            replace_after_s: 60,
            max_anchor_cost_gwei: 500_000,
            low_funds_below_anchors: 100,
            look_at_funds_s: 300,
            top_up_to_gwei: 0,
            top_up_daily_cap_per_key_gwei: 1_000_000,
            top_up_daily_cap_gwei: 10_000_000,
            block_time_ms: 1_000,
            allow_live_keys_on_development_chain: false,
            allow_other_genesis: false,
        }
    }
}

impl Default for PipelineConfig {
    fn default() -> Self {
        Self { give_up_after_s: 24 * 60 * 60, max_backoff_s: 60 }
    }
}

impl Default for WebhooksConfig {
    fn default() -> Self {
        Self { allow_private_targets: false, max_in_flight: 128, max_backoff_s: 6 * 60 * 60 }
    }
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            transport: MailTransport::Files,
            from: String::new(),
            bounce_address: String::new(),
            smtp_host: String::new(),
            smtp_port: 587,
            smtp_tls: SmtpTls::StartTls,
            smtp_username: String::new(),
            smtp_password_file: String::new(),
            smtp_ca_file: String::new(),
            smtp_timeout_s: 60,
            max_in_flight: 4,
            max_backoff_s: 6 * 60 * 60,
            give_up_after_s: 5 * 24 * 60 * 60,
        }
    }
}

impl Default for PlansConfig {
    fn default() -> Self {
        Self {
            developer_credentials_per_month: 250,
            starter_credentials_per_month: 2_500,
            institution_credentials_per_month: 25_000,
            industry_credentials_per_month: 250_000,
            developer_requests_per_minute: 120,
            starter_requests_per_minute: 120,
            institution_requests_per_minute: 600,
            industry_requests_per_minute: 1_200,
            developer_audit_days: 90,
            starter_audit_days: 90,
            institution_audit_days: 365,
            industry_audit_days: 365,
        }
    }
}

/// What the flags that every command takes may override.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// `--data-dir`.
    pub(crate) data_dir: Option<PathBuf>,
    /// `--listen`.
    pub(crate) listen: Option<String>,
    /// `--public-url`.
    pub(crate) public_url: Option<String>,
}

impl Config {
    /// Reads the settings. `variable` looks an environment variable up.
    ///
    /// # Errors
    /// Where a file can't be read, or a setting is unknown or of the wrong type; the message names it.
    pub(crate) fn load(flags: &Flags, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut table = match flags.config.clone().or_else(|| variable("LEARNCOIN_CONFIG").map(PathBuf::from))
        {
            Some(file) => read(&file)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Table::new(),
        };
        let defaults = Table::try_from(Self::default()).context("the default settings")?;
        overlay(&mut table, &defaults, VARIABLE_PREFIX, &variable)?;
        let mut config: Self = Value::Table(table).try_into().context("settings")?;
        if let Some(data_dir) = &flags.data_dir {
            config.data_dir.clone_from(data_dir);
        }
        if let Some(listen) = &flags.listen {
            config.listen.clone_from(listen);
        }
        if let Some(public_url) = &flags.public_url {
            config.public_url.clone_from(public_url);
        }
        Ok(config)
    }
}

fn read(file: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", file.display()))
}

/// Puts the variables over the table: `LEARNCOIN_CHAIN_POLL_MS` over `chain.poll_ms`, in the type of its default.
fn overlay(
    table: &mut Table,
    defaults: &Table,
    prefix: &str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<()> {
    for (name, default) in defaults {
        let key = format!("{prefix}{}", name.to_uppercase());
        if let Value::Table(defaults) = default {
            let inner = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(inner) = inner else { bail!("the setting `{name}` must be a table") };
            overlay(inner, defaults, &format!("{key}_"), variable)?;
        } else if let Some(text) = variable(&key) {
            let value = match default {
                Value::Integer(_) => text.parse().map(Value::Integer).ok(),
                Value::Boolean(_) => text.parse().map(Value::Boolean).ok(),
                Value::Array(_) => Some(list(&text)),
                _ => Some(Value::String(text)),
            };
            let value = value.with_context(|| format!("{key} must be {}", expected(default)))?;
            table.insert(name.clone(), value);
        }
    }
    Ok(())
}

/// A list in a variable: texts between commas.
fn list(text: &str) -> Value {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

fn expected(default: &Value) -> &'static str {
    match default {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        _ => "a text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn the_example_lists_every_setting_with_its_default() {
        let text = include_str!("../../../config.example.toml");
        // The settings are commented out with one `#` and no space; explanations have a space.
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let example: Table = uncommented.parse().unwrap();
        assert_eq!(example, Table::try_from(Config::default()).unwrap());
        assert_eq!(
            toml::from_str::<Config>(text).unwrap(),
            Config::default(),
            "as it stands it changes nothing"
        );
    }

    #[test]
    fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("learncoin.toml");
        std::fs::write(&file, "listen = 'file:1'\nlog = 'file'\n[chain]\npoll_ms = 5\nconfirmations = 7\n")
            .unwrap();
        let variables = |name: &str| match name {
            "LEARNCOIN_LISTEN" => Some("variable:1".to_owned()),
            "LEARNCOIN_CHAIN_POLL_MS" => Some("6".to_owned()),
            "LEARNCOIN_TRUSTED_PROXIES" => Some("10.0.0.0/8, ::1/128".to_owned()),
            "LEARNCOIN_CHAIN_ALLOW_LIVE_KEYS_ON_DEVELOPMENT_CHAIN" => Some("true".to_owned()),
            _ => None,
        };
        let mut flags = Flags { config: Some(file), ..Flags::default() };
        let config = Config::load(&flags, variables).unwrap();
        assert_eq!((config.listen.as_str(), config.log.as_str()), ("variable:1", "file"));
        assert_eq!(
            (config.chain.poll_ms, config.chain.confirmations, config.chain.block_time_ms),
            (6, 7, 1_000)
        );
        assert_eq!(config.trusted_proxies, ["10.0.0.0/8", "::1/128"]);
        assert!(config.chain.allow_live_keys_on_development_chain);
        flags.listen = Some("flag:1".into());
        assert_eq!(Config::load(&flags, variables).unwrap().listen, "flag:1");
    }

    #[test]
    fn a_setting_that_does_not_exist_or_has_the_wrong_type_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("learncoin.toml");
        std::fs::write(&file, "lisen = 'x'\n").unwrap();
        let flags = Flags { config: Some(file), ..Flags::default() };
        assert!(format!("{:#}", Config::load(&flags, none).unwrap_err()).contains("lisen"));
        let variables = |name: &str| (name == "LEARNCOIN_CHAIN_POLL_MS").then(|| "soon".to_owned());
        let error = Config::load(&Flags::default(), variables).unwrap_err();
        assert_eq!(error.to_string(), "LEARNCOIN_CHAIN_POLL_MS must be a whole number");
    }
}
