//! Loading the settings.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use super::problems::Problems;
use super::suggestion::did_you_mean;
use super::{Config, plans};
use crate::environment::{CALLERS_VARIABLES, OWN_VARIABLES, TEST_VARIABLES};

/// The file with the settings if neither a flag nor a variable names one.
const DEFAULT_FILE: &str = "learncoin.toml";
const VARIABLE_PREFIX: &str = "LEARNCOIN_";
/// The advice on a name that is like none.
const ALL_SETTINGS: &str = "config.example.toml lists all of them";

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
    /// Loads and checks the settings. `variable` looks up an environment variable, and `names` are the names of those that are set.
    ///
    /// # Errors
    /// If a file can't be read, or a setting is unknown, of the wrong type, or has a value that can't be used. The message names
    /// every mistake of its kind.
    pub(crate) fn load(
        flags: &Flags,
        variable: impl Fn(&str) -> Option<String>,
        names: &[String],
    ) -> Result<Self> {
        let file = match flags.config.clone().or_else(|| variable("LEARNCOIN_CONFIG").map(PathBuf::from)) {
            Some(file) => read(&file)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Table::new(),
        };
        let (mut config, mut problems) = Self::from_table(file, variable, names)?;
        if let Some(data_dir) = &flags.data_dir {
            config.data_dir.clone_from(data_dir);
        }
        if let Some(listen) = &flags.listen {
            config.listen.clone_from(listen);
        }
        if let Some(public_url) = &flags.public_url {
            config.public_url.clone_from(public_url);
        }
        config.check(&mut problems);
        problems.into_result()?;
        Ok(config)
    }

    /// Combines the defaults, a file and the variables. A setting that can't be read has its default, and is among the problems.
    fn from_table(
        mut file: Table,
        variable: impl Fn(&str) -> Option<String>,
        names: &[String],
    ) -> Result<(Self, Problems)> {
        let defaults = Table::try_from(Self::default()).context("the default settings")?;
        if let (Some(Value::Table(plans)), Some(Value::Table(defaults))) =
            (file.get_mut("plans"), defaults.get("plans"))
        {
            plans::move_into_tables(plans, defaults)?;
        }
        let mut problems = Problems::default();
        remove_unknown(&mut file, &defaults, "", &paths(&defaults, ""), &mut problems);
        check_variables(names, &defaults, &mut problems);
        overlay(&mut file, &defaults, VARIABLE_PREFIX, &variable, &mut problems);
        fill(&mut file, defaults);
        match Value::Table(file).try_into() {
            Ok(config) => Ok((config, problems)),
            Err(error) => {
                problems.check(Err::<(), _>(anyhow::Error::from(error)));
                problems.into_result()?;
                bail!("the settings can't be read")
            }
        }
    }
}

fn read(file: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    text.parse().with_context(|| format!("{} is not TOML", file.display()))
}

/// Lists the settings as a file names them, `chain.poll_ms`.
fn paths(defaults: &Table, section: &str) -> Vec<String> {
    let below = defaults.iter().map(|(name, default)| match default {
        Value::Table(inner) => paths(inner, &format!("{section}{name}.")),
        _ => vec![format!("{section}{name}")],
    });
    below.flatten().collect()
}

/// Returns the variable of a setting: `LEARNCOIN_CHAIN_POLL_MS` of `chain.poll_ms`.
fn variable_of(path: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", path.replace('.', "_").to_uppercase())
}

/// Removes from a file's section what is not a setting or has another type than its default, and records it.
fn remove_unknown(
    table: &mut Table,
    defaults: &Table,
    section: &str,
    known: &[String],
    problems: &mut Problems,
) {
    let mut unusable = Vec::new();
    for (name, value) in table.iter_mut() {
        let path = format!("{section}{name}");
        match (value, defaults.get(name)) {
            (Value::Table(inner), Some(Value::Table(defaults))) => {
                remove_unknown(inner, defaults, &format!("{path}."), known, problems);
                continue;
            }
            (value, Some(default)) if value.same_type(default) => continue,
            (_, Some(default)) => problems.add(format!("{path} must be {}", expected(default))),
            (_, None) => {
                let meant = did_you_mean(&path, known.iter().map(String::as_str));
                let advice = meant.unwrap_or_else(|| ALL_SETTINGS.into());
                problems.add(format!("{path} is not a setting: {advice}"));
            }
        }
        unusable.push(name.clone());
    }
    for name in unusable {
        table.remove(&name);
    }
}

/// Checks that no variable looks like a setting and is none: it would be passed over without a word.
fn check_variables(names: &[String], defaults: &Table, problems: &mut Problems) {
    let known: Vec<String> = paths(defaults, "").iter().map(|path| variable_of(path)).collect();
    let ours = || {
        let fixed = OWN_VARIABLES.iter().chain(&CALLERS_VARIABLES).chain(TEST_VARIABLES).copied();
        known.iter().map(String::as_str).chain(fixed)
    };
    let is_ours = |name: &&String| {
        name.get(..VARIABLE_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(VARIABLE_PREFIX))
    };
    let mut unknown: Vec<&String> =
        names.iter().filter(is_ours).filter(|name| !ours().any(|known| known == *name)).collect();
    unknown.sort_unstable();
    for name in unknown {
        let advice = did_you_mean(name, ours()).unwrap_or_else(|| ALL_SETTINGS.into());
        problems.add(format!("{name} is not a variable of LearnCoin: {advice}"));
    }
}

/// Overrides settings with environment variables: `chain.poll_ms` with `LEARNCOIN_CHAIN_POLL_MS`, parsed as the type of its
/// default.
fn overlay(
    table: &mut Table,
    defaults: &Table,
    prefix: &str,
    variable: &impl Fn(&str) -> Option<String>,
    problems: &mut Problems,
) {
    for (name, default) in defaults {
        let key = format!("{prefix}{}", name.to_uppercase());
        if let Value::Table(defaults) = default {
            let inner = table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
            // Another type was found before.
            if let Value::Table(inner) = inner {
                overlay(inner, defaults, &format!("{key}_"), variable, problems);
            }
        } else if let Some(text) = variable(&key) {
            let value = match default {
                Value::Integer(_) => text.parse().map(Value::Integer).ok(),
                Value::Boolean(_) => text.parse().map(Value::Boolean).ok(),
                Value::Array(_) => Some(list(&text)),
                _ => Some(Value::String(text)),
            };
            match value {
                Some(value) => _ = table.insert(name.clone(), value),
                None => problems.add(format!("{key} must be {}", expected(default))),
            }
        }
    }
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
        Value::Array(_) => "a list of texts",
        Value::Table(_) => "a table",
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

    fn combined(read: Result<(Config, Problems)>) -> Result<Config> {
        let (config, problems) = read?;
        problems.into_result().map(|()| config)
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
            combined(Config::from_table(text.parse().unwrap(), none, &[])).unwrap(),
            Config::default(),
            "unedited, it changes nothing"
        );
    }

    #[test]
    fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("learncoin.toml");
        std::fs::write(&file, "listen = 'file:1'\nlog = 'debug'\n[chain]\npoll_ms = 5\nconfirmations = 7\n")
            .unwrap();
        let variables = |name: &str| match name {
            "LEARNCOIN_LISTEN" => Some("variable:1".to_owned()),
            "LEARNCOIN_CHAIN_POLL_MS" => Some("6".to_owned()),
            "LEARNCOIN_TRUSTED_PROXIES" => Some("10.0.0.0/8, ::1/128".to_owned()),
            "LEARNCOIN_CHAIN_ALLOW_LIVE_KEYS_ON_DEVELOPMENT_CHAIN" => Some("true".to_owned()),
            _ => None,
        };
        let mut flags = Flags { config: Some(file), ..Flags::default() };
        let config = Config::load(&flags, variables, &[]).unwrap();
        assert_eq!((config.listen.as_str(), config.log.as_str()), ("variable:1", "debug"));
        assert_eq!(
            (config.chain.poll_ms, config.chain.confirmations, config.chain.block_time_ms),
            (6, 7, 1_000)
        );
        assert_eq!(config.trusted_proxies, ["10.0.0.0/8", "::1/128"]);
        assert!(config.chain.allow_live_keys_on_development_chain);
        flags.listen = Some("flag:1".into());
        assert_eq!(Config::load(&flags, variables, &[]).unwrap().listen, "flag:1");
    }

    #[test]
    fn the_limits_of_plans_have_two_forms_in_the_file_and_one_as_variables() {
        let file = "[plans]\nstarter_audit_days = 7\n[plans.developer]\ncredentials_per_month = 8\n";
        let variables =
            |name: &str| (name == "LEARNCOIN_PLANS_STARTER_REQUESTS_PER_MINUTE").then(|| "9".to_owned());
        let config = combined(Config::from_table(file.parse().unwrap(), variables, &[])).unwrap();
        let mut expected = Config::default();
        expected.plans.starter.audit_days = 7;
        expected.plans.developer.credentials_per_month = 8;
        expected.plans.starter.requests_per_minute = 9;
        assert_eq!(config, expected);
        let unknown =
            combined(Config::from_table("[plans]\nfree_audit_days = 7\n".parse().unwrap(), none, &[]));
        assert!(format!("{:#}", unknown.unwrap_err()).contains("free_audit_days"));
    }

    #[test]
    fn a_setting_that_does_not_exist_or_has_the_wrong_type_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("learncoin.toml");
        std::fs::write(&file, "lisen = 'x'\n").unwrap();
        let flags = Flags { config: Some(file), ..Flags::default() };
        assert!(format!("{:#}", Config::load(&flags, none, &[]).unwrap_err()).contains("lisen"));
        let variables = |name: &str| (name == "LEARNCOIN_CHAIN_POLL_MS").then(|| "soon".to_owned());
        let error = Config::load(&Flags::default(), variables, &[]).unwrap_err();
        assert_eq!(error.to_string(), "LEARNCOIN_CHAIN_POLL_MS must be a whole number");
    }

    fn refusal(file: &str, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        combined(Config::from_table(file.parse().unwrap(), none, &names)).unwrap_err().to_string()
    }

    #[test]
    fn a_name_that_is_mistyped_is_answered_with_the_one_that_was_meant() {
        let file = "lisen = 'x'\npoll_ms = 5\ncolor = 'blue'\n[chain]\nconfirmation = 3\nwatch_s = 'long'\n";
        let refused = refusal(file, &["LEARNCOIN_DATABSE_URL", "HOME", "LEARNCOIN_COLOR"]);
        for line in [
            "lisen is not a setting: did you mean listen?",
            "poll_ms is not a setting: did you mean chain.poll_ms?",
            "color is not a setting: config.example.toml lists all of them",
            "chain.confirmation is not a setting: did you mean chain.confirmations?",
            "chain.watch_s must be a whole number",
            "LEARNCOIN_DATABSE_URL is not a variable of LearnCoin: did you mean LEARNCOIN_DATABASE_URL?",
            "LEARNCOIN_COLOR is not a variable of LearnCoin: config.example.toml lists all of them",
        ] {
            assert!(refused.lines().any(|found| found.trim() == line), "{line}\n{refused}");
        }
        assert!(refused.starts_with("7 settings are wrong:"), "{refused}");
    }

    #[test]
    fn every_variable_that_is_read_is_known() {
        let defaults = Table::try_from(Config::default()).unwrap();
        let mut names: Vec<String> = paths(&defaults, "").iter().map(|path| variable_of(path)).collect();
        assert!(names.contains(&"LEARNCOIN_CHAIN_POLL_MS".to_owned()) && names.len() > 60, "{names:?}");
        names.extend(OWN_VARIABLES.iter().chain(&CALLERS_VARIABLES).map(|name| (*name).to_owned()));
        assert_eq!(combined(Config::from_table(Table::new(), none, &names)).unwrap(), Config::default());
    }

    #[test]
    fn names_and_values_that_are_wrong_are_one_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("learncoin.toml");
        std::fs::write(&file, "log = 'loud'\nlisen = 'x'\n[chain]\nconfirmations = 0\npoll_ms = 'x'\n")
            .unwrap();
        let flags = Flags { config: Some(file), ..Flags::default() };
        let names = ["LEARNCOIN_PUBLIC_UR".to_owned()];
        let error = Config::load(&flags, none, &names).unwrap_err().to_string();
        assert!(error.starts_with("5 settings are wrong:"), "{error}");
    }
}
