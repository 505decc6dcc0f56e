//! The ledger itself: a checker that finds nothing is worth nothing, so each of its rules is shown planted damage.

use learncoin_testkit::ledger::{Acceptance, Observation, check};
use learncoin_testkit::{TestApp, many};
use serde_json::{Value, json};

/// Returns an observation of a deployment at rest: two anchored batches, one failed.
async fn at_rest() -> Observation {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut accepted = Vec::new();
    for (key, count, down) in [("first", 2, false), ("second", 1, false), ("third", 1, true)] {
        app.set_chain_down(down);
        let request = many(count);
        let answer = uni.post_batch_under(key, &request).await.expect(202);
        accepted.push(Acceptance::new(&uni.key, Some(key), &request, &answer));
        app.run_until_idle().await;
    }
    app.observe(accepted, &[&uni]).await
}

fn batch<'o>(seen: &'o mut Observation, status: &str) -> &'o mut Value {
    seen.accounts[0].batches.iter_mut().find(|batch| batch["status"] == status).unwrap()
}

#[tokio::test]
async fn every_rule_notices_what_breaks_it() {
    let clean = at_rest().await;
    assert_eq!(check(&clean), []);
    type Damage = fn(&mut Observation);
    let damages: &[(&str, Damage)] = &[
        ("every 202 exists and ended", |seen| seen.acceptances[0].batch_id = "bat_lost".to_owned()),
        ("every 202 exists and ended", |seen| batch(seen, "failed")["status"] = json!("signed")),
        ("a 202 names what was sent", |seen| seen.acceptances[0].recipient_ids.swap(0, 1)),
        ("a 202 names what was sent", |seen| {
            batch(seen, "failed")["credentials"].as_array_mut().unwrap().clear();
        }),
        ("one key, one batch", |seen| {
            let mut again = seen.acceptances[0].clone();
            again.batch_id = seen.acceptances[1].batch_id.clone();
            seen.acceptances.push(again);
        }),
        ("one key, one batch", |seen| {
            let mut other = seen.acceptances[0].clone();
            other.idempotency_key = Some("another".to_owned());
            seen.acceptances.push(other);
        }),
        ("one key, one batch", |seen| {
            seen.acceptances[0].idempotency_key = None;
            seen.acceptances.push(seen.acceptances[0].clone());
        }),
        ("nothing is issued twice", |seen| {
            let recipient = batch(seen, "failed")["credentials"][0]["recipient_id"].clone();
            batch(seen, "anchored")["credentials"][0]["recipient_id"] = recipient;
        }),
        ("no id twice", |seen| {
            let id = batch(seen, "failed")["credentials"][0]["id"].clone();
            batch(seen, "anchored")["credentials"][0]["id"] = id;
        }),
        ("one transaction per anchored batch", |seen| {
            seen.chain.pop();
        }),
        ("one transaction per anchored batch", |seen| {
            let mut again = seen.chain[0].clone();
            again.nonce = 2;
            seen.chain.push(again);
        }),
        ("one transaction per anchored batch", |seen| seen.chain[0].succeeded = false),
        ("one transaction per anchored batch", |seen| {
            batch(seen, "anchored")["anchor_transaction"]["block_number"] = json!(99);
        }),
        ("nothing else is on the chain", |seen| {
            let mut stranger = seen.chain[0].clone();
            (stranger.data, stranger.nonce) = (format!("0x{}", "ab".repeat(32)), 2);
            seen.chain.push(stranger);
        }),
        ("nonces without gaps", |seen| seen.chain[1].nonce = 5),
        ("nonces without gaps", |seen| seen.chain[1].nonce = 0),
        ("every proof verifies", |seen| {
            let signed =
                seen.accounts[0].credentials.values_mut().find(|one| !one["signed_credential"].is_null());
            signed.unwrap()["signed_credential"]["credentialSubject"]["name"] = json!("Mallory");
        }),
        ("every proof verifies", |seen| {
            let signed =
                seen.accounts[0].credentials.values_mut().find(|one| !one["signed_credential"].is_null());
            signed.unwrap()["signed_credential"] = Value::Null;
        }),
        ("every proof verifies", |seen| {
            let id = batch(seen, "failed")["credentials"][0]["id"].as_str().unwrap().to_owned();
            seen.accounts[0].credentials.get_mut(&id).unwrap()["signed_credential"] = json!({});
        }),
        ("every proof verifies", |seen| {
            seen.accounts[0].credentials.pop_first();
        }),
        ("every proof verifies", |seen| {
            let signed =
                seen.accounts[0].credentials.values_mut().find(|one| !one["signed_credential"].is_null());
            signed.unwrap()["revoked"] = json!(true);
        }),
        ("every proof verifies", |seen| seen.pages.clear()),
        ("every proof verifies", |seen| {
            let mut root = seen.chain[1].data.clone();
            let other = if root.ends_with('0') { "1" } else { "0" };
            root.replace_range(root.len() - 1.., other);
            batch(seen, "anchored")["merkle_root"] = json!(root);
        }),
        ("usage is what was accepted", |seen| {
            seen.accounts[0].tenant["credentials_issued_this_month"] = json!(4);
        }),
        ("one event per transition", |seen| {
            seen.events.as_mut().unwrap().values_mut().next().unwrap().pop();
        }),
        ("one event per transition", |seen| {
            let events = seen.events.as_mut().unwrap().values_mut().next().unwrap();
            events.push(events[0].clone());
        }),
        ("one event per transition", |seen| {
            let events = seen.events.as_mut().unwrap().values_mut().find(|events| events.len() == 3).unwrap();
            let created = events.iter_mut().find(|event| event.event_type == "batch.created").unwrap();
            created.created_at += 1_000_000;
        }),
        ("one event per transition", |seen| {
            let id = seen.events.as_ref().unwrap().values().next().unwrap()[0].id.clone();
            seen.events.as_mut().unwrap().values_mut().last().unwrap()[0].id = id;
        }),
    ];
    for (number, (rule, damage)) in damages.iter().enumerate() {
        let mut damaged = clean.clone();
        damage(&mut damaged);
        let found = check(&damaged);
        assert!(
            found.iter().any(|violation| violation.rule == *rule),
            "{number}: {rule} is not among {found:?}"
        );
    }
}
