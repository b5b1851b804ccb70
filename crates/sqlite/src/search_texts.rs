//! What searches look through, folded anew where a migration asks for it: SQL knows too little of Unicode.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{RunQueryDsl as _, SqliteConnection};
use tweetty_domain::searchable;

use crate::failure::Failure;
use crate::statement::sql;

/// The migration behind which it is done, in the same transaction.
pub(crate) const BEHIND: &str = "0008";

/// Users that are in memory at a time.
const PAGE: u32 = 1_000;

/// What the table has had since that migration.
const USERS: &str = "
    SELECT id, nickname, first_name, last_name, login, department
    FROM users
    WHERE id > ?1
    ORDER BY id
    LIMIT ?2";

const FOLD: &str = "
    UPDATE users
    SET searchable = ?1
    WHERE id = ?2";

type Columns = (BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>);
type Row = (i64, String, Option<String>, Option<String>, Option<String>, Option<String>);

/// Folds what is known of every user.
pub(crate) fn fold_anew(connection: &mut SqliteConnection) -> Result<(), Failure> {
    let mut last = 0;
    loop {
        let page = sql::<Columns>(USERS).bind(last).bind(PAGE).load::<Row>(connection)?;
        let Some((id, ..)) = page.last() else { return Ok(()) };
        last = *id;
        for (id, nickname, first_name, last_name, login, department) in &page {
            let others = [first_name, last_name, login, department].into_iter().flatten();
            let text = searchable([nickname].into_iter().chain(others).map(String::as_str));
            sql::<()>(FOLD).bind(text).bind(*id).execute(connection)?;
        }
    }
}
