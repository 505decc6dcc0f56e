//! The texts of the console: the pages for operators.

use crate::words::texts::texts;

texts! {
    /// The pages for operators.
    OperatorWords {
        /// The title and heading of the list of tenants.
        title,
        /// The text if there is none.
        empty,
        /// The label of the name.
        name,
        /// The hint what the name is.
        name_hint,
        /// The label of the plan.
        plan,
        /// The label of the time of creation.
        created,
        /// The mark of an unconfirmed branding.
        unconfirmed,
        /// The heading of creating a tenant.
        create,
        /// Its button.
        create_button,
        /// The label of the id.
        id,
        /// The label of the issuer's name.
        issuer,
        /// The link to the tenant's pages.
        open,
        /// The heading of confirming the branding.
        confirm,
        /// The effect, before the time of the change.
        confirm_text,
        /// Its button.
        confirm_button,
        /// The heading of plan and quota.
        limits,
        /// The label of the quota.
        quota,
        /// The hint, before the plan's quota.
        quota_hint,
        /// The fault if the quota is no number.
        bad_quota,
        /// Its button.
        limits_button,
        /// The text if the tenant has no member.
        no_members,
        /// The label of a new owner's address.
        owner,
        /// Its button.
        owner_button,
        /// The heading of the signing keys.
        signing_keys,
        /// The text if there is none.
        no_signing_keys,
        /// The column of the number.
        number,
        /// The column of the address.
        address,
        /// The mark of a disabled key.
        disabled,
    }
}
