//! The cost of hostile files, in a process of its own: the memory that it ever had is compared.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::path::Path;

use learncoin_spreadsheet::read::read;

/// The most memory that a file may cost, in KiB: its limits are 100 MB unpacked and 64 MB of text.
const MOST_KIB: u64 = 200 * 1024;

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn hostile_files_cost_bounded_memory() {
    let before = peak_kib();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for name in [
        "bomb.xlsx",
        "shared-bomb.xlsx",
        "merged-bomb.xlsx",
        "claims.xlsx",
        "styles.xlsx",
        "entities.xlsx",
        "long-cell.xlsx",
    ] {
        _ = read(&std::fs::read(folder.join(name)).unwrap(), name);
        let cost = peak_kib() - before;
        assert!(cost < MOST_KIB, "{name} costs {cost} KiB");
    }
    for text in [
        format!("name\n{}", ",".repeat(10_000_000)),
        format!("name\nAda{}", "\n".repeat(10_000_000)),
        format!("name\n{}", "a,".repeat(5_000_000)),
        format!("name\n{}", "\"\"".repeat(5_000_000)),
        "\u{80}".repeat(5_000_000),
        "a\n".repeat(5_000_000),
    ] {
        _ = read(text.as_bytes(), "people.csv");
        let cost = peak_kib() - before;
        assert!(cost < MOST_KIB, "{:?}… costs {cost} KiB", text.chars().take(12).collect::<String>());
    }
}
