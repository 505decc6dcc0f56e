//! Running a statement on a connection.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, Column as _, Executor as _, Row as _, TypeInfo as _};

use crate::database::failure::DatabaseError;
use crate::database::sql::{ColumnNames, Kept, Outcome, Parameter, Row, SqlValue, Statement};

/// Runs a statement.
pub(crate) async fn run(
    connection: &mut PgConnection,
    statement: &Statement<'_>,
    kept: Kept,
) -> Result<Outcome, DatabaseError> {
    let mut arguments = PgArguments::default();
    for parameter in &statement.parameters {
        let added = match parameter {
            Parameter::Integer(number) => arguments.add(*number),
            Parameter::Text(text) => arguments.add(text.as_deref()),
            Parameter::Bytes(bytes) => arguments.add(bytes.as_deref()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    let sql = AssertSqlSafe(statement.sql.as_ref());
    let query = sqlx::query_with(sql, arguments).persistent(statement.is_remembered);
    match kept {
        Kept::None => Ok(Outcome::new(Vec::new(), connection.execute(query).await?.rows_affected())),
        Kept::First => {
            let found = connection.fetch_optional(query).await?;
            rows(found.into_iter().collect())
        }
        Kept::All => rows(connection.fetch(query).try_collect().await?),
    }
}

/// Reads rows, which all have the same columns.
fn rows(found: Vec<PgRow>) -> Result<Outcome, DatabaseError> {
    let columns = found.first().map(PgRow::columns).unwrap_or_default();
    let names: Arc<ColumnNames> = Arc::new(columns.iter().map(|column| column.name()).collect());
    let read = |row: PgRow| {
        let values: Result<Vec<SqlValue>, DatabaseError> = row
            .columns()
            .iter()
            .map(|column| value(&row, column.ordinal(), column.type_info().name()))
            .collect();
        Ok(Row::new(Arc::clone(&names), values?))
    };
    let rows = found.into_iter().map(read).collect::<Result<_, DatabaseError>>()?;
    Ok(Outcome::new(rows, 0))
}

fn value(row: &PgRow, place: usize, of_type: &str) -> Result<SqlValue, DatabaseError> {
    let found = match of_type {
        "INT8" => row.try_get::<Option<i64>, _>(place)?.map(SqlValue::Integer),
        "INT4" => row.try_get::<Option<i32>, _>(place)?.map(|number| SqlValue::Integer(number.into())),
        "BOOL" => row.try_get::<Option<bool>, _>(place)?.map(|is_so| SqlValue::Integer(is_so.into())),
        "TEXT" | "VARCHAR" | "NAME" => row.try_get::<Option<String>, _>(place)?.map(SqlValue::Text),
        "BYTEA" => row.try_get::<Option<Vec<u8>>, _>(place)?.map(SqlValue::Bytes),
        "VOID" => None,
        other => return Err(DatabaseError::column(&format!("{place}, which is of {other}, "))),
    };
    Ok(found.unwrap_or(SqlValue::Null))
}
