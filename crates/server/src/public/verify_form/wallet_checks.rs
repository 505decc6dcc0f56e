//! The checks on a wallet form that a visitor sent. Of this deployment's own ones the DID document and the status list are made
//! from its store, without asking itself over HTTP; those of others are fetched from their host.

use axum::body::Bytes;
use jiff::Timestamp;
use learncoin_credential::did::DidDocument;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::verify::{
    Lookup, ParsedWalletForm, Report, Url, VerificationPolicy, WalletInputs, verify_wallet_form,
};
use learncoin_credential::wallet::{SignedStatusList, StatusBits};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::{WalletEvidenceSource, gather_for_wallet_form};
use learncoin_issuance::credential::host_documents::WalletDidDocument;
use learncoin_issuance::credential::render::IssuedCredential;

use super::own_records::{BUSY, DEVELOPMENT_ELSEWHERE, NEVER_ISSUED, UNREADABLE, chain_with_id, issued_as};
use crate::public::evidence::ForeignSource;
use crate::public::page_state::PageState;
use crate::public::status_lists;

/// Checks a wallet form.
pub(super) async fn check(state: &PageState, parsed: &ParsedWalletForm, now: Timestamp) -> Report {
    let is_ours = *parsed.host() == state.issuance.host;
    let chain = chain_with_id(state, parsed.chain().chain_id());
    let inputs = if is_ours {
        inputs_of_ours(state, parsed).await
    } else if parsed.chain() == AnchorChain::Development {
        // Such a document fails whatever its host answers, so its host is not asked.
        nothing_looked_up(DEVELOPMENT_ELSEWHERE)
    } else {
        match state.foreign_checks.try_acquire() {
            Ok(_permit) => {
                let (egress, anchor_look_ups) = (&state.egress, &*state.anchor_look_ups);
                gather_for_wallet_form(&ForeignSource { egress, anchor_look_ups, chain }, parsed).await
            }
            Err(_) => nothing_looked_up(BUSY),
        }
    };
    let policy = VerificationPolicy {
        now,
        // Another deployment's development chain proves nothing to others.
        allow_development: is_ours && chain.is_some_and(Chain::is_development),
        min_confirmations: 1,
    };
    verify_wallet_form(parsed, &inputs, &policy)
}

async fn inputs_of_ours(state: &PageState, parsed: &ParsedWalletForm) -> WalletInputs {
    match issued_as(state, &parsed.document().id).await {
        Ok(Some(issued)) if issued.credential.scope.tenant_id.ulid() == parsed.ulid() => {
            gather_for_wallet_form(&OwnWalletSource { state, issued: &issued, parsed }, parsed).await
        }
        Ok(_) => nothing_looked_up(NEVER_ISSUED),
        Err(error) => {
            tracing::error!(%error, "a document that was sent could not be looked up");
            nothing_looked_up(UNREADABLE)
        }
    }
}

fn nothing_looked_up(reason: &str) -> WalletInputs {
    WalletInputs {
        did_document: Lookup::Unreachable(reason.to_owned()),
        status_list: Lookup::Unreachable(reason.to_owned()),
    }
}

/// The source for a wallet form of this deployment: its own store.
struct OwnWalletSource<'a> {
    state: &'a PageState,
    /// The credential that was issued under the document's id, by the tenant that the document names.
    issued: &'a IssuedCredential,
    parsed: &'a ParsedWalletForm,
}

impl OwnWalletSource<'_> {
    /// Returns whether a list that may be half a minute old lacks this credential's revocation.
    fn is_outdated(&self, list: &Bytes) -> bool {
        let index = self.parsed.document().status.index;
        let bits = SignedStatusList::read(list).and_then(|list| StatusBits::decode(list.list.encoded()));
        let is_set = bits.and_then(|bits| bits.is_set(index));
        self.issued.credential.revocation.is_some() && is_set == Ok(false)
    }
}

impl WalletEvidenceSource for OwnWalletSource<'_> {
    async fn wallet_did_document(&self, _url: &Url) -> Lookup<DidDocument> {
        let tenant_id = &self.issued.credential.scope.tenant_id;
        match self.state.issuance.host_documents.wallet_did_document(tenant_id).await {
            Ok(WalletDidDocument::Found(document)) => {
                Lookup::from_read(DidDocument::read(document.to_string().as_bytes()))
            }
            Ok(WalletDidDocument::NoKey | WalletDidDocument::NoTenant) => Lookup::Absent,
            Err(error) => {
                tracing::error!(%error, "evidence could not be read from the store");
                Lookup::Unreachable(UNREADABLE.to_owned())
            }
        }
    }

    async fn status_list(&self, url: &Url) -> Lookup<SignedStatusList> {
        let tenant_id = &self.issued.credential.scope.tenant_id;
        let lists = self.state.issuance.host.status_lists_url(tenant_id.ulid());
        let Some(number) = url.as_str().strip_prefix(&lists).and_then(|number| number.parse().ok()) else {
            return Lookup::Absent;
        };
        let (issuance, cache) = (&self.state.issuance, &self.state.status_lists);
        let found = match status_lists::find(issuance, cache, tenant_id.clone(), number).await {
            Lookup::Found(list) if self.is_outdated(&list) => {
                status_lists::make(issuance, tenant_id, number).await
            }
            found => found,
        };
        match found {
            Lookup::Found(list) => Lookup::from_read(SignedStatusList::read(&list)),
            Lookup::Absent => Lookup::Absent,
            Lookup::Unreachable(reason) => {
                tracing::error!(%reason, "a status list could not be made");
                Lookup::Unreachable(UNREADABLE.to_owned())
            }
        }
    }
}
