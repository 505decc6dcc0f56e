//! Refused requests, of which a minute gets few rows: the first ones of each key and of each address, and then one with the
//! number of the others.
//!
//! A request that is refused before it counts against the rate limit costs its sender nothing. So no number of such requests
//! makes more than a bounded number of rows.

use std::collections::HashMap;
use std::net::IpAddr;

use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::{KeyId, RequestId, TenantId};
use learncoin_store::requests::{AuditRow, SEVERAL};

const MINUTE_MS: i64 = 60_000;
/// The rows that a key gets in a minute for its refusals with one status.
pub(super) const ROWS_OF_KEY: u64 = 10;
/// The rows of an address whose requests have no known key.
pub(super) const ROWS_OF_ADDRESS: u64 = 5;
/// The rows of all addresses together.
pub(super) const ROWS_WITHOUT_KEY: u64 = 60;
/// The rows of all addresses at which only the first request of an address gets another one, so that those who came first leave
/// room.
const ROWS_OF_THE_FIRST: u64 = ROWS_WITHOUT_KEY / 2;

/// The refusals of one minute.
#[derive(Default)]
pub(super) struct Refusals {
    minute: i64,
    tallies: HashMap<Source, Tally>,
    rows_without_key: u64,
}

/// Those whose refusals are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Source {
    /// A known key, and the status with which it was refused.
    Key(KeyId, u16),
    /// A client whose requests have no known key.
    Client(Option<IpAddr>),
    /// All clients that came when there was no row left.
    OtherClients,
}

/// The refusals of a source.
struct Tally {
    tenant_id: Option<TenantId>,
    /// The address that all of them came from, if they came from one.
    address_mac: Option<String>,
    rows: u64,
    further: u64,
    status: u16,
    last_at: i64,
}

impl Refusals {
    /// Begins the minute of `now_ms`. Returns the rows with the numbers of the minute before, if that has ended.
    pub(super) fn turn(&mut self, now_ms: i64, clock: &dyn Clock, entropy: &dyn Entropy) -> Vec<AuditRow> {
        let minute = now_ms.div_euclid(MINUTE_MS);
        if minute == self.minute {
            return Vec::new();
        }
        let rows = self.take(clock, entropy);
        self.minute = minute;
        rows
    }

    /// Ends the minute early. Returns the rows with its numbers.
    pub(super) fn take(&mut self, clock: &dyn Clock, entropy: &dyn Entropy) -> Vec<AuditRow> {
        self.rows_without_key = 0;
        let ended = std::mem::take(&mut self.tallies).into_iter();
        let further = ended.filter(|(_, tally)| tally.further > 0);
        further
            .map(|(source, tally)| AuditRow {
                request_id: RequestId::generate(clock, entropy),
                tenant_id: tally.tenant_id,
                key_id: match source {
                    Source::Key(key_id, _) => Some(key_id),
                    Source::Client(_) | Source::OtherClients => None,
                },
                operator: None,
                member_id: None,
                address_mac: tally.address_mac,
                method: SEVERAL.to_owned(),
                endpoint: SEVERAL.to_owned(),
                status: tally.status,
                subjects: Vec::new(),
                at: tally.last_at,
                calls: tally.further,
                place: None,
            })
            .collect()
    }

    /// Counts a refusal of the current minute, from a client ([`client_network`](crate::middleware::client_address::client_network)). Returns whether it gets a row of its own.
    pub(super) fn admit(&mut self, row: &AuditRow, client: Option<IpAddr>) -> bool {
        let source = match &row.key_id {
            Some(key_id) => Source::Key(key_id.clone(), row.status),
            None => self.source_without_key(client),
        };
        let most = match source {
            Source::Key(..) => ROWS_OF_KEY,
            Source::Client(_) if self.rows_without_key >= ROWS_OF_THE_FIRST => 1,
            Source::Client(_) => ROWS_OF_ADDRESS,
            Source::OtherClients => 0,
        };
        let tally = self.tallies.entry(source).or_insert_with(|| Tally {
            tenant_id: row.tenant_id.clone(),
            address_mac: row.address_mac.clone(),
            rows: 0,
            further: 0,
            status: row.status,
            last_at: row.at,
        });
        (tally.status, tally.last_at) = (row.status, tally.last_at.max(row.at));
        if tally.address_mac != row.address_mac {
            tally.address_mac = None;
        }
        let is_admitted = tally.rows < most;
        let count = if is_admitted { &mut tally.rows } else { &mut tally.further };
        *count = count.saturating_add(1);
        if is_admitted && row.key_id.is_none() {
            self.rows_without_key = self.rows_without_key.saturating_add(1);
        }
        is_admitted
    }

    /// Returns the source of a client: itself if it has a row, or one is left for it.
    fn source_without_key(&self, client: Option<IpAddr>) -> Source {
        let own = Source::Client(client);
        if self.rows_without_key < ROWS_WITHOUT_KEY || self.tallies.contains_key(&own) {
            own
        } else {
            Source::OtherClients
        }
    }
}
