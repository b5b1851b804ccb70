//! Lists of people: who follows whom.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;
use tweetty_domain::{Designation, Nickname, Owner, People, Person, Profile, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::people::{KnownNames, Names, viewer_first};
use crate::person;
use crate::rows;
use crate::schema::users;
use crate::statement::sql;

pub(crate) const FOLLOWERS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM follows
    JOIN users ON users.id = follows.follower_id
    WHERE follows.followee_id = :user
      AND follows.follower_id > :after
    ORDER BY follows.follower_id
    LIMIT :limit";

pub(crate) const FOLLOWING: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM follows
    JOIN users ON users.id = follows.followee_id
    WHERE follows.follower_id = :user
      AND follows.followee_id > :after
    ORDER BY follows.followee_id
    LIMIT :limit";

const PROFILE: &str = concat!(
    "SELECT id, nickname, first_name, last_name, avatar, title, department, deactivated_at IS NULL, role, owner_id,
            (SELECT owners.nickname FROM users AS owners WHERE owners.id = users.owner_id), followers_count, following_count,
            ",
    viewer_first!("follower_id", "follows", "followee_id = :user"),
    ",
            ",
    viewer_first!("followee_id", "follows", "follower_id = :user"),
    "
     FROM users
     WHERE id = :user"
);

type ProfileColumns = (
    BigInt,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Bool,
    Text,
    Nullable<BigInt>,
    Nullable<Text>,
    Integer,
    Integer,
    Array<BigInt>,
    Array<BigInt>,
);

#[derive(Queryable)]
struct ProfileRow {
    id: i64,
    nickname: String,
    first_name: Option<String>,
    last_name: Option<String>,
    avatar: Option<String>,
    title: Option<String>,
    department: Option<String>,
    active: bool,
    role: String,
    owner_id: Option<i64>,
    owner: Option<String>,
    followers_count: i32,
    following_count: i32,
    followers: Vec<i64>,
    following: Vec<i64>,
}

/// A page of their followers or followees; `None` where there is no such user.
pub(crate) async fn list(
    connection: &mut Connection,
    statement: &'static str,
    user: UserId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    let found = sql::<person::Columns>(statement)
        .bind("user", user)
        .bind("after", after.map_or(0, UserId::get))
        .bind("limit", u64::from(limit) + 1)
        .load(connection)
        .await?;
    if found.is_empty() {
        let known = exists(users::table.find(user.get()));
        if !diesel::select(known).get_result::<bool>(connection).await? {
            return Ok(None);
        }
    }
    let people = found.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(people, limit, |person: &Person| person.id)))
}

/// A user with the people around them, by one statement and another for the names that are not known.
pub(crate) async fn profile(
    connection: &mut Connection,
    known: &KnownNames,
    user: UserId,
    viewer: UserId,
    embedded: u32,
) -> Result<Option<Profile>, Failure> {
    let row = sql::<ProfileColumns>(PROFILE)
        .bind("user", user)
        .bind("viewer", viewer)
        .bind("embedded", embedded)
        .get_result::<ProfileRow>(connection)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let names = Names::of(connection, known, row.followers.iter().chain(&row.following).copied()).await?;
    Ok(Some(Profile {
        owner: row
            .owner_id
            .zip(row.owner)
            .map(|(id, nickname)| Owner { id: UserId::stored(id), nickname: Nickname::stored(nickname) }),
        person: person::of_row((
            row.id,
            row.nickname,
            row.first_name,
            row.last_name,
            row.avatar,
            row.owner_id.is_some(),
        )),
        title: row.title.map(Designation::stored),
        department: row.department.map(Designation::stored),
        active: row.active,
        role: rows::role(&row.role)?,
        followers: names.people(&row.followers, embedded),
        following: names.people(&row.following, embedded),
        followers_count: rows::count(row.followers_count),
        following_count: rows::count(row.following_count),
    }))
}
