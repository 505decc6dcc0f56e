//! What a verification found, check by check.

use serde::Serialize;

use crate::proof::AnchorChain;

/// The result of a verification.
///
/// As JSON: `{"verdict": "valid_test", "checks": [{"name", "outcome", "reason", "evidence": [[label, value], …]},
/// …]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What it comes to.
    pub verdict: Verdict,
    /// Schema, signature, issuer, anchor, revocation: in this order.
    pub checks: [Check; 5],
}

/// What a verification comes to. Only [`Valid`](Self::Valid) is shown as genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check passed, on Base.
    Valid,
    /// Every check passed, on Base Sepolia.
    ValidTest,
    /// Every check passed, on a development chain that the verifier was told of.
    ValidDevelopment,
    /// A check failed.
    NotValid,
    /// No check failed, and at least one could not be made.
    CouldNotCheck,
}

impl Verdict {
    /// The words for people, the same wherever the verdict stands.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidTest => "valid, TEST",
            Self::ValidDevelopment => "valid, DEVELOPMENT",
            Self::NotValid => "not valid",
            Self::CouldNotCheck => "could not check",
        }
    }

    /// Whether every check passed, on whatever chain.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid | Self::ValidTest | Self::ValidDevelopment)
    }
}

/// The five checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The document's form: steps 1 and 2 of section 11.
    Schema,
    /// The document's hash and its path to the root: steps 3 to 5.
    Signature,
    /// Who issued, and with which key: step 6.
    Issuer,
    /// The transaction, and the key at its time: the anchors of step 5, and step 7.
    Anchor,
    /// Revocation and dates: step 8.
    Revocation,
}

impl CheckName {
    /// In the order in which they are made.
    pub const ALL: [Self; 5] = [Self::Schema, Self::Signature, Self::Issuer, Self::Anchor, Self::Revocation];
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// Something that it needs could not be looked up.
    CouldNotCheck,
    /// An earlier check failed in a way that leaves nothing to look at.
    NotReached,
}

/// One check, with what it looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which one.
    pub name: CheckName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not pass, in words for people. It may quote the document: show it as text, never as markup.
    pub reason: Option<String>,
    /// Label and value of everything that was looked at.
    pub evidence: Vec<(&'static str, String)>,
}

impl Check {
    /// A check that is being made: it passes unless it is told otherwise.
    pub(super) fn new(name: CheckName) -> Self {
        Self { name, outcome: Outcome::Passed, reason: None, evidence: Vec::new() }
    }

    pub(super) fn not_reached(name: CheckName) -> Self {
        Self { outcome: Outcome::NotReached, ..Self::new(name) }
    }

    pub(super) fn show(&mut self, label: &'static str, value: impl ToString) {
        self.evidence.push((label, value.to_string()));
    }

    pub(super) fn failed(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::Failed;
        self.reason = Some(reason.into());
        self
    }

    pub(super) fn could_not_check(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::CouldNotCheck;
        self.reason = Some(reason.into());
        self
    }
}

impl Report {
    pub(super) fn new(checks: [Check; 5], chain: AnchorChain) -> Self {
        let any = |outcome: Outcome| checks.iter().any(|check| check.outcome == outcome);
        let verdict = if any(Outcome::Failed) {
            Verdict::NotValid
        } else if any(Outcome::CouldNotCheck) || any(Outcome::NotReached) {
            Verdict::CouldNotCheck
        } else {
            match chain {
                AnchorChain::BaseMainnet => Verdict::Valid,
                AnchorChain::BaseSepolia => Verdict::ValidTest,
                AnchorChain::Development => Verdict::ValidDevelopment,
            }
        };
        Self { verdict, checks }
    }

    /// A report that ends with the last of these checks, which failed.
    pub(super) fn stopped_after<const N: usize>(made: [Check; N]) -> Self {
        let mut made = made.into_iter();
        let checks = CheckName::ALL.map(|name| made.next().unwrap_or_else(|| Check::not_reached(name)));
        Self { verdict: Verdict::NotValid, checks }
    }

    /// One of the five checks.
    pub fn check(&self, name: CheckName) -> &Check {
        let [schema, signature, issuer, anchor, revocation] = &self.checks;
        match name {
            CheckName::Schema => schema,
            CheckName::Signature => signature,
            CheckName::Issuer => issuer,
            CheckName::Anchor => anchor,
            CheckName::Revocation => revocation,
        }
    }
}
