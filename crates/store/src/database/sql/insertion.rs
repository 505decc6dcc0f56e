//! Rows that are inserted into one table.

use crate::database::sql::query::Statement;
use crate::database::sql::value::Parameter;
use crate::database::values::{self, ROWS_PER_STATEMENT};

/// The rows. On SQLite a statement for one row is run for each of them, which is what it does fastest; PostgreSQL gets
/// many by one statement, since each is a round trip.
#[derive(Debug)]
pub(crate) struct Insertion<'q> {
    /// `INSERT INTO table (columns)`.
    head: &'static str,
    columns: usize,
    /// The values of the first row, then of the second one, and so on.
    parameters: Vec<Parameter<'q>>,
}

impl<'q> Insertion<'q> {
    /// Creates one without rows, of a head `INSERT INTO table (columns)` with this many columns.
    pub(crate) fn new(head: &'static str, columns: usize) -> Self {
        Self { head, columns, parameters: Vec::new() }
    }

    /// Adds the value of the next column, or of the next row's first one.
    pub(crate) fn bind(mut self, parameter: impl Into<Parameter<'q>>) -> Self {
        self.parameters.push(parameter.into());
        self
    }

    /// Returns the statement that inserts one row.
    pub(crate) fn sql_of_one_row(&self) -> String {
        values::insert(self.head, 1, self.columns)
    }

    /// Returns the values of each row.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Parameter<'q>]> {
        self.parameters.chunks(self.columns)
    }

    /// Returns the statements that insert all rows, many at a time.
    pub(crate) fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        self.parameters.chunks(self.columns * ROWS_PER_STATEMENT).map(|parameters| Statement {
            sql: values::insert(self.head, parameters.len() / self.columns, self.columns).into(),
            parameters: parameters.to_vec(),
            is_remembered: true,
            is_long: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_inserted_many_at_a_time_or_one_by_one() {
        let mut insertion = Insertion::new("INSERT INTO t (a, b)", 2);
        for number in 0..i64::try_from(ROWS_PER_STATEMENT).unwrap() + 1 {
            insertion = insertion.bind(number).bind("b");
        }
        let statements: Vec<_> = insertion.statements().collect();
        let parameters: Vec<usize> = statements.iter().map(|one| one.parameters.len()).collect();
        assert_eq!(parameters, [2 * ROWS_PER_STATEMENT, 2]);
        assert_eq!(statements[1].sql, "INSERT INTO t (a, b) VALUES ($1, $2)");
        assert_eq!(insertion.sql_of_one_row(), statements[1].sql);
        assert_eq!(insertion.rows().count(), ROWS_PER_STATEMENT + 1);
    }
}
