//! The parser of a [`Document`], with its closed member list.

use std::fmt;

use super::{Achievement, Alignment, Document, Evidence, Image, Issuer, Subject};
use crate::contexts::{ContextArray, ContextSet};
use crate::json::{Object, Value};
use crate::text::TextError;

/// The first fault of a document, with the path of its member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {fault}")]
pub struct DocumentError {
    /// The member's path, such as `credentialSubject.achievement.name`, or `document` for the root.
    pub path: String,
    /// The fault.
    pub fault: Fault,
}

/// The faults of a member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A required member is missing.
    #[error("is missing")]
    Missing,
    /// The format has no such member.
    #[error("is not a member of the format")]
    Unknown,
    /// The JSON type is another one than in the format.
    #[error("must be {expected}, but is {found}")]
    Kind {
        /// The type or form of the format.
        expected: &'static str,
        /// The type that was found.
        found: &'static str,
    },
    /// The value is not the only one allowed.
    #[error("must be exactly {0}")]
    Fixed(&'static str),
    /// `@context` is none of the accepted arrays.
    #[error("must be one of the arrays of contexts that the format lists")]
    Contexts,
    /// The array is empty. An empty array must be omitted.
    #[error("must not be empty")]
    EmptyArray,
    /// The text, URI or date breaks a rule.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Two members that must be equal differ.
    #[error("must be equal to {0}")]
    Differs(&'static str),
    /// Two nodes have the same identifier and would become one node.
    #[error("must differ from every other id in the document")]
    SameId,
    /// The identifier has the wrong form.
    #[error("must be {0}")]
    Form(&'static str),
    /// The expiration date is not after the issuance date.
    #[error("must be after issuanceDate")]
    NotAfterIssuance,
}

/// The path of a member, as a linked list on the stack. It is formatted only for an error.
#[derive(Clone, Copy)]
pub(crate) enum FieldPath<'a> {
    Root,
    Member(&'a FieldPath<'a>, &'a str),
    Element(&'a FieldPath<'a>, usize),
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => formatter.write_str(name),
            Self::Member(parent, name) => write!(formatter, "{parent}.{name}"),
            Self::Element(parent, index) => write!(formatter, "{parent}[{index}]"),
        }
    }
}

impl<'a> FieldPath<'a> {
    pub(crate) fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) fn element(&'a self, index: usize) -> Self {
        Self::Element(self, index)
    }

    pub(crate) fn fault(&self, fault: impl Into<Fault>) -> DocumentError {
        let path = match self {
            Self::Root => "document".to_owned(),
            _ => self.to_string(),
        };
        DocumentError { path, fault: fault.into() }
    }
}

/// An object of which every member is known.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a> {
    object: &'a Object,
    path: &'a FieldPath<'a>,
}

impl<'a> Members<'a> {
    pub(crate) fn read(
        value: &'a Value,
        path: &'a FieldPath<'a>,
        known: &[&str],
    ) -> Result<Self, DocumentError> {
        let Value::Object(object) = value else {
            return Err(path.fault(Fault::Kind { expected: "an object", found: value.kind() }));
        };
        match object.iter().find(|(name, _)| !known.contains(name)) {
            Some((name, _)) => Err(path.member(name).fault(Fault::Unknown)),
            None => Ok(Self { object, path }),
        }
    }

    pub(crate) fn required(&self, name: &str) -> Result<&'a Value, DocumentError> {
        self.object.get(name).ok_or_else(|| self.path.member(name).fault(Fault::Missing))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name)
    }

    pub(crate) fn string(&self, name: &str) -> Result<String, DocumentError> {
        self.as_string(name, self.required(name)?)
    }

    pub(crate) fn optional_string(&self, name: &str) -> Result<Option<String>, DocumentError> {
        self.object.get(name).map(|value| self.as_string(name, value)).transpose()
    }

    fn as_string(&self, name: &str, value: &Value) -> Result<String, DocumentError> {
        match value {
            Value::String(text) => Ok(text.clone()),
            _ => Err(self.path.member(name).fault(Fault::Kind { expected: "a string", found: value.kind() })),
        }
    }

    /// Checks a member whose only allowed value is this array of strings.
    fn fixed_array(&self, name: &str, expected: &[&str], words: &'static str) -> Result<(), DocumentError> {
        let value = self.required(name)?;
        let found = value.as_array().is_some_and(|array| {
            array.len() == expected.len()
                && array.iter().zip(expected).all(|(one, want)| one.as_str() == Some(want))
        });
        if found { Ok(()) } else { Err(self.path.member(name).fault(Fault::Fixed(words))) }
    }

    /// Checks a member whose only allowed value is this string.
    pub(crate) fn fixed_string(&self, name: &str, words: &'static str) -> Result<(), DocumentError> {
        match self.required(name)?.as_str() == Some(words) {
            true => Ok(()),
            false => Err(self.path.member(name).fault(Fault::Fixed(words))),
        }
    }

    /// Parses an optional array of objects, which must not be empty.
    pub(crate) fn optional_array<T>(
        &self,
        name: &str,
        read: impl Fn(&Value, &FieldPath<'_>) -> Result<T, DocumentError>,
    ) -> Result<Vec<T>, DocumentError> {
        let Some(value) = self.object.get(name) else { return Ok(Vec::new()) };
        let path = self.path.member(name);
        let Value::Array(elements) = value else {
            return Err(path.fault(Fault::Kind { expected: "an array of objects", found: value.kind() }));
        };
        if elements.is_empty() {
            return Err(path.fault(Fault::EmptyArray));
        }
        elements.iter().enumerate().map(|(index, element)| read(element, &path.element(index))).collect()
    }
}

impl Document {
    /// Parses a document without a proof. Texts, dates and identifiers are checked by [`Document::validate`].
    ///
    /// # Errors
    /// If a member is missing, unknown or of another JSON type than in the format. The error names the first such
    /// member.
    pub fn from_json(value: &Value) -> Result<Self, DocumentError> {
        Self::from_members(value, &[])
    }

    /// Parses a document. `besides` names further members of the object, which the caller parses.
    pub(crate) fn from_members(value: &Value, besides: &[&str]) -> Result<Self, DocumentError> {
        let root = FieldPath::Root;
        let mut known = vec![
            "@context",
            "id",
            "type",
            "issuer",
            "validFrom",
            "issuanceDate",
            "validUntil",
            "expirationDate",
            "nonce",
            "credentialSubject",
            "evidence",
        ];
        known.extend(besides);
        let members = Members::read(value, &root, &known)?;
        let contexts = read_contexts(members.required("@context")?, &root.member("@context"))?;
        members.fixed_array(
            "type",
            &["VerifiableCredential", "OpenBadgeCredential"],
            r#"["VerifiableCredential", "OpenBadgeCredential"]"#,
        )?;
        let id = members.string("id")?;
        let issuer = read_issuer(members.required("issuer")?, &root.member("issuer"))?;
        let issuance_date = members.string("issuanceDate")?;
        if members.string("validFrom")? != issuance_date {
            return Err(root.member("validFrom").fault(Fault::Differs("issuanceDate")));
        }
        let expiration_date = members.optional_string("expirationDate")?;
        if members.optional_string("validUntil")? != expiration_date {
            return Err(root.member("validUntil").fault(Fault::Differs("expirationDate")));
        }
        let nonce = members.string("nonce")?;
        let subject =
            read_subject(members.required("credentialSubject")?, &root.member("credentialSubject"))?;
        let evidence = members.optional_array("evidence", read_evidence)?;
        Ok(Self { contexts, id, issuer, issuance_date, expiration_date, nonce, subject, evidence })
    }
}

fn read_contexts(value: &Value, path: &FieldPath<'_>) -> Result<ContextSet, DocumentError> {
    let urls: Option<Vec<&str>> =
        value.as_array().and_then(|array| array.iter().map(Value::as_str).collect());
    let found = urls.as_deref().and_then(|urls| urls.split_last()).and_then(|(own, public)| {
        let array = ContextArray::ALL.into_iter().find(|array| array.public() == public)?;
        Some(ContextSet { array, own: (*own).to_owned() })
    });
    found.ok_or_else(|| path.fault(Fault::Contexts))
}

pub(crate) fn read_issuer(value: &Value, path: &FieldPath<'_>) -> Result<Issuer, DocumentError> {
    let members = Members::read(value, path, &["id", "type", "name", "url", "image"])?;
    members.fixed_array("type", &["Profile"], r#"["Profile"]"#)?;
    let image =
        members.object.get("image").map(|value| read_image(value, &path.member("image"))).transpose()?;
    Ok(Issuer {
        id: members.string("id")?,
        name: members.string("name")?,
        url: members.optional_string("url")?,
        image,
    })
}

fn read_image(value: &Value, path: &FieldPath<'_>) -> Result<Image, DocumentError> {
    let members = Members::read(value, path, &["id", "type"])?;
    members.fixed_string("type", "Image")?;
    Ok(Image { id: members.string("id")? })
}

fn read_subject(value: &Value, path: &FieldPath<'_>) -> Result<Subject, DocumentError> {
    let members = Members::read(value, path, &["id", "type", "name", "achievement"])?;
    members.fixed_array("type", &["AchievementSubject"], r#"["AchievementSubject"]"#)?;
    let achievement = read_achievement(members.required("achievement")?, &path.member("achievement"))?;
    Ok(Subject { id: members.string("id")?, name: members.optional_string("name")?, achievement })
}

pub(crate) fn read_achievement(value: &Value, path: &FieldPath<'_>) -> Result<Achievement, DocumentError> {
    let known = ["id", "type", "name", "description", "criteria", "alignment"];
    let members = Members::read(value, path, &known)?;
    members.fixed_array("type", &["Achievement"], r#"["Achievement"]"#)?;
    let criteria_path = path.member("criteria");
    let criteria = Members::read(members.required("criteria")?, &criteria_path, &["narrative"])?;
    Ok(Achievement {
        id: members.optional_string("id")?,
        name: members.string("name")?,
        description: members.string("description")?,
        criteria: criteria.string("narrative")?,
        alignment: members.optional_array("alignment", read_alignment)?,
    })
}

fn read_alignment(value: &Value, path: &FieldPath<'_>) -> Result<Alignment, DocumentError> {
    let known = ["type", "targetFramework", "targetCode", "targetName", "targetUrl"];
    let members = Members::read(value, path, &known)?;
    members.fixed_array("type", &["Alignment"], r#"["Alignment"]"#)?;
    Ok(Alignment {
        target_framework: members.string("targetFramework")?,
        target_code: members.string("targetCode")?,
        target_name: members.string("targetName")?,
        target_url: members.string("targetUrl")?,
    })
}

pub(crate) fn read_evidence(value: &Value, path: &FieldPath<'_>) -> Result<Evidence, DocumentError> {
    let members = Members::read(value, path, &["id", "type", "narrative"])?;
    members.fixed_array("type", &["Evidence"], r#"["Evidence"]"#)?;
    Ok(Evidence { id: members.optional_string("id")?, narrative: members.optional_string("narrative")? })
}
