//! The host's statements about keys: a list that anybody can check against itself.

use learncoin_chain::ChainKey;
use learncoin_credential::PublicKey;
use learncoin_store::onchain;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_testkit::{Caller, KmsServer, TestApp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const LIST: &str = "/.well-known/learncoin-keys.json";

pub(crate) async fn statements(app: &TestApp) -> Vec<Value> {
    app.get(LIST).await.expect(200)["statements"].as_array().unwrap().clone()
}

/// Computes the hash that a statement must have, from what is served alone, as the documentation describes it.
fn computed(statement: &Value) -> String {
    let line = |name: &str| match &statement[name] {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let members = [
        "sequence",
        "previous",
        "kind",
        "key",
        "chain_id",
        "address",
        "public_key",
        "from",
        "to",
        "revoked_from",
        "stated_at",
    ];
    let lines: Vec<String> = members.iter().map(|name| line(name)).collect();
    hex::encode(Sha256::digest(format!("learncoin key statement 1\n{}\n", lines.join("\n"))))
}

pub(crate) fn holds(statements: &[Value]) -> bool {
    let mut previous = "0".repeat(64);
    statements.iter().enumerate().all(|(index, statement)| {
        let follows = statement["sequence"] == index + 1 && statement["previous"] == previous.as_str();
        previous = computed(statement);
        follows && statement["hash"] == previous.as_str()
    })
}

async fn rotate(app: &TestApp, tenant: &Caller) {
    let scope = TenantScope { tenant_id: tenant.tenant_id.clone(), environment: Environment::Test };
    app.issuance().keys.rotate_signing_key(&scope).await.unwrap();
}

#[tokio::test]
async fn each_change_of_a_keys_life_is_one_more_statement() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    rotate(&app, &uni).await;
    app.issuance().keys.end_retired_keys().await.unwrap();
    let since = app.issuance().clock.now_ms();
    app.issuance().keys.revoke_signing_key(&uni.tenant_id, 2, since).await.unwrap();
    app.issuance().keys.revoke_signing_key(&uni.tenant_id, 2, since).await.unwrap();
    app.issuance().keys.revoke_signing_key(&uni.tenant_id, 2, since - 1_000).await.unwrap();
    let list = statements(&app).await;
    let changes: Vec<_> = list
        .iter()
        .map(|one| {
            let key = one["key"].as_str().unwrap().rsplit_once('#').unwrap().1;
            let key = if key.starts_with("z6Mk") { "z6Mk" } else { key };
            (one["kind"].as_str().unwrap(), key.replace(uni.tenant_id.ulid(), "X"))
        })
        .collect();
    let changes: Vec<_> = changes.iter().map(|(kind, key)| (*kind, key.as_str())).collect();
    assert_eq!(
        changes,
        [
            ("created", "host-key-31337"),
            ("created", "tenant-X-key-1"),
            ("created", "z6Mk"),
            ("created", "tenant-X-key-2"),
            ("retired", "tenant-X-key-1"),
            ("revoked", "tenant-X-key-2"),
            ("revoked", "tenant-X-key-2"),
        ]
    );
    assert!(holds(&list));
    let newest = app.get(LIST).await.expect(200)["newest"].clone();
    assert_eq!((&newest["sequence"], &newest["hash"]), (&list[6]["sequence"], &list[6]["hash"]));
    assert!(app.issuance().store.examine().await.unwrap().iter().all(|one| one.broken_by.is_empty()));
}

#[tokio::test]
async fn statements_agree_with_the_profiles() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    rotate(&app, &uni).await;
    app.issuance().keys.end_retired_keys().await.unwrap();
    let profile = app.get("/issuer.json").await.expect(200);
    let millis = |text: &Value| text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    for entry in profile["publicKey"].as_array().unwrap() {
        let list = statements(&app).await;
        let last = list
            .iter()
            .rfind(|one| {
                let address = one["address"].as_str();
                address.is_some_and(|address| entry["id"].as_str().unwrap().ends_with(address))
            })
            .unwrap();
        assert_eq!(millis(&last["from"]), millis(&entry["created"]));
        assert_eq!(last["to"].is_null(), entry.get("expires").is_none());
        if let Some(expires) = entry.get("expires") {
            assert_eq!(millis(&last["to"]), millis(expires));
        }
        // The address is that of the public key.
        let (x, y) = last["public_key"].as_str().unwrap().split_at(64);
        let coordinate = |text| hex::decode(text).unwrap().try_into().unwrap();
        let point = PublicKey::new(coordinate(x), coordinate(y)).unwrap();
        assert_eq!(point.address().to_string(), last["address"].as_str().unwrap());
    }
}

#[tokio::test]
async fn changing_removing_or_swapping_a_statement_breaks_the_list() {
    let app = TestApp::start().await;
    app.tenant("Example University").await;
    app.tenant("Other University").await;
    let list = statements(&app).await;
    assert!(holds(&list));
    let spoiled = |spoil: fn(&mut Vec<Value>)| {
        let mut list = list.clone();
        spoil(&mut list);
        list
    };
    for list in [
        spoiled(|list| list[1]["from"] = "2020-01-01T00:00:00.000Z".into()),
        spoiled(|list| list[1]["chain_id"] = 8453.into()),
        spoiled(|list| drop(list.remove(1))),
        spoiled(|list| list.swap(1, 2)),
        spoiled(|list| {
            // With a hash of its own again: then the next one does not follow.
            list[1]["revoked_from"] = "2020-01-01T00:00:00.000Z".into();
            let hash = computed(&list[1]);
            list[1]["hash"] = hash.into();
        }),
    ] {
        assert!(!holds(&list));
    }
}

#[tokio::test]
async fn the_list_is_read_in_pages_by_anybody_from_anywhere() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let since = app.issuance().clock.now_ms();
    for earlier in 0..500 {
        app.issuance().keys.revoke_signing_key(&uni.tenant_id, 1, since - earlier).await.unwrap();
    }
    let mut list = Vec::new();
    let mut next = LIST.to_owned();
    let mut pages = 0;
    loop {
        let answer = app.get(&next).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let page = answer.expect(200);
        list.extend(page["statements"].as_array().unwrap().clone());
        pages += 1;
        match page["next"].as_str() {
            Some(url) => next = url.strip_prefix(app.public_url()).unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!((list.len(), pages), (503, 2));
    assert!(holds(&list));
    assert_eq!(
        app.get(&format!("{LIST}?after=503")).await.expect(200)["statements"],
        Value::Array(Vec::new())
    );
    for query in ["after=", "after=x", "after=-1", "after=1&after=2"] {
        assert_eq!(app.get(&format!("{LIST}?{query}")).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_deployment_that_is_older_than_statements_makes_them_once() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let store = app.issuance().store.clone();
    // A key as an earlier release stored it.
    let secret = ChainKey::generate(&mut |bytes| bytes.fill(7)).unwrap();
    let (x, y) = secret.public_key_xy();
    let mut key = store.get_signing_key(&uni.tenant_id, 1).await.unwrap();
    key.public_key = onchain::PublicKeyCoordinates::new(x, y);
    key.address = secret.address().to_string().parse().unwrap();
    let mut tx = store.begin().await.unwrap();
    key.number = tx.claim_key_number(&uni.tenant_id).await.unwrap();
    tx.insert_signing_key(&key, &secret.secret_bytes(), &*app.issuance().entropy).await.unwrap();
    tx.commit().await.unwrap();
    let broken = |findings: Vec<learncoin_store::maintenance::Finding>| -> Vec<String> {
        findings.into_iter().flat_map(|finding| finding.broken_by).collect()
    };
    assert_eq!(broken(store.examine().await.unwrap()), [format!("key 2 of {}", uni.tenant_id)]);
    let before = statements(&app).await.len();
    for _ in 0..2 {
        app.issuance().host_keys.prepare_keys().await.unwrap();
        let list = statements(&app).await;
        assert_eq!(list.len(), before + 1);
        assert!(holds(&list));
    }
    assert!(broken(store.examine().await.unwrap()).is_empty());
}

#[tokio::test]
async fn the_host_has_one_key_for_each_chain_here_or_in_cloud_kms() {
    let kms = KmsServer::start().await;
    for (builder, in_kms) in [(TestApp::builder(), 0), (TestApp::builder().kms(&kms), 1)] {
        let app = builder.start().await;
        let store = app.issuance().store.clone();
        let key = store.find_host_key(31337).await.unwrap().unwrap();
        assert_eq!(store.list_host_keys().await.unwrap(), std::slice::from_ref(&key));
        assert_eq!(kms.versions().len(), in_kms);
        match in_kms {
            0 => {
                let secret = store.host_secret(31337).await.unwrap();
                let signer = ChainKey::from_secret_bytes(*secret).unwrap();
                assert_eq!(signer.address().to_string(), key.address.as_str());
            }
            _ => assert!(store.host_secret(31337).await.is_err()),
        }
        // Its nonces are taken as those of the tenants' keys. Nothing is sent with them here.
        app.allow_damage();
        let mut tx = store.begin().await.unwrap();
        tx.advance_host_nonce(&key, 0).await.unwrap();
        assert!(tx.advance_host_nonce(&key, 0).await.is_err());
        tx.commit().await.unwrap();
        app.restart().await;
        let kept = app.issuance().store.find_host_key(31337).await.unwrap().unwrap();
        assert_eq!((kept.address, kept.next_nonce), (key.address, 1));
    }
}
