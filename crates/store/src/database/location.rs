//! The location of a database.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

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

/// Why a text is no location of a database. No value of the text is repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Neither of the two forms.
    #[error("expected `sqlite:FILE` or `postgres://USER@HOST/DATABASE`")]
    Form,
    /// Not a URL.
    #[error(
        "expected `postgres://USER@HOST/DATABASE`, with `:`, `/`, `?`, `#`, `@` and `%` of a user or password percent-encoded"
    )]
    Url,
    /// Several hosts.
    #[error("expected one host: give the name or the proxy that leads to the primary")]
    Hosts,
    /// A parameter that is not known.
    #[error("the parameter `{0}` is not known; known are {known}", known = PARAMETERS.join(", "))]
    Unknown(String),
    /// A parameter that can't be honored.
    #[error("the parameter `{name}` can't be honored: {reason}")]
    Unsupported {
        /// The parameter's name.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A parameter with a value that it can't have.
    #[error("the parameter `{name}` must be {expected}")]
    Value {
        /// The parameter's name.
        name: &'static str,
        /// The values that it may have.
        expected: &'static str,
    },
}

/// The parameters of a PostgreSQL URL.
const PARAMETERS: [&str; 16] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
    "application_name",
    "options",
    "options[NAME]",
    "target_session_attrs",
    "channel_binding",
    "statement-cache-capacity",
];
/// The values of `sslmode`.
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
/// The parameters whose values ask for what is done anyway. The driver does not know them.
const HELD: [&str; 2] = ["target_session_attrs", "channel_binding"];
/// The values of `target_session_attrs` that ask for what always holds: a connection that may write.
const WRITABLE: [&str; 2] = ["read-write", "primary"];

impl PostgresUrl {
    /// Reads the URL. What it asks for is done, or refused.
    fn parse(text: &str) -> Result<Self, LocationError> {
        let rest = text.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.rsplit('@').next().is_some_and(|hosts| hosts.contains(',')) {
            return Err(LocationError::Hosts);
        }
        let mut url = Url::parse(text).map_err(|_| LocationError::Url)?;
        // What follows a `#` would be left out, as the rest of a password that holds one.
        if url.fragment().is_some() {
            return Err(LocationError::Url);
        }
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        for (name, value) in &pairs {
            check_parameter(name, value)?;
        }
        if pairs.iter().any(|(name, _)| HELD.contains(&&**name)) {
            let kept = pairs.iter().filter(|(name, _)| !HELD.contains(&&**name));
            url.query_pairs_mut().clear().extend_pairs(kept);
            return Ok(Self(url.into()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the whole URL, with the password, to connect with.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Checks that a parameter is known and can be honored.
fn check_parameter(name: &str, value: &str) -> Result<(), LocationError> {
    let must_be = |name, is_right: bool, expected| {
        if is_right { Ok(()) } else { Err(LocationError::Value { name, expected }) }
    };
    match name {
        "sslmode" | "ssl-mode" => must_be(
            "sslmode",
            SSL_MODES.contains(&value),
            "disable, allow, prefer, require, verify-ca or verify-full",
        ),
        "host" | "hostaddr" | "port" if value.contains(',') => Err(LocationError::Hosts),
        "hostaddr" => must_be("hostaddr", value.parse::<IpAddr>().is_ok(), "an IP address"),
        "port" => must_be("port", value.parse::<u16>().is_ok(), "a number of up to 65535"),
        "statement-cache-capacity" => {
            must_be("statement-cache-capacity", value.parse::<u16>().is_ok(), "a number of up to 65535")
        }
        "target_session_attrs" => {
            must_be("target_session_attrs", WRITABLE.contains(&value), "read-write or primary")
        }
        "channel_binding" if matches!(value, "disable" | "prefer") => Ok(()),
        "channel_binding" => Err(LocationError::Unsupported {
            name: "channel_binding",
            reason: "channel binding is not implemented; use sslmode=verify-full",
        }),
        "host" | "user" | "password" | "dbname" | "application_name" | "options" | "sslrootcert"
        | "ssl-root-cert" | "ssl-ca" | "sslcert" | "ssl-cert" | "sslkey" | "ssl-key" => Ok(()),
        other if other.starts_with("options[") && other.ends_with(']') => Ok(()),
        other => Err(LocationError::Unknown(named(other))),
    }
}

/// Returns a parameter's name as far as it is one: a text that is misread as a name is not repeated.
fn named(name: &str) -> String {
    let is_name =
        name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    if is_name { name.to_owned() } else { "?".to_owned() }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return PostgresUrl::parse(text).map(Location::Postgres);
        }
        let file = text.strip_prefix("sqlite:").ok_or(LocationError::Form)?;
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.contains(['?', ':']) {
            return Err(LocationError::Form);
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
            "postgres://a:hunter2@db.example/learncoin?target_session_attrs=read-write",
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
            assert_eq!(wrong.parse::<Location>(), Err(LocationError::Form), "{wrong}");
        }
    }
    #[test]
    fn what_is_not_known_is_refused_by_name_and_without_its_value() {
        for (query, expected) in [
            ("sslpassword=hunter2", "`sslpassword` is not known"),
            ("sslmode=require&connect_timeout=hunter2", "`connect_timeout` is not known"),
            ("hunter2%20or%20so", "`?` is not known"),
            ("channel_binding=require", "`channel_binding` can't be honored"),
            ("target_session_attrs=any", "`target_session_attrs` must be"),
            ("target_session_attrs=standby", "`target_session_attrs` must be"),
            ("sslmode=hunter2", "`sslmode` must be"),
            ("port=hunter2", "`port` must be"),
            ("hostaddr=hunter2", "`hostaddr` must be"),
            ("statement-cache-capacity=hunter2", "`statement-cache-capacity` must be"),
            ("host=a,b", "one host"),
        ] {
            let text = format!("postgres://a:hunter2@db.example/learncoin?{query}");
            let error = text.parse::<Location>().unwrap_err();
            assert!(error.to_string().contains(expected), "{query}: {error}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn several_hosts_and_texts_that_are_no_urls_are_refused_in_words() {
        for hosts in ["one,two", "one:5432,two:5433", "u:p@one,two"] {
            let error = format!("postgres://{hosts}/learncoin").parse::<Location>().unwrap_err();
            assert_eq!(error, LocationError::Hosts);
        }
        for wrong in ["postgres://a:hunt#er2@h/b", "postgres://a:hunter2@h:port/b", "postgres://h/b#hunter2"]
        {
            let error = wrong.parse::<Location>().unwrap_err();
            assert_eq!(error, LocationError::Url, "{wrong}");
        }
        assert!("postgres://a:b,c@h/d".parse::<Location>().is_ok(), "a comma in a password");
    }

    #[test]
    fn what_always_holds_may_be_asked_for() {
        let location = "postgres://a@h/d?target_session_attrs=read-write&options[search_path]=s".parse();
        let Ok(Location::Postgres(url)) = location else { panic!("{location:?}") };
        assert_eq!(url.expose(), "postgres://a@h/d?options%5Bsearch_path%5D=s");
        let plain = "postgres://a@h/d?options[search_path]=s&sslmode=require";
        let Ok(Location::Postgres(url)) = plain.parse() else { panic!() };
        assert_eq!(url.expose(), plain);
    }
}
