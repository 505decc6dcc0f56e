//! The texts of a tenant's overview.

use crate::words::texts::texts;

texts! {
    /// The overview of a tenant.
    OverviewWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The heading of the month.
        month,
        /// The credentials of the month, with `{used}` and `{limit}`.
        used,
        /// The number of those that are left, with `{left}`, and when the month ends, with `{day}`.
        left,
        /// The text if none is left, with `{day}`.
        none_left,
        /// The plan, with `{plan}`.
        plan,
        /// The heading of the batches that are not anchored.
        waiting,
        /// The text if every batch is anchored.
        all_anchored,
        /// The text if there is no batch yet.
        empty,
        /// A pending batch.
        pending,
        /// A signed batch.
        signed,
        /// An anchored batch.
        anchored,
        /// A failed batch.
        failed,
        /// One credential of a batch.
        credential,
        /// The number of credentials of a batch, with `{count}`.
        credentials,
        /// The text of a batch that waits for ether.
        for_funds,
        /// The text of a batch that waits for its chain.
        for_chain,
        /// The text of a batch that waits for its signing key.
        for_signing_key,
        /// The heading of webhooks and mails.
        delivery,
        /// The text if nothing fails.
        all_well,
        /// A webhook endpoint that is off.
        endpoint_off,
        /// Deliveries that failed, with `{count}`.
        failed_deliveries,
        /// Mails that failed, with `{count}`.
        failed_mails,
        /// A number that is not counted further, with `{count}`.
        more_than,
        /// The heading of the newest batches.
        newest,
    }
}
