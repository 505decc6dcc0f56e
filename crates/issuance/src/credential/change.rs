//! Revoke and erase: what may still happen to a credential, at any status, in either order, each once.

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::did::DidDocument;
use learncoin_credential::own_did;
use learncoin_credential::verify::{Lookup, MinedTransaction, Outcome, Parsed, Policy, verify};
use learncoin_store::anchor_transactions::AnchorTransaction;
use learncoin_store::batches::{BatchState, Scoped};
use learncoin_store::changes::ErasureRecord;
use learncoin_store::credentials::{Credential, Revocation};
use learncoin_store::events::EventType;
use learncoin_store::id::{CredentialId, KeyId};
use learncoin_store::idempotency::{Answer, Claimed, IdempotencyClaim};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Attempts, Error as StoreError, WriteTx, kill};
use serde_json::{Value, json};

use crate::batch::documents;
use crate::context::Issuance;
use crate::credential::erasures::{Erasure, JournalError};
use crate::credential::evidence;
use crate::credential::host_documents::hosted_key;
use crate::credential::render::{Form, IssuedCredential, RenderError};
use crate::time::{iso8601, timestamp};

/// The status that a change is answered with.
pub const CHANGED: u16 = 200;

/// Why a credential is revoked, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationCode {
    /// A corrected one was issued.
    Reissued,
    /// The issuer erred.
    IssuerError,
    /// The recipient asked for it.
    RecipientRequest,
    /// Anything else.
    Other,
}

impl RevocationCode {
    /// Every code.
    pub const ALL: [Self; 4] = [Self::Reissued, Self::IssuerError, Self::RecipientRequest, Self::Other];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reissued => "reissued",
            Self::IssuerError => "issuer_error",
            Self::RecipientRequest => "recipient_request",
            Self::Other => "other",
        }
    }
}

/// Who asked for an erasure, as the API names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester {
    /// The person.
    Recipient,
    /// A data protection officer.
    Dpo,
    /// An authority that supervises data protection.
    SupervisoryAuthority,
}

impl Requester {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Recipient, Self::Dpo, Self::SupervisoryAuthority];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Dpo => "dpo",
            Self::SupervisoryAuthority => "supervisory_authority",
        }
    }
}

/// What to do with a credential.
#[derive(Debug, Clone)]
pub enum Change {
    /// Revoke it, for good.
    Revoke {
        /// The reason's code.
        code: RevocationCode,
        /// The reason in words, shown publicly.
        reason: String,
    },
    /// Erase the person from it.
    Erase {
        /// Who asked for it.
        requester: Requester,
        /// When the request was verified, as the caller wrote it: RFC 3339 in UTC with `Z`.
        verified_at: String,
    },
}

/// A request to change a credential.
pub struct ChangeRequest<'a> {
    /// On whose behalf.
    pub scope: &'a TenantScope,
    /// By which key. Its row is read again inside the transaction.
    pub key_id: &'a KeyId,
    /// Which credential.
    pub id: &'a CredentialId,
    /// What to do with it.
    pub change: Change,
    /// Under which idempotency key, if any.
    pub claim: Option<&'a IdempotencyClaim>,
}

/// The answer to a change that was made, now or before.
#[derive(Debug)]
pub struct Changed {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Whether the same request was answered before.
    pub replayed: bool,
}

/// Why a credential was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The key was revoked since the request began.
    #[error("the API key was revoked")]
    KeyRevoked,
    /// The idempotency key stands for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// No credential has this id.
    #[error("no such credential")]
    Absent,
    /// It is another tenant's.
    #[error("another tenant's credential")]
    Foreign,
    /// It is in the tenant's other environment.
    #[error("a credential of the other environment")]
    OtherEnvironment,
    /// It is revoked already.
    #[error("revoked already")]
    AlreadyRevoked,
    /// It is erased already.
    #[error("erased already")]
    AlreadyErased,
    /// What is stored of it is damaged.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The erasure was made, and could not be noted where it outlives the database.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuance {
    /// Revokes or erases a credential, once.
    ///
    /// Change, event and answer are one transaction. After an erasure the freed pages are zeroed; where a long reader is
    /// in the way, that is done in the second after it has ended ([`learncoin_store::Store::scrub_if_due`]). It is answered
    /// once it is noted in the journal ([`crate::credential::erasures`]), whichever attempt made it.
    ///
    /// # Errors
    /// See [`ChangeError`].
    #[tracing::instrument(level = "info", skip_all, fields(environment = %request.scope.environment))]
    pub async fn change(&self, request: ChangeRequest<'_>) -> Result<Changed, ChangeError> {
        let mut attempts = Attempts::default();
        let outcome = loop {
            match self.change_once(&request).await {
                Err(ChangeError::Store(error)) if attempts.again_after(&error) => {
                    tracing::warn!(%error, "the change of a credential is run again");
                }
                outcome => break outcome,
            }
        };
        if matches!(request.change, Change::Erase { .. })
            && matches!(outcome, Ok(_) | Err(ChangeError::AlreadyErased))
        {
            self.journal_missing_erasures().await?;
        }
        outcome
    }

    async fn change_once(&self, request: &ChangeRequest<'_>) -> Result<Changed, ChangeError> {
        kill::reached("change.begun");
        let credential = self.own_credential(request.scope, request.id).await?;
        let verifiable = match request.change {
            Change::Erase { .. } => self.stays_verifiable(&credential).await?,
            Change::Revoke { .. } => true,
        };
        let mut tx = self.store.begin_for(&request.scope.tenant_id).await?;
        let now = self.clock.now_ms();
        if !tx.api_key_is_active(request.key_id).await? {
            return Err(ChangeError::KeyRevoked);
        }
        if let Some(claim) = request.claim {
            match tx.find_claim(request.scope, claim, now).await? {
                Claimed::Free => {}
                Claimed::Answered { status, body } => return Ok(Changed { status, body, replayed: true }),
                Claimed::OtherRequest => return Err(ChangeError::IdempotencyKeyReused),
            }
        }
        kill::reached("change.key_claimed");
        let body = match &request.change {
            Change::Revoke { code, reason } => self.revoke(&mut tx, &credential, *code, reason, now).await?,
            Change::Erase { requester, verified_at } => {
                let record = ErasureRecord { erased_at: now, requester: requester.as_str(), verified_at };
                self.erase(&mut tx, &credential, verifiable, &record).await?
            }
        }
        .to_string();
        if let Some(claim) = request.claim {
            let subject = Some(credential.id.as_str());
            let answer = Answer { status: CHANGED, body: &body, secret: None, subject_id: subject };
            tx.keep_answer(request.scope, claim, &answer, now).await?;
        }
        kill::reached("change.written");
        tx.commit().await?;
        kill::reached("change.committed");
        if let Change::Erase { requester, verified_at } = &request.change {
            let (id, verified_at) = (credential.id.clone(), verified_at.clone());
            self.note(Erasure { id, erased_at: now, requester: *requester, verified_at }).await;
            kill::reached("change.noted");
            self.scrub().await?;
            kill::reached("change.scrubbed");
        }
        Ok(Changed { status: CHANGED, body, replayed: false })
    }

    /// Takes what was erased off the disk, or says that it will be.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        if !self.store.scrub().await? {
            tracing::warn!(
                "a reader of the database keeps what was erased on the disk; it is taken off once that has ended"
            );
        }
        Ok(())
    }

    async fn own_credential(
        &self,
        scope: &TenantScope,
        id: &CredentialId,
    ) -> Result<Credential, ChangeError> {
        match self.store.find_credential(scope, id).await? {
            Scoped::Own(credential) => Ok(credential),
            Scoped::OtherEnvironment => Err(ChangeError::OtherEnvironment),
            Scoped::Foreign => Err(ChangeError::Foreign),
            Scoped::Absent => Err(ChangeError::Absent),
        }
    }

    async fn revoke(
        &self,
        tx: &mut WriteTx,
        credential: &Credential,
        code: RevocationCode,
        reason: &str,
        now: i64,
    ) -> Result<Value, ChangeError> {
        let revocation =
            Revocation { revoked_at: now, code: code.as_str().to_owned(), reason: Some(reason.to_owned()) };
        tx.revoke_credential(&credential.id, &revocation).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ChangeError::AlreadyRevoked,
            other => other.into(),
        })?;
        tx.drop_mail(&credential.id, now).await?;
        // The reason is free text: it stays in the credential's row, where erasure finds it, and joins the event
        // when that is delivered.
        let data = json!({
            "credential_id": credential.id,
            "batch_id": credential.batch_id,
            "revoked_at": iso8601(now),
            "reason_code": code.as_str(),
        });
        tx.insert_event(
            &credential.scope,
            EventType::CredentialRevoked,
            credential.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tracing::info!(credential.batch = %credential.batch_id, code = code.as_str(), "credential revoked");
        Ok(revocation_body(&credential.id, &revocation))
    }

    pub(crate) async fn erase(
        &self,
        tx: &mut WriteTx,
        credential: &Credential,
        verifiable: bool,
        record: &ErasureRecord<'_>,
    ) -> Result<Value, ChangeError> {
        let now = record.erased_at;
        // Read here, not before: a revocation that was committed meanwhile has left an answer with its reason too.
        let revocation = tx.find_revocation(&credential.id).await?;
        let node_full = node_full(credential)?;
        tx.erase_credential(&credential.id, record, &node_full).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ChangeError::AlreadyErased,
            other => other.into(),
        })?;
        let status = if verifiable { "verifiable" } else { "invalid" };
        if let Some(revocation) = revocation {
            let without_text = Revocation { reason: Some(String::new()), ..revocation };
            let body = revocation_body(&credential.id, &without_text).to_string();
            tx.blank_answers(credential.id.as_str(), &body).await?;
        }
        tx.blank_attempts(credential.id.as_str()).await?;
        tx.drop_mail(&credential.id, now).await?;
        tx.blank_mail(&credential.id).await?;
        let data = json!({
            "credential_id": credential.id,
            "erased_at": iso8601(now),
            "verification_status_after_erasure": status,
        });
        tx.insert_event(
            &credential.scope,
            EventType::CredentialErased,
            credential.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tracing::info!(credential.batch = %credential.batch_id, "credential erased");
        Ok(json!({
            "id": credential.id,
            "erased": true,
            "erased_at": iso8601(now),
            "verification_status_after_erasure": status,
        }))
    }

    /// Whether the redacted document, as it will be served, passes checks 1 to 7 from what is stored: a chain that
    /// can't be reached is no reason to say otherwise. Before anchoring: whether it will be anchored.
    pub(crate) async fn stays_verifiable(&self, credential: &Credential) -> Result<bool, ChangeError> {
        let published = self.published(credential.clone()).await?;
        if matches!(published.batch.state, BatchState::Failed { .. }) {
            return Ok(false);
        }
        let Some(signed) = published.signed(Form::Redacted)? else { return Ok(true) };
        let Ok(parsed) = Parsed::read(signed.to_json().to_string().as_bytes()) else { return Ok(false) };
        let transaction = published.anchor.as_ref().map_or(Lookup::Absent, stored_transaction);
        let own_did = match parsed.has_own_did() {
            true => Some(self.own_did_as_named(&published).await?),
            false => None,
        };
        let evidence =
            evidence::gather(self, &credential.scope.tenant_id, &parsed, own_did, transaction).await;
        let policy =
            Policy { now: timestamp(self.clock.now_ms()), allow_development: true, min_confirmations: 1 };
        let report = verify(&parsed, &evidence, &policy);
        let [schema, signature, issuer, anchor, _revocation_and_dates] = &report.checks;
        Ok([schema, signature, issuer, anchor].iter().all(|check| check.outcome == Outcome::Passed))
    }

    /// The document of the tenant's own DID as far as the credential needs it, from the records of what it said when
    /// the tenant named it: the tenant's host is not asked.
    async fn own_did_as_named(
        &self,
        published: &IssuedCredential,
    ) -> Result<Lookup<DidDocument>, ChangeError> {
        let batch = &published.batch;
        let tenant_id = &batch.scope.tenant_id;
        let key = self.store.get_signing_key(tenant_id, batch.signing_key_number).await?;
        let keys = [(batch.verification_method.clone(), hosted_key(&key)?)];
        let did = published.document().map_err(RenderError::from)?.issuer.id;
        let document = own_did::document(&did, &self.host, tenant_id.ulid(), &keys);
        Ok(Lookup::from_read(DidDocument::read(document.to_string().as_bytes())))
    }
}

/// The full half of the credential's node, as it stands in its batch's tree, or will. Whoever was erased can't be confirmed from it:
/// 32 random bytes that are gone went into it.
fn node_full(credential: &Credential) -> Result<String, ChangeError> {
    match (&credential.node_full, &credential.personal) {
        (Some(kept), _) => Ok(kept.clone()),
        (None, Some(personal)) => {
            let redacted = documents::stored(&credential.document).map_err(RenderError::from)?;
            let double = documents::double_leaf(&mut Canonicalizer::default(), &redacted, personal);
            Ok(double.map_err(RenderError::from)?.node_full.to_string())
        }
        (None, None) => Err(ChangeError::AlreadyErased),
    }
}

/// The answer to a revocation.
fn revocation_body(id: &CredentialId, revocation: &Revocation) -> Value {
    json!({
        "id": id,
        "revoked": true,
        "revoked_at": iso8601(revocation.revoked_at),
        "reason": revocation.reason,
        "reason_code": revocation.code,
    })
}

fn stored_transaction(anchor: &AnchorTransaction) -> Lookup<MinedTransaction> {
    match (hex::decode(&anchor.raw), &anchor.block) {
        (Ok(raw), Some(block)) => Lookup::Found(MinedTransaction {
            raw,
            block_number: block.number,
            block_time: i64::try_from(block.time).unwrap_or(i64::MAX),
            succeeded: true,
            confirmations: 1,
        }),
        _ => Lookup::Absent,
    }
}

impl IssuedCredential {
    /// The reason that is shown with a revocation: its words, or after erasure its code.
    pub fn revocation_words(&self) -> Option<&str> {
        let revocation = self.credential.revocation.as_ref()?;
        Some(revocation.reason.as_deref().unwrap_or(&revocation.code))
    }
}
