//! Lists that SQL has no shorter form for: of placeholders, `($1, $2), ($3, $4)` to insert rows, `$1, $2` to look for any of several
//! values; and of the columns of one table of a join.

use std::fmt::Write as _;

/// The number of rows that one statement writes or names. Wider statements take longer to prepare, each number of rows by
/// itself; narrower ones cost more round trips.
pub(crate) const ROWS_PER_STATEMENT: usize = 20;

/// Returns `head VALUES ($1, $2), ($3, $4), …` for `rows` rows of `columns` columns.
pub(crate) fn insert(head: &str, rows: usize, columns: usize) -> String {
    format!("{head} {}", self::rows(1, rows, columns))
}

/// Returns `VALUES ($first, …), …` for `rows` rows of `columns` columns.
pub(crate) fn rows(first: usize, rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(8 + rows * columns * 6);
    sql.push_str("VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let separator = if column == 0 { "" } else { ", " };
            // Writing to a String can't fail.
            let _ = write!(sql, "{separator}${}", first + row * columns + column);
        }
        sql.push(')');
    }
    sql
}

/// Returns `$first, …` for `count` values.
pub(crate) fn list(first: usize, count: usize) -> String {
    (first..first.saturating_add(count)).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// Returns the columns of a list with their table's name: `table.one, table.other`. One that is a statement of its own, in brackets, stays
/// as it is.
pub(crate) fn columns_of(table: &str, columns: &str) -> String {
    let column = |column: &str| match column.trim() {
        statement if statement.starts_with('(') => statement.to_owned(),
        name => format!("{table}.{name}"),
    };
    columns.split(',').map(column).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through_and_columns_have_their_table() {
        assert_eq!(insert("INSERT INTO t (a, b)", 2, 2), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
        assert_eq!(list(3, 2), "$3, $4");
        assert_eq!(columns_of("t", "a, b"), "t.a, t.b");
        assert_eq!(columns_of("t", "a, (SELECT 1) AS b"), "t.a, (SELECT 1) AS b");
        assert_eq!(rows(5, 2, 2), "VALUES ($5, $6), ($7, $8)");
    }
}
