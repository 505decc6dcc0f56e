//! The facts that a canonical form states, borrowed from a document of either form.

use crate::document::{Achievement, Document, Evidence, Issuer, Subject};
use crate::wallet::WalletDocument;

/// The statements of one canonical form.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    /// The credential's id.
    pub(super) id: &'a str,
    pub(super) issuer: &'a Issuer,
    pub(super) subject_id: &'a str,
    /// The recipient's name; `None` in a redacted form.
    pub(super) name: Option<&'a str>,
    pub(super) achievement: &'a Achievement,
    /// The evidence; empty in a redacted form.
    pub(super) evidence: &'a [Evidence],
    pub(super) form: FormFacts<'a>,
}

/// The statements that only one of the forms makes.
#[derive(Clone, Copy)]
pub(super) enum FormFacts<'a> {
    /// The anchored form.
    Anchored(&'a Document),
    /// The wallet form.
    Wallet(&'a WalletDocument),
}

impl<'a> Facts<'a> {
    pub(super) fn of_document(document: &'a Document) -> Self {
        let Document { id, issuer, subject, evidence, .. } = document;
        Self::new(id, issuer, subject, evidence, FormFacts::Anchored(document))
    }

    pub(super) fn of_wallet_form(document: &'a WalletDocument) -> Self {
        let WalletDocument { id, issuer, subject, evidence, .. } = document;
        Self::new(id, issuer, subject, evidence, FormFacts::Wallet(document))
    }

    fn new(
        id: &'a str,
        issuer: &'a Issuer,
        subject: &'a Subject,
        evidence: &'a [Evidence],
        form: FormFacts<'a>,
    ) -> Self {
        Self {
            id,
            issuer,
            subject_id: &subject.id,
            name: subject.name.as_deref(),
            achievement: &subject.achievement,
            evidence,
            form,
        }
    }

    /// Returns the facts without the person.
    pub(super) fn redacted(self) -> Self {
        Self { name: None, evidence: &[], ..self }
    }
}
