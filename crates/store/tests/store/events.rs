//! The data of events that follows from their batches.

use learncoin_store::events::{AnnouncedTransaction, EventData, EventType};
use learncoin_store::id::EventId;
use serde_json::{Value, json};

use crate::direct::DirectConnection;
use crate::fixture::{NOW, fixture};

#[tokio::test]
async fn what_is_told_of_a_batch_is_put_together_from_it_and_what_can_not_be_read_keeps_no_other_back() {
    let f = fixture().await;
    let (batch, ids) = f.accepted(&["Ada Lovelace", "Charles Babbage"]).await;
    let (pending, _) = f.accepted(&["Grace Hopper"]).await;
    let transaction = AnnouncedTransaction {
        hash: format!("{:064x}", 7).parse().unwrap(),
        block_number: 5,
        explorer: "https://explorer.example/tx/".into(),
    };
    let anchored = EventData::OfAnchoredBatch(&transaction);
    let mut tx = f.store.begin().await.unwrap();
    let insert = [
        (&batch, EventType::BatchCreated, EventData::OfBatch),
        (&batch, EventType::BatchSigned, EventData::OfBatch),
        (&batch, EventType::BatchAnchored, anchored),
        (&pending, EventType::BatchCreated, EventData::OfBatch),
        // What these two report has not happened.
        (&pending, EventType::BatchSigned, EventData::OfBatch),
        (&pending, EventType::BatchAnchored, anchored),
    ];
    for (batch, event, data) in insert {
        tx.insert_event(&f.scope, event, batch.id.as_str(), data, &f.world, &f.world).await.unwrap();
    }
    let failed = json!({ "batch_id": pending.id, "error_code": "x" });
    tx.insert_event(&f.scope, EventType::BatchFailed, pending.id.as_str(), &failed, &f.world, &f.world)
        .await
        .unwrap();
    f.sign(&mut tx, &batch).await.unwrap();
    tx.mark_batches_anchored(&f.anchor(&batch).id, &[&batch.id], NOW + 1).await.unwrap();
    tx.commit().await.unwrap();

    let told: Vec<Value> = f
        .store
        .list_events(batch.id.as_str())
        .await
        .unwrap()
        .iter()
        .map(|event| event.data.parse().unwrap())
        .collect();
    assert_eq!(told[0], json!({ "batch_id": batch.id, "credentials_count": 2, "environment": "test" }));
    assert_eq!(told[1]["merkle_root"], format!("0x{}", f.anchor(&batch).root));
    assert_eq!(
        told[2]["anchor_transaction"]["explorer_url"],
        format!("https://explorer.example/tx/0x{}", transaction.hash)
    );
    let listed: Vec<&str> =
        told[2]["credentials"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids.iter().map(|id| id.as_str()).collect::<Vec<_>>());

    let direct = DirectConnection::open(&f.location).await;
    let all: Vec<EventId> =
        direct.rows("SELECT id FROM events").await.iter().map(|row| row[0].parse().unwrap()).collect();
    let outgoing = f.store.outgoing_events(&all.iter().collect::<Vec<_>>()).await.unwrap();
    let (readable, unreadable): (Vec<_>, Vec<_>) = outgoing.into_iter().partition(Result::is_ok);
    let of_pending = readable.iter().flatten().filter(|one| one.event.subject_id == pending.id.as_str());
    let mut of_pending: Vec<&str> = of_pending.map(|one| one.event.event_type.as_str()).collect();
    of_pending.sort_unstable();
    assert_eq!((readable.len(), of_pending), (5, vec!["batch.created", "batch.failed"]));
    let unreadable: Vec<String> =
        unreadable.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    assert!(
        unreadable.len() == 2 && unreadable.iter().all(|error| error.ends_with("unreadable data")),
        "{unreadable:?}"
    );
    assert!(f.store.list_events(pending.id.as_str()).await.is_err());
}
