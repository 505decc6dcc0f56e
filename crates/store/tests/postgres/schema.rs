//! Schema and settings.

use futures_util::future::join_all;
use learncoin_store::{Error, Location, Store};

use crate::direct::DirectConnection;
use crate::fixture::{master, postgres_location, sqlite_location};

#[tokio::test]
async fn of_nodes_that_start_at_once_on_an_empty_database_one_migrates() {
    let directory = tempfile::tempdir().unwrap();
    let location = postgres_location(directory.path());
    let node = async || Store::open(&location, &master()).await.unwrap().close().await;
    join_all((0..6).map(|_| node())).await;
    let direct = DirectConnection::open(&location).await;
    let applied = direct.number("SELECT COUNT(*) FROM _sqlx_migrations").await;
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    assert_eq!(usize::try_from(applied).unwrap(), migrations);
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_committed_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let Location::Postgres(url) = postgres_location(directory.path()) else { panic!("PostgreSQL") };
    let lossy: Location = format!("{}&options[synchronous_commit]=off", url.expose()).parse().unwrap();
    let refused = Store::open(&lossy, &master()).await.err();
    assert!(matches!(refused, Some(Error::Setting { name: "synchronous_commit", .. })), "{refused:?}");
}

#[tokio::test]
async fn a_schema_with_a_name_that_would_need_quotes_is_not_made() {
    let url = std::env::var("LEARNCOIN_TEST_POSTGRES").unwrap();
    let location: Location = format!("{url}?options[search_path]=No-Such").parse().unwrap();
    let refused = Store::open(&location, &master()).await.err();
    assert!(matches!(refused, Some(Error::Setting { name: "search_path", .. })), "{refused:?}");
}

#[tokio::test]
async fn both_databases_have_the_same_tables_with_the_same_columns() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (sqlite_location(directory.path()), postgres_location(directory.path()));
    for location in [&one, &other] {
        Store::open(location, &master()).await.unwrap().close().await;
    }
    // Table, column, type, whether it may be absent.
    let mut sqlite = DirectConnection::open(&one)
        .await
        .rows(
            "SELECT m.name, c.name, c.type, c.\"notnull\" = 0
             FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'",
        )
        .await;
    let mut postgres = DirectConnection::open(&other)
        .await
        .rows(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT),
                    CAST(CASE WHEN data_type = 'text' AND collation_name = 'C' THEN 'TEXT' WHEN data_type = 'bigint' THEN 'BIGINT'
                              WHEN data_type = 'bytea' THEN 'BLOB' ELSE 'another type' END AS TEXT),
                    CAST(CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS BIGINT)
             FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'",
        )
        .await;
    sqlite.sort();
    postgres.sort();
    assert!(sqlite.len() > 100, "{} columns", sqlite.len());
    assert_eq!(sqlite, postgres);
}
