//! People around a tweet or a user: who, by ids, and what they are called.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
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

/// The nicknames of some users.
pub(crate) struct Names(HashMap<i64, String>);

impl Names {
    /// Asks for all of them at once.
    pub(crate) async fn of(
        connection: &mut Connection,
        ids: impl Iterator<Item = i64>,
    ) -> Result<Self, Failure> {
        let mut ids = ids.collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let names = users::table.filter(users::id.eq_any(ids)).select((users::id, users::nickname));
        Ok(Self(names.load::<(i64, String)>(connection).await?.into_iter().collect()))
    }

    /// One of those users; none where she was removed meanwhile.
    pub(crate) fn person(&self, id: i64) -> Option<Person> {
        let nickname = Nickname::stored(self.0.get(&id)?.clone());
        Some(Person { id: UserId::stored(id), nickname })
    }

    /// At most so many of them in their order, those who were removed meanwhile left out.
    pub(crate) fn people(&self, ids: &[i64], embedded: u32) -> Vec<Person> {
        let embedded = usize::try_from(embedded).unwrap_or(usize::MAX);
        ids.iter().take(embedded).filter_map(|id| self.person(*id)).collect()
    }
}
