//! What can keep a node's answer from being used.

/// The longest text that is kept of what a node said, in bytes.
const MAX_TEXT_BYTES: usize = 300;

/// Why a call gave no usable answer.
///
/// After a failed *send* only a look-up of the hash tells whether the transaction arrived: every variant here may hide
/// a transaction that the node took. No variant carries the node's URL, which may hold a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    /// No connection came about, or it broke before the answer was whole.
    #[error("the node cannot be reached: {reason}")]
    Unreachable {
        /// What the operating system or TLS said.
        reason: String,
    },
    /// The answer was not there in time.
    #[error("the node did not answer in time")]
    Timeout,
    /// An HTTP status other than success; 429 asks for patience.
    #[error("the node answered with HTTP status {status}")]
    Http {
        /// The status code.
        status: u16,
    },
    /// The node understood and refused (a JSON-RPC error object).
    #[error("the node refused: {message} (code {code})")]
    Node {
        /// The JSON-RPC error code.
        code: i64,
        /// The node's words, shortened and without control characters. For people: nothing is decided by them.
        message: String,
    },
    /// The answer is not what was asked for: no JSON, another id, fields that contradict each other.
    #[error("the node's answer makes no sense: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The node names a transaction of another type than 2 under the hash. An anchor always is of type 2.
    #[error("the transaction is of type {transaction_type}, an anchor is of type 2")]
    NotType2 {
        /// The type that the node gives.
        transaction_type: u64,
    },
}

impl RpcError {
    /// An answer that makes no sense, and why.
    pub(crate) fn malformed(reason: impl Into<String>) -> RpcError {
        RpcError::Malformed { reason: reason.into() }
    }

    /// Creates [`RpcError::Node`] from a node's own error; the text is cut and made safe to log.
    pub fn node(code: i64, message: &str) -> RpcError {
        RpcError::Node { code, message: readable(message) }
    }

    /// A connection that failed, with the innermost cause, which names neither host nor path.
    pub(crate) fn unreachable(cause: &str) -> RpcError {
        RpcError::Unreachable { reason: readable(cause) }
    }
}

/// Cuts a foreign text to a bounded length and replaces control characters, so that it cannot forge log lines.
fn readable(text: &str) -> String {
    let mut readable = String::new();
    for character in text.chars() {
        if readable.len() >= MAX_TEXT_BYTES {
            readable.push('…');
            break;
        }
        readable.push(if character.is_control() { ' ' } else { character });
    }
    readable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nodes_text_is_short_and_on_one_line() {
        let RpcError::Node { message, .. } =
            RpcError::node(-32000, &format!("a\nb{}", "x".repeat(1_000_000)))
        else {
            panic!("another variant");
        };
        assert!(message.starts_with("a bxxx"));
        assert!(message.len() <= MAX_TEXT_BYTES + 4);
    }
}
