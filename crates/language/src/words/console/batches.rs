//! The texts of the console: the list of batches, and one batch.

use crate::words::texts::texts;

texts! {
    /// The list of batches, and one batch.
    BatchesWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The title of one batch.
        one,
        /// The name of the filter, for screen readers.
        filter,
        /// Every status.
        all,
        /// The text if no batch has the status.
        nothing,
        /// The label of the id.
        id,
        /// The label of the time of acceptance.
        accepted,
        /// The label of the anchor's root.
        root,
        /// The column of the credential.
        credential,
    }
}
