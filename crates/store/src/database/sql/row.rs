//! A row that a statement returned.

use std::sync::Arc;

use crate::database::failure::DatabaseError;
use crate::database::sql::value::SqlValue;

/// The names of the columns of a result, in their order.
pub(crate) type ColumnNames = Arc<[Box<str>]>;

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    names: ColumnNames,
    values: Vec<SqlValue>,
}

impl Row {
    /// Creates a row with a value for each of these columns.
    pub(crate) fn new(names: ColumnNames, values: Vec<SqlValue>) -> Self {
        Self { names, values }
    }

    /// Returns the value of the column with this name.
    ///
    /// # Errors
    /// If there is no such column, or its value is of another type.
    pub(crate) fn try_get<T: FromValue>(&self, column: &str) -> Result<T, DatabaseError> {
        let place = self.names.iter().position(|name| **name == *column);
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
        self.names.iter().map(AsRef::as_ref).zip(&self.values)
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
            SqlValue::Null | SqlValue::Text(_) => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: &SqlValue) -> Option<Self> {
        match value {
            SqlValue::Text(text) => Some(text.clone()),
            SqlValue::Null | SqlValue::Integer(_) => None,
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
