//! The schedule of the attempts after a failed one.

/// The pauses between attempts, in milliseconds: 1 s, 4 s, 16 s, 1 min, 5 min, 30 min, 6 h.
pub const PAUSES_MS: [i64; 7] = [1_000, 4_000, 16_000, 60_000, 300_000, 1_800_000, 21_600_000];
/// The shortest pause, in milliseconds, with any settings: an endpoint that refuses at once must not keep a core busy.
const SHORTEST_PAUSE_MS: i64 = 20;

/// Returns the time of the next attempt after `attempts` failed ones; `None` if there is none. A random part of up to a
/// fifth is added to each pause, so that endpoints that failed together are not called together.
pub fn next_attempt_at(attempts: u64, now_ms: i64, longest_pause_ms: i64, random: u64) -> Option<i64> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let pause = PAUSES_MS.get(index)?.min(&longest_pause_ms).max(&SHORTEST_PAUSE_MS);
    let jitter = random.checked_rem(u64::try_from(pause / 5).unwrap_or(0).saturating_add(1)).unwrap_or(0);
    Some(now_ms.saturating_add(*pause).saturating_add(i64::try_from(jitter).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_is_the_published_one_and_then_ends() {
        let pauses: Vec<_> = (1..=8).map(|attempts| next_attempt_at(attempts, 5, i64::MAX, 0)).collect();
        let seconds = [1, 4, 16, 60, 300, 1_800, 21_600];
        let mut expected: Vec<_> = seconds.iter().map(|pause| Some(5 + pause * 1_000)).collect();
        expected.push(None);
        assert_eq!(pauses, expected);
    }

    #[test]
    fn a_pause_is_never_shorter_and_at_most_a_fifth_longer() {
        let pauses: Vec<_> =
            (0..10_000).map(|random| next_attempt_at(2, 0, i64::MAX, random * 7_919).unwrap()).collect();
        assert_eq!((pauses.iter().min(), pauses.iter().max()), (Some(&4_000), Some(&4_800)));
    }

    #[test]
    fn a_setting_shortens_pauses_down_to_the_shortest() {
        assert_eq!(next_attempt_at(7, 0, 2_000, 0), Some(2_000));
        assert_eq!(next_attempt_at(1, 0, 0, 0), Some(SHORTEST_PAUSE_MS));
    }
}
