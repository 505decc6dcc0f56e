//! Fetching of the logos and the DID's document that a patch names.

use learncoin_credential::did::DidDocument;
use learncoin_credential::verify::Lookup;
use learncoin_http_client::Egress;
use learncoin_issuance::tenant::branding::Fetched;
use learncoin_store::tenants::{Logo, NamedLogo};
use url::Url;

use super::{Patch, SignaturePatch, TenantPatch};
use crate::api::field_path::FieldPath;
use crate::api::fields::malformed;
use crate::error::ApiError;
use crate::public::did_documents::DidDocuments;
use crate::public::logos::{MAX_BYTES, fetch_logo};

impl TenantPatch {
    /// Fetches what the patch names.
    ///
    /// # Errors
    /// `invalid_field_format`, with the field of what could not be had.
    pub(in crate::api) async fn fetched(
        self,
        egress: &Egress,
        did_documents: &DidDocuments,
        now_ms: i64,
    ) -> Result<(TenantPatch<NamedLogo>, Fetched), ApiError> {
        let root = FieldPath::Root;
        let certificate = root.member("certificate");
        let (body, page) = (root.member("awarding_body"), root.member("verify_page_branding"));
        let (body, page, did) = (body.member("logo_url"), page.member("logo_url"), root.member("did"));
        let (body_logo, page_logo, signatures, did_document) = tokio::try_join!(
            picture(egress, self.awarding_body_logo, &body),
            picture(egress, self.page_logo, &page),
            signatures(egress, self.signatures, &certificate),
            document(egress, did_documents, now_ms, self.did.as_ref(), &did),
        )?;
        let (awarding_body_logo, first) = body_logo;
        let (page_logo, second) = page_logo;
        let (signatures, others) = signatures;
        let patch = TenantPatch {
            display_name: self.display_name,
            awarding_body_name: self.awarding_body_name,
            awarding_body_url: self.awarding_body_url,
            awarding_body_logo,
            accent_color: self.accent_color,
            page_logo,
            signatures,
            certificate_number: self.certificate_number,
            did: self.did,
        };
        Ok((patch, Fetched { did_document, logos: first.into_iter().chain(second).chain(others).collect() }))
    }
}

/// Fetches a logo that the patch names, with its picture.
async fn picture(
    egress: &Egress,
    url: Patch,
    path: &FieldPath<'_>,
) -> Result<(Patch<NamedLogo>, Option<Logo>), ApiError> {
    let Some(Some(url)) = url else { return Ok((url.map(|_| None), None)) };
    let expected = |why: String| {
        let limit = MAX_BYTES / 1024;
        malformed(
            path,
            format_args!(
                "the URL of a PNG, JPEG, WebP or GIF image of at most {limit} KiB and 2,048 pixels on a side; it {why}"
            ),
        )
    };
    let parsed = Url::parse(&url).map_err(|_| expected("is no URL".to_owned()))?;
    let logo = fetch_logo(egress, &parsed).await.map_err(expected)?;
    Ok((Some(Some(NamedLogo { url, hash: logo.hash() })), Some(logo)))
}

/// Fetches the pictures of the signatures that the patch names.
async fn signatures(
    egress: &Egress,
    named: Patch<Vec<SignaturePatch<String>>>,
    path: &FieldPath<'_>,
) -> Result<(Patch<Vec<SignaturePatch<NamedLogo>>>, Vec<Logo>), ApiError> {
    let Some(Some(named)) = named else { return Ok((named.map(|_| None), Vec::new())) };
    let path = path.member("signatures");
    let (mut signatures, mut logos) = (Vec::with_capacity(named.len()), Vec::new());
    for (index, SignaturePatch { name, title, image }) in named.into_iter().enumerate() {
        let path = path.element(index);
        let (image, logo) = picture(egress, Some(image), &path.member("image_url")).await?;
        signatures.push(SignaturePatch { name, title, image: image.flatten() });
        logos.extend(logo);
    }
    Ok((Some(Some(signatures)), logos))
}

/// Fetches the document of the DID that the patch names.
async fn document(
    egress: &Egress,
    did_documents: &DidDocuments,
    now_ms: i64,
    did: Option<&Option<(String, Url)>>,
    path: &FieldPath<'_>,
) -> Result<Option<DidDocument>, ApiError> {
    let Some(Some((_, url))) = did else { return Ok(None) };
    match did_documents.fetch_now(egress, url, now_ms).await {
        Lookup::Found(document) => Ok(Some(document)),
        Lookup::Absent => {
            Err(malformed(path, format_args!("a DID whose document is at {url}; there is none")))
        }
        Lookup::Unreachable(why) => {
            Err(malformed(path, format_args!("a DID whose document can be read; {why}")))
        }
    }
}
