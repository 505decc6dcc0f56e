//! A row that a statement returned.

use std::sync::Arc;

use crate::database::failure::DatabaseError;
use crate::database::sql::value::SqlValue;

/// The names of the columns of a result, in their order.
pub(crate) type ColumnNames = Arc<[Box<str>]>;

/// A row, or the part of one that a table of a join gave.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The names of all columns of the result.
    names: ColumnNames,
    /// The place of the first value's column among them.
    first: usize,
    values: Vec<SqlValue>,
}

impl Row {
    /// Creates a row with a value for each of these columns.
    pub(crate) fn new(names: ColumnNames, values: Vec<SqlValue>) -> Self {
        Self { names, first: 0, values }
    }

    /// Splits the row of a join: this keeps the columns of the first table, which are listed as in a statement, and the others are
    /// returned.
    pub(crate) fn split_off(&mut self, columns: &str) -> Self {
        let columns = columns.split(',').count();
        let values = self.values.split_off(columns.min(self.values.len()));
        Self { names: ColumnNames::clone(&self.names), first: self.first + self.values.len(), values }
    }

    /// Returns the value of the column with this name.
    ///
    /// # Errors
    /// If there is no such column, or its value is of another type.
    pub(crate) fn try_get<T: FromValue>(&self, column: &str) -> Result<T, DatabaseError> {
        let mut names = self.names.iter().skip(self.first).take(self.values.len());
        let place = names.position(|name| **name == *column);
        place.and_then(|place| self.value(place)).ok_or_else(|| DatabaseError::column(column))
    }

    /// Returns the value of the first column.
    ///
    /// # Errors
    /// If there is none, or it is of another type.
    pub(crate) fn first<T: FromValue>(&self) -> Result<T, DatabaseError> {
        self.value(0).ok_or_else(|| DatabaseError::column("1"))
    }

    /// Returns each column's name and value.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &SqlValue)> {
        self.names.iter().skip(self.first).map(AsRef::as_ref).zip(&self.values)
    }

    fn value<T: FromValue>(&self, place: usize) -> Option<T> {
        T::from_value(self.values.get(place)?)
    }
}

/// A type that values are read as.
pub(crate) trait FromValue: Sized {
    /// Returns the value, or `None` if it is of another type.
    fn from_value(value: &SqlValue) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &SqlValue) -> Option<Self> {
        match value {
            SqlValue::Integer(number) => Some(*number),
            SqlValue::Null | SqlValue::Text(_) | SqlValue::Bytes(_) => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: &SqlValue) -> Option<Self> {
        match value {
            SqlValue::Text(text) => Some(text.clone()),
            SqlValue::Null | SqlValue::Integer(_) | SqlValue::Bytes(_) => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &SqlValue) -> Option<Self> {
        match value {
            SqlValue::Bytes(bytes) => Some(bytes.clone()),
            SqlValue::Null | SqlValue::Integer(_) | SqlValue::Text(_) => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &SqlValue) -> Option<Self> {
        match value {
            SqlValue::Null => Some(None),
            present => T::from_value(present).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_joined_row_has_its_own_columns() {
        let names: ColumnNames = ["id", "name", "id", "at"].into_iter().map(Box::from).collect();
        let values = [1, 2, 3, 4].map(SqlValue::Integer).to_vec();
        let mut first = Row::new(names, values);
        let mut second = first.split_off("id, name");
        assert_eq!(first.try_get::<i64>("id").unwrap(), 1);
        assert!(first.try_get::<i64>("at").is_err());
        assert_eq!(second.try_get::<i64>("id").unwrap(), 3);
        assert!(second.try_get::<i64>("name").is_err());
        let third = second.split_off("id");
        assert_eq!(third.columns().collect::<Vec<_>>(), [("at", &SqlValue::Integer(4))]);
        assert!(second.try_get::<i64>("at").is_err());
    }
}
