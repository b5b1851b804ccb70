//! People around a tweet or a user: who, by ids, and what they are called.

use std::time::Instant;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tweetty_adapter::Remembered;
use tweetty_domain::{Nickname, Person, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
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

/// The names of those who were shown a moment ago. One that changes elsewhere is right again within seconds.
pub(crate) type KnownNames = Remembered<UserId, Nickname>;

/// The nicknames of some users, by ascending ids.
pub(crate) struct Names(Vec<(i64, Nickname)>);

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
            Some(nickname) => {
                names.push((*id, nickname));
                false
            }
            None => true,
        });
        if !ids.is_empty() {
            let unknown = users::table.filter(users::id.eq_any(ids)).select((users::id, users::nickname));
            for (id, nickname) in unknown.load::<(i64, String)>(connection).await? {
                let nickname = Nickname::stored(nickname);
                known.put(UserId::stored(id), nickname.clone(), now);
                names.push((id, nickname));
            }
            names.sort_unstable_by_key(|(id, _)| *id);
        }
        Ok(Self(names))
    }

    /// One of those users; none where she was removed meanwhile.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        let place = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, nickname) = self.0.get(place)?;
        Some(Person { id: UserId::stored(id), nickname: nickname.clone() })
    }

    /// At most so many of them in their order, those who were removed meanwhile left out.
    pub(crate) fn people(&self, ids: &[i64], embedded: u32) -> Vec<Person> {
        let embedded = usize::try_from(embedded).unwrap_or(usize::MAX);
        ids.iter().take(embedded).filter_map(|id| self.person(*id)).collect()
    }
}
