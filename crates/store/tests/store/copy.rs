//! A copy of a database.

use learncoin_store::maintenance::TABLES;
use learncoin_store::settings::Setting;
use learncoin_store::{Error, Store};

use crate::direct::DirectConnection;
use crate::fixture::{NOW, fixture, location, master, sqlite_location};

#[tokio::test]
async fn everything_is_copied_once_in_either_direction() {
    let f = fixture().await;
    for batch in 0..30 {
        f.accepted(&[format!("Person {batch}").as_str(), "Ada Lovelace"]).await;
    }
    let mut tx = f.store.begin().await.unwrap();
    tx.put_setting(Setting::PublicUrl, "https://learncoin.example").await.unwrap();
    tx.add_usage(&f.scope, "2026-04", 60).await.unwrap();
    tx.reserve_requests(&f.scope.tenant_id, 10, 3, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    // To SQLite and back to the database that the run is for.
    let middle = Store::open(&sqlite_location(directory.path()), &master()).await.unwrap();
    let last_directory = tempfile::tempdir().unwrap();
    let last = Store::open(&location(last_directory.path()), &master()).await.unwrap();
    // The last two: the name of the achievement, and the batches in which it is.
    let copied = f.store.copy_to(&middle).await.unwrap();
    assert_eq!(
        copied.iter().map(|one| one.rows).sum::<u64>(),
        1 + 1 + 1 + 1 + 30 + 60 + 1 + 1 + 1 + 4 + 1 + 30
    );
    assert_eq!(middle.copy_to(&last).await.unwrap(), copied);
    for table in TABLES {
        let sorted = async |store: &Store| {
            let mut rows: Vec<_> =
                store.rows(table).await.unwrap().iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            rows
        };
        assert_eq!(sorted(&f.store).await, sorted(&last).await, "{table}");
    }
    let refused = f.store.copy_to(&last).await.err();
    assert!(matches!(refused, Some(Error::NotEmpty { table: "settings" })), "{refused:?}");
}

#[tokio::test]
async fn every_table_is_copied() {
    let directory = tempfile::tempdir().unwrap();
    let file = sqlite_location(directory.path());
    Store::open(&file, &master()).await.unwrap().close().await;
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%'";
    let rows = DirectConnection::open(&file).await.rows(sql).await;
    let mut tables: Vec<String> = rows.into_iter().flatten().collect();
    tables.sort();
    let mut copied = TABLES.to_vec();
    copied.sort_unstable();
    assert_eq!(tables, copied);
}
