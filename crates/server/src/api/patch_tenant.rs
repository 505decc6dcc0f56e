//! The body of `PATCH /v1/tenants/me`: a JSON merge patch ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)).
//!
//! What is absent stays, `null` clears. A patch is read whole before any of it is applied.

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_store::faces::Face;
use learncoin_store::tenants::Plan;

use super::fields::{malformed, name, object, parse, present, string, unknown, uri};
use super::place::Place;
use crate::error::{ApiError, ErrorCode};

/// One text of the face: `None` stays, `Some(None)` is cleared.
type Patch = Option<Option<String>>;

/// What a patch changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TenantPatch {
    display_name: Option<String>,
    awarding_body_name: Patch,
    awarding_body_url: Patch,
    awarding_body_logo_url: Patch,
    accent_color: Patch,
    page_logo_url: Patch,
}

impl TenantPatch {
    /// Reads a patch for a tenant on that plan.
    ///
    /// # Errors
    /// The first fault in document order.
    pub(super) fn read(body: &[u8], plan: Plan) -> Result<Self, ApiError> {
        let (value, root) = (parse(body)?, Place::Root);
        let mut patch = Self::default();
        for (member, value) in object(&value, &root)?.iter() {
            let place = root.member(member);
            match member {
                "display_name" => patch.display_name = Some(name(value, &place)?),
                "awarding_body" => patch.read_awarding_body(value, &place)?,
                "verify_page_branding" => patch.read_branding(value, &place)?,
                "did" => refuse_did(value, &place, plan)?,
                _ => return Err(unknown(&place)),
            }
        }
        Ok(patch)
    }

    fn read_awarding_body(&mut self, value: &Value, place: &Place<'_>) -> Result<(), ApiError> {
        if present(value).is_none() {
            self.awarding_body_name = Some(None);
            self.awarding_body_url = Some(None);
            self.awarding_body_logo_url = Some(None);
            return Ok(());
        }
        for (member, value) in object(value, place)?.iter() {
            let place = place.member(member);
            match member {
                "name" => self.awarding_body_name = Some(maybe(value, |value| name(value, &place))?),
                "url" => self.awarding_body_url = Some(maybe(value, |value| web(value, &place))?),
                "logo_url" => self.awarding_body_logo_url = Some(maybe(value, |value| web(value, &place))?),
                _ => return Err(unknown(&place)),
            }
        }
        Ok(())
    }

    fn read_branding(&mut self, value: &Value, place: &Place<'_>) -> Result<(), ApiError> {
        if present(value).is_none() {
            self.accent_color = Some(None);
            self.page_logo_url = Some(None);
            return Ok(());
        }
        for (member, value) in object(value, place)?.iter() {
            let place = place.member(member);
            match member {
                "accent_color" => self.accent_color = Some(maybe(value, |value| color(value, &place))?),
                "logo_url" => self.page_logo_url = Some(maybe(value, |value| web(value, &place))?),
                _ => return Err(unknown(&place)),
            }
        }
        Ok(())
    }

    /// Changes what the patch names.
    pub(super) fn apply(self, display_name: &mut String, face: &mut Face) {
        if let Some(name) = self.display_name {
            *display_name = name;
        }
        for (slot, patch) in [
            (&mut face.awarding_body_name, self.awarding_body_name),
            (&mut face.awarding_body_url, self.awarding_body_url),
            (&mut face.awarding_body_logo_url, self.awarding_body_logo_url),
            (&mut face.accent_color, self.accent_color),
            (&mut face.page_logo_url, self.page_logo_url),
        ] {
            if let Some(value) = patch {
                *slot = value;
            }
        }
    }
}

fn maybe<T>(value: &Value, read: impl Fn(&Value) -> Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    present(value).map(read).transpose()
}

fn web(value: &Value, place: &Place<'_>) -> Result<String, ApiError> {
    uri(value, place, UriKind::Web)
}

/// A color, in the one spelling that is kept: upper case.
fn color(value: &Value, place: &Place<'_>) -> Result<String, ApiError> {
    let text = string(value, place)?;
    match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Ok(text.to_ascii_uppercase())
        }
        _ => Err(malformed(place, "a color of the form #8B2635")),
    }
}

/// A DID of the tenant's own belongs to the Institution plan and above, and no deployment of this release issues
/// under one: `null`, which says that there is none, is all that is taken.
fn refuse_did(value: &Value, place: &Place<'_>, plan: Plan) -> Result<(), ApiError> {
    match present(value) {
        None => Ok(()),
        Some(_) if !plan.allows_allowlists() => Err(ApiError::new(
            ErrorCode::TierRequired,
            "did: a DID of the tenant's own needs the Institution plan or above.",
        )),
        Some(_) => Err(malformed(place, "null; this deployment issues under its own DIDs alone")),
    }
}
