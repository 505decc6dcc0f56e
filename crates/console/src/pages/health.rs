//! The health of the deployment: readiness, what needs the operator, chains, balances, and queues. All of it is what workers recorded:
//! no node is asked for the page.

mod alarms;
mod queues;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_issuance::chains::{Chain, gwei_in_ether};
use learncoin_language::fill;
use learncoin_server::operations::Readiness;
use learncoin_server::pages::When;
use learncoin_store::Result as StoreResult;
use learncoin_store::batches::BatchStatus;
use learncoin_store::id::{BatchId, TenantId};
use learncoin_store::keys::{Funds, KeyBalance};
use learncoin_store::scope::Environment;

use self::alarms::{EarlierAlarm, Observed, attention, earlier};
use self::queues::{QueueRow, Queues};
use super::overview::{BatchRow, grouped, rows};
use crate::access::Operator;
use crate::frame::{Failure, Frame, Place, respond};
use crate::state::ConsoleState;

/// The most balances of a chain that are listed, beside the host's own.
const MOST_BALANCES: usize = 10;
/// The most batches of a status that are listed.
const MOST_BATCHES: u32 = 5;
const WEI_PER_GWEI: u128 = 1_000_000_000;

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    frame: Frame,
    readiness: String,
    is_ready: bool,
    attention: Vec<String>,
    earlier: Vec<EarlierAlarm>,
    chains: Vec<ChainRow>,
    balances: Vec<BalanceRow>,
    queues: Vec<QueueRow>,
    oldest: Vec<WaitingBatch>,
}

/// A chain, as this process saw it last.
struct ChainRow {
    environment: &'static str,
    /// `None` if the environment has no chain.
    chain: Option<ChainView>,
}

/// The parts of a chain that are shown.
struct ChainView {
    id: u64,
    nodes: Vec<String>,
    head: Option<(String, When)>,
    price: Option<String>,
    is_silent: bool,
}

/// The balance of a key.
struct BalanceRow {
    address: String,
    chain_id: u64,
    /// The tenant; `None` of the host's key.
    tenant: Option<TenantId>,
    balance: String,
    funds: Funds,
    looked: When,
}

/// A batch that waits, with its tenant.
struct WaitingBatch {
    row: BatchRow,
    tenant: TenantId,
    environment: &'static str,
    path: String,
}

impl BalanceRow {
    fn is_empty(&self) -> bool {
        self.funds == Funds::None
    }

    fn is_low(&self) -> bool {
        self.funds == Funds::Low
    }
}

/// Serves `GET /console/operator/health`.
pub(crate) async fn health(
    State(state): State<ConsoleState>,
    operator: Operator,
) -> Result<Response, Failure> {
    let language = operator.visit.language;
    let frame = Frame::of_operator(&state, &operator, Place::Health);
    let page = compose(&state, frame).await.map_err(Failure::store(language))?;
    Ok(respond(language, &page))
}

async fn compose(state: &ConsoleState, frame: Frame) -> StoreResult<HealthPage> {
    let issuance = &state.issuance;
    let now = issuance.clock.now_ms();
    let judged = state.readiness.judge().await;
    let waiting = Queues::read(&issuance.store).await?;
    let balances = balances(state, &frame).await?;
    let chains: Vec<&Chain> = Environment::ALL.iter().filter_map(|one| issuance.chains.of(*one)).collect();
    let mut silent: Vec<u64> =
        chains.iter().filter(|chain| chain.heads.seen().is_silent).map(|chain| chain.chain_id).collect();
    silent.dedup();
    let observed = Observed {
        oldest_batch_ms: waiting.oldest_batch(now),
        oldest_delivery_ms: waiting.oldest_delivery(now),
        unknown_mails: waiting.unknown_mails(),
        has_empty_key: balances.iter().any(BalanceRow::is_empty),
        has_low_key: balances.iter().any(BalanceRow::is_low),
        is_journal_behind: issuance.erasure_log.is_behind(),
        silent,
    };
    let words = &frame.words.health;
    let readiness = match judged {
        Readiness::Ready => words.ready.clone(),
        Readiness::Stopping => words.stopping.clone(),
        Readiness::Unavailable(reason) => fill(&words.unready, &[("reason", reason)]),
    };
    Ok(HealthPage {
        readiness,
        is_ready: judged == Readiness::Ready,
        attention: attention(words, &observed),
        earlier: earlier(&frame, now),
        chains: Environment::ALL.map(|one| chain_row(&frame, one, issuance.chains.of(one))).into(),
        balances,
        queues: waiting.rows(&frame),
        oldest: oldest_batches(state, &frame).await?,
        frame,
    })
}

fn chain_row(frame: &Frame, environment: Environment, chain: Option<&Chain>) -> ChainRow {
    let view = |chain: &Chain| {
        let seen = chain.heads.seen();
        ChainView {
            id: chain.chain_id,
            nodes: chain.nodes.clone(),
            head: seen.head.map(|(number, at)| (grouped(number), frame.when(at))),
            price: seen.price.map(price),
            is_silent: seen.is_silent,
        }
    };
    ChainRow { environment: environment.as_str(), chain: chain.map(view) }
}

/// Returns a price of gas in gwei, with three places.
fn price(wei: u128) -> String {
    let (whole, rest) = (wei / WEI_PER_GWEI, wei % WEI_PER_GWEI / 1_000_000);
    format!("{}.{rest:03} gwei", grouped(u64::try_from(whole).unwrap_or(u64::MAX)))
}

/// Returns the balances of the host's keys, and of the poorest keys of tenants.
async fn balances(state: &ConsoleState, frame: &Frame) -> StoreResult<Vec<BalanceRow>> {
    let (issuance, store) = (&state.issuance, &state.issuance.store);
    let mut listed = Vec::new();
    for chain_id in issuance.chains.ids() {
        let host = store.find_host_key(chain_id).await?.map(|key| key.address);
        let mut known = store.list_key_balances(chain_id).await?;
        let own = host.and_then(|host| known.iter().position(|one| one.address == host));
        if let Some(own) = own {
            listed.push(balance_row(frame, &known.remove(own), None));
        }
        for one in known.iter().take(MOST_BALANCES) {
            let key = store.find_signing_key_at(chain_id, &one.address).await?;
            listed.push(balance_row(frame, one, key.map(|key| key.tenant_id)));
        }
    }
    Ok(listed)
}

fn balance_row(frame: &Frame, one: &KeyBalance, tenant: Option<TenantId>) -> BalanceRow {
    BalanceRow {
        address: one.address.to_string(),
        chain_id: one.chain_id,
        tenant,
        balance: gwei_in_ether(one.gwei),
        funds: one.funds,
        looked: frame.when(one.seen_at),
    }
}

async fn oldest_batches(state: &ConsoleState, frame: &Frame) -> StoreResult<Vec<WaitingBatch>> {
    let store = &state.issuance.store;
    let mut waiting = Vec::new();
    for status in [BatchStatus::Pending, BatchStatus::Signed] {
        let batches = store.list_oldest_batches(status, MOST_BATCHES).await?;
        let scopes: Vec<_> = batches.iter().map(|batch| batch.scope.clone()).collect();
        for (row, scope) in rows(store, frame, batches).await?.into_iter().zip(scopes) {
            waiting.push(WaitingBatch {
                path: path(&scope.tenant_id, scope.environment, &row.id),
                environment: scope.environment.as_str(),
                tenant: scope.tenant_id,
                row,
            });
        }
    }
    Ok(waiting)
}

fn path(tenant: &TenantId, environment: Environment, id: &BatchId) -> String {
    format!("/console/t/{tenant}/{environment}/batches/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_in_gwei() {
        for (wei, text) in
            [(0, "0.000 gwei"), (1_500_000, "0.001 gwei"), (12_345_000_000_000, "12\u{202f}345.000 gwei")]
        {
            assert_eq!(price(wei), text);
        }
    }
}
