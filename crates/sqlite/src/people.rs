//! What people around a tweet are called, and how they look.

use std::time::Instant;

use diesel::RunQueryDsl as _;
use diesel::SqliteConnection;
use tweetty_adapter::{Remembered, Several};
use tweetty_domain::{Liker, Person, UserId};

use crate::failure::Failure;
use crate::person;
use crate::statement::{json_ids, sql};

pub(crate) const NAMES: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM json_each(?1) AS wanted
    CROSS JOIN users ON users.id = wanted.value";

/// Those who were shown a moment ago. What changes of them elsewhere is right again within seconds.
pub(crate) type KnownNames = Remembered<UserId, Person>;

/// Some users by their ids.
pub(crate) struct Names(Several<UserId, Person>);

impl Names {
    /// Asks for all that are not known, at once.
    pub(crate) fn of(
        connection: &mut SqliteConnection,
        known: &KnownNames,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Self, Failure> {
        let now = Instant::now();
        let (mut names, unknown) = Several::remembered(known, ids.map(UserId::stored), now);
        if !unknown.is_empty() {
            let unknown = unknown.into_iter().map(UserId::get).collect::<Vec<_>>();
            let unknown = sql::<person::Columns>(NAMES).bind(json_ids(&unknown).as_str());
            for person in unknown.load(connection)?.into_iter().map(person::of_row) {
                known.put(person.id, person.clone(), now);
                names.add(person.id, person);
            }
        }
        Ok(Self(names))
    }

    /// One of those users.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        self.find(id).cloned()
    }

    /// Some of them in their order as likers, those who were removed meanwhile left out.
    pub(crate) fn likers(&self, ids: &[i64]) -> Vec<Liker> {
        let found = ids.iter().filter_map(|id| self.find(*id));
        found.map(|person| Liker { id: person.id, nickname: person.nickname.clone() }).collect()
    }

    fn find(&self, id: i64) -> Option<&Person> {
        self.0.get(UserId::stored(id))
    }
}
