//! The texts of the console: the list of API keys, and one key.

use crate::words::texts::texts;

texts! {
    /// The list of API keys, and one key.
    KeysWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The title of one key.
        one,
        /// The purpose of keys.
        lead,
        /// The advice if there is none.
        empty,
        /// The label of the label.
        label,
        /// The hint what to write.
        label_hint,
        /// The text in place of a missing label.
        no_label,
        /// The label of the networks.
        networks,
        /// The hint what to write.
        networks_hint,
        /// The text if every network may.
        anywhere,
        /// The label of the last use.
        used,
        /// The text if it was never used.
        never,
        /// The label of the time of creation.
        created,
        /// The mark of a revoked key, and the label of the time.
        revoked,
        /// The label of the id.
        id,
        /// The heading of creating one.
        create,
        /// Its button.
        create_button,
        /// The title of the page with the secret.
        created_title,
        /// The note that the secret is shown once.
        once,
        /// The label of the secret.
        secret,
        /// The link that follows once it is stored.
        kept,
        /// The heading of the restriction to networks.
        restrict,
        /// Its button.
        restrict_button,
        /// The text if the plan has none.
        no_restriction,
        /// The heading of revoking.
        revoke,
        /// The effect.
        revoke_text,
        /// Its button.
        revoke_button,
    }
}
