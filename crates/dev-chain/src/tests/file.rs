//! The chain's file, and the effects of a kill and of damage on it.

use std::fs;
use std::time::{Duration, Instant};

use super::*;

/// Creates the file of a closed chain with this many blocks of one anchor each after its first block.
fn written(blocks: u64) -> (tempfile::TempDir, PathBuf) {
    let test = TestChain::new();
    for nonce in 0..blocks {
        test.submit(&signed_anchor(1, nonce)).unwrap();
        test.mine(START).unwrap();
    }
    let path = test.path();
    let TestChain { folder, chain } = test;
    drop(chain);
    (folder, path)
}

fn head(chain: &DevChain) -> [u8; 32] {
    chain.state().head().hash.0
}

#[test]
fn everything_in_blocks_is_there_again_and_the_pool_is_not() {
    let test = TestChain::new();
    let mined = test.submit(&signed_anchor(1, 0)).unwrap();
    test.mine(START + 5).unwrap();
    test.mine_empty(START + 6).unwrap();
    let waiting = test.submit(&signed_anchor(1, 1)).unwrap();
    let before =
        (test.genesis_hash(), head(&test), test.transaction(&mined), test.balance(&key(1).address()));

    let test = test.reopened();
    let after = (test.genesis_hash(), head(&test), test.transaction(&mined), test.balance(&key(1).address()));
    assert_eq!(before, after);
    assert_eq!(test.transaction(&waiting), None);
    assert_eq!(test.pending_count(), 0);
    assert_eq!(test.submit(&signed_anchor(1, 1)), Ok(waiting), "the sender sends it again");
    assert_eq!(test.mine(START).unwrap().unwrap().block.number, 3);
}

#[test]
fn the_salt_and_the_time_make_a_chain_unlike_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let genesis = |name: &str, salt, genesis_time| {
        let options = DevChainOptions { genesis_salt: [salt; 32], genesis_time };
        DevChain::open(&folder.path().join(name), options).unwrap().genesis_hash()
    };
    let first = genesis("a", 1, START);
    assert_ne!(first, genesis("b", 2, START));
    assert_eq!(first, genesis("c", 1, START));
    assert_eq!(first, genesis("a", 9, START + 1), "a chain that exists keeps its own");
}

#[test]
fn a_chain_is_open_once() {
    let test = TestChain::new();
    assert!(matches!(open(&test.path()), Err(DevChainError::InUse)));
    let path = test.path();
    let test = test.reopened();
    assert_eq!(path, test.path());
}

#[test]
fn a_kill_at_any_byte_of_the_last_line_loses_that_block_alone() {
    let (_folder, path) = written(2);
    let whole = fs::read(&path).unwrap();
    let last_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for length in last_line..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let chain = open(&path).unwrap();
        assert_eq!(chain.state().head().header.number, 1, "cut at {length}");
        drop(chain);
        assert_eq!(fs::read(&path).unwrap(), &whole[..last_line], "the torn line is gone");
    }
}

#[test]
fn a_kill_at_any_byte_of_the_first_line_leaves_no_chain() {
    let (_folder, path) = written(1);
    let whole = fs::read(&path).unwrap();
    let first_line = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for length in 0..=first_line {
        fs::write(&path, &whole[..length]).unwrap();
        let options = DevChainOptions { genesis_salt: [77; 32], genesis_time: START };
        let chain = DevChain::open(&path, options).unwrap();
        assert_eq!(chain.state().genesis().header.extra_data[..], [77; 32], "cut at {length}");
    }
}

#[test]
fn a_changed_byte_anywhere_is_named_by_its_line() {
    let (_folder, path) = written(1);
    let whole = fs::read(&path).unwrap();
    let mut line = 1;
    for position in 0..whole.len() {
        if whole[position] == b'\n' {
            line += 1;
            continue;
        }
        let mut changed = whole.clone();
        changed[position] ^= 2;
        fs::write(&path, &changed).unwrap();
        match open(&path) {
            Err(DevChainError::NotAChain) if line == 1 => {}
            Err(DevChainError::Damaged { line: named, .. }) => assert_eq!(named, line, "byte {position}"),
            other => panic!("byte {position}: {other:?}"),
        }
        assert_eq!(fs::read(&path).unwrap(), changed, "nothing is repaired");
    }
}

#[test]
fn a_missing_doubled_or_moved_line_is_damage() {
    let (_folder, path) = written(3);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let [genesis, one, two, three] = lines[..] else { panic!("four blocks") };
    for (order, damaged) in [
        (vec![genesis, two, three], 2),
        (vec![genesis, one, one, two], 3),
        (vec![genesis, one, three, two], 3),
        (vec![genesis, one, "", two], 3),
        (vec![genesis, genesis, one], 2),
    ] {
        fs::write(&path, order.join("\n") + "\n").unwrap();
        let outcome = open(&path);
        assert!(
            matches!(outcome, Err(DevChainError::Damaged { line, .. }) if line == damaged),
            "{outcome:?}"
        );
    }
    fs::write(&path, format!("{one}\n{two}\n")).unwrap();
    assert!(open(&path).is_err(), "a chain begins with its first block");
}

#[test]
fn another_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["my notes", "my notes\n", "{}\n{}\n", "\n", "\0\0\0\0"] {
        fs::write(&path, text).unwrap();
        assert!(matches!(open(&path), Err(DevChainError::NotAChain)), "{text:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn what_a_failed_write_left_is_overwritten_by_the_next_block() {
    let test = TestChain::new();
    test.mine_empty(START).unwrap();
    // As if the disk had been full in the middle of a line, and in another case had failed to say that it has it.
    for leftover in [&b"{\"format\":1,\"num"[..], &vec![b'x'; 5_000], b"{}\n"] {
        let mut bytes = fs::read(test.path()).unwrap();
        bytes.extend_from_slice(leftover);
        fs::write(test.path(), bytes).unwrap();
        test.mine_empty(START).unwrap();
    }
    let before = head(&test);
    assert_eq!(head(&test.reopened()), before);
}

#[test]
fn ten_thousand_blocks_open_quickly() {
    const BLOCKS: u64 = 10_000;
    let (_folder, path) = written(0);
    let chain = open(&path).unwrap();
    let (sender, mut lines) = (key(1), String::new());
    for nonce in 0..BLOCKS {
        // Reading a chain back recovers no signature, so an invented one saves the test ten thousand real ones.
        let signature = alloy_primitives::Signature::test_signature();
        let mut raw = Vec::new();
        anchor(&sender, nonce).into_signed(signature).eip2718_encode(&mut raw);
        let transaction = Accepted::recorded(&raw, sender.address()).unwrap();
        let mut state = chain.state();
        let next = state.recorded_block(START + 1 + nonce, vec![transaction]).unwrap();
        lines += &record::Record::of(&next.block).to_line().unwrap();
        state.append(next);
    }
    let before = head(&chain);
    drop(chain);
    let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    std::io::Write::write_all(&mut &file, lines.as_bytes()).unwrap();

    let begin = Instant::now();
    let chain = open(&path).unwrap();
    let took = begin.elapsed();
    assert_eq!((head(&chain), chain.state().head().header.number), (before, BLOCKS));
    println!("{BLOCKS} blocks of one anchor each, {} bytes, opened in {took:?}", lines.len());
    // Well under a second where the code is optimized; here it is not, and the machine may be busy.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
