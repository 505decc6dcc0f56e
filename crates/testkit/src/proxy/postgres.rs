//! The messages of a PostgreSQL client, one by one
//! ([protocol 3.0](https://www.postgresql.org/docs/15/protocol-message-formats.html)).

/// Requests that come before a session begins and are no beginning: TLS, GSSAPI, and the cancelling of a query.
const NOT_A_BEGINNING: [u32; 3] = [80_877_103, 80_877_104, 80_877_102];
const QUERY: u8 = b'Q';
const SYNC: u8 = b'S';

/// Cuts a stream into messages.
#[derive(Default)]
pub(super) struct Messages {
    buffer: Vec<u8>,
    /// Whether the message that begins a session has passed: those after it begin with a letter.
    has_begun: bool,
}

impl Messages {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next message, once it is complete.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        let letter = usize::from(self.has_begun);
        let length = usize::try_from(self.number(letter)?).expect("a length fits");
        if self.buffer.len() < letter + length {
            return None;
        }
        if !self.has_begun {
            self.has_begun = !NOT_A_BEGINNING.contains(&self.number(4)?);
        }
        let rest = self.buffer.split_off(letter + length);
        Some(std::mem::replace(&mut self.buffer, rest))
    }

    fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.buffer.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().expect("four bytes")))
    }
}

/// Returns whether the message commits a transaction. The store's driver sends the COMMIT as a query of its own.
pub(super) fn is_commit(message: &[u8]) -> bool {
    message.first() == Some(&QUERY) && message.get(5..) == Some(b"COMMIT\0")
}

/// Returns whether the message ends a statement, after which the server responds: a query of its own, or the Sync after the
/// execution of a prepared one.
pub(super) fn is_statement(message: &[u8]) -> bool {
    matches!(message.first(), Some(&QUERY | &SYNC))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::proxy) fn query(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len() + 5).expect("a length");
        [&[QUERY][..], &length.to_be_bytes(), text.as_bytes(), b"\0"].concat()
    }

    pub(in crate::proxy) fn startup() -> Vec<u8> {
        [8_u32.to_be_bytes(), 196_608_u32.to_be_bytes()].concat()
    }

    #[test]
    fn messages_are_whole_however_they_come() {
        let tls = [8_u32.to_be_bytes(), 80_877_103_u32.to_be_bytes()].concat();
        let sent = [tls, startup(), query("BEGIN"), query("COMMIT")];
        for piece in [1, 3, 1_000] {
            let mut messages = Messages::default();
            let mut found = Vec::new();
            for bytes in sent.concat().chunks(piece) {
                messages.add(bytes);
                found.extend(std::iter::from_fn(|| messages.next()));
            }
            assert_eq!(found, sent, "in pieces of {piece}");
            assert_eq!(found.iter().filter(|message| is_commit(message)).count(), 1);
        }
    }
}
