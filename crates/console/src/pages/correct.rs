//! Correcting a credential: a new one is issued to the same person, and the old one is revoked, in one transaction.

use axum::extract::State;
use axum::response::Response;
use learncoin_issuance::batch::accept::ReplacedCredential;
use learncoin_issuance::credential::render::Render as _;
use learncoin_server::operations::BatchOrder;
use learncoin_store::credentials::IssuedCredential;
use learncoin_store::id::CredentialId;

use crate::access::{AuthorizedMember, Issuer};
use crate::credential_form::CredentialFields;
use crate::credential_form::check::OriginalDates;
use crate::credential_form::faults::FormFaults;
use crate::desk::{desk, issuing_desk};
use crate::frame::{Failure, about, see_other};
use crate::id_in_path::IdInPath;
use crate::pages::credential::find;
use crate::pages::credential_form::{Corrected, IssuingForm, IssuingVisit, Submission, read_reason};
use crate::pages::issue::{issued_credential, refuse};
use crate::state::ConsoleState;

/// Serves `GET …/credentials/{id}/correct`: the form, filled in from the credential.
pub(crate) async fn form(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let issued = find(&state, &member, &id).await?;
    let credential = &issued.credential;
    if credential.revocation.is_some() || credential.erased_at.is_some() {
        // Its page shows why.
        return Ok(see_other(&format!("{}/credentials/{id}", member.base())));
    }
    let document = issued.document().map_err(Failure::internal(language))?;
    let email = credential.personal.as_ref().and_then(|person| person.email.as_deref());
    let mut fields = CredentialFields::of_document(&document, email, state.issuance.host.origin());
    if let Some(hash) = &credential.image {
        let url = state.issuance.store.find_image_url(&member.tenant.id, hash).await;
        fields.achievement.image = url.map_err(Failure::store(language))?.unwrap_or_default();
    }
    let form = IssuingForm {
        fields,
        submission: Submission::new(&state.issuance),
        chosen: None,
        reason: language.console().correct.reason_text.clone(),
        faults: FormFaults::default(),
        refusal: None,
    };
    let corrected = Some(corrected(&issued, &member)?);
    let desk = desk(&state, &member);
    IssuingVisit { state: &state, member: &member, corrected, desk }.show(form).await
}

/// Serves `POST …/credentials/{id}/correct/preview`. Nothing is stored, and nothing counts.
pub(crate) async fn preview(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let corrected = Some(corrected(&find(&state, &member, &id).await?, &member)?);
    let desk = issuing_desk(&state, &member).await;
    IssuingVisit { state: &state, member: &member, corrected, desk }.respond_to_preview().await
}

/// Serves `POST …/credentials/{id}/correct`: issues the new one and revokes the old one, or neither. It does so once, however often the
/// same form is sent.
pub(crate) async fn correct(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<CredentialId>,
) -> Result<Response, Failure> {
    let old = corrected(&find(&state, &member, &id).await?, &member)?;
    let credential = old.credential.clone();
    let desk = issuing_desk(&state, &member).await;
    let visit = IssuingVisit { state: &state, member: &member, corrected: Some(old), desk };
    let (mut form, has_key) = visit.read();
    let Some(checked) = visit.check(&mut form).await? else { return visit.show(form).await };
    let Some(reason) = read_reason(&form.reason).filter(|_| has_key) else {
        return visit.preview(form, checked).await;
    };
    let key = format!("console-{id}-{}", form.submission.key);
    let order = BatchOrder {
        actor: member.actor(),
        body: checked.body.clone(),
        idempotency_key: Some(&key),
        upload_part: None,
    };
    let replaced = ReplacedCredential { credential: &credential, reason: &reason };
    match visit.desk.replace(order, replaced).await {
        Ok(batch_id) => {
            let new = issued_credential(&visit, &batch_id).await?;
            let to = format!("{}/credentials/{new}?done=corrected", member.base());
            Ok(about(see_other(&to), &id))
        }
        Err(error) => {
            refuse(&visit, &mut form, error)?;
            visit.preview(form, checked).await
        }
    }
}

/// Returns what is kept of the old credential.
fn corrected(issued: &IssuedCredential, member: &AuthorizedMember<Issuer>) -> Result<Corrected, Failure> {
    let language = member.visit.language;
    let document = issued.credential.redacted().map_err(Failure::internal(language))?;
    let dates = OriginalDates { issued: document.issuance_date, expires: document.expiration_date };
    Ok(Corrected { credential: issued.credential.clone(), dates })
}
