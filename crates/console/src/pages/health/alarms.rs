//! The alarms of the moment: the conditions of `deploy/alerts.yml`, as far as one process knows them without a history of metrics.

use std::time::Duration;

use learncoin_issuance::metrics::{Alarm, RaisedAlarm, raised_alarms};
use learncoin_language::fill;
use learncoin_language::words::HealthWords;
use learncoin_server::pages::When;

use crate::frame::Frame;
use crate::pages::overview::grouped;

/// The age of a batch from which its waiting is an alarm, in milliseconds: `BatchesWaitTooLong`.
const BATCH_WAITS_MS: i64 = 300_000;
/// The same of a delivery: `DeliveriesWaitTooLong`.
const DELIVERY_WAITS_MS: i64 = 3_600_000;
/// The time for which an alarm counts as raised now.
const RECENT: Duration = Duration::from_secs(600);

/// The state of the deployment, as far as alarms depend on it.
pub(super) struct Observed {
    /// The time for which the oldest batch has waited for its anchor, in milliseconds.
    pub(super) oldest_batch_ms: i64,
    /// The time for which the oldest delivery has waited, in milliseconds.
    pub(super) oldest_delivery_ms: i64,
    /// The mails whose outcome is unknown.
    pub(super) unknown_mails: u64,
    /// Whether a key pays for nothing.
    pub(super) has_empty_key: bool,
    /// Whether a key pays for little.
    pub(super) has_low_key: bool,
    /// Whether the journal of erasures may lack some.
    pub(super) is_journal_behind: bool,
    /// The chains whose nodes did not respond the last time.
    pub(super) silent: Vec<u64>,
}

/// An alarm that this process raised.
pub(super) struct EarlierAlarm {
    /// Its text.
    pub(super) text: &'static str,
    /// Its name in the log.
    pub(super) name: &'static str,
    /// The number of times, in words before a time.
    pub(super) raised: String,
    /// When it was raised last.
    pub(super) last: When,
}

/// Returns what needs the operator now, in words.
pub(super) fn attention(words: &HealthWords, observed: &Observed) -> Vec<String> {
    let mut texts: Vec<&str> = Vec::new();
    let raised = raised_alarms();
    let recent = raised.iter().filter(|one| is_recent(one)).map(|one| text(words, one.alarm));
    for (is_so, text) in [
        (observed.oldest_batch_ms > BATCH_WAITS_MS, &words.batches_wait),
        (observed.has_empty_key, &words.no_funds),
        (observed.has_low_key, &words.low_funds),
        (observed.oldest_delivery_ms > DELIVERY_WAITS_MS, &words.deliveries_wait),
        (observed.unknown_mails > 0, &words.mails_unknown),
        (observed.is_journal_behind, &words.erasures_not_journaled),
    ] {
        if is_so {
            texts.push(text);
        }
    }
    for text in recent {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let silent = observed.silent.iter().map(|id| fill(&words.chain_silent, &[("chain", &id.to_string())]));
    texts.into_iter().map(str::to_owned).chain(silent).collect()
}

/// Returns whether the alarm was raised so recently that it needs the operator now. The balances that were looked up show which keys are
/// low, so that alarm is not among these.
fn is_recent(one: &RaisedAlarm) -> bool {
    one.ago < RECENT && one.alarm != Alarm::LowFunds
}

/// Returns every alarm that this process raised, the last one first.
pub(super) fn earlier(frame: &Frame, now_ms: i64) -> Vec<EarlierAlarm> {
    let words = &frame.words.health;
    let alarm = |one: RaisedAlarm| {
        let ago = i64::try_from(one.ago.as_millis()).unwrap_or(i64::MAX);
        EarlierAlarm {
            text: text(words, one.alarm),
            name: one.alarm.as_str(),
            raised: fill(&words.raised, &[("count", &grouped(one.count))]),
            last: frame.when(now_ms.saturating_sub(ago)),
        }
    };
    raised_alarms().into_iter().map(alarm).collect()
}

fn text(words: &HealthWords, alarm: Alarm) -> &str {
    match alarm {
        Alarm::FeeCap => &words.fee_cap,
        Alarm::NoFunds => &words.no_funds,
        Alarm::LowFunds => &words.low_funds,
        Alarm::TopUpCap => &words.top_up_cap,
        Alarm::Reconfirming => &words.reconfirming,
        Alarm::UnknownTransaction => &words.unknown_transaction,
        Alarm::NodesDisagree => &words.nodes_disagree,
        Alarm::AnchorFailed => &words.anchor_failed,
        Alarm::ErasuresNotJournaled => &words.erasures_not_journaled,
        Alarm::Clock => &words.clock,
    }
}

#[cfg(test)]
mod tests {
    use learncoin_language::Language;

    use super::*;

    const WELL: Observed = Observed {
        oldest_batch_ms: BATCH_WAITS_MS,
        oldest_delivery_ms: DELIVERY_WAITS_MS,
        unknown_mails: 0,
        has_empty_key: false,
        has_low_key: false,
        is_journal_behind: false,
        silent: Vec::new(),
    };

    #[test]
    fn what_is_amiss_is_named_and_nothing_else() {
        let words = &Language::English.console().health;
        assert_eq!(attention(words, &WELL), Vec::<String>::new());
        let late = Observed { oldest_batch_ms: BATCH_WAITS_MS + 1, ..WELL };
        assert_eq!(attention(words, &late), [&*words.batches_wait]);
        let late = Observed { oldest_delivery_ms: DELIVERY_WAITS_MS + 1, unknown_mails: 1, ..WELL };
        assert_eq!(attention(words, &late), [words.deliveries_wait.clone(), words.mails_unknown.clone()]);
        let poor = Observed { has_empty_key: true, is_journal_behind: true, ..WELL };
        assert_eq!(attention(words, &poor), [words.no_funds.clone(), words.erasures_not_journaled.clone()]);
        let silent = Observed { silent: vec![8453], ..WELL };
        assert_eq!(attention(words, &silent), ["The nodes of 8453 did not respond the last time."]);
    }
}
