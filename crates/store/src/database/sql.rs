//! One SQL text for both databases: a statement with its parameters, and the rows that it returns.
//!
//! Columns are TEXT and BIGINT, so a value is a text, a number or absent. Parameters are `$1`, `$2`, … in each text.

mod insertion;
mod query;
mod record;
mod row;
mod value;

pub(crate) use insertion::Insertion;
pub(crate) use query::{Executor, Kept, Outcome, Statement, query, query_scalar};
pub(crate) use record::{Record, bigint, exactly, exactly_one};
pub(crate) use row::{ColumnNames, Row};
pub(crate) use value::{Parameter, SqlValue};
