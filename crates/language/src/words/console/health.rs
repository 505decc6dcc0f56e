//! The texts of the console: the health of the deployment.

use crate::words::texts::texts;

texts! {
    /// The health of the deployment, for operators.
    HealthWords {
        /// The title.
        title,
        /// The explanation under the title.
        lead,
        /// The process is ready.
        ready,
        /// The process is about to end.
        stopping,
        /// The database is the reason. Placeholder: `{reason}`.
        unready,
        /// The heading of what needs attention.
        now,
        /// The text if nothing does.
        all_well,
        /// The link to what to do.
        advice,
        /// The heading of earlier alarms.
        earlier,
        /// The number of times, before the time of the last one. Placeholder: `{count}`.
        raised,
        /// An alarm.
        fee_cap,
        /// An alarm.
        no_funds,
        /// An alarm.
        low_funds,
        /// An alarm.
        top_up_cap,
        /// An alarm.
        reconfirming,
        /// An alarm.
        unknown_transaction,
        /// An alarm.
        nodes_disagree,
        /// An alarm.
        anchor_failed,
        /// An alarm.
        erasures_not_journaled,
        /// An alarm.
        clock,
        /// A batch waits too long.
        batches_wait,
        /// A delivery waits too long.
        deliveries_wait,
        /// Mails have an unknown outcome.
        mails_unknown,
        /// The nodes of a chain did not respond. Placeholder: `{chain}`.
        chain_silent,
        /// The heading of the chains.
        chains,
        /// The column of the chain.
        chain,
        /// The column of the nodes' hosts.
        nodes,
        /// The value of the embedded chain.
        in_process,
        /// The column of the newest block.
        head,
        /// The value before the first read.
        unread,
        /// The time of the read, before it.
        read,
        /// The column of the price of gas.
        price,
        /// The value of an environment without a chain.
        no_chain,
        /// The heading of the balances.
        balances,
        /// The explanation of the list.
        balances_text,
        /// The text if no balance is known.
        no_balances,
        /// The column of the key.
        key,
        /// The owner of the host's key.
        of_host,
        /// The column of the owner.
        owner,
        /// The column of the balance.
        balance,
        /// The column of the time of the look-up.
        looked,
        /// The mark of a low balance.
        low,
        /// The mark of a balance that pays for nothing.
        none,
        /// The heading of the queues.
        queues,
        /// The column of the queue.
        queue,
        /// The column of the number.
        count,
        /// The column of those of which an attempt failed.
        failing,
        /// The column of the oldest one.
        oldest,
        /// The text if all queues are empty.
        empty,
        /// The queue of batches. Placeholder: `{state}`.
        batches,
        /// The queue of deliveries.
        deliveries,
        /// The queue of mails. Placeholder: `{state}`.
        mails,
        /// The endpoints that are off.
        endpoints_off,
        /// The heading of the oldest batches.
        waiting,
    }
}
