//! The columns that an erasure clears, which the database itself refuses to fill again.

use learncoin_credential::Hash;
use learncoin_store::credentials::{ErasureRecord, Requester, Revocation, RevocationCode};
use learncoin_store::id::CredentialId;

use crate::direct::DirectConnection;
use crate::fixture::{NOW, fixture};

fn revocation() -> Revocation {
    Revocation { revoked_at: NOW, code: RevocationCode::Other, reason: Some("Ada Lovelace withdrew".into()) }
}

#[tokio::test]
async fn what_an_erasure_clears_the_database_refuses_to_fill() {
    let f = fixture().await;
    let (_, ids) = f.accepted(&["Ada Lovelace", "Grace Hopper"]).await;
    let (erased, other) = (&ids[0], &ids[1]);
    let mut tx = f.store.begin().await.unwrap();
    let record = ErasureRecord {
        erased_at: NOW,
        requester: Requester::Recipient,
        verified_at: "2026-04-23T12:00:00Z",
    };
    tx.erase_credential(erased, &record, &Hash::new([0xcd; 32])).await.unwrap();
    let kept = tx.revoke_credential(erased, &revocation()).await.unwrap();
    assert_eq!(kept, Revocation { reason: None, ..revocation() });
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
    let columns = [
        ("credentials", "personal_sealed", "id"),
        ("credentials", "data_key_sealed", "id"),
        ("credentials", "revocation_reason", "id"),
        ("mails", "answer", "credential_id"),
    ];
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
    let part = format!("UPDATE credentials SET erased_at = 1, personal_sealed = NULL WHERE id = '{other}'");
    assert!(direct.execute(&part).await.is_err());
    // Nor does a row come in that holds what an erasure clears.
    let copy = format!(
        "INSERT INTO credentials (id, batch_id, position, tenant_id, environment, recipient_id, document, erased_at, personal_sealed)
         SELECT 'crd_copy', batch_id, 99, tenant_id, environment, recipient_id, document, erased_at, 'Ada Lovelace'
         FROM credentials WHERE id = '{erased}'"
    );
    assert!(direct.execute(&copy).await.is_err());
}
