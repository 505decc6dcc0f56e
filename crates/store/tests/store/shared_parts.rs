//! The part that documents share is stored once for each tenant, and rows of an earlier release are read as they are.

use learncoin_credential::Hash;
use learncoin_credential::document::SharedPart;
use learncoin_credential::merkle::{MerklePath, PathStep};
use learncoin_store::credentials::{Credential, IssuedNode, StoredDocument};
use learncoin_store::id::{CredentialId, TenantId};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::{Exceptions, Plan, Tenant};

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture, shared_part};

async fn find(f: &Fixture, id: &CredentialId) -> Credential {
    f.store.credential_by_id(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_documents_share_is_stored_once_for_each_tenant() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace", "Charles Babbage"]).await;
    let (_, more) = f.accepted(&["Grace Hopper"]).await;
    let direct = DirectConnection::open(&f.location).await;
    assert_eq!(direct.number("SELECT COUNT(*) FROM document_parts").await, 1);
    let other = Tenant {
        id: TenantId::generate(&f.world, &f.world),
        name: "Another".into(),
        plan: Plan::Developer,
        created_at: NOW,
        exceptions: Exceptions::default(),
    };
    let scope = TenantScope { tenant_id: other.id.clone(), environment: Environment::Test };
    let batch = f.new_batch(1);
    let sealed = f.new_credential("Ada").seal(f.store.sealer(), &f.world, &other.id).unwrap();
    let mut tx = f.store.begin().await.unwrap();
    tx.insert_tenant(&other).await.unwrap();
    tx.insert_batch(&batch).await.unwrap();
    tx.insert_credentials(&scope, &batch.id, std::slice::from_ref(&sealed)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(direct.number("SELECT COUNT(*) FROM document_parts").await, 2);
    for id in ids.iter().chain(&more).chain([sealed.id()]) {
        let credential = find(&f, id).await;
        let StoredDocument::Parts { shared, own } = &credential.document else { panic!("{id} is whole") };
        assert_eq!(SharedPart::read(shared).unwrap(), shared_part());
        let document = credential.redacted().unwrap();
        assert_eq!(document.id, format!("https://learncoin.example/c/{id}"));
        assert_eq!(document.subject.id, credential.recipient_id);
        assert_eq!(document.nonce, hex::encode(own.nonce));
        assert!(SharedPart::of(&document, own) == shared_part());
    }
    let nonces = direct.number("SELECT COUNT(DISTINCT document_own) FROM credentials").await;
    assert_eq!(nonces, 4);
}

#[tokio::test]
async fn a_row_of_an_earlier_release_is_read_as_it_is() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace", "Charles Babbage"]).await;
    let new = find(&f, &ids[0]).await;
    let text = new.redacted().unwrap().to_json().to_string();
    let path = MerklePath(vec![PathStep::Left(Hash::sha256(b"l")), PathStep::Right(Hash::sha256(b"r"))]);
    let half = Hash::new([0xcd; 32]);
    let direct = DirectConnection::open(&f.location).await;
    f.store_as_earlier_release(&ids[0]).await;
    let set_path = format!("UPDATE credentials SET tree_path = '{path}' WHERE id = '{}'", ids[0]);
    assert_eq!(direct.execute(&set_path).await.unwrap(), 1);
    let old = find(&f, &ids[0]).await;
    assert!(matches!(&old.document, StoredDocument::Whole(whole) if *whole == text));
    assert_eq!(old.redacted().unwrap(), new.redacted().unwrap());
    assert_eq!(old.node, Some(IssuedNode { node_full: half, tree_path: path.clone() }));
    assert!(old.personal == new.personal);
    // A place that is written anew is written in the new form.
    let node = IssuedNode { node_full: Hash::new([1; 32]), tree_path: path };
    let mut tx = f.store.begin().await.unwrap();
    tx.place_credentials(&[(&ids[0], node.clone())], false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&f, &ids[0]).await.node, Some(node));
    let old_columns = "SELECT COUNT(*) FROM credentials WHERE node_full IS NOT NULL OR tree_path IS NOT NULL";
    assert_eq!(direct.number(old_columns).await, 0);
}

#[tokio::test]
async fn the_database_refuses_a_row_with_two_forms_or_with_none_and_a_change_of_a_shared_part() {
    let f = fixture().await;
    let (batch, _) = f.accepted(&["Ada Lovelace"]).await;
    let mut tx = f.store.begin().await.unwrap();
    f.sign(&mut tx, &batch).await.unwrap();
    tx.commit().await.unwrap();
    let direct = DirectConnection::open(&f.location).await;
    for change in [
        "credentials SET document = '{}'",
        "credentials SET document_hash = NULL",
        "credentials SET document_own = NULL",
        "credentials SET document_own = NULL, document_hash = NULL",
        "credentials SET node_full = 'ab'",
        "credentials SET tree_path = ''",
        "credentials SET personal_sealed = 'x'",
        "credentials SET data_key_sealed = 'x'",
        "batches SET anchor_path = ''",
    ] {
        let refused = direct.execute(&format!("UPDATE {change}")).await.unwrap_err();
        assert!(refused.contains("would hold what it must not"), "{change}: {refused}");
    }
    for change in ["UPDATE document_parts SET content = 'x'", "DELETE FROM document_parts"] {
        let refused = direct.execute(change).await.unwrap_err();
        assert!(refused.contains("are never changed"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn a_shared_part_that_is_missing_makes_the_row_unreadable() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace"]).await;
    let direct = DirectConnection::open(&f.location).await;
    direct.without_guards(&["document_parts"]).await;
    direct.execute("DELETE FROM document_parts").await.unwrap();
    let error = f.store.credential_by_id(&ids[0]).await.err().map(|error| error.to_string());
    assert_eq!(error, Some(format!("credentials {}: unreadable document_shared", ids[0])));
}
