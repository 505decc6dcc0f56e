//! The texts of the console: the members of a tenant.

use crate::words::texts::texts;

texts! {
    /// The members of a tenant.
    MembersWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The explanation of members.
        lead,
        /// The text if there is none.
        empty,
        /// The label of the address.
        email,
        /// The label of the role.
        role,
        /// The label of the time.
        since,
        /// The mark of the reader.
        you,
        /// The button that changes a role.
        change,
        /// The button that removes a member.
        remove,
        /// The heading of adding one.
        add,
        /// The effect.
        add_text,
        /// The mail that invites them.
        invites,
        /// Its button.
        add_button,
        /// The fault if the address is none.
        no_address,
        /// The fault if no role was chosen.
        no_role,
        /// The fault if no owner would be left.
        last_owner,
    }
}
