//! The body of `PATCH /v1/tenants/me`: a JSON merge patch ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)).
//!
//! Absent members stay, `null` clears. A patch is read as a whole, and the documents that it names are fetched, before any
//! of it is applied.

mod fetch;

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_credential::{Host, own_did};
use learncoin_issuance::tenant::branding::MOST_SIGNATURES;
use learncoin_store::tenants::{Branding, NamedLogo, NamedSignature, Plan};
use url::Url;

use super::fault::FieldFault;
use super::field_path::FieldPath;
use super::fields::{array, malformed, name, object, parse, present, string, unknown, uri};
use crate::error::{ApiError, ErrorCode};

/// One part of the branding: `None` stays, `Some(None)` is cleared.
type Patch<T = String> = Option<Option<T>>;

/// The changes of a patch. A logo is its URL until it was fetched.
#[derive(Debug, Default, PartialEq)]
pub(super) struct TenantPatch<L = String> {
    display_name: Option<String>,
    awarding_body_name: Patch,
    awarding_body_url: Patch,
    awarding_body_logo: Patch<L>,
    accent_color: Patch,
    page_logo: Patch<L>,
    signatures: Patch<Vec<SignaturePatch<L>>>,
    certificate_number: Patch<bool>,
    did: Patch<(String, Url)>,
}

/// A signature that a patch names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SignaturePatch<L> {
    name: String,
    title: Option<String>,
    image: Option<L>,
}

impl TenantPatch {
    /// Reads a patch for a tenant of that host on that plan.
    ///
    /// # Errors
    /// The first fault in document order.
    pub(super) fn read(body: &[u8], plan: Plan, host: &Host) -> Result<Self, ApiError> {
        let (value, root) = (parse(body)?, FieldPath::Root);
        let mut patch = Self::default();
        for (member, value) in object(&value, &root)?.iter() {
            let path = root.member(member);
            match member {
                "display_name" => patch.display_name = Some(name(value, &path)?),
                "awarding_body" => patch.read_awarding_body(value, &path)?,
                "verify_page_branding" => patch.read_branding(value, &path)?,
                "certificate" => patch.read_certificate(value, &path)?,
                "did" => patch.did = Some(maybe(value, |value| own_did(value, &path, plan, host))?),
                _ => return Err(unknown(&path)),
            }
        }
        Ok(patch)
    }

    fn read_awarding_body(&mut self, value: &Value, path: &FieldPath<'_>) -> Result<(), ApiError> {
        if present(value).is_none() {
            self.awarding_body_name = Some(None);
            self.awarding_body_url = Some(None);
            self.awarding_body_logo = Some(None);
            return Ok(());
        }
        for (member, value) in object(value, path)?.iter() {
            let path = path.member(member);
            match member {
                "name" => self.awarding_body_name = Some(maybe(value, |value| name(value, &path))?),
                "url" => self.awarding_body_url = Some(maybe(value, |value| web(value, &path))?),
                "logo_url" => self.awarding_body_logo = Some(maybe(value, |value| web(value, &path))?),
                _ => return Err(unknown(&path)),
            }
        }
        Ok(())
    }

    fn read_branding(&mut self, value: &Value, path: &FieldPath<'_>) -> Result<(), ApiError> {
        if present(value).is_none() {
            self.accent_color = Some(None);
            self.page_logo = Some(None);
            return Ok(());
        }
        for (member, value) in object(value, path)?.iter() {
            let path = path.member(member);
            match member {
                "accent_color" => self.accent_color = Some(maybe(value, |value| color(value, &path))?),
                "logo_url" => self.page_logo = Some(maybe(value, |value| web(value, &path))?),
                _ => return Err(unknown(&path)),
            }
        }
        Ok(())
    }

    fn read_certificate(&mut self, value: &Value, path: &FieldPath<'_>) -> Result<(), ApiError> {
        if present(value).is_none() {
            (self.signatures, self.certificate_number) = (Some(None), Some(None));
            return Ok(());
        }
        for (member, value) in object(value, path)?.iter() {
            let path = path.member(member);
            match member {
                "signatures" => {
                    self.signatures = Some(maybe(value, |value| read_signatures(value, &path))?);
                }
                "number" => self.certificate_number = Some(maybe(value, |value| boolean(value, &path))?),
                _ => return Err(unknown(&path)),
            }
        }
        Ok(())
    }
}

fn read_signatures(value: &Value, path: &FieldPath<'_>) -> Result<Vec<SignaturePatch<String>>, ApiError> {
    let elements = array(value, path)?;
    if elements.len() > MOST_SIGNATURES {
        return Err(malformed(path, format_args!("at most {MOST_SIGNATURES} signatures")));
    }
    let read = elements.iter().enumerate();
    read.map(|(index, element)| read_signature(element, &path.element(index))).collect()
}

fn read_signature(value: &Value, path: &FieldPath<'_>) -> Result<SignaturePatch<String>, ApiError> {
    let (mut signer, mut title, mut image) = (None, None, None);
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match member {
            "name" => signer = Some(name(value, &path)?),
            "title" => title = maybe(value, |value| name(value, &path))?,
            "image_url" => image = maybe(value, |value| web(value, &path))?,
            _ => return Err(unknown(&path)),
        }
    }
    let name = signer.ok_or_else(|| malformed(&path.member("name"), "the name of the person who signs"))?;
    Ok(SignaturePatch { name, title, image })
}

impl TenantPatch<NamedLogo> {
    /// Changes what the patch names.
    pub(super) fn apply(&self, display_name: &mut String, branding: &mut Branding) {
        set(display_name, &self.display_name);
        set(&mut branding.awarding_body_name, &self.awarding_body_name);
        set(&mut branding.awarding_body_url, &self.awarding_body_url);
        set(&mut branding.awarding_body_logo, &self.awarding_body_logo);
        set(&mut branding.accent_color, &self.accent_color);
        set(&mut branding.page_logo, &self.page_logo);
        if let Some(signatures) = &self.signatures {
            let signatures = signatures.iter().flatten().map(|signature| NamedSignature {
                name: signature.name.clone(),
                title: signature.title.clone(),
                image: signature.image.clone(),
            });
            branding.certificate.signatures = signatures.collect();
        }
        if let Some(shows_number) = self.certificate_number {
            branding.certificate.shows_number = shows_number.unwrap_or_default();
        }
        let own_did = self.did.as_ref().map(|did| did.as_ref().map(|(did, _)| did.clone()));
        set(&mut branding.own_did, &own_did);
    }
}

fn set<T: Clone>(slot: &mut T, patch: &Option<T>) {
    if let Some(value) = patch {
        slot.clone_from(value);
    }
}

fn maybe<T, E>(value: &Value, read: impl Fn(&Value) -> Result<T, E>) -> Result<Option<T>, E> {
    present(value).map(read).transpose()
}

fn web(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    uri(value, path, UriKind::Web)
}

fn boolean(value: &Value, path: &FieldPath<'_>) -> Result<bool, FieldFault> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(FieldFault::of_kind(path, "true or false", value)),
    }
}

/// Reads a color, in the one spelling that is kept: upper case.
fn color(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    let text = string(value, path)?;
    match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Ok(text.to_ascii_uppercase())
        }
        _ => Err(malformed(path, "a color of the form #8B2635")),
    }
}

/// Reads a DID of the tenant's own; returns it with the URL of its document.
fn own_did(value: &Value, path: &FieldPath<'_>, plan: Plan, host: &Host) -> Result<(String, Url), ApiError> {
    if !plan.allows_own_did() {
        return Err(own_did_needs_institution());
    }
    let did = uri(value, path, UriKind::Identifier)?;
    let url = own_did::document_url(&did, host)
        .map_err(|error| malformed(path, format_args!("a did:web of the tenant's own; {error}")))?;
    Ok((did, url))
}

/// Returns the error for a plan without DIDs of the tenant's own.
pub(super) fn own_did_needs_institution() -> ApiError {
    ApiError::new(
        ErrorCode::TierRequired,
        "did: a DID of the tenant's own needs the Institution plan or above.",
    )
}

/// Returns the error for a DID whose document does not list the tenant's keys.
pub(super) fn did_refused(error: own_did::OwnDidDocumentError) -> ApiError {
    malformed(
        &FieldPath::Root.member("did"),
        format_args!("a DID whose document speaks for the tenant; {error}"),
    )
}
