//! A node that refuses, falls silent or is slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use learncoin_chain::rpc::RpcError;
use learncoin_testkit::{Gate, Interception, Interceptor};

use crate::support::story::Fate;

/// Sets the fate of calls of this method from now on. Returns the gate at which they are held, if they are.
///
/// If a transaction was taken without an answer, looking it up gets no answer either: otherwise the look that follows
/// would find it, and it would not be sent again.
pub(crate) fn inject(
    line: &Interceptor,
    method: &'static str,
    fate: Fate,
    met: Arc<AtomicUsize>,
) -> Option<Gate> {
    let gate = Gate::default();
    let held = gate.clone();
    line.set(move |called, _| {
        if called != method {
            let is_looked_up = method == "eth_sendRawTransaction" && called == "eth_getTransactionByHash";
            return (is_looked_up && fate == Fate::Done)
                .then_some(Interception::Instead(Err(RpcError::Timeout)));
        }
        let refused = RpcError::Node { code: -32_000, message: "not now".to_owned() };
        let interception = match fate {
            Fate::Passes => return None,
            Fate::Refused => Interception::Instead(Err(refused)),
            Fate::Undone => Interception::Instead(Err(RpcError::Timeout)),
            Fate::Done => Interception::AfterAll(Err(RpcError::Timeout)),
            Fate::Held => Interception::Held(held.clone()),
        };
        met.fetch_add(1, Ordering::SeqCst);
        Some(interception)
    });
    (fate == Fate::Held).then_some(gate)
}
