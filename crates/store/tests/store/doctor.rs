//! The doctor finds planted damage, and nothing in what is whole.

use learncoin_store::anchors::NEVER;
use learncoin_store::batches::Batch;
use learncoin_store::events::EventType;
use learncoin_store::id::CredentialId;
use learncoin_store::onchain::BlockHash;
use learncoin_store::transactions::{AnchorTransaction, BlockPosition};
use serde_json::json;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

/// The rows that are damaged: an anchored batch of two, and a pending one.
struct Whole {
    f: Fixture,
    anchored: Batch,
    credentials: Vec<CredentialId>,
    pending: Batch,
    direct: DirectConnection,
}

impl Whole {
    async fn new() -> Self {
        let f = fixture().await;
        let (anchored, credentials) = f.accepted(&["Ada Lovelace", "Charles Babbage"]).await;
        let (pending, _) = f.accepted(&["Grace Hopper"]).await;
        let mut tx = f.store.begin().await.unwrap();
        tx.add_usage(&f.scope, "2026-04", 3).await.unwrap();
        let events = [
            (&anchored, EventType::BatchCreated),
            (&anchored, EventType::BatchSigned),
            (&anchored, EventType::BatchAnchored),
            (&pending, EventType::BatchCreated),
        ];
        for (batch, event) in events {
            tx.insert_event(&f.scope, event, batch.id.as_str(), &json!({}), &f.world, &f.world)
                .await
                .unwrap();
        }
        f.sign(&mut tx, &anchored).await.unwrap();
        let anchor = f.anchor(&anchored);
        tx.advance_nonce(&f.key, 0).await.unwrap();
        let transaction = AnchorTransaction {
            raw: format!("02{}", anchor.root).parse().unwrap(),
            ..f.transaction(&anchored, 0)
        };
        tx.insert_anchor_transaction(&transaction).await.unwrap();
        let block = BlockPosition { number: 5, hash: BlockHash::new([0xee; 32]), time: 1 };
        tx.mark_confirmed(&transaction.hash, &block).await.unwrap();
        tx.mark_anchored(&anchor.id, NEVER).await.unwrap();
        tx.mark_batches_anchored(&anchor.id, &[&anchored.id], NOW + 1).await.unwrap();
        tx.commit().await.unwrap();
        let direct = DirectConnection::open(&f.location).await;
        Self { f, anchored, credentials, pending, direct }
    }

    async fn broken(&self) -> Vec<&'static str> {
        let findings = self.f.store.examine().await.unwrap();
        findings.into_iter().filter(|one| !one.broken_by.is_empty()).map(|one| one.rule).collect()
    }
}

#[tokio::test]
async fn what_is_whole_breaks_no_rule() {
    assert_eq!(Whole::new().await.broken().await, [""; 0]);
}

#[tokio::test]
async fn each_planted_damage_is_found() {
    let whole = Whole::new().await;
    let (batch, pending, credential) = (&whole.anchored.id, &whole.pending.id, &whole.credentials[0]);
    let hash = whole.f.transaction(&whole.anchored, 0).hash;
    let anchor = whole.f.anchor(&whole.anchored).id;
    // An anchor of the same key that no batch is in.
    let copy_of_anchor = |root: &str| {
        format!(
            "INSERT INTO anchors (id, tenant_id, environment, status, root, batches_count, signing_key_number, verification_method,
                                  public_url, chain_id, signed_at, attempts, next_attempt_at)
             SELECT 'anc_other', tenant_id, environment, 'signed', {root}, 1, signing_key_number, verification_method,
                    public_url, chain_id, signed_at, attempts, next_attempt_at FROM anchors WHERE id = '{anchor}'"
        )
    };
    let damages = [
        ("credentials as were accepted", format!("UPDATE batches SET credentials_count = 3 WHERE id = '{batch}'")),
        ("tenant and environment", format!("UPDATE credentials SET environment = 'live' WHERE id = '{credential}'")),
        ("each of its credentials a place", format!("UPDATE credentials SET tree_place = NULL WHERE id = '{credential}'")),
        (
            "each of its credentials a place",
            format!("UPDATE credentials SET tree_place = NULL, tree_path = '' WHERE id = '{credential}'"),
        ),
        (
            "each of its credentials a place",
            format!("UPDATE credentials SET tree_place = NULL, node_full = 'ab' WHERE id = '{credential}'"),
        ),
        ("each of its credentials a place", format!("UPDATE batches SET tree_root = NULL WHERE id = '{batch}'")),
        (
            "no two batches have one tree",
            format!("UPDATE batches SET tree_root = (SELECT tree_root FROM batches WHERE id = '{batch}') WHERE id = '{pending}'"),
        ),
        ("no two anchors have one root", copy_of_anchor("root")),
        ("as many batches as were put into it", copy_of_anchor("'bb'")),
        ("under its root", format!("UPDATE batches SET merkle_root = 'bb' WHERE id = '{batch}'")),
        ("under its root", format!("UPDATE batches SET anchor_id = NULL WHERE id = '{batch}'")),
        ("under its root", format!("UPDATE batches SET anchor_steps = NULL WHERE id = '{batch}'")),
        ("under its root", format!("UPDATE batches SET anchor_path = '' WHERE id = '{batch}'")),
        ("not signed is in none", format!("UPDATE batches SET anchor_steps = (SELECT hash FROM document_parts LIMIT 1) WHERE id = '{pending}'")),
        ("under its root", format!("UPDATE batches SET signing_key_number = signing_key_number, verification_method = 'other' WHERE id = '{batch}'")),
        ("not signed is in none", format!("UPDATE batches SET anchor_id = '{anchor}' WHERE id = '{pending}'")),
        ("in an anchor that is anchored", format!("UPDATE anchors SET status = 'signed' WHERE id = '{anchor}'")),
        ("an anchor has a transaction", format!("DELETE FROM anchor_transactions WHERE anchor_id = '{anchor}'")),
        ("exactly one in a block", format!("UPDATE anchor_transactions SET block_number = NULL WHERE hash = '{hash}'")),
        (
            "no nonce carries two anchors",
            format!(
                "{};
                 INSERT INTO anchor_transactions (hash, anchor_id, chain_id, address, nonce, raw, created_at)
                 SELECT 'x', 'anc_other', chain_id, address, nonce, raw, created_at FROM anchor_transactions WHERE hash = '{hash}'",
                copy_of_anchor("'bb'"),
            ),
        ),
        ("follows on the one before", format!("UPDATE anchor_transactions SET nonce = 7 WHERE hash = '{hash}'")),
        ("above all that were used", "UPDATE signing_keys SET next_nonce = 0".into()),
        ("is signed by its key", format!("UPDATE anchor_transactions SET address = '0x0' WHERE hash = '{hash}'")),
        ("told that it was accepted", format!("DELETE FROM events WHERE subject_id = '{pending}'")),
        ("being signed", format!("DELETE FROM events WHERE subject_id = '{batch}' AND type = 'batch.signed'")),
        ("being signed", format!("UPDATE events SET type = 'batch.signed' WHERE subject_id = '{pending}'")),
        ("being anchored", format!("DELETE FROM events WHERE subject_id = '{batch}' AND type = 'batch.anchored'")),
        ("having failed", format!("UPDATE batches SET status = 'failed' WHERE id = '{pending}'")),
        ("its revocation", format!("UPDATE credentials SET revoked_at = 1 WHERE id = '{credential}'")),
        ("its erasure", format!("UPDATE credentials SET erased_at = 1, person_sealed = NULL WHERE id = '{credential}'")),
        ("keeps nothing of the person", format!("UPDATE credentials SET person_sealed = NULL WHERE id = '{credential}'")),
        ("keeps nothing of the person", format!("UPDATE credentials SET erased_at = 1 WHERE id = '{credential}'")),
        ("credentials as were accepted", format!("DELETE FROM credentials WHERE id = '{credential}'")),
        ("credentials as were accepted", format!("UPDATE credentials SET batch_id = '{pending}', position = 9 WHERE id = '{credential}'")),
        ("that a credential shares is there", "DELETE FROM document_parts".into()),
        ("that a credential shares is there", format!("UPDATE credentials SET document_hash = document_own WHERE id = '{credential}'")),
        ("follows from its content", "UPDATE document_parts SET content = '{}'".into()),
        ("in one form each", format!("UPDATE credentials SET document = '{{}}' WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET document_hash = NULL WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET document_own = NULL WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET document_own = NULL, document_hash = NULL WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET node_full = 'ab' WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET tree_path = '' WHERE id = '{credential}'")),
        ("carries its anchor's root", format!("UPDATE anchors SET root = 'bb' WHERE id = '{anchor}'")),
        ("carries its anchor's root", format!("UPDATE anchor_transactions SET raw = '02ab' WHERE hash = '{hash}'")),
        ("names the block wholly", format!("UPDATE anchor_transactions SET block_hash = NULL WHERE hash = '{hash}'")),
        ("the times of what became", format!("UPDATE batches SET anchored_at = NULL WHERE id = '{batch}'")),
        ("the times of what became", format!("UPDATE batches SET failed_at = 1 WHERE id = '{pending}'")),
        ("failed says why", format!("UPDATE batches SET status = 'failed' WHERE id = '{pending}'")),
        ("environment of what it tells of", format!("UPDATE events SET environment = 'live' WHERE subject_id = '{pending}'")),
        ("having failed", format!("UPDATE events SET type = 'batch.failed' WHERE subject_id = '{pending}'")),
        (
            "keeps nothing of the person",
            format!("UPDATE credentials SET person_sealed = NULL, data_key_sealed = 'x' WHERE id = '{credential}'"),
        ),
        (
            "keeps nothing of the person",
            format!("UPDATE credentials SET person_sealed = NULL, personal_sealed = 'x' WHERE id = '{credential}'"),
        ),
        ("in one form each", format!("UPDATE credentials SET personal_sealed = 'x' WHERE id = '{credential}'")),
        ("in one form each", format!("UPDATE credentials SET data_key_sealed = 'x' WHERE id = '{credential}'")),
        ("a month's usage", "UPDATE usage_by_month SET credentials = 4".into()),
        ("a month's usage", "DELETE FROM usage_by_month".into()),
    ];
    assert!(damages.len() >= 30);
    for (rule, damage) in damages {
        let whole = Whole::new().await;
        whole.direct.without_guards(&["credentials", "batches", "document_parts"]).await;
        // The ids of this one.
        let damage = damage
            .replace(anchor.as_str(), whole.f.anchor(&whole.anchored).id.as_str())
            .replace(batch.as_str(), whole.anchored.id.as_str())
            .replace(pending.as_str(), whole.pending.id.as_str())
            .replace(credential.as_str(), whole.credentials[0].as_str());
        for statement in damage.split(';') {
            let changed = whole.direct.execute(statement).await.unwrap();
            assert!(changed > 0, "{statement}");
        }
        let broken = whole.broken().await;
        assert!(broken.iter().any(|one| one.contains(rule)), "{damage}: {broken:?}");
    }
}
