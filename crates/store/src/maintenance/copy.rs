//! Copying: everything that one database holds, into another one that holds nothing yet.

use crate::database::dialect::Dialect;
use crate::database::sql::{self, Row, SqlValue};
use crate::database::store::Store;
use crate::database::transaction::OpenTransaction;
use crate::database::values::ROWS_PER_STATEMENT;
use crate::error::{Error, Result};

/// Every table, those that others refer to first.
pub const TABLES: [&str; 50] = [
    "settings",
    "tenants",
    "confirmed_names",
    "api_keys",
    "api_key_networks",
    "signing_keys",
    "document_keys",
    "host_keys",
    "host_transactions",
    "host_attempts",
    "key_balances",
    "key_statements",
    "key_statement_head",
    "own_dids",
    "own_did_keys",
    "logos",
    "achievement_images",
    "anchors",
    "batches",
    "document_parts",
    "achievement_names",
    "achievement_batches",
    "credentials",
    "wallet_offers",
    "used_wallet_nonces",
    "mails",
    "mails_by_day",
    "anchor_transactions",
    "unknown_transactions",
    "events",
    "idempotency_keys",
    "usage_by_month",
    "rate_windows",
    "members",
    "memberships",
    "member_links",
    "member_sessions",
    "member_identities",
    "sign_in_attempts",
    "sign_in_windows",
    "achievement_templates",
    "uploads",
    "upload_files",
    "upload_parts",
    "audit_log",
    "audit_chains",
    "webhook_endpoints",
    "webhook_tests",
    "deliveries",
    "delivery_attempts",
];

/// The number of rows that are read at a time.
const ROWS_AT_A_TIME: usize = 500;

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValue {
    /// Nothing.
    Null,
    /// A number or a time.
    Integer(i64),
    /// An id, a name, JSON, what is sealed.
    Text(String),
    /// A hash, a path, what was drawn.
    Bytes(Vec<u8>),
}

/// The number of rows of a table that were copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// The rows.
    pub rows: u64,
}

/// A row: each column's name and value.
type Columns = Vec<(String, ColumnValue)>;

impl Store {
    /// Copies everything into `target`, which must be empty and sealed with the same master key. All of it is there
    /// afterwards, or nothing: it is one transaction. It is read as of one moment.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] where the target holds anything, [`Error::Miscounted`] where less arrived than was read, and
    /// where either database fails.
    pub async fn copy_to(&self, target: &Store) -> Result<Vec<Copied>> {
        let mut from = self.pool.begin_snapshot().await?;
        let mut to = target.begin().await?;
        for table in TABLES {
            if count(to.connection(), table).await? > 0 {
                return Err(Error::NotEmpty { table });
            }
        }
        let mut copied = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            copy_table(self.dialect, &mut from, to.connection(), table).await?;
            let (read, written) = (count(&mut from, table).await?, count(to.connection(), table).await?);
            if read != written {
                return Err(Error::Miscounted { table, read, written });
            }
            copied.push(Copied { table, rows: u64::try_from(written).unwrap_or(0) });
        }
        to.commit().await?;
        Ok(copied)
    }

    /// Returns every row of a table. For tables that fit into memory.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows(&self, table: &'static str) -> Result<Vec<Columns>> {
        sql::query(format!("SELECT * FROM {table}"))
            .long()
            .fetch_all(&self.pool)
            .await
            .map(|rows| rows.iter().map(columns).collect())
    }
}

async fn count(connection: &mut OpenTransaction, table: &str) -> Result<i64> {
    sql::query_scalar(format!("SELECT COUNT(*) FROM {table}")).fetch_one(connection).await
}

async fn copy_table(
    dialect: Dialect,
    from: &mut OpenTransaction,
    to: &mut OpenTransaction,
    table: &str,
) -> Result<()> {
    let mut reader = TableReader::begin(dialect, from, table).await?;
    loop {
        let rows = reader.next_rows(from).await?;
        if rows.is_empty() {
            return reader.end(from).await;
        }
        let rows = rows.iter().map(columns).collect::<Vec<_>>();
        for rows in rows.chunks(ROWS_PER_STATEMENT) {
            insert(to, table, rows).await?;
        }
    }
}

/// Reads a table part by part, within a transaction that sees one moment.
enum TableReader {
    /// By the number that SQLite gives each row.
    Sqlite { sql: String, last: i64 },
    /// By a cursor.
    Postgres,
}

/// The column that holds the number of the row.
const ROW_NUMBER: &str = "row_number_of_sqlite";

impl TableReader {
    async fn begin(dialect: Dialect, from: &mut OpenTransaction, table: &str) -> Result<Self> {
        match dialect {
            Dialect::Sqlite => Ok(Self::Sqlite {
                sql: format!(
                    "SELECT *, rowid AS {ROW_NUMBER} FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {ROWS_AT_A_TIME}"
                ),
                last: i64::MIN,
            }),
            Dialect::Postgres => {
                let sql = format!("DECLARE copied NO SCROLL CURSOR FOR SELECT * FROM {table}");
                sql::query(sql).once().execute(from).await?;
                Ok(Self::Postgres)
            }
        }
    }

    async fn next_rows(&mut self, from: &mut OpenTransaction) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite { sql, last } => {
                let rows = sql::query(sql.as_str()).bind(*last).fetch_all(from).await?;
                if let Some(row) = rows.last() {
                    *last = row.try_get(ROW_NUMBER)?;
                }
                Ok(rows)
            }
            Self::Postgres => {
                sql::query(format!("FETCH {ROWS_AT_A_TIME} FROM copied")).once().fetch_all(from).await
            }
        }
    }

    async fn end(self, from: &mut OpenTransaction) -> Result<()> {
        if matches!(self, Self::Postgres) {
            sql::query("CLOSE copied").once().execute(from).await?;
        }
        Ok(())
    }
}

fn columns(row: &Row) -> Columns {
    let value = |value: &SqlValue| match value {
        SqlValue::Null => ColumnValue::Null,
        SqlValue::Integer(number) => ColumnValue::Integer(*number),
        SqlValue::Text(text) => ColumnValue::Text(text.clone()),
        SqlValue::Bytes(bytes) => ColumnValue::Bytes(bytes.clone()),
    };
    let columns = row.columns().filter(|(name, _)| *name != ROW_NUMBER);
    columns.map(|(name, found)| (name.to_owned(), value(found))).collect()
}

async fn insert(connection: &mut OpenTransaction, table: &str, rows: &[Columns]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    let mut number = 0;
    // NULL is written as such: bound, it would have a type, and not always the column's.
    let mut place = |value: &ColumnValue| match value {
        ColumnValue::Null => "NULL".to_owned(),
        ColumnValue::Integer(_) | ColumnValue::Text(_) | ColumnValue::Bytes(_) => {
            number += 1;
            format!("${number}")
        }
    };
    let tuples: Vec<String> = rows
        .iter()
        .map(|row| format!("({})", row.iter().map(|(_, value)| place(value)).collect::<Vec<_>>().join(", ")))
        .collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES {}", names.join(", "), tuples.join(", "));
    let mut query = sql::query(sql).once();
    for (_, value) in rows.iter().flatten() {
        query = match value {
            ColumnValue::Null => query,
            ColumnValue::Integer(number) => query.bind(*number),
            ColumnValue::Text(text) => query.bind(text.as_str()),
            ColumnValue::Bytes(bytes) => query.bind(bytes.as_slice()),
        };
    }
    query.execute(connection).await?;
    Ok(())
}
