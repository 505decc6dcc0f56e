//! The texts of the console: the audit log.

use crate::words::texts::texts;

texts! {
    /// The audit log.
    AuditWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The contents of the log.
        lead,
        /// The column of the time.
        at,
        /// The column of the actor, and the label of the search.
        who,
        /// The column of the action.
        what,
        /// The column of the status.
        status,
        /// The column of what was changed.
        subjects,
        /// The word before the name of an operator.
        operator,
        /// The text in place of an unknown actor.
        unknown,
        /// The text if nothing was found.
        nothing,
        /// The link to the file.
        export,
    }
}
