//! The balances of keys, as commands ask the chains' nodes for them.

use anyhow::Result;
use futures_util::future::join_all;
use learncoin_chain::Address;
use learncoin_issuance::Chain;

use crate::config::Config;
use crate::{deployment, output};

/// The address of a key on a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// The chain.
    pub(crate) chain_id: u64,
    /// The address.
    pub(crate) address: [u8; 20],
}

/// Returns the balance of each account in wei; `None` if no node responds, and on the embedded chain, which commands don't reach.
/// Each chain that does not respond is reported once.
///
/// # Errors
/// If a node is on another chain than the configured one.
pub(crate) async fn of(config: &Config, accounts: &[Account]) -> Result<Vec<Option<u128>>> {
    let chains = deployment::chains_for_command(config).await?;
    let chain_of = |account: &Account| {
        let mut chains = [&chains.test, &chains.live].into_iter().flatten();
        chains.find(|chain: &&Chain| chain.chain_id == account.chain_id)
    };
    let asked = accounts.iter().map(async |account| match chain_of(account) {
        Some(chain) => Some(chain.client.balance(&Address::new(account.address)).await),
        None => None,
    });
    let mut silent = Vec::new();
    let mut balances = Vec::with_capacity(accounts.len());
    for (account, found) in accounts.iter().zip(join_all(asked).await) {
        match found {
            Some(Ok(wei)) => balances.push(Some(wei)),
            Some(Err(error)) => {
                if !silent.contains(&account.chain_id) {
                    output::message(&format!("chain {}: {error}", account.chain_id));
                    silent.push(account.chain_id);
                }
                balances.push(None);
            }
            None => balances.push(None),
        }
    }
    Ok(balances)
}
