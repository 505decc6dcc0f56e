//! Issuing to one person by hand: a form, a preview of exactly its contents, and the batch.

use axum::extract::State;
use axum::response::Response;
use learncoin_server::error::ErrorCode;
use learncoin_server::operations::{BatchOrder, IssueError};
use learncoin_server::pages::from_ms;
use learncoin_spreadsheet::form::day_of_issue;
use learncoin_store::id::{BatchId, CredentialId};

use crate::access::{AuthorizedMember, Issuer};
use crate::credential_form::CredentialFields;
use crate::credential_form::check::refusal_in_words;
use crate::credential_form::faults::FormFaults;
use crate::desk::{desk, issuing_desk};
use crate::frame::{Failure, about, see_other};
use crate::pages::credential_form::{IssuingForm, IssuingVisit, Submission};
use crate::state::ConsoleState;

/// Serves `GET …/issue`: the form, with the texts of the template that the query names.
pub(crate) async fn form(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
) -> Result<Response, Failure> {
    let today = from_ms(state.issuance.clock.now_ms()).to_string();
    let fields = CredentialFields { issued: day_of_issue(&today).to_owned(), ..CredentialFields::default() };
    let mut form = IssuingForm {
        fields,
        submission: Submission::new(&state.issuance),
        chosen: None,
        reason: String::new(),
        faults: FormFaults::default(),
        refusal: None,
    };
    let visit = IssuingVisit { state: &state, member: &member, corrected: None, desk: desk(&state, &member) };
    visit.fill_in(&mut form, member.visit.query.text("template")).await?;
    visit.show(form).await
}

/// Serves `POST …/issue/preview`. Nothing is stored, and nothing counts.
pub(crate) async fn preview(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
) -> Result<Response, Failure> {
    let desk = issuing_desk(&state, &member).await;
    IssuingVisit { state: &state, member: &member, corrected: None, desk }.respond_to_preview().await
}

/// Serves `POST …/issue`: issues once, however often the same form is sent.
pub(crate) async fn issue(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
) -> Result<Response, Failure> {
    let desk = issuing_desk(&state, &member).await;
    let visit = IssuingVisit { state: &state, member: &member, corrected: None, desk };
    let (mut form, has_key) = visit.read();
    let Some(checked) = visit.check(&mut form).await? else { return visit.show(form).await };
    if !has_key {
        return visit.preview(form, checked).await;
    }
    let key = format!("console-{}", form.submission.key);
    let order = BatchOrder {
        actor: member.actor(),
        body: checked.body.clone(),
        idempotency_key: Some(&key),
        upload_part: None,
    };
    match visit.desk.issue(order).await {
        Ok(batch_id) => {
            let id = issued_credential(&visit, &batch_id).await?;
            let to = format!("{}/credentials/{id}?done=issued", member.base());
            Ok(about(see_other(&to), &id))
        }
        Err(error) => {
            refuse(&visit, &mut form, error)?;
            // Its id may be that of the person to whom the other one was issued.
            let Some(checked) = visit.check(&mut form).await? else { return visit.show(form).await };
            visit.preview(form, checked).await
        }
    }
}

/// Puts the reason of a refusal into the form. After one by the form's key it gets another key, so that it can be sent again on purpose.
///
/// # Errors
/// If it is no refusal.
pub(super) fn refuse(
    visit: &IssuingVisit<'_>,
    form: &mut IssuingForm,
    error: IssueError,
) -> Result<(), Failure> {
    let language = visit.member.visit.language;
    match error {
        IssueError::RightLost => Err(Failure::RightLost(language)),
        IssueError::PartIssued => Err(Failure::internal(language)(error)),
        IssueError::Refused(error) => {
            if error.code == ErrorCode::IdempotencyKeyReused {
                form.submission = Submission::new(&visit.state.issuance);
            }
            let words = refusal_in_words(&error, language);
            form.refusal = Some(words.ok_or(Failure::Internal(language, error.message))?);
            Ok(())
        }
    }
}

/// Returns the credential of a batch that was issued by hand.
pub(super) async fn issued_credential(
    visit: &IssuingVisit<'_>,
    batch_id: &BatchId,
) -> Result<CredentialId, Failure> {
    let language = visit.member.visit.language;
    let store = &visit.state.issuance.store;
    let listed = store.list_credentials(&visit.member.scope, &[batch_id]).await;
    let first = listed.map_err(Failure::store(language))?.into_iter().next();
    Ok(first.ok_or(Failure::Missing(language))?.id)
}
