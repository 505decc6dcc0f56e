//! A connection to a database beside the store, by which a test looks at rows and changes them.

use std::sync::{Mutex, PoisonError};

use learncoin_store::Location;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _};

/// The connection.
pub(crate) enum DirectConnection {
    Sqlite(Mutex<rusqlite::Connection>),
    Postgres(PgPool),
}

impl DirectConnection {
    /// Connects to a database, which is there.
    pub(crate) async fn open(location: &Location) -> Self {
        match location {
            Location::Sqlite(file) => Self::Sqlite(Mutex::new(rusqlite::Connection::open(file).unwrap())),
            Location::Postgres(url) => Self::Postgres(PgPool::connect(url.expose()).await.unwrap()),
        }
    }

    /// Runs a statement, and returns how many rows it changed, or the database's refusal.
    pub(crate) async fn execute(&self, sql: &str) -> Result<u64, String> {
        match self {
            Self::Sqlite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let changed = connection.execute(sql, []).map_err(|error| error.to_string())?;
                Ok(u64::try_from(changed).unwrap())
            }
            Self::Postgres(pool) => {
                let done = sqlx::query(AssertSqlSafe(sql)).execute(pool).await;
                done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
            }
        }
    }

    /// Takes away what refuses rows of these tables.
    pub(crate) async fn without_guards(&self, tables: &[&str]) {
        for table in tables {
            let statements = match self {
                Self::Sqlite(_) => {
                    let triggers = format!(
                        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
                    );
                    let names = self.rows(&triggers).await.into_iter().flatten();
                    names.map(|name| format!("DROP TRIGGER {name}")).collect()
                }
                Self::Postgres(_) => vec![format!("ALTER TABLE {table} DISABLE TRIGGER USER")],
            };
            assert!(!statements.is_empty(), "{table} has no guard");
            for statement in statements {
                self.execute(&statement).await.unwrap();
            }
        }
    }

    /// Returns the rows of a query, each column as a text.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Self::Sqlite(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let mut statement = connection.prepare(sql).unwrap();
                let columns = statement.column_count();
                let read = |row: &rusqlite::Row<'_>| (0..columns).map(|place| text(row, place)).collect();
                statement.query_map([], read).unwrap().map(Result::unwrap).collect()
            }
            Self::Postgres(pool) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
                rows.iter().map(postgres_row).collect()
            }
        }
    }

    /// Returns the number that a query yields.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0][0].parse().unwrap()
    }
}

fn text(row: &rusqlite::Row<'_>, place: usize) -> rusqlite::Result<String> {
    row.get::<_, String>(place).or_else(|_| row.get::<_, i64>(place).map(|number| number.to_string()))
}

fn postgres_row(row: &PgRow) -> Vec<String> {
    let read = |column: &sqlx::postgres::PgColumn| match column.type_info().name() {
        "INT8" => row.get::<i64, _>(column.ordinal()).to_string(),
        _ => row.get::<String, _>(column.ordinal()),
    };
    row.columns().iter().map(read).collect()
}
