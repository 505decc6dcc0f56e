//! The store on a real database: what each statement promises to the stages above it. The same tests hold on SQLite
//! and on PostgreSQL; `fixture` chooses one.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod achievement_images;
mod achievements;
mod audit;
mod copy;
mod deadlines;
mod direct;
mod doctor;
mod document_keys;
mod events;
mod erasures;
mod fixture;
mod key_statements;
mod members;
mod sealed_values;
mod shared_parts;
mod sqlite_file;
mod templates;

use learncoin_credential::Hash;
use learncoin_credential::merkle::MerklePath;
use learncoin_store::anchors::{AnchorStatus, AnchoredBatch, InFlight, NEVER};
use learncoin_store::batches::{BatchFilter, BatchState, BatchStatus, PlaceInAnchor, Scoped, WaitingKey};
use learncoin_store::credentials::IssuedNode;
use learncoin_store::events::EventType;
use learncoin_store::id::{BatchId, CredentialId, KeyId, TenantId};
use learncoin_store::onchain::BlockHash;
use learncoin_store::requests::{Answer, Claimed, IdempotencyClaim, KEPT_FOR_MS};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::settings::Setting;
use learncoin_store::tenants::{ApiKey, KeyDigest};
use learncoin_store::transactions::BlockPosition;
use learncoin_store::{Error, Store};
use serde_json::json;

use crate::direct::DirectConnection;
use crate::fixture::{NOW, fixture, master};

fn node(byte: u8) -> IssuedNode {
    IssuedNode { node_full: Hash::new([byte; 32]), tree_path: MerklePath::default() }
}

#[tokio::test]
async fn more_credentials_than_one_statement_holds_keep_their_order_and_their_persons() {
    let f = fixture().await;
    let names: Vec<String> = (0..47).map(|n| format!("Person {n}")).collect();
    let (batch, ids) = f.accepted(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let read = f.store.credentials_of_batch(&batch.id).await.unwrap();
    assert_eq!(
        read.iter().map(|credential| &credential.id).collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
    for (credential, name) in read.iter().zip(&names) {
        let personal = credential.personal.as_ref().unwrap();
        assert_eq!((&personal.name, personal.email.as_deref()), (name, Some("ada@example.edu")));
        assert_eq!(personal.evidence[0].narrative.as_deref(), Some("Final project"));
    }
    let listed = f.store.list_credentials(&f.scope, &[&batch.id]).await.unwrap();
    assert_eq!(
        listed.iter().map(|credential| &credential.id).collect::<Vec<_>>(),
        ids.iter().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_batch_moves_only_from_the_status_it_has() {
    let f = fixture().await;
    let (batch, _) = f.accepted(&["Ada"]).await;
    let mut tx = f.store.begin().await.unwrap();
    let anchor = f.anchor(&batch);
    let ids = [&batch.id];
    assert!(matches!(tx.mark_batches_anchored(&anchor.id, &ids, NOW).await, Err(Error::Conflict { .. })));
    f.sign(&mut tx, &batch).await.unwrap();
    tx.insert_anchor_transaction(&f.transaction(&batch, 0)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = f.store.begin().await.unwrap();
    let placed = [AnchoredBatch { id: batch.id.clone(), path: MerklePath::default() }];
    assert!(matches!(tx.mark_batches_signed(&anchor, &placed).await, Err(Error::Conflict { .. })));
    assert!(matches!(
        tx.mark_failed(&batch.id, "internal_error", "", NOW).await,
        Err(Error::Conflict { .. })
    ));
    let block = BlockPosition { number: 5, hash: BlockHash::new([0xee; 32]), time: 1 };
    tx.mark_confirmed(&f.transaction(&batch, 0).hash, &block).await.unwrap();
    tx.mark_anchored(&anchor.id, NEVER).await.unwrap();
    tx.mark_batches_anchored(&anchor.id, &ids, NOW + 1).await.unwrap();
    tx.commit().await.unwrap();

    let read = f.store.batch_by_id(&batch.id).await.unwrap().unwrap();
    assert_eq!(
        read.state,
        BatchState::Anchored {
            signed_at: NOW,
            anchored_at: NOW + 1,
            anchor: PlaceInAnchor {
                anchor_id: anchor.id.clone(),
                merkle_root: anchor.root,
                path: MerklePath::default()
            }
        }
    );
    assert_eq!(f.store.list_anchor_transactions(&anchor.id).await.unwrap()[0].block, Some(block));
    let mut tx = f.store.begin().await.unwrap();
    assert!(matches!(tx.mark_anchored(&anchor.id, NEVER).await, Err(Error::Conflict { .. })));
    assert!(matches!(tx.mark_batches_anchored(&anchor.id, &ids, NOW).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn placing_a_credential_that_is_not_there_in_that_half_is_a_conflict() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada", "Grace"]).await;
    let absent = CredentialId::generate(&f.world, &f.world);
    let mut tx = f.store.begin().await.unwrap();
    let nodes = [(&ids[0], node(0xaa)), (&absent, node(0xbb))];
    assert!(matches!(tx.place_credentials(&nodes, false).await, Err(Error::Conflict { .. })));
    assert!(matches!(
        tx.place_credentials(&[(&ids[1], node(0xcc))], true).await,
        Err(Error::Conflict { .. })
    ));
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    let f = fixture().await;
    let batch = f.new_batch(1);
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_batch(&batch).await.unwrap();
    drop(tx);
    assert_eq!(f.store.batch_by_id(&batch.id).await.unwrap(), None);
    // The next writer is let in.
    f.accepted(&["Ada"]).await;
}

#[tokio::test]
async fn a_nonce_is_taken_once() {
    let f = fixture().await;
    let mut tx = f.store.begin().await.unwrap();
    tx.advance_nonce(&f.key, 0).await.unwrap();
    assert!(matches!(tx.advance_nonce(&f.key, 0).await, Err(Error::Conflict { .. })));
    tx.commit().await.unwrap();
    assert_eq!(f.store.get_signing_key(&f.scope.tenant_id, f.key.number).await.unwrap().next_nonce, 1);
}

#[tokio::test]
async fn a_transition_tells_of_itself_once() {
    let f = fixture().await;
    let mut tx = f.store.begin().await.unwrap();
    let insert = async |tx: &mut learncoin_store::WriteTx, event| {
        tx.insert_event(&f.scope, event, "bat_1", &json!({"a": 1}), &f.world, &f.world).await
    };
    insert(&mut tx, EventType::BatchCreated).await.unwrap();
    insert(&mut tx, EventType::BatchSigned).await.unwrap();
    assert!(insert(&mut tx, EventType::BatchCreated).await.is_err());
    drop(tx);
    assert_eq!(f.store.list_events("bat_1").await.unwrap(), []);
}

#[tokio::test]
async fn a_scope_sees_its_own_rows_and_is_told_apart_from_others() {
    let f = fixture().await;
    let (batch, ids) = f.accepted(&["Ada"]).await;
    let live = TenantScope { environment: Environment::Live, ..f.scope.clone() };
    let other = TenantScope { tenant_id: TenantId::generate(&f.world, &f.world), ..f.scope.clone() };
    let seen = async |scope: &TenantScope| f.store.find_batch(scope, &batch.id).await.unwrap();
    assert_eq!(seen(&f.scope).await, Scoped::Own(batch.clone()));
    assert_eq!(seen(&live).await, Scoped::OtherEnvironment);
    assert_eq!(seen(&other).await, Scoped::Foreign);
    assert!(matches!(f.store.find_issued_credential(&other, &ids[0]).await.unwrap(), Scoped::Foreign));
    assert_eq!(f.store.list_batches(&live, None, BatchFilter::default(), 10).await.unwrap(), []);
    assert_eq!(f.store.list_batches(&other, None, BatchFilter::default(), 10).await.unwrap(), []);
    assert_eq!(f.store.list_credentials(&other, &[&batch.id]).await.unwrap(), []);
}

#[tokio::test]
async fn batches_are_listed_newest_first_from_a_place_and_in_a_status() {
    let f = fixture().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(f.accepted(&["Ada"]).await.0.id);
    }
    ids.reverse();
    let list = async |before: Option<&BatchId>, status, limit| -> Vec<BatchId> {
        let filter = BatchFilter { status, recipient_id: None };
        let batches = f.store.list_batches(&f.scope, before, filter, limit).await.unwrap();
        batches.into_iter().map(|batch| batch.id).collect()
    };
    assert_eq!(list(None, None, 3).await, ids[..3]);
    assert_eq!(list(Some(&ids[2]), None, 3).await, ids[3..]);
    assert_eq!(list(None, Some(BatchStatus::Pending), 9).await, ids);
    assert!(list(None, Some(BatchStatus::Failed), 9).await.is_empty());
}

/// Returns an answer without a secret and without a subject.
fn kept(status: u16, body: &str) -> Answer<'_> {
    Answer { status, body, secret: None, subject_id: None }
}

#[tokio::test]
async fn an_answer_is_kept_for_its_request_for_a_day() {
    let f = fixture().await;
    let claim = |key: &str, body: &[u8]| {
        IdempotencyClaim::new(f.store.sealer(), &f.scope, key, "POST", "/v1/batches", body)
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.keep_answer(&f.scope, &claim("k", b"1"), &kept(202, "{}"), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let find = async |claim: &IdempotencyClaim, now| f.store.find_claim(&f.scope, claim, now).await.unwrap();
    let answered = Claimed::Answered { status: 202, body: "{}".into() };
    assert_eq!(find(&claim("k", b"1"), NOW + KEPT_FOR_MS - 1).await, answered);
    assert_eq!(find(&claim("k", b"2"), NOW).await, Claimed::OtherRequest);
    assert_eq!(find(&claim("other", b"1"), NOW).await, Claimed::Free);
    assert_eq!(find(&claim("k", b"1"), NOW + KEPT_FOR_MS).await, Claimed::Free);
    // Too old, it gives way to another request under the same key, and is deleted.
    let mut tx = f.store.begin().await.unwrap();
    tx.keep_answer(&f.scope, &claim("k", b"2"), &kept(202, "[]"), NOW + KEPT_FOR_MS).await.unwrap();
    assert_eq!(tx.purge_answers(NOW + KEPT_FOR_MS).await.unwrap(), 0);
    assert_eq!(tx.purge_answers(NOW + 2 * KEPT_FOR_MS).await.unwrap(), 1);
}

#[tokio::test]
async fn an_answer_that_holds_a_secret_is_sealed_and_one_in_clear_is_refused_in_its_place() {
    let f = fixture().await;
    let claim = IdempotencyClaim::new(f.store.sealer(), &f.scope, "k", "POST", "/v1/webhooks", b"1");
    let secret = claim.clone().for_secret();
    let mut tx = f.store.begin().await.unwrap();
    assert!(matches!(tx.keep_answer(&f.scope, &secret, &kept(201, "{}"), NOW).await, Err(Error::Unsealed)));
    let sealed = Answer { secret: Some(&f.world), ..kept(201, "{}") };
    tx.keep_answer(&f.scope, &secret, &sealed, NOW).await.unwrap();
    let answered = Claimed::Answered { status: 201, body: "{}".into() };
    assert_eq!(tx.find_claim(&f.scope, &secret, NOW).await.unwrap(), answered);
    // A thief that can write to the database puts an answer there.
    tx.keep_answer(&f.scope, &claim, &kept(201, "{\"signing_secret\":\"mine\"}"), NOW).await.unwrap();
    assert!(matches!(tx.find_claim(&f.scope, &secret, NOW).await, Err(Error::Unsealed)));
}

#[tokio::test]
async fn usage_is_counted_by_month_and_given_back() {
    let f = fixture().await;
    let mut tx = f.store.begin().await.unwrap();
    assert_eq!(tx.add_usage(&f.scope, "2026-11", 200).await.unwrap(), 200);
    assert_eq!(tx.add_usage(&f.scope, "2026-11", 60).await.unwrap(), 260);
    tx.return_usage(&f.scope, "2026-11", 60).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.usage_in_month(&f.scope, "2026-11").await.unwrap(), 200);
    assert_eq!(f.store.usage_in_month(&f.scope, "2026-12").await.unwrap(), 0);
}

#[tokio::test]
async fn a_revoked_key_stays_revoked_since_the_first_time() {
    let f = fixture().await;
    let key = ApiKey {
        id: KeyId::generate(&f.world, &f.world),
        tenant_id: f.scope.tenant_id.clone(),
        environment: Environment::Test,
        label: Some("laptop".into()),
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_api_key(&key, &KeyDigest::of("lrn_test_x")).await.unwrap();
    tx.touch_api_keys(std::slice::from_ref(&key.id), NOW + 1).await.unwrap();
    tx.commit().await.unwrap();
    assert!(f.store.find_presented_key(&KeyDigest::of("lrn_test_y")).await.unwrap().is_none());
    let found = f.store.find_presented_key(&KeyDigest::of("lrn_test_x")).await.unwrap().unwrap();
    assert_eq!(found.key, ApiKey { last_used_at: Some(NOW + 1), ..key.clone() });
    assert_eq!((found.tenant.id, found.networks), (f.scope.tenant_id.clone(), Vec::new()));
    assert!(f.store.api_key_is_active(&key.id).await.unwrap());
    for now in [NOW + 2, NOW + 3] {
        let mut tx = f.store.begin().await.unwrap();
        assert_eq!(tx.revoke_api_key(&key.id, now).await.unwrap().unwrap().revoked_at, Some(NOW + 2));
        assert!(!tx.api_key_is_active(&key.id).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert!(!f.store.api_key_is_active(&key.id).await.unwrap());
}

#[tokio::test]
async fn batches_wait_for_their_key_until_they_are_due_the_oldest_first() {
    let f = fixture().await;
    let (first, _) = f.accepted(&["Ada"]).await;
    let (second, _) = f.accepted(&["Grace"]).await;
    let tenant_id = &f.scope.tenant_id;
    let pending = async |limit| -> Vec<BatchId> {
        let batches = f.store.list_pending_batches(tenant_id, f.key.number, limit).await.unwrap();
        batches.into_iter().map(|batch| batch.id).collect()
    };
    assert_eq!(pending(10).await, [first.id.clone(), second.id.clone()]);
    assert_eq!(pending(1).await, std::slice::from_ref(&first.id));
    let waiting = WaitingKey {
        tenant_id: tenant_id.clone(),
        key_number: f.key.number,
        due_at: NOW,
        oldest_at: NOW,
        pending: 2,
        in_flight: InFlight::default(),
    };
    assert_eq!(f.store.list_waiting_keys(NOW).await.unwrap(), std::slice::from_ref(&waiting));
    let mut tx = f.store.begin().await.unwrap();
    tx.reschedule_pending(&[&first.id], NOW + 10, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.batch_by_id(&first.id).await.unwrap().unwrap().attempts, 1);
    // What arrives during a pause waits for its end too.
    assert_eq!(
        f.store.list_waiting_keys(NOW).await.unwrap(),
        [WaitingKey { due_at: NOW + 10, ..waiting.clone() }]
    );

    let mut tx = f.store.begin().await.unwrap();
    f.sign(&mut tx, &first).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        f.store.list_waiting_keys(NOW).await.unwrap(),
        [WaitingKey { pending: 1, in_flight: InFlight { count: 1, largest: 1 }, ..waiting.clone() }]
    );
    assert_eq!(pending(10).await, [second.id]);
    let anchor = f.anchor(&first);
    assert_eq!(
        f.store.due_anchors(AnchorStatus::Signed, NOW, 10).await.unwrap(),
        std::slice::from_ref(&anchor)
    );
    let mut tx = f.store.begin().await.unwrap();
    tx.record_seen_in_block(&anchor.id, Some(7), NOW + 20).await.unwrap();
    // It does not have that status: it is left alone.
    tx.reschedule_failed_anchor(&anchor.id, AnchorStatus::Anchored, NOW + 30, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.list_waiting_keys(NOW).await.unwrap(), [WaitingKey { pending: 1, ..waiting }]);
    assert_eq!(f.store.due_anchors(AnchorStatus::Signed, NOW, 10).await.unwrap(), []);
    assert_eq!(f.store.next_due_anchor(AnchorStatus::Signed, NOW).await.unwrap(), Some(NOW + 20));
    assert_eq!(f.store.next_due_anchor(AnchorStatus::Anchored, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_setting_is_pinned_by_the_first() {
    let f = fixture().await;
    let mut tx = f.store.begin().await.unwrap();
    assert_eq!(tx.pin_setting(Setting::PublicUrl, "https://a").await.unwrap(), "https://a");
    assert_eq!(tx.pin_setting(Setting::PublicUrl, "https://b").await.unwrap(), "https://a");
    tx.put_setting(Setting::PublicUrl, "https://b").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.find_setting(Setting::PublicUrl).await.unwrap().as_deref(), Some("https://b"));
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_schema() {
    let f = fixture().await;
    f.store.close().await;
    let direct = DirectConnection::open(&f.location).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99, 'newer', (1 = 1), 'x', 0)";
    direct.execute(newer).await.unwrap();
    drop(direct);
    let reopened = Store::open(&f.location, &master()).await;
    assert!(matches!(reopened.err(), Some(Error::Migration(_))));
}

#[tokio::test]
async fn the_credentials_of_several_batches_are_listed_at_once() {
    let f = fixture().await;
    let (first, mut expected) = f.accepted(&["Ada Lovelace", "Charles Babbage"]).await;
    f.accepted(&["Alan Turing"]).await;
    let (second, more) = f.accepted(&["Grace Hopper"]).await;
    expected.extend(more);
    let listed = f.store.list_credentials(&f.scope, &[&second.id, &first.id]).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(f.store.list_credentials(&f.scope, &[]).await.unwrap(), []);
}
