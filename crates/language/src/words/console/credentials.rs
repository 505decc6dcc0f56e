//! The texts of the console: the list of credentials.

use crate::words::texts::texts;

texts! {
    /// The list of credentials.
    CredentialsWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The button and the name of the search.
        search,
        /// The label of the text to look for.
        query,
        /// The label of the state.
        state,
        /// Every state.
        all,
        /// Revoked, as a state and a mark.
        revoked,
        /// Erased, as a state and a mark.
        erased,
        /// The label of the first day.
        from,
        /// The label of the last day.
        to,
        /// The note that names of people can't be searched.
        sealed,
        /// The advice if there is no credential yet.
        empty,
        /// The text if nothing was found.
        nothing,
        /// The fault of a text that can't be looked for.
        bad_search,
        /// The fault of a day that is none.
        bad_date,
        /// The fault if too many achievements match.
        too_many_achievements,
        /// The column of the name.
        name,
        /// The text in place of an erased name.
        no_name,
        /// The column of the achievement.
        achievement,
        /// The column of the recipient's id.
        recipient,
        /// The column of the issuance date.
        issued,
    }
}
