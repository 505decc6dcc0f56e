//! The five checks on a document that a visitor sent: ours from our own store, another deployment's from its own host, through
//! the egress guard. The transaction is looked up on the chains that this deployment talks to.

use std::time::Duration;

use jiff::Timestamp;
use learncoin_chain::network::DEVELOPMENT;
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{Lookup, Parsed, Policy, Report, VerificationInputs, verify};
use learncoin_http_client::guarded_fetch::{FetchLimits, GuardedFetchError, fetch};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::gather;
use learncoin_issuance::credential::render::{IssuedCredential, RenderError};
use learncoin_store::id::{CredentialId, TenantId};
use url::Url;

use crate::public::credential_page::checks::{anchor, own_did};
use crate::state::AppState;

const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 4 * 1024 * 1024 };
const ACCEPT: &str = "application/json";
/// What is said of another deployment's development chain.
const DEVELOPMENT_ELSEWHERE: &str = "a development chain proves nothing to others, so its host was not asked";
/// What is said where too many others are being checked.
const BUSY: &str = "this site checks too many documents of other sites at this moment; try again";

/// Checks the bytes of a document.
pub(super) async fn check_document(state: &AppState, bytes: &[u8], now: Timestamp) -> Report {
    let parsed = match Parsed::read(bytes) {
        Ok(parsed) => parsed,
        Err(report) => return *report,
    };
    let is_ours = *parsed.host() == state.issuance.host;
    let chain = chain_of(state, &parsed);
    let policy = Policy {
        now,
        // Another deployment's development chain proves nothing to anybody.
        allow_development: is_ours && chain.is_some_and(Chain::is_development),
        min_confirmations: chain.map_or(1, |chain| chain.confirmations),
    };
    let evidence = if is_ours {
        ours(state, &parsed, chain).await
    } else if parsed.lookups().chain.chain_id() == DEVELOPMENT {
        // Such a document fails whatever its host says, so its host is not asked.
        nothing_looked_up(DEVELOPMENT_ELSEWHERE)
    } else {
        match state.foreign_checks.try_acquire() {
            Ok(_permit) => foreign(state, &parsed, chain).await,
            Err(_) => nothing_looked_up(BUSY),
        }
    };
    verify(&parsed, &evidence, &policy)
}

/// The chain of the document's anchor, where this deployment talks to it.
fn chain_of<'a>(state: &'a AppState, parsed: &Parsed) -> Option<&'a Chain> {
    let chains = &state.issuance.chains;
    let wanted = parsed.lookups().chain.chain_id();
    [&chains.test, &chains.live].into_iter().flatten().find(|chain| chain.chain_id == wanted)
}

async fn ours(state: &AppState, parsed: &Parsed, chain: Option<&Chain>) -> VerificationInputs {
    match tenant_of(state, parsed).await {
        Ok(Some(tenant_id)) => {
            let (own_did, transaction) = tokio::join!(own_did(state, parsed), anchor(parsed, chain));
            gather(&state.issuance.host_documents, &tenant_id, parsed, own_did, transaction).await
        }
        // The revocation list says of every id that was never issued here that it does not stand.
        Ok(None) => {
            let id = &parsed.credential().document.id;
            let revocation = match state.issuance.host_documents.revocation_list(id).await {
                Ok(list) => Lookup::from_read(RevocationList::read(list.to_string().as_bytes())),
                Err(error) => unread(&error),
            };
            VerificationInputs { revocation, ..nothing_looked_up("this site never issued such a credential") }
        }
        Err(error) => {
            tracing::error!(%error, "a document that was sent could not be looked up");
            nothing_looked_up("the deployment's own records could not be read")
        }
    }
}

fn unread<T>(error: &learncoin_store::Error) -> Lookup<T> {
    tracing::error!(%error, "a revocation could not be looked up");
    Lookup::Unreachable("the deployment's own records could not be read".to_owned())
}

/// Whose credential it is, if there is one of that id.
async fn tenant_of(state: &AppState, parsed: &Parsed) -> Result<Option<TenantId>, RenderError> {
    let id =
        parsed.credential().document.id.rsplit('/').next().and_then(|id| id.parse::<CredentialId>().ok());
    let Some(id) = id else { return Ok(None) };
    let Some(credential) = state.issuance.store.credential_by_id(&id).await? else { return Ok(None) };
    Ok(Some(IssuedCredential::load(&state.issuance.store, credential).await?.batch.scope.tenant_id))
}

async fn foreign(state: &AppState, parsed: &Parsed, chain: Option<&Chain>) -> VerificationInputs {
    let (documents, transaction) = tokio::join!(documents(state, parsed), anchor(parsed, chain));
    let (did_document, issuer_profile, revocation) = documents;
    VerificationInputs { did_document, issuer_profile, transaction, revocation }
}

type Documents = (Lookup<DidDocument>, Lookup<IssuerProfile>, Lookup<RevocationList>);

/// Each document names the next.
async fn documents(state: &AppState, parsed: &Parsed) -> Documents {
    let did_document = look_up(state, &parsed.lookups().did_url, DidDocument::read).await;
    let issuer_profile = match &did_document {
        Lookup::Found(document) => match parsed.profile_url(document) {
            Ok(url) => look_up(state, &url, IssuerProfile::read).await,
            Err(_) => Lookup::Absent,
        },
        _ => Lookup::Unreachable("the DID document, which names it, could not be read".to_owned()),
    };
    let revocation = match &issuer_profile {
        Lookup::Found(profile) => match parsed.revocation_url(profile) {
            Ok(url) => look_up(state, &url, RevocationList::read).await,
            Err(error) => Lookup::Unreachable(error.to_string()),
        },
        _ => Lookup::Unreachable("the issuer profile, which names it, could not be read".to_owned()),
    };
    (did_document, issuer_profile, revocation)
}

async fn look_up<T, E: std::fmt::Display>(
    state: &AppState,
    url: &Url,
    read: impl Fn(&[u8]) -> Result<T, E>,
) -> Lookup<T> {
    match fetch(&state.egress, url, ACCEPT, LIMITS).await {
        Ok(answer) => Lookup::from_read(read(&answer)),
        Err(GuardedFetchError::Status(404 | 410)) => Lookup::Absent,
        Err(error) => Lookup::Unreachable(format!("{url} {error}")),
    }
}

/// Nothing could be looked up, for one reason.
fn nothing_looked_up(reason: &str) -> VerificationInputs {
    VerificationInputs {
        did_document: Lookup::Unreachable(reason.to_owned()),
        issuer_profile: Lookup::Unreachable(reason.to_owned()),
        transaction: Lookup::Unreachable(reason.to_owned()),
        revocation: Lookup::Unreachable(reason.to_owned()),
    }
}
