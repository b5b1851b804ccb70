//! People around a tweet or a user: who, by ids, and what they are called and look like.

use std::time::Instant;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tweetty_adapter::{Remembered, Several};
use tweetty_domain::{Liker, Person, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::person;
use crate::schema::users;

/// The ids in a column of a table as an array: the viewer's where it is there, then at most `:embedded` others in
/// ascending order. Each half is a walk along an index that ends early, however many there are.
macro_rules! viewer_first {
    ($column:literal, $table:literal, $condition:literal) => {
        concat!(
            "ARRAY(SELECT ",
            $column,
            " FROM ",
            $table,
            "
                   WHERE ",
            $condition,
            " AND ",
            $column,
            " = :viewer)
             || ARRAY(SELECT ",
            $column,
            " FROM ",
            $table,
            "
                      WHERE ",
            $condition,
            " AND ",
            $column,
            " <> :viewer
                      ORDER BY ",
            $column,
            " LIMIT :embedded)"
        )
    };
}
pub(crate) use viewer_first;

/// Those who were shown a moment ago. What changes of them elsewhere is right again within seconds.
pub(crate) type KnownNames = Remembered<UserId, Person>;

/// Some users by their ids.
pub(crate) struct Names(Several<UserId, Person>);

impl Names {
    /// Asks for all that are not known, at once.
    pub(crate) async fn of(
        connection: &mut Connection,
        known: &KnownNames,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Self, Failure> {
        let now = Instant::now();
        let (mut names, unknown) = Several::remembered(known, ids.map(UserId::stored), now);
        if !unknown.is_empty() {
            let unknown = unknown.into_iter().map(UserId::get).collect::<Vec<_>>();
            let unknown = users::table.filter(users::id.eq_any(unknown));
            let unknown = unknown
                .select((
                    users::id,
                    users::nickname,
                    users::first_name,
                    users::last_name,
                    users::avatar,
                    users::owner_id.is_not_null(),
                ))
                .load(connection)
                .await?;
            for person in unknown.into_iter().map(person::of_row) {
                known.put(person.id, person.clone(), now);
                names.add(person.id, person);
            }
        }
        Ok(Self(names))
    }

    /// One of those users; none where they were removed meanwhile.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        self.find(id).cloned()
    }

    /// At most so many of them in their order, those who were removed meanwhile left out.
    pub(crate) fn people(&self, ids: &[i64], embedded: u32) -> Vec<Person> {
        let ids = ids.iter().take(usize::try_from(embedded).unwrap_or(usize::MAX));
        ids.filter_map(|id| self.find(*id)).cloned().collect()
    }

    /// Those of these ids as likers, without those who were removed meanwhile.
    pub(crate) fn likers(&self, ids: impl Iterator<Item = i64>) -> Vec<Liker> {
        let found = ids.filter_map(|id| self.find(id));
        found.map(|person| Liker { id: person.id, nickname: person.nickname.clone() }).collect()
    }

    fn find(&self, id: i64) -> Option<&Person> {
        self.0.get(UserId::stored(id))
    }
}
