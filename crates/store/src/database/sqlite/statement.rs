//! Running a statement on a connection.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::database::failure::DatabaseError;
use crate::database::sql::{ColumnNames, Insertion, Kept, Outcome, Parameter, Row, SqlValue, Statement};

/// Runs a statement.
pub(crate) fn run(
    connection: &Connection,
    statement: &Statement<'_>,
    kept: Kept,
) -> Result<Outcome, DatabaseError> {
    let sql = numbered(&statement.sql);
    let rows = if statement.is_remembered {
        step(&mut *connection.prepare_cached(&sql)?, &statement.parameters, kept)?
    } else {
        step(&mut connection.prepare(&sql)?, &statement.parameters, kept)?
    };
    // Of a statement that only reads, it is the number of the one before.
    Ok(Outcome::new(rows, connection.changes()))
}

/// Inserts rows, one by one.
pub(crate) fn insert(connection: &Connection, rows: &Insertion<'_>) -> Result<(), DatabaseError> {
    let sql = rows.sql_of_one_row();
    let mut prepared = connection.prepare_cached(&numbered(&sql))?;
    for row in rows.rows() {
        bind(&mut prepared, row)?;
        prepared.raw_execute()?;
    }
    Ok(())
}

fn bind(prepared: &mut rusqlite::Statement<'_>, parameters: &[Parameter<'_>]) -> Result<(), DatabaseError> {
    if prepared.parameter_count() != parameters.len() {
        return Err(
            rusqlite::Error::InvalidParameterCount(parameters.len(), prepared.parameter_count()).into()
        );
    }
    for (place, parameter) in (1..).zip(parameters) {
        match parameter {
            Parameter::Integer(number) => prepared.raw_bind_parameter(place, number)?,
            Parameter::Text(text) => prepared.raw_bind_parameter(place, text.as_deref())?,
            Parameter::Bytes(bytes) => prepared.raw_bind_parameter(place, bytes.as_deref())?,
        }
    }
    Ok(())
}

fn step(
    prepared: &mut rusqlite::Statement<'_>,
    parameters: &[Parameter<'_>],
    kept: Kept,
) -> Result<Vec<Row>, DatabaseError> {
    bind(prepared, parameters)?;
    let mut names: Option<Arc<ColumnNames>> = None;
    let mut kept_rows = Vec::new();
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        if kept == Kept::None {
            continue;
        }
        let names = names.get_or_insert_with(|| Arc::new(row.as_ref().column_names().into_iter().collect()));
        let values = (0..names.count()).map(|place| value(row.get_ref(place)?, names.get(place)));
        kept_rows.push(Row::new(Arc::clone(names), values.collect::<Result<_, _>>()?));
        if kept == Kept::First {
            break;
        }
    }
    Ok(kept_rows)
}

fn value(found: ValueRef<'_>, name: Option<&str>) -> Result<SqlValue, DatabaseError> {
    let of_other_type = || DatabaseError::column(name.unwrap_or_default());
    Ok(match found {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Integer(number),
        ValueRef::Text(text) => SqlValue::Text(str::from_utf8(text).map_err(|_| of_other_type())?.to_owned()),
        ValueRef::Blob(bytes) => SqlValue::Bytes(bytes.to_owned()),
        ValueRef::Real(_) => return Err(of_other_type()),
    })
}

/// Returns the text with its parameters `$1` as `?1`: by these SQLite knows their places, where the others are names that
/// it looks up one by one.
fn numbered(sql: &str) -> Cow<'_, str> {
    if !sql.contains('$') {
        return Cow::Borrowed(sql);
    }
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        text.push(if after.starts_with(|next: char| next.is_ascii_digit()) { '?' } else { '$' });
        rest = after;
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered() {
        assert_eq!(numbered("SELECT $1, '$', $12"), "SELECT ?1, '$', ?12");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn a_parameter_too_few_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        let statement = Statement {
            sql: "SELECT $2".into(),
            parameters: vec![1.into()],
            is_remembered: true,
            is_long: false,
        };
        assert!(run(&connection, &statement, Kept::All).is_err());
    }
}
