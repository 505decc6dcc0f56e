//! The ends of a chain, and the hash of a row at a place of it.

use super::AuditRow;
use crate::database::sql::{Record, Row};
use crate::error::Result;
use crate::id::{KeyId, TenantId};
use crate::seal::Sealer;

/// The chain of the commands and of the members' actions that are about no tenant.
pub(super) const OPERATORS: &str = "operators";
/// The chain of the calls without a known key.
pub(super) const UNAUTHENTICATED: &str = "unauthenticated";
/// The name under which the rows that belong to no chain are counted.
pub(super) const WITHOUT_CHAIN: &str = "";
/// The ends of a chain, as the database keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChainEnds {
    pub(super) chain: String,
    pub(super) purged_sequence: u64,
    pub(super) purged_hash: String,
    pub(super) sequence: u64,
    pub(super) hash: String,
    pub(super) mac: String,
}

pub(super) fn chain_ends(row: &Row) -> Result<ChainEnds> {
    let record = Record { table: "audit_chains", row };
    Ok(ChainEnds {
        chain: record.text("chain")?,
        purged_sequence: record.count("purged_sequence")?,
        purged_hash: record.text("purged_hash")?,
        sequence: record.count("sequence")?,
        hash: record.text("hash")?,
        mac: record.text("mac")?,
    })
}

impl ChainEnds {
    /// Creates the ends of a chain without rows, or those of so many rows without a chain.
    pub(super) fn new(sealer: &Sealer, chain: &str, sequence: u64) -> Self {
        let mut ends = Self {
            chain: chain.to_owned(),
            purged_sequence: 0,
            purged_hash: String::new(),
            sequence,
            hash: String::new(),
            mac: String::new(),
        };
        ends.mac = ends.computed_mac(sealer);
        ends
    }

    /// Returns the same ends without a keyed hash, by which the doctor finds them.
    pub(super) fn suspected(self) -> Self {
        Self { mac: String::new(), ..self }
    }

    /// Computes the keyed hash that the ends must have.
    fn computed_mac(&self, sealer: &Sealer) -> String {
        sealer.audit_mac(&[
            b"ends",
            self.chain.as_bytes(),
            &self.purged_sequence.to_be_bytes(),
            self.purged_hash.as_bytes(),
            &self.sequence.to_be_bytes(),
            self.hash.as_bytes(),
        ])
    }

    /// Returns whether the ends are as this program wrote them.
    pub(super) fn are_ours(&self, sealer: &Sealer) -> bool {
        self.mac == self.computed_mac(sealer)
    }

    /// Changes the ends. If another party changed them before, they stay without a keyed hash, so that the doctor goes on finding
    /// them.
    pub(super) fn update<T>(&mut self, sealer: &Sealer, change: impl FnOnce(&mut Self) -> T) -> T {
        let were_ours = self.are_ours(sealer);
        let changed = change(self);
        self.mac = if were_ours { self.computed_mac(sealer) } else { String::new() };
        changed
    }
}

impl AuditRow {
    /// Returns the name of the chain that the row belongs to.
    pub(super) fn chain(&self) -> &str {
        match &self.tenant_id {
            Some(tenant_id) => tenant_id.as_str(),
            None if self.operator.is_some() || self.member_id.is_some() => OPERATORS,
            None => UNAUTHENTICATED,
        }
    }

    /// Computes the keyed hash that the row must have at this place of its chain, behind a row with the hash `previous`.
    pub(super) fn computed_hash(&self, sealer: &Sealer, sequence: u64, previous: &str) -> String {
        let optional = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), |text| format!("={text}"));
        let subjects = self.subjects_column();
        let (status, sequence) = (self.status.to_be_bytes(), sequence.to_be_bytes());
        let (at, calls) = (self.at.to_be_bytes(), self.calls.to_be_bytes());
        let member = self.member_id.as_ref().map(|id| format!("member={id}"));
        let tenant = optional(self.tenant_id.as_ref().map(TenantId::as_str));
        let key = optional(self.key_id.as_ref().map(KeyId::as_str));
        let (operator, address) = (optional(self.operator.as_deref()), optional(self.address_mac.as_deref()));
        let subjects = optional(subjects.as_deref());
        let mut parts: Vec<&[u8]> = vec![
            b"row",
            previous.as_bytes(),
            self.chain().as_bytes(),
            &sequence,
            self.request_id.as_str().as_bytes(),
            tenant.as_bytes(),
            key.as_bytes(),
            operator.as_bytes(),
            address.as_bytes(),
            self.method.as_bytes(),
            self.endpoint.as_bytes(),
            &status,
            subjects.as_bytes(),
            &at,
            &calls,
        ];
        // The rows of releases without members have the hash that they had.
        parts.extend(member.as_ref().map(|member| member.as_bytes()));
        sealer.audit_mac(&parts)
    }
}
