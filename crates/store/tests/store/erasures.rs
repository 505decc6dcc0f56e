//! The columns that an erasure clears, which the database itself refuses to fill again.

use learncoin_credential::Hash;
use learncoin_store::credentials::{ErasureRecord, Requester, Revocation, RevocationCode};
use learncoin_store::id::CredentialId;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

fn revocation() -> Revocation {
    Revocation {
        revoked_at: NOW,
        code: RevocationCode::Other,
        reason: Some("Ada Lovelace withdrew".into()),
        replaced_by: Some("crd_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap()),
    }
}

#[tokio::test]
async fn what_an_erasure_clears_the_database_refuses_to_fill() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace", "Grace Hopper"]).await;
    assert_kept_empty(&f, &ids, &["person_sealed"]).await;
}

#[tokio::test]
async fn what_an_erasure_clears_of_a_row_of_an_earlier_release_the_database_refuses_to_fill() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace", "Grace Hopper"]).await;
    for id in &ids {
        f.store_as_earlier_release(id).await;
    }
    assert_kept_empty(&f, &ids, &["personal_sealed", "data_key_sealed"]).await;
}

/// Erases the first of two credentials, of which a person is in these columns.
async fn assert_kept_empty(f: &Fixture, ids: &[CredentialId], sealed: &[&str]) {
    let (erased, other) = (&ids[0], &ids[1]);
    let mut tx = f.store.begin().await.unwrap();
    let record = ErasureRecord {
        erased_at: NOW,
        requester: Requester::Recipient,
        verified_at: "2026-04-23T12:00:00Z",
    };
    tx.erase_credential(erased, &record, &Hash::new([0xcd; 32])).await.unwrap();
    let kept = tx.revoke_credential(erased, &revocation()).await.unwrap();
    assert_eq!(kept, Revocation { reason: None, replaced_by: None, ..revocation() });
    assert_eq!(tx.find_revocation(erased).await.unwrap(), Some(kept));
    assert_eq!(tx.revoke_credential(other, &revocation()).await.unwrap(), revocation());
    tx.commit().await.unwrap();

    let direct = DirectConnection::open(&f.location).await;
    for id in [erased, other] {
        let mail = format!(
            "INSERT INTO mails (credential_id, tenant_id, environment, token, status, edition, attempts, queued_at, due_at)
             VALUES ('{id}', '{}', 'test', '{id}', 'sent', 1, 1, 1, 1)",
            f.scope.tenant_id
        );
        direct.execute(&mail).await.unwrap();
    }
    let empty = sealed.iter().map(|column| format!("{column} IS NULL")).collect::<Vec<_>>().join(" AND ");
    let count = |condition: &str| format!("SELECT COUNT(*) FROM credentials WHERE {condition}");
    assert_eq!(
        direct.number(&count(&format!("id = '{erased}' AND revocation_reason IS NULL AND {empty}"))).await,
        1
    );
    assert_eq!(direct.number(&count(&format!("id = '{other}' AND ({empty})"))).await, 0);
    // Its half of the node is kept, in the form that it has.
    assert_eq!(direct.number(&count("(node_full IS NULL) = (tree_place IS NULL)")).await, 0);
    assert_eq!(
        f.store.credential_by_id(erased).await.unwrap().unwrap().node_full,
        Some(Hash::new([0xcd; 32]))
    );
    let mut columns = vec![
        ("credentials", "revocation_reason", "id"),
        ("credentials", "replaced_by", "id"),
        ("mails", "answer", "credential_id"),
    ];
    columns.extend(sealed.iter().map(|column| ("credentials", *column, "id")));
    for (table, column, key) in columns {
        let fill = async |id: &CredentialId| {
            let sql = format!("UPDATE {table} SET {column} = 'Ada Lovelace' WHERE {key} = '{id}'");
            direct.execute(&sql).await
        };
        let refused = fill(erased).await.unwrap_err();
        assert!(refused.contains("would hold what it must not"), "{table}.{column}: {refused}");
        assert_eq!(fill(other).await.unwrap(), 1, "{table}.{column}");
    }
    // Nor is a person erased in part.
    for column in ["revocation_reason", "replaced_by"].iter().chain(sealed.iter().skip(1)) {
        let part = format!("UPDATE credentials SET erased_at = 1, {column} = NULL WHERE id = '{other}'");
        let refused = direct.execute(&part).await.unwrap_err();
        assert!(refused.contains("would hold what it must not"), "{column}: {refused}");
    }
    // Nor does a row come in that holds what an erasure clears.
    let copy = format!(
        "INSERT INTO credentials (id, batch_id, position, tenant_id, environment, recipient_id, document, document_hash, document_own,
                                  erased_at, {})
         SELECT 'crd_copy', batch_id, 99, tenant_id, environment, recipient_id, document, document_hash, document_own,
                erased_at, 'Ada Lovelace'
         FROM credentials WHERE id = '{erased}'",
        sealed[0]
    );
    let refused = direct.execute(&copy).await.unwrap_err();
    assert!(refused.contains("would hold what it must not"), "{refused}");
    assert_eq!(direct.execute(&copy.replace("'Ada Lovelace'", "NULL")).await.unwrap(), 1);
}
