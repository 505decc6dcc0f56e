//! The report of a verification.

use serde::Serialize;

use crate::proof::AnchorChain;

/// The result of a verification.
///
/// Its JSON is `{"verdict": "valid_test", "checks": [{"name", "outcome", "reason", "evidence": [[label, value], …]},
/// …]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The checks in the order schema, signature, issuer, anchor, revocation.
    pub checks: [Check; 5],
}

/// The verdict of a verification. Only [`Valid`](Self::Valid) may be presented as genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check that applies passed, on Base.
    Valid,
    /// Every check that applies passed, on Base Sepolia.
    ValidTest,
    /// Every check that applies passed, on a development chain that the policy accepts.
    ValidDevelopment,
    /// A check failed.
    NotValid,
    /// No check failed, and at least one could not be made.
    CouldNotCheck,
}

impl Verdict {
    /// Returns the text for people, which is the same everywhere.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidTest => "valid, TEST",
            Self::ValidDevelopment => "valid, DEVELOPMENT",
            Self::NotValid => "not valid",
            Self::CouldNotCheck => "could not check",
        }
    }

    /// Returns whether every check that applies passed, on any chain.
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
    /// The document's hash and its path to the root: steps 3 to 5. Of a wallet form the signature by the key that it names.
    Signature,
    /// The issuer and the key: step 6.
    Issuer,
    /// The transaction and the key's validity at its time: the anchors of step 5, and step 7. A wallet form has no anchor of its own.
    Anchor,
    /// Revocation and dates: step 8.
    Revocation,
}

impl CheckName {
    /// Every check, in order.
    pub const ALL: [Self; 5] = [Self::Schema, Self::Signature, Self::Issuer, Self::Anchor, Self::Revocation];

    /// Returns the name by which programs know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Anchor => "anchor",
            Self::Revocation => "revocation",
        }
    }
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The check passed.
    Passed,
    /// The check failed.
    Failed,
    /// The check could not be made, because a lookup failed.
    CouldNotCheck,
    /// The check was not reached, because of the way in which an earlier check failed.
    NotReached,
    /// The document has no such part, and needs none.
    NotApplicable,
}

/// A check with its outcome and evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The check's name.
    pub name: CheckName,
    /// The outcome.
    pub outcome: CheckOutcome,
    /// The reason why it did not pass, or does not apply, as text for people. It may quote the document and must be escaped in markup.
    pub reason: Option<String>,
    /// The label and value of everything that was examined.
    pub evidence: Vec<(&'static str, String)>,
}

impl Check {
    /// Creates a check that passes, until its outcome is changed.
    pub(super) fn new(name: CheckName) -> Self {
        Self { name, outcome: CheckOutcome::Passed, reason: None, evidence: Vec::new() }
    }

    pub(super) fn not_reached(name: CheckName) -> Self {
        Self { outcome: CheckOutcome::NotReached, ..Self::new(name) }
    }

    pub(super) fn add_evidence(&mut self, label: &'static str, value: impl ToString) {
        self.evidence.push((label, value.to_string()));
    }

    pub(super) fn failed(mut self, reason: impl Into<String>) -> Self {
        self.outcome = CheckOutcome::Failed;
        self.reason = Some(reason.into());
        self
    }

    pub(super) fn could_not_check(mut self, reason: impl Into<String>) -> Self {
        self.outcome = CheckOutcome::CouldNotCheck;
        self.reason = Some(reason.into());
        self
    }

    pub(super) fn not_applicable(mut self, reason: impl Into<String>) -> Self {
        self.outcome = CheckOutcome::NotApplicable;
        self.reason = Some(reason.into());
        self
    }
}

impl Report {
    pub(super) fn new(checks: [Check; 5], chain: AnchorChain) -> Self {
        let any = |outcome: CheckOutcome| checks.iter().any(|check| check.outcome == outcome);
        let verdict = if any(CheckOutcome::Failed) {
            Verdict::NotValid
        } else if any(CheckOutcome::CouldNotCheck) || any(CheckOutcome::NotReached) {
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

    /// Creates the report of a verification that ended with the last of these checks, which failed.
    pub(super) fn stopped_after<const N: usize>(made: [Check; N]) -> Self {
        let mut made = made.into_iter();
        let checks = CheckName::ALL.map(|name| made.next().unwrap_or_else(|| Check::not_reached(name)));
        Self { verdict: Verdict::NotValid, checks }
    }

    /// Returns the report as it is if nothing is checked after the first failed check: the later ones are not reached.
    pub fn up_to_first_failure(self) -> Self {
        let mut has_failed = false;
        let checks = self.checks.map(|check| {
            let before = has_failed;
            has_failed |= check.outcome == CheckOutcome::Failed;
            if before { Check::not_reached(check.name) } else { check }
        });
        Self { verdict: self.verdict, checks }
    }

    /// Returns the check with this name.
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
