//! The location of a database.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A database, named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file. It is made where there is none.
    Sqlite(PathBuf),
    /// A PostgreSQL database, or one that speaks its protocol.
    Postgres(PostgresUrl),
}

/// The URL of a PostgreSQL database. It may hold a password, so it is shown without one.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

/// Not the URL of a database. The text is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
pub struct LocationError;

impl PostgresUrl {
    /// Returns the whole URL, with the password, to connect with.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Location::Postgres(PostgresUrl(text.to_owned())));
        }
        let file = text.strip_prefix("sqlite:").ok_or(LocationError)?;
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.contains(['?', ':']) {
            return Err(LocationError);
        }
        Ok(Location::Sqlite(PathBuf::from(file)))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Location::Postgres(url) => url.fmt(f),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters may hold a password too, and so may everything before the last `@`.
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let host = rest.rsplit('@').next().unwrap_or_default();
        write!(f, "postgres://{host}")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "postgres://learncoin:hunter2@db.example/learncoin",
            "postgresql://db.example/learncoin?user=a&password=hunter2",
            "postgres://a:hunter2@b@db.example/learncoin?sslmode=verify-full",
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), "postgres://db.example/learncoin");
            assert!(!format!("{location:?}").contains("hunter2"), "{location:?}");
        }
    }

    #[test]
    fn a_file_or_a_server_is_named() {
        assert_eq!("sqlite:a/b.db".parse(), Ok(Location::Sqlite("a/b.db".into())));
        assert_eq!("sqlite:///a/b.db".parse(), Ok(Location::Sqlite("/a/b.db".into())));
        for wrong in ["", "a.db", "sqlite:", "sqlite::memory:", "mysql://localhost/a", "sqlite:a.db?mode=ro"]
        {
            assert_eq!(wrong.parse::<Location>(), Err(LocationError), "{wrong}");
        }
    }
}
