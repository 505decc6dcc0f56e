//! The texts of the API's description.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::reference::{Reference, reference};
use super::{typescript, yaml};

/// The description in every form in which it is served. Its texts are made at the first request for one.
#[derive(Clone)]
pub(crate) struct Description {
    origin: Arc<str>,
    describe: fn(&str) -> Value,
    texts: Arc<OnceLock<Texts>>,
}

struct Texts {
    json: String,
    yaml: String,
    types: String,
    reference: Reference,
}

impl Description {
    /// Creates the description of a deployment with that origin. `describe` collects it from the routes.
    pub(crate) fn new(origin: &str, describe: fn(&str) -> Value) -> Self {
        Self { origin: origin.into(), describe, texts: Arc::default() }
    }

    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| {
            let described = (self.describe)(&self.origin);
            Texts {
                json: format!("{described:#}\n"),
                yaml: yaml::write(&described),
                types: typescript::write(&described),
                reference: reference(&described),
            }
        })
    }

    /// Returns the TypeScript types.
    pub(crate) fn types(&self) -> &str {
        &self.texts().types
    }

    /// Returns the reference of the operations as Markdown.
    pub(crate) fn reference(&self) -> &Reference {
        &self.texts().reference
    }

    /// Returns the JSON text.
    pub(super) fn json(&self) -> &str {
        &self.texts().json
    }

    /// Returns the YAML text.
    pub(super) fn yaml(&self) -> &str {
        &self.texts().yaml
    }
}
