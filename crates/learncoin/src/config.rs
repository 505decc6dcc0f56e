//! Settings: from a flag, an environment variable or `learncoin.toml`, in that order; any other setting has its default.
//! `config.example.toml` lists every setting with its default and unit, which a test checks.
//!
//! One file per section. A section converts itself into the options of the crate that it configures, and takes its
//! defaults from there. `checks.rs` checks their values before anything is started.

mod brand;
mod chain;
mod checks;
mod console;
mod database;
mod keys;
mod load;
mod mail;
mod oidc;
mod pages;
mod pipeline;
mod plans;
mod problems;
mod proxy;
mod shutdown;
mod suggestion;
mod telemetry;
mod time;
mod webhooks;

use std::path::PathBuf;

use learncoin_issuance::options::PipelineOptions;
use serde::{Deserialize, Serialize};

use self::brand::BrandConfig;
pub(crate) use self::chain::{ChainConfig, hosts};
use self::console::ConsoleConfig;
use self::database::DatabaseUrl;
pub(crate) use self::keys::KeysConfig;
pub(crate) use self::load::Flags;
pub(crate) use self::mail::{MailConfig, MailTransportKind};
pub(crate) use self::oidc::OidcConfig;
use self::pages::PagesConfig;
use self::pipeline::PipelineConfig;
use self::plans::{PlanConfig, PlansConfig};
use self::proxy::ProxyUrl;
use self::shutdown::ShutdownConfig;
pub(crate) use self::telemetry::TelemetryConfig;
use self::time::to_ms;
use self::webhooks::WebhooksConfig;

/// The address to listen on if none is configured and none follows from the public URL.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The directory for the database, the embedded chain and the master key.
    pub(crate) data_dir: PathBuf,
    /// The PostgreSQL database; empty for a SQLite file in `data_dir`.
    pub(crate) database_url: DatabaseUrl,
    /// The erasure journal, a file that outlives the database; empty for `erasures.log` in `data_dir`.
    pub(crate) erasures_file: String,
    /// The folder of fonts for scripts that the shipped fonts lack; empty for none.
    pub(crate) fonts_dir: String,
    /// The address to listen on; empty for 127.0.0.1 and the port that the public URL has on this machine, else
    /// [`DEFAULT_LISTEN`].
    pub(crate) listen: String,
    /// The public origin of this deployment; empty for `http://localhost:PORT`.
    pub(crate) public_url: String,
    /// The networks (CIDR) of the proxies whose `X-Forwarded-For` is trusted.
    pub(crate) trusted_proxies: Vec<String>,
    /// The proxy for calls to chains' nodes, Cloud KMS, the identity provider and the collector of traces; empty for none.
    pub(crate) proxy_url: ProxyUrl,
    /// The filter of the log: an `EnvFilter` directive.
    pub(crate) log: String,
    /// The format of log lines: `text` or `json`.
    pub(crate) log_format: LogFormat,
    /// `[keys]`
    pub(crate) keys: KeysConfig,
    /// `[chain]`
    pub(crate) chain: ChainConfig,
    /// `[pipeline]`
    pub(crate) pipeline: PipelineConfig,
    /// `[plans]`
    pub(crate) plans: PlansConfig,
    /// `[webhooks]`
    pub(crate) webhooks: WebhooksConfig,
    /// `[brand]`
    pub(crate) brand: BrandConfig,
    /// `[pages]`
    pub(crate) pages: PagesConfig,
    /// `[console]`
    pub(crate) console: ConsoleConfig,
    /// `[oidc]`
    pub(crate) oidc: OidcConfig,
    /// `[mail]`
    pub(crate) mail: MailConfig,
    /// `[telemetry]`
    pub(crate) telemetry: TelemetryConfig,
    /// `[shutdown]`
    pub(crate) shutdown: ShutdownConfig,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("learncoin-data"),
            database_url: DatabaseUrl::default(),
            erasures_file: String::new(),
            fonts_dir: String::new(),
            listen: String::new(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            proxy_url: ProxyUrl::default(),
            log: "info".into(),
            log_format: LogFormat::Text,
            keys: KeysConfig::default(),
            chain: ChainConfig::default(),
            pipeline: PipelineConfig::default(),
            plans: PlansConfig::default(),
            webhooks: WebhooksConfig::default(),
            brand: BrandConfig::default(),
            pages: PagesConfig::default(),
            console: ConsoleConfig::default(),
            oidc: OidcConfig::default(),
            mail: MailConfig::default(),
            telemetry: TelemetryConfig::default(),
            shutdown: ShutdownConfig::default(),
        }
    }
}

impl Config {
    /// Returns the options of the pipeline, which come from three sections.
    pub(crate) fn pipeline_options(&self) -> PipelineOptions {
        PipelineOptions {
            give_up_after_ms: to_ms(self.pipeline.give_up_after_s),
            max_backoff_ms: to_ms(self.pipeline.max_backoff_s),
            anchors_in_flight: self.chain.anchors_in_flight.max(1),
            live_keys_on_development_chain: self.chain.allow_live_keys_on_development_chain,
            mails: self.mail.transport != MailTransportKind::Off,
            funds: self.chain.funds_options(),
            ..PipelineOptions::default()
        }
    }
}
