use std::sync::atomic::{AtomicU64, Ordering};

use super::refusals::{ROWS_OF_ADDRESS, ROWS_OF_KEY, ROWS_WITHOUT_KEY};
use super::*;
use crate::middleware::client_address::client_network;
use learncoin_store::id::{KeyId, RequestId, TenantId};

const MINUTE_MS: i64 = 60_000;

/// A fixed time, and bytes that are counted.
struct FixedTime(AtomicU64);

impl Clock for FixedTime {
    fn now_ms(&self) -> i64 {
        1_776_945_600_000
    }
}

impl Entropy for FixedTime {
    fn fill(&self, buffer: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (place, byte) in buffer.iter_mut().rev().zip(number.iter().rev()) {
            *place = *byte;
        }
    }
}

struct Flood {
    time: FixedTime,
    refusals: Refusals,
    rows: Vec<AuditRow>,
}

impl Flood {
    fn new() -> Self {
        Self { time: FixedTime(0.into()), refusals: Refusals::default(), rows: Vec::new() }
    }

    fn key(&self) -> (TenantId, KeyId) {
        (TenantId::generate(&self.time, &self.time), KeyId::generate(&self.time, &self.time))
    }

    /// Refuses a request at a time. Keeps the rows that are written.
    fn refuse(&mut self, key: Option<&(TenantId, KeyId)>, address: &str, status: u16, at: i64) {
        self.rows.extend(self.refusals.turn(at, &self.time, &self.time));
        let row = AuditRow {
            request_id: RequestId::generate(&self.time, &self.time),
            tenant_id: key.map(|(tenant_id, _)| tenant_id.clone()),
            key_id: key.map(|(_, key_id)| key_id.clone()),
            operator: None,
            member_id: None,
            address_mac: Some(address.to_owned()),
            method: "GET".into(),
            endpoint: "/v1/credentials/{id}/revoke".into(),
            status,
            subjects: Vec::new(),
            at,
            calls: 1,
            place: None,
        };
        if self.refusals.admit(&row, address.parse().ok().map(client_network)) {
            self.rows.push(row);
        }
    }

    /// Ends the process. Returns all rows.
    fn end(mut self) -> Vec<AuditRow> {
        self.rows.extend(self.refusals.take(&self.time, &self.time));
        self.rows
    }
}

/// Returns the number of calls that these rows count.
fn calls<'a>(rows: impl IntoIterator<Item = &'a AuditRow>) -> u64 {
    rows.into_iter().map(|row| row.calls).sum()
}

/// Returns the bytes of a row's values, a number taken for eight.
fn bytes(row: &AuditRow) -> usize {
    // The chain's name, the hashes of row and address, and its place.
    let texts = [
        Some("tnt_01KPX4MQ00REJFE5FBD8QX9Y5A"),
        Some("0123456789abcdef0123456789abcdef"),
        row.address_mac.as_deref(),
        Some(row.request_id.as_str()),
        row.tenant_id.as_ref().map(TenantId::as_str),
        row.key_id.as_ref().map(KeyId::as_str),
        Some(&row.method),
        Some(&row.endpoint),
    ];
    texts.into_iter().flatten().map(str::len).sum::<usize>() + 4 * 8
}

#[test]
fn two_thousand_refusals_a_second_make_less_than_a_megabyte_of_rows_which_tell_the_number() {
    let mut flood = Flood::new();
    let keys: Vec<_> = (0..100).map(|_| flood.key()).collect();
    for request in 0..120_000 {
        // A revoked key, then a limited one, in turn.
        let status = if request % 2 == 0 { 401 } else { 429 };
        let at = 30_000 + i64::try_from(request).unwrap() / 2;
        flood.refuse(Some(&keys[request % keys.len()]), "192.0.2.1", status, at);
    }
    let rows = flood.end();
    let size: usize = rows.iter().map(bytes).sum();
    // The minute before and the one after it.
    assert_eq!(rows.len(), 2 * keys.len() * (usize::try_from(ROWS_OF_KEY).unwrap() + 1));
    assert!(size < 1_000_000, "{size} bytes");
    assert_eq!(calls(&rows), 120_000);
    for (_, key_id) in &keys {
        let own = rows.iter().filter(|row| row.key_id.as_ref() == Some(key_id));
        assert_eq!(calls(own), 1_200);
    }
}

#[test]
fn each_status_of_a_key_has_rows_and_a_number_of_its_own() {
    let mut flood = Flood::new();
    let key = flood.key();
    for at in 0..50 {
        flood.refuse(Some(&key), "192.0.2.1", 401, at);
        flood.refuse(Some(&key), "192.0.2.1", 429, at);
    }
    flood.refuse(Some(&key), "192.0.2.1", 401, MINUTE_MS);
    let rows = flood.end();
    for (status, rows_of_the_minute) in [(401, 11), (429, 11)] {
        let of_minute = rows.iter().filter(|row| row.status == status && row.at < MINUTE_MS);
        assert_eq!((of_minute.clone().count(), calls(of_minute)), (rows_of_the_minute, 50));
    }
    let counted: Vec<_> = rows.iter().filter(|row| row.calls > 1).collect();
    assert!(counted.iter().all(|row| (row.method.as_str(), row.endpoint.as_str()) == ("*", "*")));
    assert!(counted.iter().all(|row| row.at == 49), "the time of the last one");
    assert!(counted.iter().all(|row| row.address_mac.as_deref() == Some("192.0.2.1")), "all came from it");
    assert!(rows.iter().any(|row| row.at == MINUTE_MS && row.calls == 1), "each minute has rows of its own");
}

#[test]
fn no_address_crowds_out_the_others() {
    let mut flood = Flood::new();
    for at in 0..10_000 {
        // A client chooses its IPv6 addresses within its network.
        flood.refuse(None, &format!("2001:db8::{at:x}"), 401, at);
        flood.refuse(None, "192.0.2.1", 401, at);
    }
    for host in 2..30 {
        flood.refuse(None, &format!("192.0.2.{host}"), 401, 20_000);
    }
    let rows = flood.end();
    let of_others = rows.iter().filter(|row| row.at == 20_000);
    assert_eq!(of_others.count(), 28, "a row for each");
    let floods = rows.iter().filter(|row| row.at < 20_000 && row.calls == 1);
    assert_eq!(floods.count(), 2 * usize::try_from(ROWS_OF_ADDRESS).unwrap());
    assert_eq!(calls(&rows), 20_028);
}

#[test]
fn no_number_of_addresses_makes_more_than_so_many_rows() {
    let mut flood = Flood::new();
    for host in 0..100_000_u32 {
        flood.refuse(None, &std::net::Ipv4Addr::from(host).to_string(), 401, 0);
    }
    flood.refuse(None, "not an address", 401, 0);
    let rows = flood.end();
    assert_eq!(calls(&rows), 100_001);
    let most = usize::try_from(2 * ROWS_WITHOUT_KEY + 1).unwrap();
    assert!(rows.len() <= most, "{} rows", rows.len());
    assert!(rows.iter().filter(|row| row.calls == 1).count() >= usize::try_from(ROWS_WITHOUT_KEY).unwrap());
}

#[test]
fn a_clock_that_is_set_back_begins_a_minute_and_loses_no_number() {
    let mut flood = Flood::new();
    let key = flood.key();
    for at in [10 * MINUTE_MS, 9 * MINUTE_MS, 0] {
        for _ in 0..20 {
            flood.refuse(Some(&key), "192.0.2.1", 401, at);
        }
    }
    let rows = flood.end();
    assert_eq!((rows.len(), calls(&rows)), (33, 60));
}
