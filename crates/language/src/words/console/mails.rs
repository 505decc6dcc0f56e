//! The texts of the console: the mails.

use crate::words::texts::texts;

texts! {
    /// The mails of a tenant.
    MailsWords {
        /// The title.
        title,
        /// The explanation under the title.
        lead,
        /// The text if there is none.
        empty,
        /// The text if none has the state.
        nothing,
        /// The name of the filter, for screen readers.
        filter,
        /// The filter that shows all.
        all,
        /// The column of the recipient.
        recipient,
        /// The column of the state.
        state,
        /// The column of the time of the last change.
        at,
        /// The number of attempts. Placeholder: `{count}`.
        attempts,
        /// The state of a mail that is held.
        held,
        /// The state of one that waits.
        waiting,
        /// The state of one that is postponed.
        postponed,
        /// The state of one that is being sent.
        sending,
        /// The state of one that was sent.
        sent,
        /// The state of one that failed.
        failed,
        /// The state of one that came back.
        bounced,
        /// The state of one about which something unclear came back.
        returned,
        /// The state of one that was canceled.
        cancelled,
        /// The state of one whose outcome is unknown.
        unknown,
        /// Why a mail is held.
        held_note,
        /// When it is tried, before the time.
        waiting_note,
        /// Why it is postponed, before the time.
        postponed_note,
        /// The meaning of a failure.
        failed_note,
        /// The meaning of coming back.
        bounced_note,
        /// The meaning of an unclear reply.
        returned_note,
        /// Why it was canceled.
        cancelled_note,
        /// The meaning of an unknown outcome.
        unknown_note,
        /// The link to send it once more.
        again,
        /// The heading of the settings.
        settings,
        /// The explanation that operators change them.
        settings_text,
        /// The label of the language.
        language,
        /// The label of the reply address.
        reply_to,
        /// The text if there is no reply address.
        no_reply_to,
        /// The label of the mails of the day.
        today,
        /// The mails of the day. Placeholders: `{used}`, `{limit}`.
        used,
        /// The label of whether they are on.
        switch,
        /// The value if they are on.
        on,
        /// The value if they are off, before the time.
        off,
        /// The value if those about live credentials were never turned on.
        held_until,
        /// The heading of the settings, for operators.
        operators,
        /// The button that turns them on.
        turn_on,
        /// The effect of turning them on.
        turn_on_text,
        /// The button that turns them off.
        turn_off,
        /// The effect of turning them off.
        turn_off_text,
        /// The label of the number of mails of a day.
        per_day,
        /// The fault if the reply address is none.
        bad_reply_to,
    }
}
