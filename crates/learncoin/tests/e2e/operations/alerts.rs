//! The rules for Prometheus: each metric that they name is one of the catalog, and each alarm has its line in the manual.

use std::collections::BTreeSet;

use crate::operations::metrics::{catalog, column};
use crate::structure::files::{crates, modules};
use crate::support::process::repository;

/// The metric that Prometheus itself provides for each target.
const OF_PROMETHEUS: &str = "up";

struct Rule {
    alert: String,
    expr: String,
    has_summary: bool,
}

fn rules() -> Vec<Rule> {
    let file = std::fs::read_to_string(repository().join("deploy/alerts.yml")).unwrap();
    let mut rules = Vec::new();
    for rule in file.split("      - alert: ").skip(1) {
        let mut lines = rule.lines();
        let alert = lines.next().unwrap().trim().to_owned();
        let exprs: Vec<&str> = rule.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
        let [expr] = exprs.as_slice() else { panic!("{alert} has not one expression") };
        let has_summary = rule.contains("annotations: { summary: \"");
        rules.push(Rule { alert, expr: (*expr).to_owned(), has_summary });
    }
    rules
}

/// Returns the names of metrics in an expression, each with the labels that it is narrowed by.
fn metrics_of(expr: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut rest = expr;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let name: String =
            rest[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        rest = &rest[at + name.len()..];
        if !name.starts_with("learncoin_") && !name.starts_with("process_") && name != OF_PROMETHEUS {
            continue;
        }
        let mut labels = Vec::new();
        if let Some(inner) = rest.strip_prefix('{') {
            let (inner, after) = inner.split_once('}').unwrap();
            for pair in inner.split(',') {
                labels.push(pair.split(['=', '!']).next().unwrap().to_owned());
            }
            rest = after;
        }
        found.push((name, labels));
    }
    found
}

#[test]
fn every_rule_queries_metrics_that_are_exported() {
    let catalog = catalog();
    let rules = rules();
    assert!(rules.len() >= 10);
    for rule in &rules {
        let asked = metrics_of(&rule.expr);
        assert!(!asked.is_empty() && rule.has_summary, "{}", rule.alert);
        assert_eq!(rule.expr.matches('(').count(), rule.expr.matches(')').count(), "{}", rule.alert);
        for (name, labels) in asked.iter().filter(|(name, _)| name != OF_PROMETHEUS) {
            let known = catalog.get(name).unwrap_or_else(|| panic!("{}: no {name}", rule.alert));
            let unknown: Vec<&String> =
                labels.iter().filter(|label| !known.labels.contains(*label)).collect();
            assert!(unknown.is_empty(), "{}: {name} has no {unknown:?}", rule.alert);
        }
    }
}

#[test]
fn every_alarm_has_its_line_in_the_manual() {
    let rules = rules();
    let alerts: BTreeSet<String> = rules.iter().map(|rule| rule.alert.clone()).collect();
    assert_eq!(alerts.len(), rules.len(), "an alarm is listed twice");
    let lines: BTreeSet<String> = column("## Alarms").into_iter().collect();
    assert_eq!(alerts, lines);
}

#[test]
fn every_alarm_of_a_log_line_is_counted_and_listed_in_the_manual() {
    let manual = std::fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    let mut counted = BTreeSet::new();
    for source in crates() {
        for (module, text) in modules(&source) {
            // A name that is written at the log line itself is counted nowhere.
            assert!(!text.contains("alarm = \""), "{}: {module}", source.display());
            if source.ends_with("issuance/src") && module == "metrics" {
                counted.extend(text.split("Alarm::").filter_map(|part| {
                    let (variant, rest) = part.split_once(" => \"")?;
                    let is_variant = variant.chars().all(char::is_alphanumeric);
                    Some(rest.split_once('"').filter(|_| is_variant)?.0.to_owned())
                }));
            }
        }
    }
    assert!(counted.len() >= 9, "{counted:?}");
    let unlisted: Vec<&String> =
        counted.iter().filter(|name| !manual.contains(&format!("`alarm=\"{name}\"`"))).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
}

#[test]
fn the_names_in_an_expression_are_found() {
    let expr =
        "sum by (x) (rate(learncoin_a_total{b=\"1\",c!=\"2\"}[5m])) / process_b > 0 or up{job=\"x\"} == 0";
    let name = |name: &str, labels: &[&str]| {
        (name.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        metrics_of(expr),
        [name("learncoin_a_total", &["b", "c"]), name("process_b", &[]), name("up", &["job"])]
    );
}
