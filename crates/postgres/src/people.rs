//! People around a tweet or a user: who, by ids, and what they are called and look like.

use std::time::Instant;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tweetty_adapter::Remembered;
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

/// Some users by ascending ids.
pub(crate) struct Names(Vec<Person>);

impl Names {
    /// Asks for all that are not known, at once.
    pub(crate) async fn of(
        connection: &mut Connection,
        known: &KnownNames,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Self, Failure> {
        let mut ids = ids.collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        let now = Instant::now();
        let mut names = Vec::with_capacity(ids.len());
        ids.retain(|id| match known.get(&UserId::stored(*id), now) {
            Some(person) => {
                names.push(person);
                false
            }
            None => true,
        });
        if !ids.is_empty() {
            let unknown = users::table.filter(users::id.eq_any(ids));
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
                names.push(person);
            }
            names.sort_unstable_by_key(|person| person.id);
        }
        Ok(Self(names))
    }

    /// One of those users; none where they were removed meanwhile.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        self.find(id).cloned()
    }

    /// At most so many of them in their order, those who were removed meanwhile left out.
    pub(crate) fn people(&self, ids: &[i64], embedded: u32) -> Vec<Person> {
        self.some(ids, embedded).cloned().collect()
    }

    /// The same as likers.
    pub(crate) fn likers(&self, ids: &[i64], embedded: u32) -> Vec<Liker> {
        let liker = |person: &Person| Liker { id: person.id, nickname: person.nickname.clone() };
        self.some(ids, embedded).map(liker).collect()
    }

    fn some(&self, ids: &[i64], embedded: u32) -> impl Iterator<Item = &Person> {
        ids.iter().take(usize::try_from(embedded).unwrap_or(usize::MAX)).filter_map(|id| self.find(*id))
    }

    fn find(&self, id: i64) -> Option<&Person> {
        let place = self.0.binary_search_by_key(&id, |person| person.id.get()).ok()?;
        self.0.get(place)
    }
}
