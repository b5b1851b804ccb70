//! What can end a transaction.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tweetty_domain::{Error, Invalid};
use tweetty_interrupt::INTERRUPTED;

/// Carries a refusal of the domain, or a failure of the database, out of a transaction that it rolls back.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Error),
    Database(DieselError),
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Refused(invalid.into())
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Database(error) if time_may_heal(&error) => Self::unavailable(error),
            Failure::Database(error) => Self::internal(error),
        }
    }
}

/// What SQLite says where another connection holds what was needed.
const LOCKED: &str = "database is locked";

/// Diesel keeps SQLite's message but not its code.
fn time_may_heal(error: &DieselError) -> bool {
    const TRANSIENT: [&str; 7] = [
        LOCKED,
        INTERRUPTED,
        "database table is locked",
        "database or disk is full",
        "disk I/O error",
        "unable to open database file",
        "attempt to write a readonly database",
    ];
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            TRANSIENT.iter().any(|message| information.message().starts_with(message))
        }
        DieselError::BrokenTransactionManager => true,
        DieselError::RollbackErrorOnCommit { commit_error, .. } => time_may_heal(commit_error),
        _ => false,
    }
}

/// Whether another connection holds what was needed.
pub(crate) fn is_locked(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information) if information.message().starts_with(LOCKED))
}

/// What stands in the place of a violated constraint. Of foreign keys SQLite does not say which it was, so a statement must
/// leave no doubt.
pub(crate) trait Violation<T> {
    /// The refusal in place of a violated unique constraint; it is given the names of its columns, such as `users.nickname`.
    fn or_if_taken(self, refusal: impl FnOnce(&str) -> Error) -> Result<T, Failure>;
    /// The refusal in place of a violated foreign key.
    fn or_if_orphan(self, refusal: impl FnOnce() -> Error) -> Result<T, Failure>;
}

impl<T> Violation<T> for Result<T, DieselError> {
    fn or_if_taken(self, refusal: impl FnOnce(&str) -> Error) -> Result<T, Failure> {
        self.map_err(|error| match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => {
                let message = information.message();
                Failure::Refused(refusal(message.rsplit_once(": ").map_or(message, |(_, columns)| columns)))
            }
            other => Failure::Database(other),
        })
    }

    fn or_if_orphan(self, refusal: impl FnOnce() -> Error) -> Result<T, Failure> {
        self.map_err(|error| match error {
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Failure::Refused(refusal())
            }
            other => Failure::Database(other),
        })
    }
}
