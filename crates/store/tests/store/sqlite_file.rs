//! The SQLite file itself, whichever database the run is for.

use learncoin_credential::Hash;
use learncoin_store::credentials::{ErasureRecord, Requester, Revocation, RevocationCode};

use crate::fixture::{Fixture, NOW, fixture_at, sqlite_location};

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    fixture_at(sqlite_location(directory.path()), directory).await
}

#[tokio::test]
async fn no_person_and_no_secret_is_readable_in_any_file() {
    let f = fixture().await;
    f.accepted(&["Grace Brewster Murray Hopper"]).await;
    for entry in std::fs::read_dir(f.directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for text in ["Grace Brewster", "ada@example.edu", "Final project", &"ab".repeat(32), &"09".repeat(32)]
        {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
        }
        assert!(!bytes.windows(32).any(|window| window == [9; 32]), "the signing secret");
    }
    assert_eq!(*f.store.signing_secret(&f.scope.tenant_id, f.key.number).await.unwrap(), [9; 32]);
}

/// Returns the files of the directory that hold these bytes.
fn files_with(directory: &std::path::Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(entry.path()).unwrap();
        if bytes.windows(needle.len()).any(|window| window == needle.as_bytes()) {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found
}

#[tokio::test]
async fn what_a_long_reader_keeps_on_the_disk_is_taken_off_once_it_has_ended() {
    const REASON: &str = "The reason names Ada Lovelace";
    let fixture = fixture().await;
    let directory = fixture.directory.path();
    let (_, ids) = fixture.accepted(&["Ada Lovelace"]).await;
    let (code, reason) = (RevocationCode::Other, Some(REASON.into()));
    let revocation = Revocation { revoked_at: NOW, code, reason, replaced_by: None };
    let mut tx = fixture.store.begin().await.unwrap();
    tx.revoke_credential(&ids[0], &revocation).await.unwrap();
    tx.commit().await.unwrap();

    // Another process that reads the same state for a long time, as a backup does.
    let reader = rusqlite::Connection::open(directory.join("a.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT COUNT(*) FROM credentials").unwrap();

    let record = ErasureRecord {
        erased_at: NOW,
        requester: Requester::Recipient,
        verified_at: "2026-04-23T12:00:00Z",
    };
    let mut tx = fixture.store.begin().await.unwrap();
    tx.erase_credential(&ids[0], &record, &Hash::new([0xcd; 32])).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!fixture.store.scrub().await.unwrap(), "the reader is in the way");
    assert!(!files_with(directory, REASON).is_empty());
    fixture.accepted(&["Charles Babbage"]).await;

    reader.execute_batch("ROLLBACK").unwrap();
    fixture.store.scrub_if_due().await.unwrap();
    assert_eq!(files_with(directory, REASON), [""; 0]);
    assert_eq!(std::fs::metadata(directory.join("a.db-wal")).unwrap().len(), 0);
    // Nothing is due any more: what is written from now on stays in the log.
    fixture.accepted(&["Grace Hopper"]).await;
    fixture.store.scrub_if_due().await.unwrap();
    assert_ne!(std::fs::metadata(directory.join("a.db-wal")).unwrap().len(), 0);
}

#[tokio::test]
async fn what_a_killed_process_left_on_the_disk_is_due_at_the_next_start() {
    let fixture = fixture().await;
    fixture.accepted(&["Ada Lovelace"]).await;
    let wal = fixture.directory.path().join("a.db-wal");
    assert_ne!(std::fs::metadata(&wal).unwrap().len(), 0);
    fixture.store.scrub_if_due().await.unwrap();
    assert_eq!(std::fs::metadata(&wal).unwrap().len(), 0);
}
