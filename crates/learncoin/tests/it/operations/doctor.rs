//! Trees that are built anew from what is stored.

use learncoin_credential::Hash;
use learncoin_credential::merkle::MerklePath;
use learncoin_issuance::credential::examine;
use learncoin_store::credentials::IssuedNode;
use learncoin_testkit::{TestApp, many};
use serde_json::json;

#[tokio::test]
async fn a_place_that_leads_to_another_root_is_found() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let posted = uni.post_batch(many(5)).await;
    uni.post_batch(many(1)).await;
    app.run_until_idle().await;
    let waiting = uni.post_batch(many(2)).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let erased = batch["credentials"][3]["id"].as_str().unwrap();
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
    uni.post(&format!("/v1/credentials/{erased}/erase"), erasure.to_string()).await.expect(200);
    let store = app.issuance().store.clone();
    assert_eq!(examine::trees(&store, |_| {}).await.unwrap().broken_by, [""; 0], "{waiting}");

    let id = posted["id"].as_str().unwrap().parse().unwrap();
    let credentials = store.credentials_of_batch(&id).await.unwrap();
    let place = |at: usize| credentials[at].node.clone().unwrap();
    let (own, others) = (place(0), place(1));
    let damages = [
        IssuedNode { node_full: Hash::new([0xab; 32]), ..own.clone() },
        IssuedNode { node_full: others.node_full, ..own.clone() },
        IssuedNode { tree_path: others.tree_path, ..own.clone() },
        IssuedNode { tree_path: MerklePath::default(), ..own.clone() },
    ];
    let put = async |node: &IssuedNode| {
        let mut tx = store.begin().await.unwrap();
        tx.place_credentials(&[(&credentials[0].id, node.clone())], false).await.unwrap();
        tx.commit().await.unwrap();
    };
    for damage in damages {
        put(&damage).await;
        assert_eq!(examine::trees(&store, |_| {}).await.unwrap().broken_by, [credentials[0].id.to_string()]);
        put(&own).await;
        assert_eq!(examine::trees(&store, |_| {}).await.unwrap().broken_by, [""; 0]);
    }
    let of_erased = IssuedNode { node_full: Hash::new([0xab; 32]), ..place(3) };
    let mut tx = store.begin().await.unwrap();
    tx.place_credentials(&[(&credentials[3].id, of_erased)], true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(examine::trees(&store, |_| {}).await.unwrap().broken_by, [erased]);
    app.allow_damage();
}
