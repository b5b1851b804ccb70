//! Where the data lives.
#![expect(clippy::doc_markdown, reason = "the comments of settings are help texts, which are no Markdown")]

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use tweetty_postgres::Options;

use super::{Environment, Refusal, Span};

const NAME: &str = "TWEETTY_DATABASE_URL";
const DEFAULT: &str = "sqlite://data/tweetty.db";

/// The settings of the database.
#[derive(Debug, Args)]
#[command(next_help_heading = "Database")]
pub(crate) struct DatabaseSettings {
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME, TLS by ?sslmode=require [default:
    /// sqlite://data/tweetty.db; the environment's DATABASE_URL is read where TWEETTY_DATABASE_URL is not set]
    #[arg(long, env = NAME, value_name = "URL", global = true)]
    database_url: Option<Secret>,

    /// Connections at most: to PostgreSQL, where one more watches whether it is there, or readers of SQLite, of which there are two a processor at most
    #[arg(long, env = "TWEETTY_DATABASE_CONNECTIONS", global = true, value_name = "NUMBER", default_value_t = Options::default().connections,
          value_parser = super::between(1_usize, 1000))]
    database_connections: usize,

    /// The longest wait for a connection or for SQLite's writer, then 503
    #[arg(long, env = "TWEETTY_DATABASE_WAIT", global = true, value_name = "DURATION",
          default_value_t = Span(Options::default().wait))]
    database_wait: Span,

    /// The longest that PostgreSQL works on one statement of a request, and that SQLite reads for one, then 503
    #[arg(
        long,
        env = "TWEETTY_STATEMENT_TIMEOUT",
        global = true,
        value_name = "DURATION",
        default_value_t = Span(Options::default().statement_timeout)
    )]
    statement_timeout: Span,
}

/// A value that may hold a password: it is read without judgement, so that no usage message repeats it.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Secret {
    /// The value, for what reads it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

/// How a database is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tuning {
    pub(crate) connections: usize,
    pub(crate) wait: Span,
    pub(crate) statement_timeout: Span,
}

impl DatabaseSettings {
    /// How it is used.
    pub(crate) fn tuning(&self) -> Tuning {
        Tuning {
            connections: self.database_connections,
            wait: self.database_wait,
            statement_timeout: self.statement_timeout,
        }
    }

    /// The URL that a flag gave; none where the environment has the same, or where it is the default.
    pub(crate) fn by_flag(&self, environment: &Environment) -> Option<&Secret> {
        let given = self.database_url.as_ref();
        given.filter(|Secret(url)| environment.get(NAME).as_ref() != Some(url))
    }

    /// The database that is meant.
    pub(crate) fn url(&self, environment: &Environment) -> Result<DatabaseUrl, Refusal> {
        if let Some(Secret(url)) = &self.database_url {
            return DatabaseUrl::parse(url).map_err(|problem| Refusal::usage(NAME, problem));
        }
        match environment.get("DATABASE_URL") {
            Some(url) => DatabaseUrl::parse(&url).map_err(|problem| Refusal::usage("DATABASE_URL", problem)),
            None => DatabaseUrl::parse(DEFAULT).map_err(|problem| Refusal::usage(NAME, problem)),
        }
    }
}

/// A database that tweetty knows to use.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum DatabaseUrl {
    /// The file of an SQLite database.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, its password included.
    Postgres(String),
}

impl DatabaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match (scheme, text.strip_prefix("sqlite://")) {
            (_, Some("" | ":memory:")) => {
                Err("sqlite:// needs the path of a file, such as sqlite://data/tweetty.db".to_owned())
            }
            (_, Some(path)) if path.contains('?') => {
                Err("sqlite://PATH takes no parameters; leave out what follows the '?'".to_owned())
            }
            (_, Some(path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            (Some("postgres" | "postgresql"), None) => {
                tweetty_postgres::readable(text).map(|()| Self::Postgres(text.to_owned()))
            }
            // Without "://" anything may be the password, so nothing of it is repeated.
            (Some(scheme), None) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Err(format!("unknown scheme {scheme:?}; write sqlite://PATH or postgres://USER@HOST/NAME"))
            }
            _ => Err("not a database URL; write sqlite://PATH or postgres://USER@HOST/NAME".to_owned()),
        }
    }

    /// Whether it has more in it than what is shown.
    pub(crate) fn may_hold_a_password(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

/// Without password and parameters, for messages and logs.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
                if parameters.contains('@') {
                    // It may be the end of a password with a '?' in it.
                    return formatter.write_str("postgres://(hidden)");
                }
                let (login, place) = place.rsplit_once('@').unwrap_or(("", place));
                let user = login.split(':').next().unwrap_or_default();
                let at = if user.is_empty() { "" } else { "@" };
                write!(formatter, "postgres://{user}{at}{place}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_and_an_absolute_sqlite_path_are_told_apart() {
        for path in ["data/tweetty.db", "/var/lib/tweetty/tweetty.db"] {
            let url = DatabaseUrl::parse(&format!("sqlite://{path}")).unwrap();
            assert_eq!(url, DatabaseUrl::Sqlite(PathBuf::from(path)));
            assert_eq!(url.to_string(), format!("sqlite://{path}"));
        }
    }

    #[test]
    fn what_is_no_database_is_refused_without_repeating_a_password() {
        for text in [
            "mysql://ann:hunter2@db/x",
            "hunter2",
            "ann:hunter2@db",
            "x:hunter2://db",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://a?hunter2",
        ] {
            let problem = DatabaseUrl::parse(text).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://ann:hunter2@db:5432/blog?sslmode=require", "postgres://ann@db:5432/blog"),
            ("postgresql://ann:hunt@er2/@db/blog", "postgres://ann@db/blog"),
            ("postgres://db/blog?password=hunter2", "postgres://db/blog"),
            ("postgres:///blog?host=/tmp/socket&password=a@hunter2", "postgres://(hidden)"),
            ("postgres://ann:hunt?er2@db/blog", "postgres://(hidden)"),
            ("postgres:///blog?host=/tmp/socket", "postgres:///blog"),
        ] {
            let url = DatabaseUrl::parse(url).unwrap();
            assert_eq!(format!("{url} {url:?}"), format!("{shown} {shown}"));
        }
    }
}
