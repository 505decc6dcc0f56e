//! The texts that an achievement's template fills in, so that the file needs no column for it.

use serde::{Deserialize, Serialize};

/// The texts that are the same for every row. A row's own cell takes the place of the template's text; its skills follow those of the template.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AchievementTemplate {
    /// The URI of the achievement's definition.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The narrative of its criteria.
    pub criteria: Option<String>,
    /// The URL of a picture that its badge shows.
    pub image: Option<String>,
    /// The skills that it is aligned with.
    pub skills: Vec<TemplateSkill>,
}

/// An entry of a skills framework. What is absent is left out of the request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TemplateSkill {
    /// The framework.
    pub framework: Option<String>,
    /// The entry's code.
    pub code: Option<String>,
    /// The entry's name.
    pub name: Option<String>,
    /// The entry's address.
    pub url: Option<String>,
}
