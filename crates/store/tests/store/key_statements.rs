//! Statements about keys: the database itself refuses to change one, and the doctor finds what was changed all the same.

use learncoin_store::keys::{BEFORE_THE_FIRST, StatementContent, StatementKind};
use learncoin_store::maintenance::Finding;

use crate::direct::DirectConnection;
use crate::fixture::{Fixture, NOW, fixture};

async fn stated() -> (Fixture, DirectConnection) {
    let f = fixture().await;
    let mut tx = f.store.begin().await.unwrap();
    let content = |kind, key: &_| {
        StatementContent::of(key, kind, "did:web:learncoin.example#tenant-X-key-1".into(), NOW)
    };
    let first = tx.append_statement(content(StatementKind::Created, &f.key), NOW).await.unwrap();
    assert_eq!((first.sequence, first.previous_hash), (1, BEFORE_THE_FIRST));
    assert!(tx.revoke_signing_key(&f.key.tenant_id, 1, NOW + 5).await.unwrap());
    let mut key = f.key.clone();
    key.revoked_from = Some(NOW + 5);
    let second = tx.append_statement(content(StatementKind::Revoked, &key), NOW + 9).await.unwrap();
    assert_eq!(second.previous_hash, first.hash);
    tx.commit().await.unwrap();
    let direct = DirectConnection::open(&f.location).await;
    (f, direct)
}

async fn broken(f: &Fixture) -> Vec<String> {
    let findings = f.store.examine().await.unwrap();
    let rule = |finding: &Finding| finding.rule.starts_with("each statement about a key");
    findings.into_iter().find(rule).unwrap().broken_by
}

#[tokio::test]
async fn the_database_changes_none() {
    let (f, direct) = stated().await;
    for change in [
        "UPDATE key_statements SET valid_from = 0",
        "UPDATE key_statements SET revoked_from = NULL WHERE sequence = 2",
        "DELETE FROM key_statements WHERE sequence = 2",
        "DELETE FROM key_statements",
    ] {
        let error = direct.execute(change).await.unwrap_err();
        assert!(error.contains("never changed"), "{change}: {error}");
    }
    assert_eq!(f.store.list_statements(0, 10).await.unwrap().len(), 2);
    assert_eq!(f.store.newest_statement().await.unwrap().unwrap().sequence, 2);
    assert!(broken(&f).await.is_empty());
}

#[tokio::test]
async fn the_doctor_names_what_somebody_changed_who_may_do_anything_with_the_database() {
    let all: &[(&str, &[&str])] = &[
        ("UPDATE key_statements SET valid_from = 0 WHERE sequence = 1", &["statement 1"]),
        ("UPDATE key_statements SET address = '0x00' WHERE sequence = 2", &["statement 2", "key 1 of"]),
        ("UPDATE key_statements SET hash = 'aa' WHERE sequence = 1", &["statement 1", "statement 2"]),
        ("DELETE FROM key_statements WHERE sequence = 2", &["the last statement", "key 1 of"]),
        ("DELETE FROM key_statements WHERE sequence = 1", &["statement 2"]),
        ("UPDATE signing_keys SET revoked_from = NULL", &["key 1 of"]),
        ("UPDATE signing_keys SET revoked_from = revoked_from + 1", &["key 1 of"]),
        ("UPDATE signing_keys SET expires_at = 1", &["key 1 of"]),
        ("UPDATE signing_keys SET address = '0x00'", &["key 1 of"]),
        ("UPDATE signing_keys SET public_key_x = '00'", &["key 1 of"]),
    ];
    for (change, named) in all {
        let (f, direct) = stated().await;
        for guard in guards() {
            direct.execute(guard).await.unwrap();
        }
        direct.execute(change).await.unwrap();
        let found = broken(&f).await;
        assert_eq!(found.len(), named.len(), "{change}: {found:?}");
        assert!(
            found.iter().zip(*named).all(|(found, named)| found.starts_with(named)),
            "{change}: {found:?}"
        );
    }
}

/// Returns the statements that remove the database's own refusal.
fn guards() -> Vec<&'static str> {
    match std::env::var("LEARNCOIN_TEST_DATABASE").as_deref() {
        Ok("postgres") => vec!["DROP TRIGGER key_statements_append_only ON key_statements"],
        _ => vec!["DROP TRIGGER key_statements_no_UPDATE", "DROP TRIGGER key_statements_no_DELETE"],
    }
}
