//! The differences between the databases: how rows are held that must not change before
//! it ends.
//!
//! SQLite lets in one writer at a time, so that everything that a transaction reads stays as it is until it commits. On
//! PostgreSQL many write at once, and each statement sees what others committed before it: a transaction that decides
//! by what it read holds those rows. In the order tenant, credential, endpoint, delivery, so that no two wait for
//! each other.

use std::borrow::Cow;

/// The start of a line of a migration that names a table whose rows are never changed.
const APPEND_ONLY: &str = "-- append-only: ";
/// The start of a line of a migration that names a table, and what its rows must never be from then on.
const NEVER: &str = "-- never: ";
/// The start of the same line for a table that is made anew: it lost what refuses such rows.
const NEVER_STILL: &str = "-- never still: ";
/// The start of the same line for a table that has one: the condition takes the place of the earlier one.
const NEVER_INSTEAD: &str = "-- never instead: ";

/// The database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Returns the clause after a SELECT by which others do not change what it found before this transaction ends.
    pub(crate) fn hold(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR SHARE",
        }
    }

    /// Returns the clause of [`Dialect::hold`] for the rows of one of the tables that the SELECT names.
    pub(crate) fn hold_of(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!("FOR SHARE OF {table}"),
        }
    }

    /// Returns the clause after a SELECT by which others neither hold nor change what it found before this transaction ends.
    pub(crate) fn hold_alone(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE",
        }
    }

    /// Returns the clause of [`Dialect::hold_alone`] that leaves out the rows which others hold.
    pub(crate) fn hold_free(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE SKIP LOCKED",
        }
    }

    /// Returns a migration as this database reads it. Texts are ordered by their bytes, whatever the database's language is:
    /// pages of a list go by the order of ids. A line `-- append-only: TABLE` has the database refuse any change of the
    /// rows that are in that table. A line `-- never: TABLE CONDITION` has it refuse to write a row, `NEW`, of which the
    /// condition holds; a table has one such line at most. A line `-- never still: TABLE CONDITION` repeats that for a table that
    /// the migration makes anew, and `-- never instead: TABLE CONDITION` replaces the condition of an earlier one.
    /// Columns are of the types TEXT, BIGINT and BYTEA.
    pub(crate) fn migration(self, sql: &'static str) -> Cow<'static, str> {
        let append_only = sql.lines().filter_map(|line| line.strip_prefix(APPEND_ONLY));
        let never = sql.lines().filter_map(|line| line.strip_prefix(NEVER)?.split_once(' '));
        let still = sql.lines().filter_map(|line| line.strip_prefix(NEVER_STILL)?.split_once(' '));
        let instead = sql.lines().filter_map(|line| line.strip_prefix(NEVER_INSTEAD)?.split_once(' '));
        let guards: String = append_only
            .map(|table| self.append_only(table))
            .chain(never.map(|(table, condition)| self.never(table, condition)))
            .chain(still.map(|(table, condition)| self.never_still(table, condition)))
            .chain(instead.map(|(table, condition)| self.never_instead(table, condition)))
            .collect();
        let sql = match self {
            Self::Sqlite if sql.contains(" BYTEA") => sql.replace(" BYTEA", " BLOB").into(),
            Self::Sqlite => Cow::from(sql),
            Self::Postgres => sql.replace(" TEXT", " TEXT COLLATE \"C\"").into(),
        };
        if guards.is_empty() { sql } else { format!("{sql}{guards}").into() }
    }

    fn never(self, table: &str, condition: &str) -> String {
        match self {
            Self::Sqlite => ["INSERT", "UPDATE"]
                .map(|change| {
                    format!(
                        "CREATE TRIGGER {table}_never_{change} BEFORE {change} ON {table} WHEN {condition}
                         BEGIN SELECT RAISE(ABORT, 'a row of {table} would hold what it must not'); END;\n"
                    )
                })
                .concat(),
            Self::Postgres => format!(
                "CREATE FUNCTION {table}_check() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN
                     IF {condition} THEN RAISE EXCEPTION 'a row of {table} would hold what it must not'; END IF;
                     RETURN NEW;
                 END $$;
                 CREATE TRIGGER {table}_never BEFORE INSERT OR UPDATE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION {table}_check();\n"
            ),
        }
    }

    fn never_instead(self, table: &str, condition: &str) -> String {
        match self {
            Self::Sqlite => {
                let old = ["INSERT", "UPDATE"].map(|change| format!("DROP TRIGGER {table}_never_{change};\n"));
                format!("{}{}", old.concat(), self.never(table, condition))
            }
            Self::Postgres => format!(
                "CREATE OR REPLACE FUNCTION {table}_check() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN
                     IF {condition} THEN RAISE EXCEPTION 'a row of {table} would hold what it must not'; END IF;
                     RETURN NEW;
                 END $$;\n"
            ),
        }
    }

    fn never_still(self, table: &str, condition: &str) -> String {
        match self {
            Self::Sqlite => self.never(table, condition),
            // The function outlived the table.
            Self::Postgres => format!(
                "CREATE TRIGGER {table}_never BEFORE INSERT OR UPDATE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION {table}_check();\n"
            ),
        }
    }

    fn append_only(self, table: &str) -> String {
        match self {
            Self::Sqlite => ["UPDATE", "DELETE"]
                .map(|change| {
                    format!(
                        "CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
                         BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END;\n"
                    )
                })
                .concat(),
            Self::Postgres => format!(
                "CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'rows of {table} are never changed'; END $$;
                 CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                 FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();\n"
            ),
        }
    }
}
