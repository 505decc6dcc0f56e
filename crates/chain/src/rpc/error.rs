//! The errors of a call to a node.

/// The longest part of a node's message that is kept, in bytes.
const MAX_TEXT_BYTES: usize = 300;

/// JSON-RPC 2.0, section 5.1.
const METHOD_NOT_FOUND: i64 = -32601;
/// JSON-RPC 2.0, section 5.1: also of nodes that do not know a block's tag.
const INVALID_PARAMS: i64 = -32602;
/// The code that most nodes have for whatever has none of its own, such as a block that is not kept.
const SERVER_ERROR: i64 = -32000;
/// EIP-1474: resource not found.
const NOT_FOUND: i64 = -32001;
/// The code of Geth for a block's tag that it does not know yet.
const UNKNOWN_BLOCK: i64 = -39001;
/// The code of Geth for a call that a contract ended with an error.
const REVERTED: i64 = 3;

/// Why a call has no usable response.
///
/// After a failed *send* only a lookup of the hash shows whether the transaction arrived: with every variant the node may
/// have accepted it. No variant contains the node's URL, which may contain a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpcError {
    /// There was no connection, or it broke before the response was complete.
    #[error("the node cannot be reached: {reason}")]
    Unreachable {
        /// The error of the operating system or of TLS.
        reason: String,
    },
    /// The response took too long.
    #[error("the node did not answer in time")]
    Timeout,
    /// The HTTP status is not a success; 429 means too many requests.
    #[error("the node answered with HTTP status {status}")]
    Http {
        /// The status code.
        status: u16,
    },
    /// The node returned a JSON-RPC error object.
    #[error("the node refused: {message} (code {code})")]
    Node {
        /// The JSON-RPC error code.
        code: i64,
        /// The node's message, shortened and without control characters. It is for people: nothing is decided by it.
        message: String,
    },
    /// The response is not one to the call: no JSON, another id, fields that contradict each other.
    #[error("the node's answer makes no sense: {reason}")]
    Malformed {
        /// The reason.
        reason: String,
    },
    /// The node returns a transaction of another type than 2 for the hash. An anchor always is of type 2.
    #[error("the transaction is of type {transaction_type}, an anchor is of type 2")]
    NotType2 {
        /// The type that the node returns.
        transaction_type: u64,
    },
}

impl RpcError {
    /// Creates [`RpcError::Malformed`] with its reason.
    pub(crate) fn malformed(reason: impl Into<String>) -> RpcError {
        RpcError::Malformed { reason: reason.into() }
    }

    /// Creates [`RpcError::Node`] from a node's own error. The text is truncated and made safe to log.
    pub fn node(code: i64, message: &str) -> RpcError {
        RpcError::Node { code, message: readable(message) }
    }

    /// Returns whether the node reports that it does not have what was asked for: not the method, the parameter, or the state. Any other
    /// refusal, such as a limit on calls, means that it will not answer now.
    pub(crate) fn is_absence(&self) -> bool {
        matches!(
            self,
            RpcError::Node {
                code: METHOD_NOT_FOUND | INVALID_PARAMS | SERVER_ERROR | NOT_FOUND | UNKNOWN_BLOCK | REVERTED,
                ..
            }
        )
    }

    /// Creates [`RpcError::Unreachable`] with the innermost cause, which contains neither host nor path.
    pub(crate) fn unreachable(cause: &str) -> RpcError {
        RpcError::Unreachable { reason: readable(cause) }
    }
}

/// Truncates a foreign text and replaces its control characters, so that it cannot forge log lines.
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
