//! The report of a delivery status notification: groups of fields between empty lines, the first about the mail, each other one
//! about a recipient (RFC 3464, section 2.1). Our mails have one recipient, which a mail server may replace by several.

/// The fate of a mail by a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReportedFate {
    /// To a recipient the mail could not be delivered.
    Failed {
        /// The status and the other server's reply.
        words: String,
        /// The recipient's address.
        recipient: String,
    },
    /// It was delayed, relayed or delivered.
    NoFailure,
    /// It reports of no recipient what became of the mail.
    Unclear,
}

/// Reads a report. One recipient's failure is the mail's.
pub(super) fn read_report(report: &[u8]) -> ReportedFate {
    let report = String::from_utf8_lossy(report);
    let mut fate = ReportedFate::Unclear;
    for group in groups(&report) {
        match fate_of(&group) {
            failed @ ReportedFate::Failed { .. } => return failed,
            ReportedFate::NoFailure => fate = ReportedFate::NoFailure,
            ReportedFate::Unclear => {}
        }
    }
    fate
}

/// The fields of a group, each unfolded.
type Group = Vec<(String, String)>;

fn groups(report: &str) -> Vec<Group> {
    let (mut groups, mut group) = (Vec::new(), Group::new());
    for line in report.lines() {
        if line.trim().is_empty() {
            groups.push(std::mem::take(&mut group));
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    groups.push(group);
    groups
}

/// Returns the fate that a group reports of its recipient: by its action, else by the class of its status.
fn fate_of(group: &Group) -> ReportedFate {
    let field = |name: &str| {
        let mut named = group.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.next().map_or("", |(_, value)| value.as_str())
    };
    let is_failed = match first_word(field("Action")).as_str() {
        "failed" => true,
        "delayed" | "delivered" | "relayed" | "expanded" => false,
        _ => match field("Status").trim_start().chars().next() {
            Some('5') => true,
            Some('2' | '4') => false,
            _ => return ReportedFate::Unclear,
        },
    };
    if !is_failed {
        return ReportedFate::NoFailure;
    }
    let words = [field("Status"), field("Diagnostic-Code")].join(" ").trim().to_owned();
    let addressed = [field("Final-Recipient"), field("Original-Recipient")];
    let recipient = addressed.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let recipient = recipient.rsplit(';').next().unwrap_or_default().trim().to_owned();
    ReportedFate::Failed { words, recipient }
}

/// Returns the first word of a value, in lower case: mail servers add comments and reasons.
fn first_word(value: &str) -> String {
    let is_letter = |character: char| character.is_ascii_alphabetic();
    let from_word = value.trim_start_matches(|character| !is_letter(character));
    from_word.chars().take_while(|character| is_letter(*character)).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Reporting-MTA: dns; relay.example\r\n";

    fn read(recipients: &[&str]) -> ReportedFate {
        read_report(format!("{MAIL}\r\n{}", recipients.join("\r\n\r\n")).as_bytes())
    }

    fn failed(words: &str, recipient: &str) -> ReportedFate {
        ReportedFate::Failed { words: words.to_owned(), recipient: recipient.to_owned() }
    }

    #[test]
    fn every_recipient_is_looked_at() {
        let good = "Final-Recipient: rfc822; bob@example.edu\r\nAction: delivered\r\nStatus: 2.0.0";
        let bad = "Final-Recipient: rfc822; ada@example.edu\r\nAction: failed\r\nStatus: 5.1.1";
        let expected = failed("5.1.1", "ada@example.edu");
        for recipients in [vec![bad], vec![good, bad], vec![bad, good], vec![good, good, bad]] {
            assert_eq!(read(&recipients), expected, "{recipients:?}");
        }
        assert_eq!(read(&[good, good]), ReportedFate::NoFailure);
    }

    #[test]
    fn the_first_word_of_the_action_counts_in_any_case() {
        for action in [
            "failed",
            "Failed",
            "FAILED (user unknown)",
            "failed; 550",
            "failed\r\n  for good",
            "(comment-free) failed",
        ] {
            let group = format!("Action: {action}\r\nStatus: 5.0.0");
            let is_failed = matches!(read(&[&group]), ReportedFate::Failed { .. });
            assert!(is_failed, "{action}");
        }
        for action in ["delayed", "Relayed (no DSN)", "EXPANDED", "delivered;"] {
            assert_eq!(
                read(&[&format!("Action: {action}\r\nStatus: 4.0.0")]),
                ReportedFate::NoFailure,
                "{action}"
            );
        }
    }

    #[test]
    fn without_an_action_the_status_counts_and_without_both_nothing_is_known() {
        assert_eq!(read(&["Status: 5.1.1"]), failed("5.1.1", ""));
        assert_eq!(read(&["Action: exploded\r\nStatus: 4.2.2"]), ReportedFate::NoFailure);
        for unclear in ["", "Final-Recipient: rfc822; ada@example.edu", "Action: \r\nStatus: x", "nothing"] {
            assert_eq!(read(&[unclear]), ReportedFate::Unclear, "{unclear:?}");
        }
        assert_eq!(read_report(b""), ReportedFate::Unclear);
        assert_eq!(read_report(b"\xff\xfe"), ReportedFate::Unclear);
    }

    #[test]
    fn fields_are_unfolded_and_words_in_any_encoding_are_kept() {
        let group = b"Final-Recipient: utf-8; \xc3\xa4d\xc3\xa4@example.edu\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n\t550 bo\xeete\n   pleine";
        assert_eq!(
            read_report(group),
            failed("5.1.1 smtp; 550 bo\u{fffd}te pleine", "\u{e4}d\u{e4}@example.edu")
        );
    }
}
