//! What people around a tweet are called.

use std::time::Instant;

use diesel::RunQueryDsl as _;
use diesel::SqliteConnection;
use diesel::sql_types::{BigInt, Text};
use tweetty_adapter::Remembered;
use tweetty_domain::{Nickname, Person, UserId};

use crate::failure::Failure;
use crate::statement::{json_ids, sql};

pub(crate) const NAMES: &str = "
    SELECT users.id, users.nickname
    FROM json_each(?1) AS wanted
    CROSS JOIN users ON users.id = wanted.value";

/// The names of those who were shown a moment ago. One that changes elsewhere is right again within seconds.
pub(crate) type KnownNames = Remembered<UserId, Nickname>;

/// The nicknames of some users, by ascending ids.
pub(crate) struct Names(Vec<(i64, Nickname)>);

impl Names {
    /// Asks for all that are not known, at once.
    pub(crate) fn of(
        connection: &mut SqliteConnection,
        known: &KnownNames,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Self, Failure> {
        let mut ids = ids.collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        let now = Instant::now();
        let mut names = Vec::with_capacity(ids.len());
        ids.retain(|id| match known.get(&UserId::stored(*id), now) {
            Some(nickname) => {
                names.push((*id, nickname));
                false
            }
            None => true,
        });
        if !ids.is_empty() {
            let unknown = sql::<(BigInt, Text)>(NAMES).bind(json_ids(&ids).as_str());
            for (id, nickname) in unknown.load::<(i64, String)>(connection)? {
                let nickname = Nickname::stored(nickname);
                known.put(UserId::stored(id), nickname.clone(), now);
                names.push((id, nickname));
            }
            names.sort_unstable_by_key(|(id, _)| *id);
        }
        Ok(Self(names))
    }

    /// One of those users.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        let place = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, nickname) = self.0.get(place)?;
        Some(Person { id: UserId::stored(id), nickname: nickname.clone() })
    }
}
