//! A statement and its parameters, and how it is run.

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::database::failure::DatabaseError;
use crate::database::sql::row::{FromValue, Row};
use crate::database::sql::value::Parameter;
use crate::error::Result;

/// The rows of a statement that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// None: what counts is how many rows it changed.
    None,
    /// The first one.
    First,
    /// All.
    All,
}

/// A statement with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'q> {
    pub(crate) sql: Cow<'q, str>,
    /// The parameters `$1`, `$2`, …
    pub(crate) parameters: Vec<Parameter<'q>>,
    /// Whether the database is to remember how the text is run.
    pub(crate) is_remembered: bool,
    /// Whether it may read for longer than a request's thread can be kept.
    pub(crate) is_long: bool,
}

impl Statement<'_> {
    /// Copies what is borrowed.
    pub(crate) fn into_owned(self) -> Statement<'static> {
        Statement {
            sql: Cow::Owned(self.sql.into_owned()),
            parameters: self.parameters.into_iter().map(Parameter::into_owned).collect(),
            is_remembered: self.is_remembered,
            is_long: self.is_long,
        }
    }
}

/// The outcome of a statement.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The rows that were kept.
    pub(crate) rows: Vec<Row>,
    affected: u64,
}

impl Outcome {
    /// Creates the outcome of a statement that changed this many rows and returned these.
    pub(crate) fn new(rows: Vec<Row>, affected: u64) -> Self {
        Self { rows, affected }
    }

    /// Returns how many rows were changed.
    pub(crate) fn rows_affected(&self) -> u64 {
        self.affected
    }
}

/// Whatever runs a statement: the connections, or the one of a transaction.
pub(crate) trait Executor: Send {
    /// Runs a statement.
    fn run(
        self,
        statement: Statement<'_>,
        kept: Kept,
    ) -> impl Future<Output = std::result::Result<Outcome, DatabaseError>> + Send;
}

/// Returns a statement without parameters.
pub(crate) fn query<'q>(sql: impl Into<Cow<'q, str>>) -> Query<'q> {
    let statement =
        Statement { sql: sql.into(), parameters: Vec::new(), is_remembered: true, is_long: false };
    Query(statement)
}

/// Returns a statement without parameters, of whose rows the first column is read.
pub(crate) fn query_scalar<'q, T: FromValue>(sql: impl Into<Cow<'q, str>>) -> ScalarQuery<'q, T> {
    ScalarQuery(query(sql), PhantomData)
}

/// A statement that is being put together.
#[derive(Debug)]
pub(crate) struct Query<'q>(Statement<'q>);

impl<'q> Query<'q> {
    /// Adds the next parameter.
    pub(crate) fn bind(mut self, parameter: impl Into<Parameter<'q>>) -> Self {
        self.0.parameters.push(parameter.into());
        self
    }

    /// Marks a text that is run once.
    pub(crate) fn once(mut self) -> Self {
        self.0.is_remembered = false;
        self
    }

    /// Marks a statement that may read much.
    pub(crate) fn long(mut self) -> Self {
        self.0.is_long = true;
        self
    }

    /// Runs it for what it changes.
    pub(crate) async fn execute(self, executor: impl Executor) -> Result<Outcome> {
        Ok(executor.run(self.0, Kept::None).await?)
    }

    /// Returns its one row.
    pub(crate) async fn fetch_one(self, executor: impl Executor) -> Result<Row> {
        Ok(self.fetch_optional(executor).await?.ok_or(DatabaseError::NoRow)?)
    }

    /// Returns its first row, if there is one.
    pub(crate) async fn fetch_optional(self, executor: impl Executor) -> Result<Option<Row>> {
        Ok(executor.run(self.0, Kept::First).await?.rows.into_iter().next())
    }

    /// Returns its rows.
    pub(crate) async fn fetch_all(self, executor: impl Executor) -> Result<Vec<Row>> {
        Ok(executor.run(self.0, Kept::All).await?.rows)
    }
}

/// A statement of whose rows the first column is read.
#[derive(Debug)]
pub(crate) struct ScalarQuery<'q, T>(Query<'q>, PhantomData<fn() -> T>);

impl<'q, T: FromValue> ScalarQuery<'q, T> {
    /// Adds the next parameter.
    pub(crate) fn bind(self, parameter: impl Into<Parameter<'q>>) -> Self {
        Self(self.0.bind(parameter), PhantomData)
    }

    /// Marks a statement that may read much.
    pub(crate) fn long(self) -> Self {
        Self(self.0.long(), PhantomData)
    }

    /// Returns the value of its one row.
    pub(crate) async fn fetch_one(self, executor: impl Executor) -> Result<T> {
        Ok(self.0.fetch_one(executor).await?.first()?)
    }

    /// Returns the value of its first row, if there is one.
    pub(crate) async fn fetch_optional(self, executor: impl Executor) -> Result<Option<T>> {
        let row = self.0.fetch_optional(executor).await?;
        Ok(row.map(|row| row.first()).transpose()?)
    }

    /// Returns the value of each row.
    pub(crate) async fn fetch_all(self, executor: impl Executor) -> Result<Vec<T>> {
        let rows = self.0.fetch_all(executor).await?;
        Ok(rows.iter().map(Row::first).collect::<std::result::Result<_, _>>()?)
    }
}
