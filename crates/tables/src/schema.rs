//! What a store's schema has beside, or instead of, what the migrations make.

use std::fmt;

use tweetty_domain::{Error, Result};

/// A difference between a store's schema and the one that this version makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaDifference {
    /// In what way they differ.
    pub how: Difference,
    /// The kind and name of what is different: `trigger x on users`.
    pub what: String,
    /// Whether it changes neither what is stored nor who may read it, as one index more does.
    pub harmless: bool,
}

/// In what way a part of a schema differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The migrations don't make it.
    Unknown,
    /// They make it otherwise.
    Changed,
    /// They make it, and it is not there.
    Missing,
}

impl fmt::Display for SchemaDifference {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.how {
            Difference::Unknown => "unknown",
            Difference::Changed => "changed",
            Difference::Missing => "missing",
        };
        write!(to, "{how} {}", self.what)
    }
}

/// Refuses a schema that could change, hide or pass on what is stored; answers the harmless differences as one line.
///
/// # Errors
/// [`Error::Internal`] that names all that is not harmless.
pub fn refuse_foreign(differences: Vec<SchemaDifference>) -> Result<Option<String>> {
    let (harmless, foreign) = differences.into_iter().partition::<Vec<_>, _>(|found| found.harmless);
    let list = |found: Vec<SchemaDifference>| {
        let found = found.iter().map(ToString::to_string).collect::<Vec<_>>();
        (!found.is_empty()).then(|| found.join(", "))
    };
    match list(foreign) {
        None => Ok(list(harmless)),
        Some(foreign) => Err(Error::internal(format!(
            "the schema is not the one that tweetty makes: {foreign}; remove what somebody added, or use an earlier backup"
        ))),
    }
}
