//! The table of the plans, as this deployment has them.

use std::fmt::Write as _;

use learncoin_issuance::tenant::plans::Plans;
use learncoin_store::tenants::Plan;

const HEAD: &str = "| Plan | Live keys | Credentials per month, per environment | Requests per minute | Mails per day, per environment | Allowlists, custom DID | Audit log kept |\n\
                    |---|---|---|---|---|---|---|\n";

/// Returns the table as Markdown.
pub(super) fn table(plans: &Plans) -> String {
    let mut table = HEAD.to_owned();
    for plan in [Plan::Developer, Plan::Starter, Plan::Institution, Plan::Industry] {
        let limits = plans.of(plan);
        // Writing to a String can't fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} | {} | {} | {} days |",
            plan.as_str(),
            yes(plan.allows_live_keys()),
            grouped(limits.credentials_per_month),
            grouped(limits.requests_per_minute),
            grouped(limits.mails_per_day),
            yes(plan.allows_allowlists()),
            grouped(limits.audit_days),
        );
    }
    table
}

fn yes(included: bool) -> &'static str {
    if included { "yes" } else { "no" }
}

/// Formats a number with a comma before every third digit from the right.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (120, "120"), (2_500, "2,500"), (1_250_000, "1,250,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn the_table_has_the_deployments_own_numbers() {
        let mut plans = Plans::default();
        plans.starter.credentials_per_month = 123_456;
        let table = table(&plans);
        assert!(table.contains("| `developer` | no | 250 | 120 | 50 | no | 90 days |"), "{table}");
        assert!(table.contains("| `starter` | yes | 123,456 | 120 | 500 | no | 90 days |"), "{table}");
        assert!(table.contains("| `institution` | yes | 25,000 | 600 | 5,000 | yes | 365 days |"), "{table}");
    }
}
