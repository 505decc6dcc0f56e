//! What truly differs between the databases: how a writer begins, and how rows are held that must not change before
//! it ends.
//!
//! SQLite lets in one writer at a time, so that whatever a transaction reads stays as it is until it commits. On
//! PostgreSQL many write at once, and each statement sees what others committed before it: a transaction that decides
//! by what it read holds those rows. In the order tenant, credential, endpoint, delivery, so that no two wait for
//! each other.

use std::borrow::Cow;

/// What a line of a migration begins with that names a table whose rows are never changed.
const APPEND_ONLY: &str = "-- append-only: ";

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Begins a transaction that will write.
    pub(crate) fn begin_write(self) -> &'static str {
        match self {
            // Takes the write lock at once, so that it can't fail half-way.
            Self::Sqlite => "BEGIN IMMEDIATE",
            // Whatever the server's default is.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// How many connections a process holds at most.
    pub(crate) fn max_connections(self) -> u32 {
        match self {
            Self::Sqlite => 8,
            Self::Postgres => 16,
        }
    }

    /// How many of them write at a time. The others are for reading: whoever writes may read beside it, and must not
    /// wait for a connection that only another writer could give back.
    pub(crate) fn max_writers(self) -> usize {
        match self {
            // It lets one in at a time, and makes the others poll; here they queue instead.
            Self::Sqlite => 1,
            Self::Postgres => 8,
        }
    }

    /// Behind a SELECT: what it found is not changed by others before this transaction ends.
    pub(crate) fn hold(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR SHARE",
        }
    }

    /// Behind a SELECT: nobody else holds or changes what it found before this transaction ends.
    pub(crate) fn hold_alone(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE",
        }
    }

    /// Behind a SELECT: as [`Dialect::hold_alone`], without the rows that somebody else holds.
    pub(crate) fn hold_free(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR NO KEY UPDATE SKIP LOCKED",
        }
    }

    /// A migration as this database reads it. Texts are ordered by their bytes, whatever the database's language is:
    /// pages of a list go by the order of ids. A line `-- append-only: TABLE` has the database refuse any change of the
    /// rows that are in that table.
    pub(crate) fn migration(self, sql: &'static str) -> Cow<'static, str> {
        let sql = match self {
            Self::Sqlite => Cow::from(sql),
            Self::Postgres => sql.replace(" TEXT", " TEXT COLLATE \"C\"").into(),
        };
        let tables: Vec<&str> = sql.lines().filter_map(|line| line.strip_prefix(APPEND_ONLY)).collect();
        if tables.is_empty() {
            return sql;
        }
        let guards: Vec<String> = tables.into_iter().map(|table| self.append_only(table)).collect();
        format!("{sql}{}", guards.concat()).into()
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
