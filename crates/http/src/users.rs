//! People: who they are, whom they follow.

use actix_web::web::Data;
use chrono::SecondsFormat;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{
    Error, Invalid, NamePart, Nickname, People, PeopleStart, Person, PersonName, Profile, User, UserId,
};

use crate::blog::Blog;
use crate::caller::Caller;
use crate::cursor;
use crate::error::ApiError;
use crate::path::Id;
use crate::person::{NamedPerson, Verbatim};
use crate::query::{FromParameters, Parameters, PeoplePage, Query};
use crate::reply::{Found, Reply, Settled, Success};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/users").route(web::get().to(search)))
        .service(web::resource("/api/users/me").route(web::get().to(me)))
        .service(web::resource("/api/users/{id}").route(web::get().to(one)))
        .service(
            web::resource("/api/users/{id}/follow")
                .route(web::post().to(follow))
                .route(web::delete().to(unfollow)),
        )
        .service(web::resource("/api/users/{id}/followers").route(web::get().to(followers)))
        .service(web::resource("/api/users/{id}/following").route(web::get().to(following)));
}

/// The caller's own profile
#[api_v2_operation(tags("users"), operation_id = "me")]
async fn me(blog: Data<Blog>, Caller(me): Caller) -> Reply<Found<ProfileFound>> {
    // Whoever was removed since her key was looked at has no key any more.
    let gone = |error| if matches!(error, Error::NotFound(_)) { Error::UnknownKey } else { error };
    Ok(ProfileFound::of(blog.read(async move |blog| blog.profile(me, me).await.map_err(gone)).await?))
}

/// A user's profile
///
/// Both lists have as many entries as `GET /api/limits` says, the caller first where she is in them; the counts are true.
#[api_v2_operation(tags("users"), operation_id = "user")]
async fn one(blog: Data<Blog>, Caller(me): Caller, Id(user): Id<UserId>) -> Reply<Found<ProfileFound>> {
    Ok(ProfileFound::of(blog.read(async move |blog| blog.profile(me, user).await).await?))
}

/// Finds users by a part of their names
///
/// Any letter case, any script; nickname, first and last name are searched. Without `query` all users are listed.
#[api_v2_operation(tags("users"), operation_id = "searchUsers")]
async fn search(blog: Data<Blog>, _: Caller, Query(search): Query<Search>) -> Reply<Found<UsersFound>> {
    let part = search.part()?;
    let list = format!("users {}", part.as_ref().map_or("", NamePart::as_str));
    let (start, size) =
        (PeopleStart::After(search.page.after(&list)?), search.page.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.search(part, start, size).await).await?;
    Ok(UsersFound::page(page, &list))
}

/// Follows a user
///
/// 200 where the caller followed her already. Nobody can follow herself.
#[api_v2_operation(tags("users"), operation_id = "followUser")]
async fn follow(blog: Data<Blog>, Caller(me): Caller, Id(user): Id<UserId>) -> Reply<Settled> {
    Ok(Settled(blog.write(async move |blog| blog.follow(me, user).await).await?))
}

/// Follows a user no longer
///
/// 200 also where the caller did not follow her.
#[api_v2_operation(tags("users"), operation_id = "unfollowUser")]
async fn unfollow(blog: Data<Blog>, Caller(me): Caller, Id(user): Id<UserId>) -> Reply<Found<Success>> {
    blog.write(async move |blog| blog.unfollow(me, user).await).await?;
    Ok(Success::done())
}

/// A page of those who follow a user
#[api_v2_operation(tags("users"), operation_id = "followersOfUser")]
async fn followers(
    blog: Data<Blog>,
    _: Caller,
    Id(user): Id<UserId>,
    Query(page): Query<PeoplePage>,
) -> Reply<Found<PeopleFound>> {
    let list = format!("users/{user}/followers");
    let (after, size) = (page.after(&list)?, page.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.followers(user, after, size).await).await?;
    Ok(PeopleFound::page(page, &list))
}

/// A page of those whom a user follows
#[api_v2_operation(tags("users"), operation_id = "followedByUser")]
async fn following(
    blog: Data<Blog>,
    _: Caller,
    Id(user): Id<UserId>,
    Query(page): Query<PeoplePage>,
) -> Reply<Found<PeopleFound>> {
    let list = format!("users/{user}/following");
    let (after, size) = (page.after(&list)?, page.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.following(user, after, size).await).await?;
    Ok(PeopleFound::page(page, &list))
}

/// Whom to look for, and which page of them.
struct Search {
    query: Option<String>,
    page: PeoplePage,
}

impl FromParameters for Search {
    fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, ApiError> {
        Ok(Self { query: parameters.text("query")?, page: PeoplePage::from_parameters(parameters)? })
    }
}

impl Search {
    fn part(&self) -> Result<Option<NamePart>, ApiError> {
        let refused = |invalid: Invalid| ApiError::invalid("query", invalid);
        self.query.as_deref().map(NamePart::parse).transpose().map_err(refused)
    }
}

#[expect(dead_code, reason = "only their descriptions are read")]
mod shown {
    use paperclip::actix::Apiv2Schema;

    #[derive(Apiv2Schema)]
    pub(super) struct Search {
        /// A part of the nickname, the first or the last name.
        query: Option<String>,
        /// How many users at most.
        limit: Option<i64>,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `query`.
        cursor: Option<String>,
    }
}

crate::query::shown_as!(Search => shown::Search);

/// A profile.
#[derive(Serialize, Apiv2Schema)]
struct ProfileFound {
    /// Always true.
    result: bool,
    /// The user.
    user: UserProfile,
}

/// A user with the people around her.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Profile")]
struct UserProfile {
    /// Who it is.
    id: i64,
    /// Her name.
    name: Verbatim<Nickname>,
    /// Some who follow her.
    followers: Vec<NamedPerson>,
    /// Some whom she follows.
    following: Vec<NamedPerson>,
    /// How many follow her in truth.
    followers_count: u64,
    /// How many she follows in truth.
    following_count: u64,
}

impl ProfileFound {
    fn of(profile: Profile) -> Found<Self> {
        let named = |people: Vec<Person>| people.into_iter().map(NamedPerson::from).collect();
        let user = UserProfile {
            id: profile.person.id.get(),
            name: Verbatim(profile.person.nickname),
            followers: named(profile.followers),
            following: named(profile.following),
            followers_count: profile.followers_count,
            following_count: profile.following_count,
        };
        Found::one(Self { result: true, user })
    }
}

/// A page of people.
#[derive(Serialize, Apiv2Schema)]
struct PeopleFound {
    /// Always true.
    result: bool,
    /// The people by ascending id.
    users: Vec<NamedPerson>,
    /// Where the list goes on; null on the last page.
    next_cursor: Option<String>,
}

impl PeopleFound {
    fn page(page: People<Person>, list: &str) -> Found<Self> {
        let next_cursor = page.next.map(|last| cursor::of_people(list, last));
        let users = page.people.into_iter().map(NamedPerson::from).collect();
        Found::page(Self { result: true, users, next_cursor: next_cursor.clone() }, next_cursor)
    }
}

/// A page of users.
#[derive(Serialize, Apiv2Schema)]
struct UsersFound {
    /// Always true.
    result: bool,
    /// The users by ascending id.
    users: Vec<FoundUser>,
    /// Where the list goes on; null on the last page.
    next_cursor: Option<String>,
}

/// A user in a search.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "User")]
struct FoundUser {
    /// Who it is.
    id: i64,
    /// Her name.
    name: Verbatim<Nickname>,
    /// Her first name, where the company gave one.
    first_name: Option<String>,
    /// Her last name, where the company gave one.
    last_name: Option<String>,
    /// How many follow her.
    followers_count: u64,
    /// How many she follows.
    following_count: u64,
    /// When the company created her, in UTC.
    created_at: String,
}

impl From<User> for FoundUser {
    fn from(user: User) -> Self {
        let name = |name: Option<PersonName>| name.map(|name| name.as_str().to_owned());
        Self {
            id: user.id.get(),
            name: Verbatim(user.nickname),
            first_name: name(user.first_name),
            last_name: name(user.last_name),
            followers_count: user.followers_count,
            following_count: user.following_count,
            created_at: user.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        }
    }
}

impl UsersFound {
    fn page(page: People<User>, list: &str) -> Found<Self> {
        let next_cursor = page.next.map(|last| cursor::of_people(list, last));
        let users = page.people.into_iter().map(FoundUser::from).collect();
        Found::page(Self { result: true, users, next_cursor: next_cursor.clone() }, next_cursor)
    }
}
