//! What was acknowledged to one client.

use std::collections::HashMap;

use crate::person::Person;

/// An upload that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The name under which it was sent.
    pub(crate) once: String,
    pub(crate) media: i64,
    /// Whether it was sent more than once.
    pub(crate) repeated: bool,
}

/// Only what can be looked for afterwards: of a like that was taken back, the taking back.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) person: Person,
    /// Texts, each of which exists once, and the ids that were answered.
    pub(crate) tweets: Vec<(String, i64)>,
    pub(crate) uploads: Vec<Upload>,
    /// Uploads that were sent and never acknowledged: each may be kept or not.
    pub(crate) uploads_in_doubt: usize,
    /// Tweet → whether the last answer said that they like it.
    pub(crate) likes: HashMap<i64, bool>,
    /// User → whether the last answer said that they follow them.
    pub(crate) follows: HashMap<i64, bool>,
    /// What should not have happened.
    pub(crate) complaints: Vec<String>,
}

impl Ledger {
    pub(crate) fn of(person: Person) -> Self {
        Self {
            person,
            tweets: vec![],
            uploads: vec![],
            uploads_in_doubt: 0,
            likes: HashMap::new(),
            follows: HashMap::new(),
            complaints: vec![],
        }
    }
}
