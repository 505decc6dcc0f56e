//! A row that a statement returned.

use std::sync::Arc;

use crate::database::failure::DatabaseError;
use crate::database::sql::value::SqlValue;

/// The names of the columns of a result, in their order. They are in one text, since a join can have fifty of them.
#[derive(Debug, Default)]
pub(crate) struct ColumnNames {
    text: String,
    ends: Vec<usize>,
}

impl ColumnNames {
    /// Returns how many there are.
    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Returns the name of the column at a place, from 0 on.
    pub(crate) fn get(&self, place: usize) -> Option<&str> {
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(place)?)
    }
}

impl<'a> FromIterator<&'a str> for ColumnNames {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut made = Self::default();
        for name in names {
            made.text.push_str(name);
            made.ends.push(made.text.len());
        }
        made
    }
}

/// A row, or the part of one that a table of a join gave.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The names of all columns of the result.
    names: Arc<ColumnNames>,
    /// The place of the first value's column among them.
    first: usize,
    values: Vec<SqlValue>,
}

impl Row {
    /// Creates a row with a value for each of these columns.
    pub(crate) fn new(names: Arc<ColumnNames>, values: Vec<SqlValue>) -> Self {
        Self { names, first: 0, values }
    }

    /// Splits the row of a join: this keeps the columns of the first table, which are listed as in a statement, and the others are
    /// returned.
    pub(crate) fn split_off(&mut self, columns: &str) -> Self {
        let columns = columns.split(',').count();
        let values = self.values.split_off(columns.min(self.values.len()));
        Self { names: Arc::clone(&self.names), first: self.first + self.values.len(), values }
    }

    /// Returns the value of the column with this name.
    ///
    /// # Errors
    /// If there is no such column, or its value is of another type.
    pub(crate) fn try_get<T: FromValue>(&self, column: &str) -> Result<T, DatabaseError> {
        let place = self.columns().position(|(name, _)| name == column);
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
        (self.first..).map_while(|place| self.names.get(place)).zip(&self.values)
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
        let names = ["id", "name", "id", "at"].into_iter().collect();
        let values = [1, 2, 3, 4].map(SqlValue::Integer).to_vec();
        let mut first = Row::new(Arc::new(names), values);
        let mut second = first.split_off("id, name");
        assert_eq!(first.try_get::<i64>("id").unwrap(), 1);
        assert!(first.try_get::<i64>("at").is_err());
        assert_eq!(second.try_get::<i64>("id").unwrap(), 3);
        assert!(second.try_get::<i64>("name").is_err());
        let third = second.split_off("id");
        assert_eq!(third.columns().collect::<Vec<_>>(), [("at", &SqlValue::Integer(4))]);
        assert!(second.try_get::<i64>("at").is_err());
    }

    #[test]
    fn columns_are_found_in_any_order() {
        let names = ["id", "", "name", "at"];
        let row =
            Row::new(Arc::new(names.into_iter().collect()), [1, 2, 3, 4].map(SqlValue::Integer).to_vec());
        for column in names.iter().chain(names.iter().rev()).chain(&["at", "at", "id"]) {
            let place = names.iter().position(|name| name == column).unwrap();
            assert_eq!(row.try_get::<i64>(column).unwrap(), i64::try_from(place).unwrap() + 1);
        }
        assert!(row.try_get::<i64>("idname").is_err());
        assert_eq!(row.columns().map(|(name, _)| name).collect::<Vec<_>>(), names);
    }
}
