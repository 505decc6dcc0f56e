//! The database that the tests run on: SQLite, or, if `LEARNCOIN_TEST_DATABASE` is `postgres`, a schema of their own in
//! the PostgreSQL database that `LEARNCOIN_TEST_POSTGRES` names.

use std::fmt::Write as _;
use std::path::Path;

use learncoin_store::maintenance::{ColumnValue, TABLES};
use learncoin_store::{Location, Store};

/// On PostgreSQL: two, so that every test is one of many nodes too.
const NODES: usize = 2;

fn is_postgres() -> bool {
    match std::env::var("LEARNCOIN_TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("LEARNCOIN_TEST_DATABASE is {other:?}, it must be sqlite or postgres"),
    }
}

/// Returns the number of nodes of a deployment.
pub(crate) fn nodes() -> usize {
    if is_postgres() { NODES } else { 1 }
}

/// Returns the location of the database of the deployment in this directory. A schema is named after the directory, so
/// that no other test uses it.
pub(crate) fn location(directory: &Path) -> Location {
    match postgres_url(directory) {
        None => Location::Sqlite(directory.join("learncoin.db")),
        Some(url) => url.parse().expect("a database's URL"),
    }
}

/// Returns the URL of the deployment's schema, if the tests run on PostgreSQL. The directory gives it its name.
pub fn postgres_url(directory: &Path) -> Option<String> {
    is_postgres().then(|| {
        let url = std::env::var("LEARNCOIN_TEST_POSTGRES").expect("LEARNCOIN_TEST_POSTGRES names a database");
        let name = directory.file_name().expect("a directory has a name").as_encoded_bytes();
        format!("{url}?options[search_path]=test_{}", hex::encode(name))
    })
}

/// Writes every row of every table into the directory.
pub(crate) async fn write_down(store: &Store, directory: &Path) {
    let mut text = String::new();
    for table in TABLES {
        for row in store.rows(table).await.expect("the table is read") {
            for (column, value) in row {
                let written = match value {
                    ColumnValue::Null => continue,
                    ColumnValue::Integer(number) => writeln!(text, "{table}.{column}: {number}"),
                    ColumnValue::Text(value) => writeln!(text, "{table}.{column}: {value}"),
                    // As it is, for those who look for words, and in hexadecimal digits.
                    ColumnValue::Bytes(value) => {
                        let words = String::from_utf8_lossy(&value);
                        writeln!(text, "{table}.{column}: {words} {}", hex::encode(&value))
                    }
                };
                written.expect("a String takes everything");
            }
        }
    }
    std::fs::write(directory.join("learncoin.db.txt"), text).expect("the directory is written");
}
