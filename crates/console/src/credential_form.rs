//! The fields of a credential as forms have them: read from what was sent, and written back into the page.

pub(crate) mod check;
pub(crate) mod faults;

use learncoin_credential::document::{Document, default_target_url};
use learncoin_credential::text::check_uuid_urn;
use learncoin_spreadsheet::form::{day_of_issue, last_day};
use learncoin_spreadsheet::{AchievementTemplate, TemplateSkill};

use crate::form::Form;

/// The most skills of a template, and the most to which the button adds one.
const MOST_SKILLS: usize = 9;

/// A skill on a form. A text that was left empty is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SkillFields {
    /// The framework.
    pub(crate) framework: String,
    /// The entry's code.
    pub(crate) code: String,
    /// The entry's name.
    pub(crate) name: String,
    /// The entry's address.
    pub(crate) url: String,
}

impl SkillFields {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An achievement on a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AchievementFields {
    /// The address of its definition.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its description.
    pub(crate) description: String,
    /// Its criteria.
    pub(crate) criteria: String,
    /// The address of its picture.
    pub(crate) image: String,
    /// Its skills, with those that are empty.
    pub(crate) skills: Vec<SkillFields>,
}

/// A piece of evidence on a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EvidenceFields {
    /// Its address.
    pub(crate) url: String,
    /// Its text.
    pub(crate) text: String,
}

/// A credential on a form. It has no `Debug`: it contains the person.
#[derive(Clone, Default)]
pub(crate) struct CredentialFields {
    /// The person's name.
    pub(crate) name: String,
    /// The person's address.
    pub(crate) email: String,
    /// The recipient's id.
    pub(crate) recipient_id: String,
    /// The day of issue.
    pub(crate) issued: String,
    /// The last day.
    pub(crate) expires: String,
    /// The evidence.
    pub(crate) evidence: Vec<EvidenceFields>,
    /// The achievement.
    pub(crate) achievement: AchievementFields,
}

impl AchievementFields {
    /// Reads the fields of a form.
    pub(crate) fn read(form: &Form) -> Self {
        let columns = ["skill_framework", "skill_code", "skill_name", "skill_url"].map(|name| form.all(name));
        let skills =
            rows(columns).map(|[framework, code, name, url]| SkillFields { framework, code, name, url });
        Self {
            id: form.or_empty("achievement_id"),
            name: form.or_empty("achievement"),
            description: form.or_empty("description"),
            criteria: form.or_empty("criteria"),
            image: form.or_empty("image"),
            skills: skills.collect(),
        }
    }

    /// Returns the fields with a template's texts.
    pub(crate) fn of_template(template: &AchievementTemplate) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let skill = |skill: &TemplateSkill| SkillFields {
            framework: text(&skill.framework),
            code: text(&skill.code),
            name: text(&skill.name),
            url: text(&skill.url),
        };
        Self {
            id: text(&template.id),
            name: text(&template.name),
            description: text(&template.description),
            criteria: text(&template.criteria),
            image: text(&template.image),
            skills: template.skills.iter().map(skill).collect(),
        }
    }

    /// Returns the template with these texts. What is empty is left out.
    pub(crate) fn template(&self) -> AchievementTemplate {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let skills = self.skills.iter().filter(|skill| !skill.is_empty());
        AchievementTemplate {
            id: text(&self.id),
            name: text(&self.name),
            description: text(&self.description),
            criteria: text(&self.criteria),
            image: text(&self.image),
            skills: skills
                .map(|skill| TemplateSkill {
                    framework: text(&skill.framework),
                    code: text(&skill.code),
                    name: text(&skill.name),
                    url: text(&skill.url),
                })
                .collect(),
        }
    }

    /// Adds room for a skill, if there may be another one.
    pub(crate) fn add_skill(&mut self) {
        if self.may_add_skill() {
            self.skills.push(SkillFields::default());
        }
    }

    /// Returns whether there may be another skill.
    pub(crate) fn may_add_skill(&self) -> bool {
        self.skills.len() < MOST_SKILLS
    }

    /// Returns the same with room for a skill at least.
    pub(crate) fn with_room(mut self) -> Self {
        if self.skills.is_empty() {
            self.skills.push(SkillFields::default());
        }
        self
    }

    /// Returns whether more than the usual fields have a text.
    pub(crate) fn has_more(&self) -> bool {
        !self.id.is_empty() || !self.image.is_empty()
    }

    /// Returns the achievement of a document, which does not hold the address of the picture.
    fn of_document(document: &Document, origin: &str) -> Self {
        let achievement = &document.subject.achievement;
        // What was left empty was filled in when it was issued, and is filled in again.
        let criteria = Some(&achievement.criteria).filter(|criteria| **criteria != achievement.description);
        let skills = achievement.alignment.iter().map(|one| {
            let made_up = default_target_url(origin, &one.target_framework, &one.target_code);
            let url = Some(&one.target_url).filter(|url| made_up.as_ref() != Some(*url));
            SkillFields {
                framework: one.target_framework.clone(),
                code: one.target_code.clone(),
                name: one.target_name.clone(),
                url: url.cloned().unwrap_or_default(),
            }
        });
        Self {
            id: achievement.id.clone().unwrap_or_default(),
            name: achievement.name.clone(),
            description: achievement.description.clone(),
            criteria: criteria.cloned().unwrap_or_default(),
            image: String::new(),
            skills: skills.collect(),
        }
    }

    fn hidden(&self, fields: &mut Vec<(&'static str, String)>) {
        let single = [
            ("achievement_id", &self.id),
            ("achievement", &self.name),
            ("description", &self.description),
            ("criteria", &self.criteria),
            ("image", &self.image),
        ];
        fields.extend(single.map(|(name, text)| (name, text.clone())));
        for skill in &self.skills {
            let parts = [
                ("skill_framework", &skill.framework),
                ("skill_code", &skill.code),
                ("skill_name", &skill.name),
                ("skill_url", &skill.url),
            ];
            fields.extend(parts.map(|(name, text)| (name, text.clone())));
        }
    }
}

impl CredentialFields {
    /// Reads the fields of a form.
    pub(crate) fn read(form: &Form) -> Self {
        let columns = ["evidence_url", "evidence"].map(|name| form.all(name));
        let evidence = rows(columns).map(|[url, text]| EvidenceFields { url, text });
        Self {
            name: form.or_empty("name"),
            email: form.or_empty("email"),
            recipient_id: recipient_id(form.or_empty("recipient_id")),
            issued: form.or_empty("issued"),
            expires: form.or_empty("expires"),
            evidence: evidence.collect(),
            achievement: AchievementFields::read(form),
        }
    }

    /// Returns the fields of a full document, with what is kept beside it.
    pub(crate) fn of_document(document: &Document, email: Option<&str>, origin: &str) -> Self {
        let evidence = document.evidence.iter().map(|one| EvidenceFields {
            url: one.id.clone().unwrap_or_default(),
            text: one.narrative.clone().unwrap_or_default(),
        });
        Self {
            name: document.subject.name.clone().unwrap_or_default(),
            email: email.unwrap_or_default().to_owned(),
            recipient_id: document.subject.id.clone(),
            issued: day_of_issue(&document.issuance_date).to_owned(),
            expires: document.expiration_date.as_deref().map(last_day).unwrap_or_default(),
            evidence: evidence.collect(),
            achievement: AchievementFields::of_document(document, origin),
        }
    }

    /// Returns the same with room for a skill and for a piece of evidence at least.
    pub(crate) fn with_room(mut self) -> Self {
        self.achievement = self.achievement.with_room();
        if self.evidence.is_empty() {
            self.evidence.push(EvidenceFields::default());
        }
        self
    }

    /// Returns all fields with their texts, for a page that carries them on.
    pub(crate) fn hidden(&self) -> Vec<(&'static str, String)> {
        let single = [
            ("name", &self.name),
            ("email", &self.email),
            ("recipient_id", &self.recipient_id),
            ("issued", &self.issued),
            ("expires", &self.expires),
        ];
        let mut fields: Vec<_> = single.map(|(name, text)| (name, text.clone())).into();
        self.achievement.hidden(&mut fields);
        for one in &self.evidence {
            fields.push(("evidence_url", one.url.clone()));
            fields.push(("evidence", one.text.clone()));
        }
        fields
    }
}

/// Returns the rows of columns, as many as the shortest column has.
fn rows<const N: usize>(columns: [Vec<String>; N]) -> impl Iterator<Item = [String; N]> {
    let count = columns.iter().map(Vec::len).min().unwrap_or_default();
    let mut columns = columns.map(Vec::into_iter);
    (0..count).map(move |_| columns.each_mut().map(|column| column.next().unwrap_or_default()))
}

/// Returns a recipient's id with `urn:uuid:` before it if it is a UUID alone, as other programs write it; otherwise as it is.
fn recipient_id(text: String) -> String {
    let urn = format!("urn:uuid:{}", text.to_lowercase());
    if check_uuid_urn(&urn).is_ok() { urn } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_places_and_empty_skills_are_left_out_of_a_template() {
        let form = Form::of(
            b"achievement=Botany&skill_framework=&skill_code=&skill_name=&skill_url=\
              &skill_framework=ESCO&skill_code=S1&skill_name=Plants&skill_url=&description=a%0D%0Ab",
        );
        let mut fields = AchievementFields::read(&form);
        assert_eq!((fields.skills.len(), fields.skills[1].code.as_str()), (2, "S1"));
        assert_eq!(fields.description, "a\nb");
        let template = fields.template();
        assert_eq!((template.skills.len(), template.criteria.as_deref()), (1, None));
        let again = AchievementFields::of_template(&template);
        assert_eq!(again.skills, fields.skills[1..]);
        for _ in 0..20 {
            fields.add_skill();
        }
        assert_eq!(fields.skills.len(), MOST_SKILLS);
    }

    #[test]
    fn what_is_carried_on_is_read_as_it_was() {
        let fields = CredentialFields {
            name: "Ada".to_owned(),
            evidence: vec![
                EvidenceFields::default(),
                EvidenceFields { url: String::new(), text: "b".to_owned() },
            ],
            ..CredentialFields::default()
        };
        let carried =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields.hidden()).finish();
        let read = CredentialFields::read(&Form::of(carried.as_bytes()));
        assert_eq!((read.name, read.evidence), (fields.name, fields.evidence));
    }

    #[test]
    fn a_uuid_alone_is_a_recipients_id() {
        let uuid = "4E0C7F2E-6B1A-4F5A-9C8E-8A1B2C3D4E5F";
        assert_eq!(recipient_id(uuid.to_owned()), format!("urn:uuid:{}", uuid.to_lowercase()));
        for text in ["4711", "", "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"] {
            assert_eq!(recipient_id(text.to_owned()), text);
        }
    }
}
