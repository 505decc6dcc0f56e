//! The checks of the settings' values, before anything is opened or started.
//!
//! In: the settings. Out: every mistake, by the setting's name. No file is read and no host is asked.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use learncoin_credential::Host;
use learncoin_delivery::mail::Sender;
use learncoin_issuance::tenant::allowlist::parse_network;
use learncoin_kms::KeyRing;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use super::problems::Problems;
use super::{Config, MailTransportKind, PlanConfig};
use crate::browser_nodes::browser_nodes;
use crate::identity_provider;
use crate::mail::ANY_ORIGIN;

impl Config {
    /// Records every value that can't be used.
    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check(check_log(&self.log));
        problems.check(self.database_url.location());
        problems.check(check_address("listen", &self.listen));
        if !self.public_url.is_empty() {
            problems.check(
                Host::parse(&self.public_url).with_context(|| format!("public URL {}", self.public_url)),
            );
        }
        for network in &self.trusted_proxies {
            problems.check(parse_network(network).with_context(|| format!("trusted_proxies: {network:?}")));
        }
        problems.check(self.proxy_url.proxy());
        self.check_keys(problems);
        self.check_chain(problems);
        self.check_mail(problems);
        problems.check(identity_provider::check(&self.oidc));
        for (name, plan) in [
            ("developer", &self.plans.developer),
            ("starter", &self.plans.starter),
            ("institution", &self.plans.institution),
            ("industry", &self.plans.industry),
        ] {
            check_plan(problems, name, plan);
        }
        at_least_one(
            problems,
            &[
                ("pipeline.give_up_after_s", self.pipeline.give_up_after_s),
                ("webhooks.max_in_flight", count(self.webhooks.max_in_flight)),
            ],
        );
        problems.check(self.brand.check_name());
        problems.check(browser_nodes(self));
        problems.check(check_address("telemetry.metrics_listen", &self.telemetry.metrics_listen));
        problems.check(self.telemetry.percent());
        problems.check(check_collector(&self.telemetry.otlp_endpoint));
        problems.check(self.shutdown.waits());
    }

    fn check_keys(&self, problems: &mut Problems) {
        let keys = &self.keys;
        if !keys.kms_key_ring.is_empty() {
            problems.check(keys.kms_key_ring.parse::<KeyRing>().context("keys.kms_key_ring"));
        }
        if !keys.kms_endpoint.is_empty() {
            problems.check(keys.kms_endpoint.parse::<Url>().context("keys.kms_endpoint"));
        }
        problems.expect(!keys.kms_credentials.is_empty(), || {
            "keys.kms_credentials: expected \"metadata\", \"none\", or the path of a key file".into()
        });
    }

    fn check_chain(&self, problems: &mut Problems) {
        let chain = &self.chain;
        problems.check(check_nodes("chain.test_rpc_url", &chain.test_rpc_url));
        problems.check(check_nodes("chain.live_rpc_url", &chain.live_rpc_url));
        at_least_one(
            problems,
            &[
                ("chain.confirmations", chain.confirmations),
                ("chain.poll_ms", chain.poll_ms),
                ("chain.watch_s", chain.watch_s),
                ("chain.anchors_in_flight", chain.anchors_in_flight),
                ("chain.replace_after_s", chain.replace_after_s),
                ("chain.max_anchor_cost_gwei", chain.max_anchor_cost_gwei),
                ("chain.look_at_funds_s", chain.look_at_funds_s),
                ("chain.block_time_ms", chain.block_time_ms),
            ],
        );
        if chain.top_up_to_gwei > 0 {
            // A cap of nothing would turn top-ups off without a word.
            at_least_one(
                problems,
                &[
                    ("chain.top_up_daily_cap_per_key_gwei", chain.top_up_daily_cap_per_key_gwei),
                    ("chain.top_up_daily_cap_gwei", chain.top_up_daily_cap_gwei),
                ],
            );
        }
    }

    fn check_mail(&self, problems: &mut Problems) {
        let mail = &self.mail;
        let origin = if self.public_url.is_empty() { ANY_ORIGIN } else { &self.public_url };
        problems.check(Sender::new(&mail.from, &mail.bounce_address, origin).map_err(anyhow::Error::from));
        problems.expect(mail.transport != MailTransportKind::Smtp || !mail.smtp_host.is_empty(), || {
            "mail.smtp_host names no mail server, and mail.transport is \"smtp\"".into()
        });
        at_least_one(
            problems,
            &[
                ("mail.smtp_port", mail.smtp_port.into()),
                ("mail.smtp_timeout_s", mail.smtp_timeout_s),
                ("mail.max_in_flight", count(mail.max_in_flight)),
                ("mail.give_up_after_s", mail.give_up_after_s),
            ],
        );
    }
}

fn check_plan(problems: &mut Problems, name: &str, plan: &PlanConfig) {
    let setting = |setting| format!("plans.{name}.{setting}");
    at_least_one(
        problems,
        &[
            (&setting("requests_per_minute"), plan.requests_per_minute),
            (&setting("audit_days"), plan.audit_days),
        ],
    );
}

fn at_least_one(problems: &mut Problems, settings: &[(&str, u64)]) {
    for (name, value) in settings {
        problems.expect(*value > 0, || format!("{name}: expected 1 or more, not 0"));
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Checks the filter of the log. A single word must be a level: the filter takes any other word as a target, and then logs nothing
/// else.
fn check_log(text: &str) -> Result<()> {
    const EXPECTED: &str =
        "log: expected error, warn, info, debug or trace, or `target=level` pairs with commas between them";
    // A filter of spans holds commas of its own.
    let directives = text.split(',').filter(|_| !text.contains('['));
    for directive in directives.map(str::trim) {
        let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
        if level.is_empty() || level.parse::<LevelFilter>().is_err() {
            bail!("{EXPECTED}, not {directive:?}");
        }
    }
    EnvFilter::try_new(text).map(|_| ()).context(EXPECTED)
}

/// Checks an address to listen on; an empty text is none.
fn check_address(name: &str, text: &str) -> Result<()> {
    let has_form = || {
        let (host, port) = text.rsplit_once(':')?;
        (!host.is_empty() && !host.contains(['/', ' '])).then_some(port.parse::<u16>().ok()?)
    };
    if text.is_empty() || text.parse::<SocketAddr>().is_ok() || has_form().is_some() {
        return Ok(());
    }
    bail!("{name}: expected an address and a port, such as 127.0.0.1:8080, not {text:?}")
}

/// Checks the URLs of a chain's nodes. They may hold a key, so none is repeated.
fn check_nodes(name: &str, urls: &str) -> Result<()> {
    for (number, url) in (1_u32..).zip(urls.split_whitespace()) {
        let url: Url = url.parse().with_context(|| format!("{name}: address {number} is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            bail!("{name}: address {number} is not a URL of http or https");
        }
    }
    Ok(())
}

/// Checks the URL of the collector of traces, which may hold a secret too.
fn check_collector(url: &str) -> Result<()> {
    let is_http = |url: Url| matches!(url.scheme(), "http" | "https");
    if url.is_empty() || url.parse().is_ok_and(is_http) {
        return Ok(());
    }
    bail!("telemetry.otlp_endpoint: expected a URL of http or https")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.into_result().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn the_defaults_have_no_mistake() {
        assert_eq!(problem(|_| ()), "");
    }

    #[test]
    fn a_number_that_makes_no_sense_is_refused_by_name() {
        type Change = fn(&mut Config);
        let changes: [(&str, Change); 13] = [
            ("chain.confirmations", |config| config.chain.confirmations = 0),
            ("chain.poll_ms", |config| config.chain.poll_ms = 0),
            ("chain.watch_s", |config| config.chain.watch_s = 0),
            ("chain.anchors_in_flight", |config| config.chain.anchors_in_flight = 0),
            ("chain.max_anchor_cost_gwei", |config| config.chain.max_anchor_cost_gwei = 0),
            ("chain.block_time_ms", |config| config.chain.block_time_ms = 0),
            ("pipeline.give_up_after_s", |config| config.pipeline.give_up_after_s = 0),
            ("plans.starter.requests_per_minute", |config| config.plans.starter.requests_per_minute = 0),
            ("webhooks.max_in_flight", |config| config.webhooks.max_in_flight = 0),
            ("mail.max_in_flight", |config| config.mail.max_in_flight = 0),
            ("mail.smtp_timeout_s", |config| config.mail.smtp_timeout_s = 0),
            ("telemetry.trace_percent", |config| config.telemetry.trace_percent = 101),
            ("chain.top_up_daily_cap_gwei", |config| {
                config.chain.top_up_to_gwei = 1;
                config.chain.top_up_daily_cap_gwei = 0;
            }),
        ];
        for (name, change) in changes {
            let problem = problem(change);
            assert!(problem.starts_with(&format!("{name}: expected ")), "{name}: {problem}");
        }
    }

    #[test]
    fn a_filter_of_the_log_that_would_silence_it_is_refused() {
        for log in ["inof", "loud", "", "info,", "learncoin_store=loud", "learncoin_store"] {
            let problem = problem(|config| log.clone_into(&mut config.log));
            assert!(problem.starts_with("log: expected error, warn"), "{log}: {problem}");
        }
        for log in ["info", "off", "WARN", "info,learncoin_store=debug", "learncoin[{tenant.id=x}]=debug"] {
            assert_eq!(problem(|config| log.clone_into(&mut config.log)), "", "{log}");
        }
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        for listen in ["127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0", "localhost:8080"] {
            assert_eq!(problem(|config| listen.clone_into(&mut config.listen)), "", "{listen}");
        }
        for listen in ["8080", ":8080", "here", "http://localhost:8080", "127.0.0.1:70000", "localhost:"] {
            let problem = problem(|config| listen.clone_into(&mut config.listen));
            assert!(problem.starts_with("listen: expected an address"), "{listen}: {problem}");
        }
    }

    #[test]
    fn the_name_of_the_deployment_is_one_short_line() {
        assert_eq!(problem(|config| config.brand.name = "Universität Beispiel".into()), "");
        for name in ["", " School", "A\nB", "A\u{202e}B", &"S".repeat(41)] {
            let problem = problem(|config| config.brand.name = name.into());
            assert!(problem.starts_with("brand.name: expected one line of 1 to 40 characters"), "{problem}");
        }
    }

    #[test]
    fn a_url_that_may_hold_a_key_is_not_repeated() {
        for url in ["node.example/secret", "wss://node.example/secret"] {
            let nodes = format!("https://first.example/ {url}");
            let problem = problem(|config| config.chain.test_rpc_url = nodes);
            assert!(problem.contains("chain.test_rpc_url: address 2"), "{problem}");
            assert!(!problem.contains("secret"), "{problem}");
        }
        let problem = problem(|config| config.telemetry.otlp_endpoint = "u:secret@c".into());
        assert!(problem.contains("otlp_endpoint") && !problem.contains("secret"), "{problem}");
    }

    #[test]
    fn an_identity_provider_needs_an_issuer_an_id_and_groups_that_it_lists() {
        let provider = |config: &mut Config| {
            config.oidc.issuer = "https://id.example.edu".into();
            config.oidc.client_id = "learncoin".into();
        };
        assert_eq!(problem(provider), "");
        type Change = fn(&mut Config);
        let changes: [(&str, Change); 4] = [
            ("oidc.issuer: expected a URL", |config| config.oidc.issuer = "http://id.example.edu".into()),
            ("oidc.client_id: expected", |config| config.oidc.client_id = String::new()),
            ("oidc.groups: \"it\": expected GROUP=operator", |config| config.oidc.groups = vec!["it".into()]),
            ("oidc.groups need groups_claim", |config| config.oidc.groups = vec!["it=operator".into()]),
        ];
        for (expected, change) in changes {
            let problem = problem(|config| {
                provider(config);
                change(config);
            });
            assert!(problem.starts_with(expected), "{expected}: {problem}");
        }
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let problem = problem(|config| {
            config.log = "loud".into();
            config.chain.confirmations = 0;
            config.mail.transport = MailTransportKind::Smtp;
            config.trusted_proxies = vec!["everybody".into()];
        });
        assert!(problem.starts_with("4 settings are wrong:\n"), "{problem}");
        for name in ["log", "chain.confirmations", "mail.smtp_host", "trusted_proxies"] {
            assert!(problem.contains(&format!("\n  {name}")), "{name}: {problem}");
        }
    }
}
