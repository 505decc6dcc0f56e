//! The mining of blocks.

use std::time::Duration;

use alloy_consensus::proofs::calculate_transaction_root;
use alloy_consensus::{EthereumTxEnvelope, TxEip4844};
use futures_util::FutureExt;

use super::*;

#[test]
fn nothing_is_mined_while_nothing_waits() {
    let test = TestChain::new();
    assert_eq!(test.mine(START + 1).unwrap(), None);
    test.submit(&signed_anchor(1, 1)).unwrap();
    assert_eq!(test.mine(START + 1).unwrap(), None, "a gap holds it back");
}

#[test]
fn a_block_takes_what_waits_and_links_to_its_parent() {
    let test = TestChain::new();
    let hash = test.submit(&signed_anchor(1, 0)).unwrap();
    let block = test.mine(START + 100).unwrap().unwrap();
    assert_eq!(block.block.number, 1);
    assert_eq!(block.block.time, START + 100);
    assert_eq!(block.transactions, [hash]);
    assert_eq!(test.pending_count(), 0);
    let state = test.state();
    let header = &state.head().header;
    assert_eq!(header.parent_hash, state.genesis().hash);
    assert_eq!(header.hash_slow().0, block.block.hash);
    assert_eq!(header.gas_used, 22_280);
    let envelope =
        EthereumTxEnvelope::<TxEip4844>::Eip1559(state.head().transactions[0].transaction.signed.clone());
    assert_eq!(header.transactions_root, calculate_transaction_root(&[envelope]));
}

#[test]
fn times_rise_strictly_whatever_the_clock_does() {
    let test = TestChain::new();
    let times: Vec<u64> = [START, START, START - 50, START + 10, START + 10]
        .map(|now| test.mine_empty(now).unwrap().block.time)
        .into();
    assert_eq!(times, [START + 1, START + 2, START + 3, START + 10, START + 11]);
}

#[test]
fn a_transfer_moves_value_and_fee() {
    let test = TestChain::new();
    let (from, to) = (key(1), Address::new([9; 20]));
    let transfer =
        TxEip1559 { to: TxKind::Call(to), value: U256::from(5), input: [].into(), ..anchor(&from, 0) };
    let hash = test.submit(&sign(&from, transfer)).unwrap();
    test.mine(START).unwrap();
    let fee = U256::from(21_000_u128 * (GWEI + 1_000_000));
    assert_eq!(test.balance(&to), FAUCET_WEI + U256::from(5));
    assert_eq!(test.balance(&from.address()), FAUCET_WEI - U256::from(5) - fee);
    let seen = test.transaction(&hash).unwrap();
    assert_eq!(
        (seen.fee, seen.value, seen.gas_used, seen.confirmations),
        (Some(fee), U256::from(5), 21_000, 1)
    );
}

#[test]
fn a_transfer_to_oneself_costs_the_fee_alone() {
    let test = TestChain::new();
    let from = key(1);
    test.submit(&sign(&from, TxEip1559 { value: U256::from(7), ..anchor(&from, 0) })).unwrap();
    test.mine(START).unwrap();
    assert_eq!(test.balance(&from.address()), FAUCET_WEI - U256::from(22_280_u128 * (GWEI + 1_000_000)));
}

#[test]
fn a_closed_gap_lets_everything_behind_it_through_in_order() {
    let test = TestChain::new();
    let hashes: Vec<_> = [2, 1, 0].map(|nonce| test.submit(&signed_anchor(1, nonce)).unwrap()).into();
    let block = test.mine(START).unwrap().unwrap();
    assert_eq!(block.transactions, [hashes[2], hashes[1], hashes[0]]);
}

#[test]
fn better_tips_come_first_and_equal_ones_in_order_of_arrival() {
    let test = TestChain::new();
    let tip = |secret, max_priority_fee_per_gas| {
        let transaction = TxEip1559 { max_priority_fee_per_gas, ..anchor(&key(secret), 0) };
        test.submit(&sign(&key(secret), transaction)).unwrap()
    };
    let (low, high, second_high) = (tip(1, 10), tip(2, 20), tip(3, 20));
    assert_eq!(test.mine(START).unwrap().unwrap().transactions, [high, second_high, low]);
}

/// Fills blocks with the most calldata: 1 KiB at the floor's 40 gas a byte are about 62,000 gas, of which a block has 484.
fn fill(test: &TestChain, secret: u8, nonces: std::ops::Range<u64>) {
    for nonce in nonces {
        let transaction = TxEip1559 {
            gas_limit: 70_000,
            max_fee_per_gas: 10 * GWEI,
            input: vec![1; 1_024].into(),
            ..anchor(&key(secret), nonce)
        };
        test.submit(&sign(&key(secret), transaction)).unwrap();
    }
}

#[test]
fn a_full_block_leaves_the_rest_for_the_next_and_raises_the_base_fee() {
    let test = TestChain::new();
    fill(&test, 1, 0..500);
    let block = test.mine(START).unwrap().unwrap();
    assert_eq!(block.transactions.len(), 484);
    assert_eq!(test.pending_count(), 16);
    let used = test.state().head().header.gas_used;
    let next = test.state().head().next_base_fee();
    assert!((15_000_000..=30_000_000).contains(&used));
    // EIP-1559: an eighth of the base fee times how far the block is above half.
    assert_eq!(next, BASE_FEE_FLOOR + BASE_FEE_FLOOR * (used - 15_000_000) / 15_000_000 / 8);
    assert_eq!(test.mine(START).unwrap().unwrap().transactions.len(), 16);
}

#[test]
fn what_waits_for_a_lower_base_fee_gets_it_from_empty_blocks() {
    let test = TestChain::new();
    let cheap = TxEip1559 { max_fee_per_gas: GWEI, ..anchor(&key(2), 0) };
    // A full block goes first, by its tips; after it the base fee is above what the cheap one offers.
    fill(&test, 1, 0..484);
    let hash = test.submit(&sign(&key(2), TxEip1559 { max_priority_fee_per_gas: 0, ..cheap })).unwrap();
    let mut blocks = vec![test.mine(START).unwrap().unwrap()];
    while !blocks.iter().any(|block| block.transactions.contains(&hash)) {
        blocks.push(test.mine(START).unwrap().expect("a block that lowers the base fee"));
        assert!(blocks.len() < 20);
    }
    assert_eq!(test.pending_count(), 0);
    assert_eq!(test.state().head().base_fee(), BASE_FEE_FLOOR);
}

#[test]
fn what_its_sender_can_no_longer_pay_for_is_forgotten_and_makes_no_blocks() {
    let test = TestChain::new();
    let rich = |nonce, max_fee_per_gas, ether: u64| {
        let value = U256::from(ether) * U256::from(GWEI) * U256::from(GWEI);
        let max_priority_fee_per_gas = max_fee_per_gas / 2;
        let transaction =
            TxEip1559 { value, max_fee_per_gas, max_priority_fee_per_gas, ..anchor(&key(1), nonce) };
        let to = TxKind::Call(Address::new([9; 20]));
        sign(&key(1), TxEip1559 { to, ..transaction })
    };
    test.submit(&rich(0, 2 * GWEI, 900)).unwrap();
    // While the block is written its transaction is replaced by a cheaper one, and another one follows that.
    let next = test.state().select(START).into_block();
    test.submit(&rich(0, 3 * GWEI, 0)).unwrap();
    test.submit(&rich(1, 2 * GWEI, 900)).unwrap();
    test.submit(&rich(2, 2 * GWEI, 0)).unwrap();
    test.state().append(next);
    assert_eq!(test.pending_count(), 0);
    assert_eq!(test.mine(START).unwrap(), None);
    assert!(test.submit(&rich(1, 2 * GWEI, 50)).is_ok());
    assert_eq!(test.mine(START).unwrap().unwrap().transactions.len(), 1);
}

#[test]
fn waiting_ends_when_something_can_be_mined() {
    let test = TestChain::new();
    let mut waiting = Box::pin(test.wait_for_transaction());
    assert!(waiting.as_mut().now_or_never().is_none());
    test.submit(&signed_anchor(1, 1)).unwrap();
    assert!(waiting.as_mut().now_or_never().is_none(), "a gap holds it back");
    test.submit(&signed_anchor(1, 0)).unwrap();
    assert!(waiting.as_mut().now_or_never().is_some());
    assert!(test.wait_for_transaction().now_or_never().is_some(), "also for who comes late");
}

#[tokio::test(start_paused = true)]
async fn the_timer_mines_at_once_after_a_pause_and_then_one_block_a_block_time() {
    let test = TestChain::new();
    let options = RunOptions { block_time: Duration::from_secs(1), trailing_blocks: 0 };
    let begin = tokio::time::Instant::now();
    let now = move || START + begin.elapsed().as_secs();
    let chain = test.chain.clone();
    let timer = tokio::spawn(async move { chain.run(options, now).await });
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(test.state().head().header.number, 0, "no block without work");

    test.submit(&signed_anchor(1, 0)).unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(test.state().head().header.number, 1);
    test.submit(&signed_anchor(1, 1)).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(test.state().head().header.number, 1, "the block time is not over");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(test.state().head().header.number, 2);
    timer.abort();
    assert!(timer.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn trailing_blocks_confirm_the_last_anchor() {
    let test = TestChain::new();
    let options = RunOptions { block_time: Duration::from_secs(1), trailing_blocks: 3 };
    let hash = test.submit(&signed_anchor(1, 0)).unwrap();
    let timer = test.run(options, || START);
    assert!(tokio::time::timeout(Duration::from_secs(60), timer).await.is_err());
    assert_eq!(test.transaction(&hash).unwrap().confirmations, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timer_works_on_several_threads() {
    let test = TestChain::new();
    let hash = test.submit(&signed_anchor(1, 0)).unwrap();
    let options = RunOptions { block_time: Duration::from_millis(1), trailing_blocks: 0 };
    let timer = tokio::spawn({
        let chain = test.chain.clone();
        async move { chain.run(options, || START).await }
    });
    while test.pending_count() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(test.transaction(&hash).unwrap().confirmations, 1);
    timer.abort();
}
