//! A clock that was a day ahead, or a day behind, for a moment: no stored deadline keeps anything waiting for a day.

use learncoin_store::Location;
use learncoin_store::deadlines::{CLOCK_SKEW_MS, DEADLINES, Deadline, Mended, RATE_WINDOW_MS, is_due};
use learncoin_store::requests::Reservation;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The rows that wait for something, beside those of the fixture.
const ROWS: [&str; 11] = [
    "INSERT INTO achievement_images (tenant_id, url_hash, url, attempts, next_attempt_at)
     VALUES ('{tenant}', '', 'https://a.example/a.png', 1, 1)",
    "INSERT INTO webhook_endpoints (id, tenant_id, environment, url, events, secret_sealed, created_at, previous_secret_until)
     VALUES ('whk_1', '{tenant}', 'test', 'https://a.example', '[]', 's', 1, 1)",
    "INSERT INTO events (id, tenant_id, environment, type, subject_id, data, created_at)
     VALUES ('evt_1', '{tenant}', 'test', 'batch.created', 'bat_1', '{}', 1)",
    "INSERT INTO deliveries (endpoint_id, event_id, status, attempts, next_attempt_at, lease_until, created_at)
     VALUES ('whk_1', 'evt_1', 'pending', 1, 1, 1, 1)",
    "INSERT INTO mails (credential_id, tenant_id, environment, token, status, edition, attempts, queued_at, due_at)
     VALUES ('{credential}', '{tenant}', 'test', 't', 'waiting', 1, 1, 1, 1)",
    "INSERT INTO mails (credential_id, tenant_id, environment, token, status, edition, attempts, queued_at, due_at, postponed_until)
     VALUES ('{other credential}', '{tenant}', 'test', 'o', 'postponed', 1, 1, 1, 1, 1)",
    "INSERT INTO host_keys (chain_id, address, public_key_x, public_key_y, secret_sealed, next_nonce, created_at, leased_until)
     VALUES (1, 'a', 'x', 'y', 's', 0, 1, 1)",
    "INSERT INTO host_transactions (chain_id, nonce, kind, status, receiver, amount_gwei, created_at)
     VALUES (1, 0, 'top_up', 'open', 'r', 1, 1)",
    "INSERT INTO host_attempts (hash, chain_id, nonce, raw, created_at) VALUES ('h', 1, 0, '02', 1)",
    "INSERT INTO webhook_tests (tenant_id, environment, key_mac, fingerprint, event_id, noted_at, sending_until)
     VALUES ('{tenant}', 'test', 'k', 'f', 'e', 1, 1)",
    "INSERT INTO idempotency_keys (tenant_id, environment, key_mac, fingerprint, status, body, created_at)
     VALUES ('{tenant}', 'test', 'k', 'f', 202, '{}', 1)",
];

/// A database in which something waits for each deadline.
struct Waiting {
    f: Fixture,
    direct: DirectConnection,
}

impl Waiting {
    async fn new() -> Self {
        let f = fixture().await;
        let (_, ids) = f.accepted(&["Ada", "Grace"]).await;
        let (signed, _) = f.accepted(&["Alan"]).await;
        let mut tx = f.store.begin().await.unwrap();
        f.sign(&mut tx, &signed).await.unwrap();
        tx.insert_anchor_transaction(&f.transaction(&signed, 0)).await.unwrap();
        tx.reserve_requests(&f.scope.tenant_id, 1, 1, NOW).await.unwrap();
        tx.lease_key(&f.scope.tenant_id, f.key.number, NOW, NOW + 1).await.unwrap();
        tx.commit().await.unwrap();
        let direct = DirectConnection::open(&f.location).await;
        for row in ROWS {
            let row = row
                .replace("{tenant}", f.scope.tenant_id.as_str())
                .replace("{credential}", ids[0].as_str())
                .replace("{other credential}", ids[1].as_str());
            direct.execute(&row).await.unwrap();
        }
        let waiting = Self { f, direct };
        for deadline in &DEADLINES {
            waiting.set(deadline, 1).await;
        }
        waiting
    }

    /// Sets every deadline of a column that is set.
    async fn set(&self, of: &Deadline, to: i64) {
        let Deadline { table, column, .. } = of;
        let sql = format!(
            "UPDATE {table} SET {column} = {to} WHERE {column} IS NOT NULL AND {column} < {}{}",
            i64::MAX,
            that_wait(of)
        );
        let changed = self.direct.execute(&sql).await.unwrap();
        assert!(changed > 0, "nothing waits for {table}.{column}");
    }

    async fn find(&self, of: &Deadline) -> i64 {
        let Deadline { table, column, .. } = of;
        let sql = format!("SELECT MAX({column}) FROM {table} WHERE {column} < {}{}", i64::MAX, that_wait(of));
        self.direct.number(&sql).await
    }

    /// Mends as a server does at this time, and returns how many deadlines were wrong and what became of this one.
    async fn mended(&self, of: &Deadline, now: i64) -> (u64, i64) {
        (self.f.store.mend_deadlines(now).await.unwrap(), self.find(of).await)
    }
}

/// Returns the condition that leaves out the rows for which a deadline has no meaning.
fn that_wait(of: &Deadline) -> &'static str {
    match (of.table, of.column) {
        ("mails", "due_at") => " AND status <> 'postponed'",
        _ => "",
    }
}

#[tokio::test]
async fn no_deadline_outlives_a_clock_that_was_a_day_ahead() {
    let waiting = Waiting::new().await;
    for deadline in DEADLINES.iter().filter(|deadline| deadline.mended != Mended::WhenRead) {
        let name = format!("{}.{}", deadline.table, deadline.column);
        let longest = NOW + deadline.longest_ms;
        let expected = if deadline.mended == Mended::Now { NOW } else { longest };
        // Written by the clock that was wrong; and by one that is right.
        waiting.set(deadline, longest + DAY_MS).await;
        assert_eq!(waiting.mended(deadline, NOW).await, (1, expected), "{name}");
        assert_eq!(waiting.mended(deadline, NOW).await, (0, expected), "{name}: once");
        waiting.set(deadline, longest + CLOCK_SKEW_MS).await;
        assert_eq!(waiting.mended(deadline, NOW).await, (0, longest + CLOCK_SKEW_MS), "{name}");
        waiting.set(deadline, 1).await;
    }
}

#[tokio::test]
async fn no_deadline_waits_for_a_clock_that_is_a_day_behind() {
    let waiting = Waiting::new().await;
    for deadline in DEADLINES.iter().filter(|deadline| deadline.mended != Mended::WhenRead) {
        let name = format!("{}.{}", deadline.table, deadline.column);
        let before = NOW - DAY_MS;
        waiting.set(deadline, NOW + deadline.longest_ms).await;
        let (wrong, then) = waiting.mended(deadline, before).await;
        assert_eq!(wrong, 1, "{name}");
        assert!(then <= before + deadline.longest_ms, "{name}");
        // Once the clock is right, nothing of that is in the future.
        assert_eq!(waiting.mended(deadline, NOW).await, (0, then), "{name}");
        waiting.set(deadline, 1).await;
    }
}

#[tokio::test]
async fn a_window_of_the_rate_limit_from_the_future_ends_when_it_is_read() {
    let f = fixture().await;
    for (wrong, right) in [(NOW + DAY_MS, NOW), (NOW + 2 * DAY_MS, NOW + DAY_MS)] {
        let mut tx = f.store.begin().await.unwrap();
        let tenant_id = &f.scope.tenant_id;
        assert_eq!(tx.reserve_requests(tenant_id, 1, 1, wrong).await.unwrap().taken, 1);
        assert_eq!(tx.reserve_requests(tenant_id, 1, 1, wrong).await.unwrap().taken, 0);
        let reservation = tx.reserve_requests(tenant_id, 1, 1, right).await.unwrap();
        assert_eq!(reservation, Reservation { ends_at: right + RATE_WINDOW_MS, before: 0, taken: 1 });
        tx.commit().await.unwrap();
    }
    // The clock of another node, a little behind, begins no new one.
    let mut tx = f.store.begin().await.unwrap();
    let now = NOW + 10 * DAY_MS;
    assert_eq!(tx.reserve_requests(&f.scope.tenant_id, 1, 1, now).await.unwrap().taken, 1);
    assert_eq!(tx.reserve_requests(&f.scope.tenant_id, 1, 1, now - CLOCK_SKEW_MS).await.unwrap().taken, 0);
}

#[tokio::test]
async fn the_table_of_deadlines_is_whole() {
    // Times of what happened, which nothing waits for, and the ends of keys, which are part of what is proven.
    let f = fixture().await;
    let direct = DirectConnection::open(&f.location).await;
    let sql = match f.location {
        Location::Sqlite(_) => {
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        Location::Postgres(_) => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema()"
        }
    };
    let mut found = 0;
    for row in direct.rows(sql).await {
        let (table, column) = (&row[0], &row[1]);
        let waits = column.ends_with("_until") || ["next_attempt_at", "due_at"].contains(&column.as_str());
        // The log of what was tried says when the next attempt was planned.
        if waits && table != "delivery_attempts" {
            let named = DEADLINES.iter().any(|one| one.table == *table && one.column == *column);
            assert!(named, "{table}.{column} has no longest pause");
            found += 1;
        }
    }
    assert!(found >= 8, "{found}");
}

#[test]
fn what_is_past_or_too_far_ahead_is_due() {
    for (at, due) in
        [(0, true), (5, true), (6, false), (10 + CLOCK_SKEW_MS + 5, false), (16 + CLOCK_SKEW_MS, true)]
    {
        assert_eq!(is_due(at, 5, 10), due, "{at}");
    }
}
