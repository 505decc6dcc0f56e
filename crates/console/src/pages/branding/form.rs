//! The fields of the branding's form, and the change that they make.

use learncoin_language::fill;
use learncoin_language::words::BrandingWords;
use learncoin_store::tenants::{Branding, NamedLogo};
use serde_json::{Map, Value, json};

use crate::form::Form;

/// The fields of the form. An empty text is a value that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BrandingForm {
    /// The display name.
    pub(super) name: String,
    /// The awarding body's name.
    pub(super) body_name: String,
    /// Its site.
    pub(super) body_url: String,
    /// The address of its logo.
    pub(super) body_logo: String,
    /// The color.
    pub(super) color: String,
    /// The address of the logo.
    pub(super) logo: String,
    /// The persons who sign certificates.
    pub(super) signers: [Signer; 2],
    /// Whether certificates show their number.
    pub(super) shows_number: bool,
    /// The DID of the tenant's own.
    pub(super) did: String,
}

/// The fields of a person who signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signer {
    /// The name.
    pub(super) name: String,
    /// The office.
    pub(super) title: String,
    /// The address of the signature's picture.
    pub(super) image: String,
}

impl BrandingForm {
    /// Returns the fields of a branding as it is stored.
    pub(super) fn of_branding(display_name: &str, branding: &Branding) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut signers = branding.certificate.signatures.iter().map(|signature| Signer {
            name: signature.name.clone(),
            title: text(&signature.title),
            image: url(&signature.image),
        });
        Self {
            name: display_name.to_owned(),
            body_name: text(&branding.awarding_body_name),
            body_url: text(&branding.awarding_body_url),
            body_logo: url(&branding.awarding_body_logo),
            color: text(&branding.accent_color),
            logo: url(&branding.page_logo),
            signers: [signers.next().unwrap_or_default(), signers.next().unwrap_or_default()],
            shows_number: branding.certificate.shows_number,
            did: text(&branding.own_did),
        }
    }

    /// Returns the fields that were sent.
    pub(super) fn of_form(form: &Form) -> Self {
        let text = |name| form.text(name).unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            body_name: text("body_name"),
            body_url: text("body_url"),
            body_logo: text("body_logo"),
            color: text("color"),
            logo: text("logo"),
            signers: [
                Signer { name: text("signer1"), title: text("title1"), image: text("image1") },
                Signer { name: text("signer2"), title: text("title2"), image: text("image2") },
            ],
            shows_number: form.text("number").is_some(),
            did: text("did"),
        }
    }

    /// Returns the body of a `PATCH /v1/tenants/me` that makes these of the fields that are stored. What is the same is left out, so
    /// that no picture is fetched for it.
    pub(super) fn patch(&self, stored: &Self) -> Value {
        let mut patch = Map::new();
        if self.name != stored.name {
            patch.insert("display_name".to_owned(), json!(self.name));
        }
        let body = changed([
            ("name", &self.body_name, &stored.body_name),
            ("url", &self.body_url, &stored.body_url),
            ("logo_url", &self.body_logo, &stored.body_logo),
        ]);
        let page =
            changed([("accent_color", &self.color, &stored.color), ("logo_url", &self.logo, &stored.logo)]);
        let mut certificate = Map::new();
        if self.signers != stored.signers {
            let signers: Vec<Value> = self.signers.iter().filter_map(Signer::to_json).collect();
            certificate.insert("signatures".to_owned(), json!(signers));
        }
        if self.shows_number != stored.shows_number {
            certificate.insert("number".to_owned(), json!(self.shows_number));
        }
        for (name, members) in
            [("awarding_body", body), ("verify_page_branding", page), ("certificate", certificate)]
        {
            if !members.is_empty() {
                patch.insert(name.to_owned(), Value::Object(members));
            }
        }
        patch.extend(changed([("did", &self.did, &stored.did)]));
        Value::Object(patch)
    }
}

impl Signer {
    /// Returns the person as the API takes it; `None` if no field is filled in.
    fn to_json(&self) -> Option<Value> {
        (*self != Self::default()).then(|| {
            let [title, image] = [&self.title, &self.image].map(|text| (!text.is_empty()).then_some(text));
            json!({ "name": self.name, "title": title, "image_url": image })
        })
    }
}

fn url(logo: &Option<NamedLogo>) -> String {
    logo.as_ref().map(|logo| logo.url.clone()).unwrap_or_default()
}

/// Returns the members that are no longer as they were: a text, or `null` for one that is cleared.
fn changed<const N: usize>(members: [(&str, &String, &String); N]) -> Map<String, Value> {
    let changed = members.into_iter().filter(|(_, now, before)| now != before);
    changed.map(|(name, now, _)| (name.to_owned(), json!((!now.is_empty()).then_some(now)))).collect()
}

/// Returns the label of the field that a member of the body comes from.
pub(super) fn label(words: &BrandingWords, path: &str) -> Option<String> {
    let label = match path {
        "display_name" => &words.name,
        "awarding_body.name" => &words.body_name,
        "awarding_body.url" => &words.body_url,
        "awarding_body.logo_url" => &words.body_logo,
        "verify_page_branding.accent_color" => &words.color,
        "verify_page_branding.logo_url" => &words.logo,
        "did" => &words.did,
        _ => {
            let (index, member) = path.strip_prefix("certificate.signatures[")?.split_once("].")?;
            let number = index.parse::<u8>().ok()?.saturating_add(1).to_string();
            let text = match member {
                "name" => &words.signer,
                "title" => &words.signer_title,
                "image_url" => &words.signer_image,
                _ => return None,
            };
            return Some(fill(text, &[("number", &number)]));
        }
    };
    Some(label.clone())
}

#[cfg(test)]
mod tests {
    use learncoin_language::Language;

    use super::*;

    #[test]
    fn only_what_changed_is_in_the_body() {
        let stored = BrandingForm::of_branding("Example University", &Branding::default());
        assert_eq!(stored.patch(&stored), json!({}));
        let form = Form::of(b"name=Example+University&color=%238B2635&signer1=Ada&number=1&did=");
        let sent = BrandingForm::of_form(&form);
        let patch = sent.patch(&stored);
        let signer = json!({ "name": "Ada", "title": null, "image_url": null });
        assert_eq!(
            patch,
            json!({
                "verify_page_branding": { "accent_color": "#8B2635" },
                "certificate": { "signatures": [signer], "number": true },
            })
        );
        let cleared = stored.patch(&sent);
        assert_eq!(cleared["verify_page_branding"], json!({ "accent_color": null }));
        assert_eq!(cleared["certificate"], json!({ "signatures": [], "number": false }));
    }

    #[test]
    fn every_member_of_the_body_has_the_label_of_its_field() {
        let words = &Language::English.console().branding;
        for (path, expected) in [
            ("display_name", Some("Name of the organization")),
            ("certificate.signatures[1].name", Some("Person 2 who signs")),
            ("certificate.signatures[0].image_url", Some("Address of a picture of signature 1")),
            ("certificate.signatures", None),
            ("nothing", None),
        ] {
            assert_eq!(label(words, path).as_deref(), expected, "{path}");
        }
    }
}
