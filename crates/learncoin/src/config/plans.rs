//! The sections `[plans.developer]`, `[plans.starter]`, `[plans.institution]` and `[plans.industry]`.

use anyhow::{Result, bail};
use learncoin_issuance::tenant::plans::{PlanLimits, Plans};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// The limits of each plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlansConfig {
    /// The limits of the developer plan.
    pub(crate) developer: PlanConfig,
    /// The limits of the starter plan.
    pub(crate) starter: PlanConfig,
    /// The limits of the institution plan.
    pub(crate) institution: PlanConfig,
    /// The limits of the industry plan.
    pub(crate) industry: PlanConfig,
}

/// The limits of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanConfig {
    /// Credentials per calendar month (UTC) and environment.
    pub(crate) credentials_per_month: u64,
    /// Requests per minute, over all keys and both environments.
    pub(crate) requests_per_minute: u64,
    /// Mails per day (UTC) and environment.
    pub(crate) mails_per_day: u64,
    /// The time that the audit log is kept, in days.
    pub(crate) audit_days: u64,
}

impl Default for PlansConfig {
    fn default() -> Self {
        let Plans { developer, starter, institution, industry } = Plans::default();
        Self {
            developer: developer.into(),
            starter: starter.into(),
            institution: institution.into(),
            industry: industry.into(),
        }
    }
}

impl From<PlanLimits> for PlanConfig {
    fn from(limits: PlanLimits) -> Self {
        let PlanLimits { credentials_per_month, requests_per_minute, mails_per_day, audit_days } = limits;
        Self { credentials_per_month, requests_per_minute, mails_per_day, audit_days }
    }
}

impl From<&PlanConfig> for PlanLimits {
    fn from(config: &PlanConfig) -> Self {
        let &PlanConfig { credentials_per_month, requests_per_minute, mails_per_day, audit_days } = config;
        Self { credentials_per_month, requests_per_minute, mails_per_day, audit_days }
    }
}

impl From<&PlansConfig> for Plans {
    fn from(config: &PlansConfig) -> Self {
        Self {
            developer: (&config.developer).into(),
            starter: (&config.starter).into(),
            institution: (&config.institution).into(),
            industry: (&config.industry).into(),
        }
    }
}

/// Moves settings of the older form, `developer_audit_days` in `[plans]`, into the table of their plan. `plans` is the
/// file's section, `defaults` the same section with every setting.
///
/// # Errors
/// If the file has the same setting in both forms.
pub(super) fn move_into_tables(plans: &mut Table, defaults: &Table) -> Result<()> {
    for (plan, limits) in defaults {
        for name in limits.as_table().into_iter().flat_map(Table::keys) {
            let older = format!("{plan}_{name}");
            let Some(value) = plans.remove(&older) else { continue };
            let table = plans.entry(plan.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Some(table) = table.as_table_mut() else {
                bail!("the setting `plans.{plan}` must be a table")
            };
            if table.insert(name.clone(), value).is_some() {
                bail!("plans.{older} and plans.{plan}.{name} are the same setting: remove one of them");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(plans: &str) -> Result<Table> {
        let mut plans = plans.parse().unwrap();
        move_into_tables(&mut plans, &Table::try_from(PlansConfig::default()).unwrap())?;
        Ok(plans)
    }

    #[test]
    fn a_setting_of_the_older_form_is_moved_into_the_table_of_its_plan() {
        let plans = moved("starter_audit_days = 7\nindustry_requests_per_minute = 'x'\nlost = 1").unwrap();
        let expected = "lost = 1\nstarter.audit_days = 7\nindustry.requests_per_minute = 'x'";
        assert_eq!(plans, expected.parse::<Table>().unwrap());
        let both = moved("starter_audit_days = 7\nstarter.credentials_per_month = 8").unwrap();
        let expected = "starter.audit_days = 7\nstarter.credentials_per_month = 8";
        assert_eq!(both, expected.parse::<Table>().unwrap());
    }

    #[test]
    fn a_setting_in_both_forms_is_refused() {
        let error = moved("starter_audit_days = 7\nstarter.audit_days = 7").unwrap_err().to_string();
        assert!(error.contains("plans.starter_audit_days and plans.starter.audit_days"), "{error}");
    }
}
