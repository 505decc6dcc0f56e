//! The submitter of a transaction.

/// The submitter of a transaction.
///
/// Everybody may reach the JSON-RPC of a deployment, and every address owns ether from the start. So what callers submit is limited in
/// number, in places and in gas, and never takes the places of the deployment's own transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Submitter {
    /// The deployment itself, in its own process.
    Deployment,
    /// A caller of the JSON-RPC.
    Caller {
        /// The most transactions that the chain takes from callers in all; 0 if it is read-only for them.
        allowance: u64,
    },
}
