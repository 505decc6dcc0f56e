//! The texts of the console: the list of webhook endpoints, and one endpoint.

use crate::words::texts::texts;

texts! {
    /// The list of webhook endpoints, and one endpoint.
    WebhooksWords {
        /// The title and heading, and its name in the navigation.
        title,
        /// The title of one endpoint.
        one,
        /// The purpose of endpoints.
        lead,
        /// The advice if there is none.
        empty,
        /// The label of the URL.
        url,
        /// The hint what to write.
        url_hint,
        /// The label of the description.
        description,
        /// The label of the time of creation.
        created,
        /// The mark of an endpoint that is off.
        off,
        /// The label of the events.
        events,
        /// The label of the id.
        id,
        /// The heading of adding one.
        add,
        /// Its button.
        add_button,
        /// The title of the page with the secret, and its label.
        secret,
        /// The note that the secret is shown once.
        once,
        /// The text before the time until which the previous secret signs too.
        previous,
        /// The link that follows once it is stored.
        kept,
        /// The button that sends a test.
        test,
        /// The message that the test was taken.
        test_delivered,
        /// The message that it was not.
        test_failed,
        /// The button that turns it on.
        activate,
        /// The button that sends again what failed.
        replay,
        /// The heading of the attempts.
        attempts,
        /// The text if there was none.
        no_attempts,
        /// The column of the time.
        at,
        /// The column of the event.
        event,
        /// The column of the attempt's number.
        number,
        /// The column of the answer.
        answer,
        /// The column of the next attempt.
        next,
        /// The heading of sending everything again.
        replay_all,
        /// The effect.
        replay_text,
        /// Its button.
        replay_all_button,
        /// The heading of a new secret.
        rotate,
        /// The effect.
        rotate_text,
        /// Its button.
        rotate_button,
        /// The heading of deleting.
        delete,
        /// The effect.
        delete_text,
        /// Its button.
        delete_button,
    }
}
