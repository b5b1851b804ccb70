//! What searches look through, folded anew where a migration asks for it: SQL knows too little of Unicode.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tweetty_domain::searchable;

use crate::schema::users;

/// The migration before which it is done, in the same transaction: it builds the index of these texts.
pub(crate) const BEFORE: &str = "0008";

/// Users that are in memory at a time.
const PAGE: i64 = 1_000;

const FOLD: &str = "
    UPDATE users
    SET searchable = folded.searchable
    FROM unnest($1, $2) AS folded (id, searchable)
    WHERE users.id = folded.id";

type Row = (i64, String, Option<String>, Option<String>, Option<String>, Option<String>);

/// Folds what is known of every user. Of their columns it reads those that the table has had since the migration before.
pub(crate) fn fold_anew(connection: &mut AsyncConnectionWrapper<AsyncPgConnection>) -> QueryResult<()> {
    let mut last = 0;
    loop {
        let page = users::table
            .filter(users::id.gt(last))
            .order(users::id)
            .limit(PAGE)
            .select((
                users::id,
                users::nickname,
                users::first_name,
                users::last_name,
                users::login,
                users::department,
            ))
            .load::<Row>(connection)?;
        let Some((id, ..)) = page.last() else { return Ok(()) };
        last = *id;
        let ids = page.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
        let texts = page.iter().map(|(_, nickname, first_name, last_name, login, department)| {
            let others = [first_name, last_name, login, department].into_iter().flatten();
            searchable([nickname].into_iter().chain(others).map(String::as_str))
        });
        diesel::sql_query(FOLD)
            .bind::<Array<BigInt>, _>(ids)
            .bind::<Array<Text>, _>(texts.collect::<Vec<_>>())
            .execute(connection)?;
    }
}
