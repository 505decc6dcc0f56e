//! The texts of the console: the templates.

use crate::words::texts::texts;

texts! {
    /// The achievements that a tenant keeps.
    TemplatesWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The title of one.
        one,
        /// The explanation of templates.
        lead,
        /// The text if there is none.
        empty,
        /// The link to the form for a new one.
        new,
        /// The button that saves a template.
        save,
        /// The label of the number of skills.
        skills,
        /// The label of the last change.
        changed,
        /// The link that issues with it.
        issue,
        /// The link and heading of its deletion.
        delete,
        /// The explanation of a deletion.
        delete_text,
        /// The button that deletes it.
        delete_button,
        /// The link that leads back.
        keep,
        /// The fault if there are too many. `{limit}` is their number.
        full,
        /// The fault if it was deleted in the meantime.
        gone,
    }
}
