//! Two nodes that do something at once.

use std::collections::BTreeSet;
use std::time::Duration;

use learncoin_store::events::EventType;
use learncoin_store::id::{BatchId, KeyId, RequestId, TenantId, WebhookId};
use learncoin_store::requests::AuditRow;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{ApiKey, Branding, Exceptions, KeyDigest, Logo, NamedLogo, Plan, Tenant};
use learncoin_store::webhooks::WebhookEndpoint;
use learncoin_store::{Attempts, Error, Store};
use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::fixture::{Fixture, NOW, fixture_at, master, postgres_location};

/// Opens two nodes over one database.
async fn two_nodes() -> (Fixture, Store) {
    let directory = tempfile::tempdir().unwrap();
    let fixture = fixture_at(postgres_location(directory.path()), directory).await;
    let other = Store::open(&fixture.location, &master()).await.unwrap();
    (fixture, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_requests_to_two_nodes_exactly_as_many_are_taken_as_the_window_holds() {
    let (f, other) = two_nodes().await;
    let mut requests = JoinSet::new();
    for number in 0..200 {
        let store = if number % 2 == 0 { f.store.clone() } else { other.clone() };
        let tenant_id = f.scope.tenant_id.clone();
        requests.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let reservation = tx.reserve_requests(&tenant_id, 70, 1 + number % 3, NOW).await.unwrap();
            tx.commit().await.unwrap();
            (reservation.before..reservation.before + reservation.taken).collect::<Vec<u64>>()
        });
    }
    let mut numbers = requests.join_all().await.concat();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..70).collect::<Vec<u64>>(), "each number is given once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_that_append_to_the_audit_log_make_whole_chains() {
    let (f, other) = two_nodes().await;
    let mut tenants = Vec::new();
    for _ in 0..4 {
        let tenant = Tenant {
            id: TenantId::generate(&f.world, &f.world),
            name: "Uni".into(),
            plan: Plan::Developer,
            created_at: NOW,
            exceptions: Exceptions::default(),
        };
        let mut tx = f.store.begin().await.unwrap();
        tx.insert_tenant(&tenant).await.unwrap();
        tx.commit().await.unwrap();
        tenants.push(tenant.id);
    }
    let mut writes = JoinSet::new();
    for number in 0..60 {
        let store = if number % 2 == 0 { f.store.clone() } else { other.clone() };
        let rows: Vec<AuditRow> = (0..6)
            .map(|place| AuditRow {
                request_id: RequestId::generate(&f.world, &f.world),
                tenant_id: tenants.get((number + place) % 5).cloned(),
                key_id: None,
                operator: None,
                member_id: None,
                address_mac: None,
                method: "GET".into(),
                endpoint: "/v1/batches".into(),
                status: 200,
                subjects: Vec::new(),
                at: NOW,
                calls: 1,
                place: None,
            })
            .collect();
        writes.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            tx.append_audit_rows(&rows).await.unwrap();
            tx.commit().await.unwrap();
            if number % 10 == 0 {
                store.cap_unauthenticated_audit_rows(20).await.unwrap();
            }
        });
    }
    writes.join_all().await;
    f.store.cap_unauthenticated_audit_rows(20).await.unwrap();
    let findings = f.store.examine().await.unwrap();
    let audit = findings.iter().find(|finding| finding.rule.contains("audit log")).unwrap();
    assert_eq!(audit.broken_by, [""; 0]);
    assert_eq!(f.store.list_audit_rows(None, i64::MIN, i64::MAX, None, 1_000).await.unwrap().len(), 20);
    for tenant in &tenants {
        let rows = f.store.list_audit_rows(Some(tenant), i64::MIN, i64::MAX, None, 1_000).await.unwrap();
        assert_eq!(rows.len(), 72);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_transaction_for_a_tenant_decides_by_stays_true_until_it_ends() {
    let (f, other) = two_nodes().await;
    let mut batches = JoinSet::new();
    for number in 0..60 {
        let store = if number % 2 == 0 { f.store.clone() } else { other.clone() };
        let scope = f.scope.clone();
        batches.spawn(async move {
            let mut tx = store.begin_for(&scope.tenant_id).await.unwrap();
            // Read, decide, write: any two of these at once would both decide by the same sum.
            if store.usage_in_month(&scope, "2026-11").await.unwrap() + 3 > 100 {
                return false;
            }
            tx.add_usage(&scope, "2026-11", 3).await.unwrap();
            tx.commit().await.unwrap();
            true
        });
    }
    let accepted = batches.join_all().await.into_iter().filter(|accepted| *accepted).count();
    assert_eq!((accepted, f.store.usage_in_month(&f.scope, "2026-11").await.unwrap()), (33, 99));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_not_revoked_in_the_middle_of_what_it_writes() {
    let (f, other) = two_nodes().await;
    for round in 0..100 {
        let key = ApiKey {
            id: KeyId::generate(&f.world, &f.world),
            tenant_id: f.scope.tenant_id.clone(),
            environment: Environment::Test,
            label: None,
            created_at: NOW,
            last_used_at: None,
            revoked_at: None,
        };
        let mut tx = f.store.begin().await.unwrap();
        tx.insert_api_key(&key, &KeyDigest::of(&format!("lrn_test_{round}"))).await.unwrap();
        tx.commit().await.unwrap();
        let month = format!("round {round}");
        let write = async {
            let mut tx = f.store.begin().await.unwrap();
            let is_active = tx.api_key_is_active(&key.id).await.unwrap();
            if is_active {
                tx.add_usage(&f.scope, &month, 1).await.unwrap();
                tx.commit().await.unwrap();
            }
            is_active
        };
        let revoke = async {
            let mut tx = other.begin().await.unwrap();
            tx.revoke_api_key(&key.id, NOW).await.unwrap();
            tx.commit().await.unwrap();
            // What the key could write was written before this.
            other.usage_in_month(&f.scope, &month).await.unwrap()
        };
        let (written, seen) = tokio::join!(write, revoke);
        assert_eq!(seen, u64::from(written), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_lease_different_deliveries_and_between_them_all() {
    let (f, other) = two_nodes().await;
    let endpoint = WebhookEndpoint {
        id: WebhookId::generate(&f.world, &f.world),
        scope: f.scope.clone(),
        url: "https://e.example/hook".into(),
        events: vec!["batch.created".into()],
        description: None,
        created_at: NOW,
        disabled_at: None,
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_webhook(&endpoint, "whsec_x", &f.world).await.unwrap();
    for number in 0..300 {
        let subject = format!("bat_{number}");
        tx.insert_event(&f.scope, EventType::BatchCreated, &subject, &json!({}), &f.world, &f.world)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let now = NOW + 1_000_000;
    let lease_all = |store: Store| {
        let endpoint_id = endpoint.id.clone();
        async move {
            let mut leased = Vec::new();
            loop {
                let mut tx = store.begin().await.unwrap();
                let leases = tx.lease_deliveries(&endpoint_id, now, now + 1, 7).await.unwrap();
                tx.commit().await.unwrap();
                assert!(leases.len() <= 7, "{} at once", leases.len());
                if leases.is_empty() {
                    return leased;
                }
                leased.extend(leases.into_iter().map(|lease| lease.event_id));
            }
        }
    };
    let (mut leased, also) = tokio::join!(lease_all(f.store.clone()), lease_all(other.clone()));
    leased.extend(also);
    // What the other one was just about to lease is passed over; it is found by the next look.
    leased.extend(lease_all(f.store.clone()).await);
    assert_eq!(leased.len(), 300);
    assert_eq!(leased.into_iter().collect::<BTreeSet<_>>().len(), 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_logo_that_one_tenant_gives_up_while_another_takes_it_is_kept() {
    let (f, other) = two_nodes().await;
    let id = &f.scope.tenant_id;
    for round in 0..50_u8 {
        let logo = Logo { media_type: "image/png".into(), bytes: vec![round] };
        let shown = Branding {
            page_logo: Some(NamedLogo { url: "https://e.example/logo".into(), hash: logo.hash() }),
            ..Branding::default()
        };
        let mut tx = f.store.begin().await.unwrap();
        tx.keep_logo(&logo).await.unwrap();
        tx.commit().await.unwrap();
        let take = async {
            let mut tx = f.store.begin().await.unwrap();
            tx.keep_logo(&logo).await.unwrap();
            tx.put_branding(id, "Uni", &Branding::default(), &shown).await.unwrap();
            tx.commit().await.unwrap();
        };
        let give_up = async {
            let mut tx = other.begin().await.unwrap();
            tx.release_logo(&logo.hash()).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(take, give_up);
        assert_eq!(f.store.find_logo(&logo.hash()).await.unwrap(), Some(logo), "round {round}");
    }
}

#[tokio::test]
async fn the_work_of_a_key_is_leased_to_one_node_until_the_lease_ends() {
    let (f, other) = two_nodes().await;
    let (tenant_id, number) = (&f.scope.tenant_id, f.key.number);
    let (batch, _) = f.accepted(&["Ada Lovelace"]).await;
    let mut tx = f.store.begin().await.unwrap();
    let lease = tx.lease_key(tenant_id, number, NOW, NOW + 10).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(other.list_waiting_keys(NOW).await.unwrap(), []);
    let mut tx = other.begin().await.unwrap();
    assert_eq!(tx.lease_key(tenant_id, number, NOW + 9, NOW + 20).await.unwrap(), None);
    let taken = tx.lease_key(tenant_id, number, NOW + 10, NOW + 20).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let mut tx = f.store.begin().await.unwrap();
    assert!(!tx.change_lease(&lease, Some(NOW + 30)).await.unwrap(), "it is another node's");
    assert!(tx.change_lease(&taken, None).await.unwrap());
    tx.commit().await.unwrap();
    let waiting = other.list_waiting_keys(NOW).await.unwrap();
    assert_eq!(waiting.iter().map(|key| key.key_number).collect::<Vec<_>>(), [number]);
    assert_eq!(other.list_pending_batches(tenant_id, number, 10).await.unwrap(), [batch]);
}

#[tokio::test]
async fn a_writer_that_waits_too_long_for_another_one_gives_up() {
    let (f, other) = two_nodes().await;
    let held = f.store.begin_for(&f.scope.tenant_id).await.unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(30), other.begin_for(&f.scope.tenant_id)).await;
    assert!(matches!(waited.unwrap().err(), Some(Error::Database(_))));
    drop(held);
    other.begin_for(&f.scope.tenant_id).await.unwrap();
}

/// Runs two transactions that want the same two rows in opposite orders: the database undoes one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_transactions_in_a_deadlock_the_one_that_was_undone_is_run_again() {
    let (f, other) = two_nodes().await;
    let (first, _) = f.accepted(&["Ada Lovelace"]).await;
    let (second, _) = f.accepted(&["Charles Babbage"]).await;
    let both_hold_one = Barrier::new(2);
    let put_off = async |store: &Store, one: &BatchId, then: &BatchId| {
        let (mut attempts, mut runs) = (Attempts::default(), 0);
        loop {
            runs += 1;
            let run = async {
                let mut tx = store.begin().await?;
                tx.reschedule_pending(&[one], NOW, None).await?;
                if runs == 1 {
                    both_hold_one.wait().await;
                }
                tx.reschedule_pending(&[then], NOW, None).await?;
                tx.commit().await
            };
            match run.await {
                Err(error) if attempts.again_after(&error) => assert!(error.is_undone()),
                outcome => return outcome.map(|()| runs),
            }
        }
    };
    let (here, there) =
        tokio::join!(put_off(&f.store, &first.id, &second.id), put_off(&other, &second.id, &first.id));
    // On a busy machine the one that is run again may be faster than the other one wakes, and they meet once more.
    assert!(here.unwrap() + there.unwrap() >= 3, "one of them was run twice");
    for id in [&first.id, &second.id] {
        assert_eq!(f.store.batch_by_id(id).await.unwrap().unwrap().attempts, 2, "each has changed it once");
    }
    let refused = Error::Conflict { what: "the batch" };
    assert!(!Attempts::default().again_after(&refused), "what is no deadlock is not run again");
}
