//! What can end a transaction, and what the microblog calls it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tokio_postgres::error::SqlState;
use tweetty_adapter::with_causes;
use tweetty_domain::{Error, Invalid};

/// The cure where the tables themselves would be changed.
pub(crate) const OWNER: &str = "let the URL name the role that owns the tables";

/// Carries a refusal of the domain, or a failure of the database, out of a transaction that it rolls back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The domain says no.
    Refused(Error),
    /// The database does.
    Database(DieselError),
    /// Another transaction came in between; the same again will see what it did.
    Overtaken,
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

impl Failure {
    /// Whether the same again may succeed at once. Diesel drops the code by which a deadlock is known, and the
    /// message is in the server's language; since a failed transaction has done nothing, any failure without a
    /// kind of its own may be tried again.
    pub(crate) fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Overtaken => true,
            Self::Database(DieselError::DatabaseError(kind, _)) => {
                matches!(kind, DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::Unknown)
            }
            Self::Refused(_) | Self::Database(_) => false,
        }
    }

    /// Whether the server at the other end takes no writes, which another server may.
    pub(crate) fn is_read_only(&self) -> bool {
        matches!(self, Self::Database(DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)))
    }

    /// What the microblog calls it; `late` says that the time of a statement was up or the connection is gone,
    /// which are no defects, whatever the server says in whatever language.
    pub(crate) fn into_error(self, late: bool) -> Error {
        match self {
            Self::Refused(error) => error,
            Self::Overtaken => Error::unavailable("others were faster each time"),
            Self::Database(error) if late || time_may_heal(&error) => Error::unavailable(with_causes(&error)),
            Self::Database(error) => Error::internal(with_causes(&error)),
        }
    }
}

/// Diesel drops the code, and the message is in the server's language. But where the server can't make sense of a
/// statement, which is a defect, it says at which place of it; what else has no kind is its own trouble: no disk, no
/// memory, no connection, a shutdown, a statement that was cancelled. The price: a right that is missing looks alike, and
/// is logged as a warning with the server's words.
fn time_may_heal(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure
            | DatabaseErrorKind::ReadOnlyTransaction => true,
            DatabaseErrorKind::Unknown => information.statement_position().is_none(),
            _ => false,
        },
        DieselError::BrokenTransactionManager => true,
        DieselError::RollbackErrorOnCommit { commit_error, .. } => time_may_heal(commit_error),
        _ => false,
    }
}

/// What the microblog calls a failure outside of diesel.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` calls takes the error")]
pub(crate) fn failed(error: tokio_postgres::Error) -> Error {
    if error.is_closed() {
        Error::unavailable(with_causes(&error))
    } else if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        Error::internal(format!("{}; {OWNER}", with_causes(&error)))
    } else {
        Error::internal(with_causes(&error))
    }
}

/// Whether a result says that a constraint of that name was violated.
pub(crate) fn violates<T>(result: &Result<T, DieselError>, constraint: &str) -> bool {
    matches!(result, Err(DieselError::DatabaseError(_, information))
        if information.constraint_name() == Some(constraint))
}

/// The refusal in the place of a violated constraint.
pub(crate) trait OrIfViolated<T> {
    /// Puts the refusal where the constraint of that name was violated.
    fn or_if_violated(self, constraint: &str, refusal: impl FnOnce() -> Error) -> Result<T, Failure>;
}

impl<T> OrIfViolated<T> for Result<T, DieselError> {
    fn or_if_violated(self, constraint: &str, refusal: impl FnOnce() -> Error) -> Result<T, Failure> {
        if violates(&self, constraint) { Err(Failure::Refused(refusal())) } else { Ok(self?) }
    }
}
