//! Document keys: one in use at a time, sealed in a place of their own, with ends that are set once.

use learncoin_store::Error;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{DocumentKey, KeyHome, StatementContent, StatementKind};

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

fn key(tenant_id: &TenantId, number: u8) -> DocumentKey {
    DocumentKey {
        tenant_id: tenant_id.clone(),
        number: number.into(),
        public_key: [number; 32],
        home: KeyHome::Local,
        created_at: NOW,
        retired_at: None,
        revoked_from: None,
    }
}

async fn insert(f: &Fixture, key: &DocumentKey) -> Result<(), Error> {
    let seed = [key.public_key[0] ^ 0xff; 32];
    let mut tx = f.store.begin_for(&key.tenant_id).await?;
    tx.insert_document_key(key, Some(&seed), &f.world).await?;
    let content = StatementContent::of_document_key(key, StatementKind::Created, "did:web:x".into());
    tx.append_statement(content, NOW).await?;
    tx.commit().await
}

async fn broken(f: &Fixture) -> Vec<String> {
    let findings = f.store.examine().await.unwrap();
    let rule = findings.into_iter().find(|finding| finding.rule.starts_with("each statement about a key"));
    // The fixture's signing key has no statement, which is another test's matter.
    rule.unwrap()
        .broken_by
        .into_iter()
        .filter(|one| one != &format!("key 1 of {}", f.key.tenant_id))
        .collect()
}

#[tokio::test]
async fn a_tenant_has_one_key_in_use_and_the_database_refuses_a_second() {
    let f = fixture().await;
    let tenant_id = &f.scope.tenant_id;
    assert_eq!(f.store.document_key_in_use(tenant_id).await.unwrap(), None);
    assert_eq!(
        f.store.list_tenants_without_document_key("", 10).await.unwrap(),
        std::slice::from_ref(tenant_id)
    );
    let first = key(tenant_id, 1);
    insert(&f, &first).await.unwrap();
    assert_eq!(f.store.document_key_in_use(tenant_id).await.unwrap(), Some(first.clone()));
    assert_eq!(f.store.list_tenants_without_document_key("", 10).await.unwrap(), []);
    assert!(matches!(insert(&f, &key(tenant_id, 2)).await, Err(Error::Database(_))));

    let mut tx = f.store.begin_for(tenant_id).await.unwrap();
    tx.retire_document_key(tenant_id, 1, NOW + 5).await.unwrap();
    assert!(matches!(tx.retire_document_key(tenant_id, 1, NOW + 6).await, Err(Error::Conflict { .. })));
    tx.commit().await.unwrap();
    insert(&f, &key(tenant_id, 2)).await.unwrap();
    let listed = f.store.list_document_keys(tenant_id).await.unwrap();
    assert_eq!(listed, [DocumentKey { retired_at: Some(NOW + 5), ..first }, key(tenant_id, 2)]);
    // A number or a public key is there once.
    let again = DocumentKey { public_key: [9; 32], ..key(tenant_id, 2) };
    assert!(matches!(insert(&f, &again).await, Err(Error::Database(_))));
}

#[tokio::test]
async fn a_seed_opens_in_its_place_alone_and_never_once_its_key_is_revoked() {
    let f = fixture().await;
    let tenant_id = &f.scope.tenant_id;
    insert(&f, &key(tenant_id, 1)).await.unwrap();
    let seed = async |number| f.store.document_secret(tenant_id, number).await;
    assert_eq!(*seed(1).await.unwrap().unwrap(), [1 ^ 0xff; 32]);
    assert!(seed(2).await.unwrap().is_none());
    let direct = DirectConnection::open(&f.location).await;
    direct.execute("UPDATE document_keys SET number = 2").await.unwrap();
    assert!(matches!(seed(2).await, Err(Error::Unsealed)), "it was sealed for the first key");
    direct
        .execute("UPDATE document_keys SET secret_sealed = (SELECT secret_sealed FROM signing_keys)")
        .await
        .unwrap();
    assert!(matches!(seed(2).await, Err(Error::Unsealed)), "it was sealed for a signing key");
    direct.execute("UPDATE document_keys SET number = 1").await.unwrap();

    let mut tx = f.store.begin_for(tenant_id).await.unwrap();
    assert!(tx.revoke_document_key(tenant_id, 1, NOW + 7).await.unwrap());
    assert!(!tx.revoke_document_key(tenant_id, 1, NOW + 8).await.unwrap(), "the time stays");
    assert!(!tx.revoke_document_key(tenant_id, 9, NOW + 8).await.unwrap());
    tx.commit().await.unwrap();
    let revoked = f.store.find_document_key(tenant_id, 1).await.unwrap().unwrap();
    assert_eq!((revoked.retired_at, revoked.revoked_from), (Some(NOW + 7), Some(NOW + 7)));
    assert!(seed(1).await.unwrap().is_none());
    assert_eq!(f.store.document_key_in_use(tenant_id).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_in_cloud_kms_has_no_seed_here() {
    let f = fixture().await;
    let tenant_id = &f.scope.tenant_id;
    assert!(!f.store.has_kms_keys().await.unwrap());
    let in_kms = DocumentKey { home: KeyHome::Kms("projects/p".into()), ..key(tenant_id, 1) };
    let mut tx = f.store.begin_for(tenant_id).await.unwrap();
    let without = tx.insert_document_key(&key(tenant_id, 1), None, &f.world).await;
    assert!(matches!(without, Err(Error::Unsealed)));
    tx.insert_document_key(&in_kms, None, &f.world).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(f.store.document_key_in_use(tenant_id).await.unwrap(), Some(in_kms));
    assert!(f.store.document_secret(tenant_id, 1).await.is_err());
    assert!(f.store.has_kms_keys().await.unwrap(), "a server without Cloud KMS reports it");
}

#[tokio::test]
async fn the_doctor_names_a_key_that_is_not_as_its_last_statement_says() {
    for change in [
        "UPDATE document_keys SET revoked_from = 5",
        "UPDATE document_keys SET retired_at = 5",
        "UPDATE document_keys SET created_at = created_at + 1",
        "UPDATE document_keys SET public_key = 'xx'",
        "UPDATE document_keys SET number = 7",
    ] {
        let f = fixture().await;
        insert(&f, &key(&f.scope.tenant_id, 1)).await.unwrap();
        assert!(broken(&f).await.is_empty());
        DirectConnection::open(&f.location).await.execute(change).await.unwrap();
        let found = broken(&f).await;
        assert!(found.len() == 1 && found[0].starts_with("document key "), "{change}: {found:?}");
    }
}
