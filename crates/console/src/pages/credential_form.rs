//! The form and the preview of a credential, which issuing by hand and correcting share.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_credential::text::check_uuid_urn;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::change::Change;
use learncoin_server::operations::{AwardPreview, BatchDesk, read_revocation};
use learncoin_server::pages::page;
use learncoin_store::clock::random_bytes;
use learncoin_store::credentials::{Credential, RevocationCode};
use learncoin_store::id::{CredentialId, TemplateId};
use serde_json::json;

use crate::access::{AuthorizedMember, HasDrawings, Issuer};
use crate::credential_form::check::{CheckedForm, OriginalDates, check, refusal_in_words};
use crate::credential_form::faults::FormFaults;
use crate::credential_form::{AchievementFields, CredentialFields};
use crate::form::Form;
use crate::frame::{Failure, Frame, Place, about};
use crate::state::ConsoleState;
use crate::templates::{self, KeptTemplate};

/// The length of a form's key, in hexadecimal digits.
const KEY_DIGITS: usize = 32;

/// Returns the reason of a correction, if the API takes it as the reason of a revocation.
pub(super) fn read_reason(text: &str) -> Option<String> {
    let body = json!({ "reason": text, "reason_code": RevocationCode::Reissued.as_str() });
    match read_revocation(body.to_string().as_bytes()) {
        Ok(Change::Revoke { reason, .. }) => Some(reason),
        _ => None,
    }
}

/// The values by which the same form that is sent twice is one request.
#[derive(Debug, Clone)]
pub(super) struct Submission {
    /// The idempotency key.
    pub(super) key: String,
    /// The recipient's id if the form has none.
    pub(super) made_id: String,
}

impl Submission {
    /// Creates one that no other form has.
    pub(super) fn new(issuance: &Issuance) -> Self {
        let uuid = uuid::Builder::from_random_bytes(random_bytes(&*issuance.entropy)).into_uuid();
        let key: [u8; KEY_DIGITS / 2] = random_bytes(&*issuance.entropy);
        let key = key.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { key, made_id: uuid.urn().to_string() }
    }

    /// Reads the one that a form carries.
    fn read(form: &Form) -> Option<Self> {
        let (key, made_id) = (form.or_empty("key"), form.or_empty("made_id"));
        let is_key = key.len() == KEY_DIGITS && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_key && check_uuid_urn(&made_id).is_ok()).then_some(Self { key, made_id })
    }
}

/// A credential that is to be corrected.
pub(super) struct Corrected {
    /// The credential.
    pub(super) credential: Credential,
    /// Its dates.
    pub(super) dates: OriginalDates,
}

/// A form as it was sent, or as it begins. It has no `Debug`: it contains the person.
pub(super) struct IssuingForm {
    /// The fields.
    pub(super) fields: CredentialFields,
    /// The key by which it is one request.
    pub(super) submission: Submission,
    /// The id of the template that was chosen last.
    pub(super) chosen: Option<String>,
    /// The reason of a correction.
    pub(super) reason: String,
    /// The faults of the fields.
    pub(super) faults: FormFaults,
    /// Why it was refused as a whole.
    pub(super) refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "credential_form.html")]
struct CredentialFormPage {
    frame: Frame,
    action: String,
    corrected: Option<CredentialId>,
    templates: Vec<KeptTemplate>,
    chosen: Option<String>,
    fields: CredentialFields,
    submission: Submission,
    reason: String,
    faults: FormFaults,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "credential_preview.html")]
struct CredentialPreviewPage {
    frame: Frame,
    action: String,
    is_correction: bool,
    preview: AwardPreview,
    doubts: Vec<&'static str>,
    hidden: Vec<(&'static str, String)>,
    fields: CredentialFields,
    recipient_id: String,
    reason: String,
    refusal: Option<String>,
}

/// The visit in which a credential is issued or corrected.
pub(super) struct IssuingVisit<'a> {
    /// The state of the console.
    pub(super) state: &'a ConsoleState,
    /// The member.
    pub(super) member: &'a AuthorizedMember<Issuer>,
    /// The credential that is corrected, if one is.
    pub(super) corrected: Option<Corrected>,
    /// The desk at which it is issued.
    pub(super) desk: BatchDesk,
}

impl IssuingVisit<'_> {
    /// Returns the path to which the form is sent that issues.
    fn action(&self) -> String {
        let base = self.member.base();
        match &self.corrected {
            Some(corrected) => format!("{base}/credentials/{}/correct", corrected.credential.id),
            None => format!("{base}/issue"),
        }
    }

    fn frame(&self) -> Frame {
        let place = if self.corrected.is_some() { Place::Credentials } else { Place::Issue };
        Frame::of_tenant(self.state, self.member, place)
    }

    /// Reads the form that was sent. One without a key gets a new one; the second value is whether it had one.
    pub(super) fn read(&self) -> (IssuingForm, bool) {
        let form = &self.member.visit.form;
        let submission = Submission::read(form);
        let has_key = submission.is_some();
        let mut fields = CredentialFields::read(form);
        if let Some(corrected) = &self.corrected {
            fields.recipient_id.clone_from(&corrected.credential.recipient_id);
        }
        let form = IssuingForm {
            fields,
            submission: submission.unwrap_or_else(|| Submission::new(&self.state.issuance)),
            chosen: form.text("template").map(str::to_owned),
            reason: form.or_empty("reason"),
            faults: FormFaults::default(),
            refusal: None,
        };
        (form, has_key)
    }

    /// Responds with the form.
    pub(super) async fn show(&self, form: IssuingForm) -> Result<Response, Failure> {
        let language = self.member.visit.language;
        let listed = templates::list(self.state, &self.member.tenant.id).await;
        let has_fault = !form.faults.is_empty() || form.refusal.is_some();
        let template = CredentialFormPage {
            frame: self.frame(),
            action: self.action(),
            corrected: self.corrected.as_ref().map(|corrected| corrected.credential.id.clone()),
            templates: listed.map_err(Failure::internal(language))?,
            chosen: form.chosen,
            fields: form.fields.with_room(),
            submission: form.submission,
            reason: form.reason,
            faults: form.faults,
            refusal: form.refusal,
        };
        let status = if has_fault { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Ok(self.about(page(status, language, &template)))
    }

    /// Fills in the template with this id, if the tenant has it.
    pub(super) async fn fill_in(&self, form: &mut IssuingForm, id: Option<&str>) -> Result<(), Failure> {
        let language = self.member.visit.language;
        let Some(id) = id.and_then(|id| id.parse::<TemplateId>().ok()) else { return Ok(()) };
        let found = templates::find(self.state, &self.member.tenant.id, &id).await;
        match found.map_err(Failure::internal(language))? {
            Some(template) => {
                form.fields.achievement = AchievementFields::of_template(&template.achievement);
                form.chosen = Some(id.to_string());
            }
            None => form.refusal = Some(language.console().templates.gone.clone()),
        }
        Ok(())
    }

    /// Responds to the form that asks for the preview, or for another look at the form.
    pub(super) async fn respond_to_preview(&self) -> Result<Response, Failure> {
        let (mut form, _) = self.read();
        match self.member.visit.form.text("do") {
            Some("add-skill") => form.fields.achievement.add_skill(),
            Some("fill-in") => {
                let id = form.chosen.clone();
                self.fill_in(&mut form, id.as_deref()).await?;
            }
            Some("edit") => {}
            _ => {
                let checked = self.check(&mut form).await?;
                return match checked {
                    Some(checked) => self.preview(form, checked).await,
                    None => self.show(form).await,
                };
            }
        }
        self.show(form).await
    }

    /// Returns the fields with the recipient's id that they get if they have none.
    fn completed(form: &IssuingForm) -> CredentialFields {
        let mut fields = form.fields.clone();
        if fields.recipient_id.is_empty() {
            fields.recipient_id.clone_from(&form.submission.made_id);
        }
        fields
    }

    /// Checks the fields. Returns `None` if they have faults, which are then in the form.
    pub(super) async fn check(&self, form: &mut IssuingForm) -> Result<Option<CheckedForm>, Failure> {
        let language = self.member.visit.language;
        let original = self.corrected.as_ref().map(|corrected| &corrected.dates);
        let checked = check(&self.desk, &Self::completed(form), original, language).await;
        let mut checked = checked.map_err(|error| Failure::Internal(language, error.message))?;
        form.faults = std::mem::take(&mut checked.faults);
        if self.corrected.is_some() && read_reason(&form.reason).is_none() {
            form.faults.add("reason".to_owned(), language.console().correct.bad_reason.clone());
        }
        Ok(form.faults.is_empty().then_some(checked))
    }

    /// Responds with the preview of a form without faults. Nothing is stored for it.
    pub(super) async fn preview(
        &self,
        mut form: IssuingForm,
        checked: CheckedForm,
    ) -> Result<Response, Failure> {
        let visit = &self.member.visit;
        let drawn = self.state.previewer.draw(&self.desk, checked.body, visit.language, visit.client).await;
        let preview = match drawn {
            Ok(preview) => preview,
            Err(error) => {
                let refusal = refusal_in_words(&error, visit.language);
                let Some(refusal) = refusal else {
                    return Err(Failure::Internal(visit.language, error.message));
                };
                form.refusal = Some(refusal);
                return self.show(form).await;
            }
        };
        let status = match form.refusal {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        let mut hidden = form.fields.hidden();
        hidden.push(("key", form.submission.key.clone()));
        hidden.push(("made_id", form.submission.made_id.clone()));
        hidden.push(("reason", form.reason.clone()));
        hidden.extend(form.chosen.clone().map(|chosen| ("template", chosen)));
        let template = CredentialPreviewPage {
            frame: self.frame(),
            action: self.action(),
            is_correction: self.corrected.is_some(),
            preview,
            doubts: checked.doubts,
            hidden,
            recipient_id: Self::completed(&form).recipient_id,
            fields: form.fields,
            reason: form.reason,
            refusal: form.refusal.or(checked.obstacle),
        };
        let mut response = page(status, visit.language, &template);
        response.extensions_mut().insert(HasDrawings);
        Ok(self.about(response))
    }

    /// Records for the audit log which credential is corrected.
    fn about(&self, response: Response) -> Response {
        match &self.corrected {
            Some(corrected) => about(response, &corrected.credential.id),
            None => response,
        }
    }
}
