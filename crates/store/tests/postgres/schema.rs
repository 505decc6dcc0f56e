//! Schema and settings.

use futures_util::future::join_all;
use learncoin_store::{Error, Location, Store};
use sqlx::{AnyPool, Row as _};

use crate::fixture::{master, postgres_location, sqlite_location};

async fn pool(location: &Location) -> AnyPool {
    sqlx::any::install_default_drivers();
    let url = match location {
        Location::Sqlite(file) => format!("sqlite://{}", file.display()),
        Location::Postgres(url) => url.expose().to_owned(),
    };
    AnyPool::connect(&url).await.unwrap()
}

#[tokio::test]
async fn of_nodes_that_start_at_once_on_an_empty_database_one_migrates() {
    let directory = tempfile::tempdir().unwrap();
    let location = postgres_location(directory.path());
    let node = async || Store::open(&location, &master()).await.unwrap().close().await;
    join_all((0..6).map(|_| node())).await;
    let applied: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM _sqlx_migrations")
        .fetch_one(&pool(&location).await)
        .await
        .unwrap();
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

/// Table, column, whether it is a text, whether it may be absent.
type Column = (String, String, bool, bool);

#[tokio::test]
async fn both_databases_have_the_same_tables_with_the_same_columns() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (sqlite_location(directory.path()), postgres_location(directory.path()));
    for location in [&one, &other] {
        Store::open(location, &master()).await.unwrap().close().await;
    }
    let sqlite = sqlx::query(
        "SELECT m.name AS t, c.name AS c, c.type = 'TEXT' AS is_text, c.\"notnull\" = 0 AS may_be_absent
         FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'",
    )
    .fetch_all(&pool(&one).await)
    .await
    .unwrap();
    let postgres = sqlx::query(
        "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c,
                CAST(CASE WHEN data_type = 'text' AND collation_name = 'C' THEN 1 WHEN data_type = 'bigint' THEN 0 END AS BIGINT) AS is_text,
                CAST(CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS BIGINT) AS may_be_absent
         FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(&pool(&other).await)
    .await
    .unwrap();
    let columns = |rows: &[sqlx::any::AnyRow]| {
        let mut columns: Vec<Column> = rows
            .iter()
            .map(|row| {
                (
                    row.get("t"),
                    row.get("c"),
                    row.get::<i64, _>("is_text") == 1,
                    row.get::<i64, _>("may_be_absent") == 1,
                )
            })
            .collect();
        columns.sort();
        columns
    };
    let (sqlite, postgres) = (columns(&sqlite), columns(&postgres));
    assert!(sqlite.len() > 100, "{} columns", sqlite.len());
    assert_eq!(sqlite, postgres);
}
