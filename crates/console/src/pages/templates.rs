//! The templates: achievements that are written once and issued again and again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_language::fill;
use learncoin_server::pages::When;
use learncoin_store::id::TemplateId;

use crate::access::{AtLeast, Auditor, AuthorizedMember, Issuer};
use crate::credential_form::AchievementFields;
use crate::credential_form::faults::FormFaults;
use crate::desk::desk;
use crate::frame::{Failure, Frame, Place, about, respond, respond_to_form, see_other};
use crate::id_in_path::IdInPath;
use crate::state::ConsoleState;
use crate::templates::{self, KeptTemplate, MOST_TEMPLATES, TemplateError};

#[derive(Template)]
#[template(path = "templates.html")]
struct TemplatesPage {
    frame: Frame,
    templates: Vec<TemplateRow>,
}

/// A template in the list.
struct TemplateRow {
    id: TemplateId,
    name: String,
    skills: usize,
    changed: When,
}

#[derive(Template)]
#[template(path = "template.html")]
struct TemplatePage {
    frame: Frame,
    id: Option<TemplateId>,
    name: String,
    achievement: AchievementFields,
    faults: FormFaults,
}

#[derive(Template)]
#[template(path = "template_deletion.html")]
struct DeletionPage {
    frame: Frame,
    id: TemplateId,
    name: String,
}

fn failure<R: AtLeast>(member: &AuthorizedMember<R>) -> impl Fn(TemplateError) -> Failure {
    let language = member.visit.language;
    move |error| match error {
        TemplateError::RightLost => Failure::RightLost(language),
        TemplateError::Missing => Failure::Missing(language),
        error => Failure::internal(language)(error),
    }
}

/// Returns the tenant's template with this id.
async fn find<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &TemplateId,
) -> Result<KeptTemplate, Failure> {
    let found = templates::find(state, &member.tenant.id, id).await.map_err(failure(member))?;
    found.ok_or(Failure::Missing(member.visit.language))
}

/// Serves `GET …/templates`.
pub(crate) async fn templates(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let frame = Frame::of_tenant(&state, &member, Place::Templates);
    let listed = templates::list(&state, &member.tenant.id).await.map_err(failure(&member))?;
    let row = |template: KeptTemplate| TemplateRow {
        name: template.to_string(),
        skills: template.achievement.skills.len(),
        changed: frame.when(template.changed_at),
        id: template.id,
    };
    let templates = listed.into_iter().map(row).collect();
    Ok(respond(member.visit.language, &TemplatesPage { frame, templates }))
}

/// Serves `GET …/templates/new`: the form for a new one.
pub(crate) async fn new(State(state): State<ConsoleState>, member: AuthorizedMember<Issuer>) -> Response {
    show(&state, &member, None, AchievementFields::default(), FormFaults::default())
}

/// Serves `GET …/templates/{id}`.
pub(crate) async fn template(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    IdInPath(id): IdInPath<TemplateId>,
) -> Result<Response, Failure> {
    let found = find(&state, &member, &id).await?;
    let fields = AchievementFields::of_template(&found.achievement);
    Ok(show(&state, &member, Some(id), fields, FormFaults::default()))
}

fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: Option<TemplateId>,
    achievement: AchievementFields,
    faults: FormFaults,
) -> Response {
    let frame = Frame::of_tenant(state, member, Place::Templates);
    let (has_fault, name) = (!faults.is_empty(), achievement.name.clone());
    let template = TemplatePage { frame, id, name, achievement: achievement.with_room(), faults };
    respond_to_form(member.visit.language, has_fault, &template)
}

/// Serves `POST …/templates`: adds a template, or room for a skill to the form.
pub(crate) async fn create(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
) -> Result<Response, Failure> {
    save(&state, &member, None).await
}

/// Serves `POST …/templates/{id}`: changes a template, or adds room for a skill to the form.
pub(crate) async fn change(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<TemplateId>,
) -> Result<Response, Failure> {
    find(&state, &member, &id).await?;
    Ok(about(save(&state, &member, Some(id.clone())).await?, &id))
}

async fn save(
    state: &ConsoleState,
    member: &AuthorizedMember<Issuer>,
    id: Option<TemplateId>,
) -> Result<Response, Failure> {
    let (language, form, tenant_id) = (member.visit.language, &member.visit.form, &member.tenant.id);
    let mut fields = AchievementFields::read(form);
    if form.text("do") == Some("add-skill") {
        fields.add_skill();
        return Ok(show(state, member, id, fields, FormFaults::default()));
    }
    let desk = desk(state, member);
    let faults = templates::find_faults(&desk, &fields, language).await;
    let mut faults = faults.map_err(|error| Failure::Internal(language, error.message))?;
    if !faults.is_empty() {
        return Ok(show(state, member, id, fields, faults));
    }
    let (actor, content) = (member.actor(), fields.template());
    let saved = match &id {
        Some(id) => templates::change(state, tenant_id, actor, id, &content).await.map(|()| id.clone()),
        None => templates::add(state, tenant_id, actor, &content).await,
    };
    match saved {
        Ok(id) => Ok(about(see_other(&format!("{}/templates?done=template-saved", member.base())), &id)),
        Err(TemplateError::Full) => {
            let full = &language.console().templates.full;
            faults.add("form".to_owned(), fill(full, &[("limit", &MOST_TEMPLATES.to_string())]));
            Ok(show(state, member, id, fields, faults))
        }
        Err(error) => Err(failure(member)(error)),
    }
}

/// Serves `GET …/templates/{id}/delete`: asks once more.
pub(crate) async fn confirm_deletion(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<TemplateId>,
) -> Result<Response, Failure> {
    let name = find(&state, &member, &id).await?.to_string();
    let frame = Frame::of_tenant(&state, &member, Place::Templates);
    Ok(respond(member.visit.language, &DeletionPage { frame, id, name }))
}

/// Serves `POST …/templates/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Issuer>,
    IdInPath(id): IdInPath<TemplateId>,
) -> Result<Response, Failure> {
    let deleted = templates::delete(&state, &member.tenant.id, member.actor(), &id).await;
    deleted.map_err(failure(&member))?;
    Ok(about(see_other(&format!("{}/templates?done=template-deleted", member.base())), &id))
}
