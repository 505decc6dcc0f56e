//! The rows.

/// An effect outside the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Effect {
    /// Cloud KMS signs an anchor.
    Signature,
    /// A node takes a transaction.
    Send,
    /// A node reports a transaction's receipt.
    Receipt,
    /// A node reports its newest block.
    Head,
    /// A backend takes an event.
    Webhook,
    /// A mail server takes a mail.
    Mail,
    /// The database takes the transaction that stores an anchor, signed.
    Anchor,
    /// The database takes the transaction that anchors a batch.
    Commit,
    /// The database takes the second of the transactions that announce an anchor of many batches.
    Part,
}

impl Effect {
    /// Returns whether it is a COMMIT.
    pub(crate) fn is_commit(self) -> bool {
        matches!(self, Effect::Anchor | Effect::Commit | Effect::Part)
    }
}

/// The way in which it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// It is refused.
    Refused,
    /// There is no answer, and it is not done.
    Undone,
    /// There is no answer, and it is done.
    Done,
    /// It is done, and the process dies before it knows.
    Dies,
    /// It is done, there is no answer, and it is done again, likewise.
    DoneTwice,
    /// It is done, and the answer comes when the lease is long over.
    Slow,
}

/// In which state it is taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Recovery {
    /// As it was.
    Same,
    /// It has moved on, as [`Row::moved`] returns.
    MovedOn,
}

/// The change between the fault and the recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// The first credential's person is erased.
    Erased,
    /// The first credential is revoked.
    Revoked,
    /// The endpoint is deleted.
    EndpointDeleted,
    /// The transaction has waited so long that another one offers more.
    Bumped,
}

/// Why there is no such row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absence {
    /// A mail that may have arrived is never sent again unasked.
    NeverRepeated,
    /// The effect of a COMMIT is in the database, which is read before anything is done again.
    SeenFirst,
}

impl Absence {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Absence::NeverRepeated => "a mail that may have arrived is never sent again unasked",
            Absence::SeenFirst => "what was committed is seen before it is done again",
        }
    }
}

/// A row of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) effect: Effect,
    pub(crate) outcome: Outcome,
    pub(crate) recovery: Recovery,
}

impl Effect {
    const ALL: [Effect; 9] = [
        Effect::Signature,
        Effect::Send,
        Effect::Receipt,
        Effect::Head,
        Effect::Webhook,
        Effect::Mail,
        Effect::Anchor,
        Effect::Commit,
        Effect::Part,
    ];
}

impl Outcome {
    const ALL: [Outcome; 6] =
        [Outcome::Refused, Outcome::Undone, Outcome::Done, Outcome::Dies, Outcome::DoneTwice, Outcome::Slow];
}

impl Recovery {
    const ALL: [Recovery; 2] = [Recovery::Same, Recovery::MovedOn];
}

impl Row {
    /// Returns every row, including those that can't occur.
    pub(crate) fn all() -> impl Iterator<Item = Row> {
        Effect::ALL.into_iter().flat_map(|effect| {
            Outcome::ALL.into_iter().flat_map(move |outcome| {
                Recovery::ALL.into_iter().map(move |recovery| Row { effect, outcome, recovery })
            })
        })
    }

    /// Returns the reason for which the row can't occur, if it can't.
    pub(crate) fn absence(self) -> Option<Absence> {
        match (self.effect, self.outcome) {
            (Effect::Mail, Outcome::DoneTwice) => Some(Absence::NeverRepeated),
            (effect, Outcome::DoneTwice) if effect.is_commit() => Some(Absence::SeenFirst),
            _ => None,
        }
    }

    /// Returns the change between the fault and the recovery.
    pub(crate) fn moved(self) -> Option<Moved> {
        match (self.recovery, self.effect) {
            (Recovery::Same, _) => None,
            (Recovery::MovedOn, Effect::Send) => Some(Moved::Bumped),
            (Recovery::MovedOn, Effect::Webhook) => Some(Moved::EndpointDeleted),
            (Recovery::MovedOn, Effect::Mail) => Some(Moved::Revoked),
            (Recovery::MovedOn, _) => Some(Moved::Erased),
        }
    }
}

#[test]
fn the_table_is_whole_and_what_cannot_be_is_named() {
    let rows: std::collections::HashSet<Row> = Row::all().collect();
    assert_eq!(rows.len(), 9 * 6 * 2);
    let absent = rows.iter().filter(|row| row.absence().is_some()).count();
    assert_eq!(absent, 2 + 3 * 2, "a mail, and each COMMIT, that are done twice");
}
