//! Copying: everything that one database holds, into another one that holds nothing yet.

use futures_util::TryStreamExt as _;
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AnyConnection, AssertSqlSafe, Column as _, Row as _, ValueRef as _};

use crate::database::store::Store;
use crate::database::transaction::OpenTransaction;
use crate::error::{Error, Result};

/// Every table, those that others refer to first.
pub const TABLES: [&str; 29] = [
    "settings",
    "tenants",
    "api_keys",
    "api_key_networks",
    "signing_keys",
    "host_keys",
    "host_transactions",
    "host_attempts",
    "key_balances",
    "key_statements",
    "key_statement_head",
    "own_dids",
    "own_did_keys",
    "logos",
    "anchors",
    "batches",
    "credentials",
    "mails",
    "anchor_transactions",
    "unknown_transactions",
    "events",
    "idempotency_keys",
    "usage_by_month",
    "rate_windows",
    "audit_log",
    "webhook_endpoints",
    "webhook_tests",
    "deliveries",
    "delivery_attempts",
];

/// The number of rows that one statement writes.
const ROWS_PER_STATEMENT: usize = 20;

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValue {
    /// Nothing.
    Null,
    /// A number or a time.
    Integer(i64),
    /// Anything else.
    Text(String),
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
        let mut from = OpenTransaction::begin(&self.pool, self.dialect.begin_snapshot(), None).await?;
        let mut to = target.begin().await?;
        for table in TABLES {
            if count(to.connection(), table).await? > 0 {
                return Err(Error::NotEmpty { table });
            }
        }
        let mut copied = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            copy_table(from.connection(), to.connection(), table).await?;
            let (read, written) =
                (count(from.connection(), table).await?, count(to.connection(), table).await?);
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
        sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(columns)
            .collect()
    }
}

async fn count(connection: &mut AnyConnection, table: &str) -> Result<i64> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
        .fetch_one(connection)
        .await?)
}

async fn copy_table(from: &mut AnyConnection, to: &mut AnyConnection, table: &str) -> Result<()> {
    let select = format!("SELECT * FROM {table}");
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(from);
    let mut waiting = Vec::with_capacity(ROWS_PER_STATEMENT);
    while let Some(row) = rows.try_next().await? {
        waiting.push(columns(&row)?);
        if waiting.len() == ROWS_PER_STATEMENT {
            insert(to, table, &waiting).await?;
            waiting.clear();
        }
    }
    insert(to, table, &waiting).await
}

fn columns(row: &AnyRow) -> Result<Columns> {
    let value = |index: usize| -> Result<ColumnValue> {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(ColumnValue::Null);
        }
        Ok(match raw.type_info().kind() {
            AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                ColumnValue::Integer(row.try_get(index)?)
            }
            _ => ColumnValue::Text(row.try_get(index)?),
        })
    };
    let columns = row.columns().iter();
    columns.map(|column| Ok((column.name().to_owned(), value(column.ordinal())?))).collect()
}

async fn insert(connection: &mut AnyConnection, table: &str, rows: &[Columns]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    let mut number = 0;
    // NULL is written as such: bound, it would have a type, and not always the column's.
    let mut place = |value: &ColumnValue| match value {
        ColumnValue::Null => "NULL".to_owned(),
        ColumnValue::Integer(_) | ColumnValue::Text(_) => {
            number += 1;
            format!("${number}")
        }
    };
    let tuples: Vec<String> = rows
        .iter()
        .map(|row| format!("({})", row.iter().map(|(_, value)| place(value)).collect::<Vec<_>>().join(", ")))
        .collect();
    let sql = format!("INSERT INTO {table} ({}) VALUES {}", names.join(", "), tuples.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for (_, value) in rows.iter().flatten() {
        query = match value {
            ColumnValue::Null => query,
            ColumnValue::Integer(number) => query.bind(*number),
            ColumnValue::Text(text) => query.bind(text.as_str()),
        };
    }
    query.execute(connection).await?;
    Ok(())
}
