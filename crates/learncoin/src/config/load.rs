//! Loading the settings.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use super::{Config, plans};

/// The file with the settings if neither a flag nor a variable names one.
const DEFAULT_FILE: &str = "learncoin.toml";
const VARIABLE_PREFIX: &str = "LEARNCOIN_";

/// The settings that flags of the command line override.
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
    /// Loads the settings. `variable` looks up an environment variable.
    ///
    /// # Errors
    /// If a file can't be read, or a setting is unknown or of the wrong type; the message names it.
    pub(crate) fn load(flags: &Flags, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let file = match flags.config.clone().or_else(|| variable("LEARNCOIN_CONFIG").map(PathBuf::from)) {
            Some(file) => read(&file)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Table::new(),
        };
        let mut config = Self::from_table(file, variable)?;
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

    /// Combines the defaults, a file and the variables.
    fn from_table(mut file: Table, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let defaults = Table::try_from(Self::default()).context("the default settings")?;
        if let (Some(Value::Table(plans)), Some(Value::Table(defaults))) =
            (file.get_mut("plans"), defaults.get("plans"))
        {
            plans::move_into_tables(plans, defaults)?;
        }
        overlay(&mut file, &defaults, VARIABLE_PREFIX, &variable)?;
        fill(&mut file, defaults);
        Value::Table(file).try_into().context("settings")
    }
}

fn read(file: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", file.display()))
}

/// Overrides settings with environment variables: `chain.poll_ms` with `LEARNCOIN_CHAIN_POLL_MS`, parsed as the type of its
/// default.
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

/// Parses a list in a variable: strings separated by commas.
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

/// Adds the defaults of the settings that the table does not have.
fn fill(table: &mut Table, defaults: Table) {
    for (name, default) in defaults {
        match (table.get_mut(&name), default) {
            (Some(Value::Table(inner)), Value::Table(defaults)) => fill(inner, defaults),
            (Some(_), _) => {}
            (None, default) => _ = table.insert(name, default),
        }
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
        let text = include_str!("../../../../config.example.toml");
        // The settings are commented out with one `#` and no space; explanations have a space.
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let example: Table = uncommented.parse().unwrap();
        assert_eq!(example, Table::try_from(Config::default()).unwrap());
        assert_eq!(
            Config::from_table(text.parse().unwrap(), none).unwrap(),
            Config::default(),
            "unedited, it changes nothing"
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
    fn the_limits_of_plans_have_two_forms_in_the_file_and_one_as_variables() {
        let file = "[plans]\nstarter_audit_days = 7\n[plans.developer]\ncredentials_per_month = 8\n";
        let variables =
            |name: &str| (name == "LEARNCOIN_PLANS_STARTER_REQUESTS_PER_MINUTE").then(|| "9".to_owned());
        let config = Config::from_table(file.parse().unwrap(), variables).unwrap();
        let mut expected = Config::default();
        expected.plans.starter.audit_days = 7;
        expected.plans.developer.credentials_per_month = 8;
        expected.plans.starter.requests_per_minute = 9;
        assert_eq!(config, expected);
        let unknown = Config::from_table("[plans]\nfree_audit_days = 7\n".parse().unwrap(), none);
        assert!(format!("{:#}", unknown.unwrap_err()).contains("free_audit_days"));
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
