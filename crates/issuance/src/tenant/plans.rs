//! The plans: what each of them includes, and the limits that apply to one tenant.

use learncoin_store::tenants::{Plan, Tenant};

/// The limits of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// Credentials per calendar month (UTC) and environment.
    pub credentials_per_month: u64,
    /// Requests per window of 60 s, over all keys and both environments.
    pub requests_per_minute: u64,
    /// Mails per day (UTC) and environment.
    pub mails_per_day: u64,
    /// The days that the audit log is kept.
    pub audit_days: u64,
}

/// The limits of each plan.
#[derive(Debug, Clone)]
pub struct Plans {
    /// The limits of the developer plan.
    pub developer: PlanLimits,
    /// The limits of the starter plan.
    pub starter: PlanLimits,
    /// The limits of the institution plan.
    pub institution: PlanLimits,
    /// The limits of the industry plan.
    pub industry: PlanLimits,
}

impl Default for Plans {
    fn default() -> Self {
        let limits = |credentials_per_month, requests_per_minute, mails_per_day, audit_days| PlanLimits {
            credentials_per_month,
            requests_per_minute,
            mails_per_day,
            audit_days,
        };
        Self {
            developer: limits(250, 120, 50, 90),
            starter: limits(2_500, 120, 500, 90),
            institution: limits(25_000, 600, 5_000, 365),
            industry: limits(250_000, 1_200, 25_000, 365),
        }
    }
}

impl Plans {
    /// Returns the limits of a tenant: its plan's, unless the operator made exceptions.
    pub fn limits(&self, tenant: &Tenant) -> PlanLimits {
        let plan = self.of(tenant.plan);
        let exceptions = tenant.exceptions;
        PlanLimits {
            credentials_per_month: exceptions.credentials_per_month.unwrap_or(plan.credentials_per_month),
            requests_per_minute: exceptions.requests_per_minute.unwrap_or(plan.requests_per_minute),
            mails_per_day: exceptions.mails_per_day.unwrap_or(plan.mails_per_day),
            ..plan
        }
    }

    /// Returns the limits of a plan.
    pub fn of(&self, plan: Plan) -> PlanLimits {
        match plan {
            Plan::Developer => self.developer,
            Plan::Starter => self.starter,
            Plan::Institution => self.institution,
            Plan::Industry => self.industry,
        }
    }
}
