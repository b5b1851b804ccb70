//! People: who they are, whom they follow.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{
    Designation, Error, Invalid, NamePart, Nickname, People, PeopleStart, Person, PersonName, Profile, Role,
    Timestamp, User, UserId,
};

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::cursor::{self, Cursor};
use crate::error::ApiError;
use crate::path::Id;
use crate::person::{
    AvatarAddress, EmbeddedPeople, NamedPerson, PageOfPeople, PeopleQuery, embedded, true_or_absent,
};
use crate::query::{Limit, Query, parameter, query};
use crate::reply::{Done, Found, Page, Reply, Settled};
use crate::shown::{Count, NextCursor, Shown, True, value};

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
///
/// ```json
/// {
///   "result": true,
///   "user": {
///     "id": 1, "name": "ann", "first_name": "Ann", "last_name": null, "avatar": null, "avatar_large": null, "title": "Editor", "department": "News",
///     "active": true, "role": "member",
///     "followers": [{"id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}],
///     "following": [{"id": 3, "name": "eve", "first_name": null, "last_name": null, "avatar": null}],
///     "followers_count": 1, "following_count": 1
///   }
/// }
/// ```
#[api_v2_operation(tags("users"), operation_id = "me")]
async fn me(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Query(query): Query<ProfileQuery>,
) -> Reply<Found<ProfileFound>> {
    let people = embedded("people", query.people.0, blog.limits().embedded_people)?;
    // Where the user was removed since the key was looked at, the key is unknown now.
    let gone = |error| if matches!(error, Error::NotFound(_)) { Error::UnknownKey } else { error };
    let profile = blog.read(async move |blog| blog.profile(me, me, people).await.map_err(gone)).await?;
    Ok(ProfileFound::of(profile, &options))
}

/// A user's profile
///
/// Both lists have as many entries as `GET /api/limits` says, the caller first where they are in them; the counts are true.
/// Somebody who left the company is not `active`: their tweets and likes stay, they are in no search, and nobody can follow
/// them anew. A program is a `bot`, and has an `owner` who answers for it.
///
/// ```json
/// {
///   "result": true,
///   "user": {
///     "id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null, "avatar_large": null, "title": null, "department": null,
///     "active": true, "role": "member",
///     "followers": [], "following": [{"id": 1, "name": "ann", "first_name": "Ann", "last_name": null, "avatar": null}],
///     "followers_count": 0, "following_count": 1
///   }
/// }
/// ```
#[api_v2_operation(tags("users"), operation_id = "user")]
async fn one(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Id(user): Id<UserId>,
    Query(query): Query<ProfileQuery>,
) -> Reply<Found<ProfileFound>> {
    let people = embedded("people", query.people.0, blog.limits().embedded_people)?;
    let profile = blog.read(async move |blog| blog.profile(me, user, people).await).await?;
    Ok(ProfileFound::of(profile, &options))
}

/// Finds users by parts of their names
///
/// Nickname, first and last name, login and department are searched, in any script. Each word of `query` is a part of a word
/// there, in any order; letter case, accents (ё is е) and apostrophes are aside. Without `query` all users are listed. Those
/// who are not active are never found.
///
/// ```json
/// {
///   "result": true,
///   "users": [{
///     "id": 1, "name": "ann", "first_name": "Ann", "last_name": null, "avatar": null, "followers_count": 1, "following_count": 1,
///     "created_at": "2026-11-01T08:00:00.000Z"
///   }],
///   "next_cursor": null
/// }
/// ```
#[api_v2_operation(tags("users"), operation_id = "searchUsers")]
async fn search(
    blog: Data<Blog>,
    options: Data<Options>,
    _: Caller,
    Query(search): Query<Search>,
) -> Reply<Page<UsersFound>> {
    let part = search.part()?;
    let list = format!("users {}", part.as_ref().map_or("", NamePart::as_str));
    let (start, size) =
        (PeopleStart::After(search.cursor.after(&list)?), search.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.search(part, start, size).await).await?;
    Ok(UsersFound::page(page, &list, &options))
}

/// Follows a user
///
/// 200 where the caller followed them already. Nobody can follow themselves, nor a deactivated user.
#[api_v2_operation(tags("users"), operation_id = "followUser")]
async fn follow(blog: Data<Blog>, Caller(me): Caller, Id(user): Id<UserId>) -> Reply<Settled> {
    Ok(Settled(blog.write(async move |blog| blog.follow(me, user).await).await?))
}

/// Follows a user no longer
///
/// 200 also where the caller did not follow them.
#[api_v2_operation(tags("users"), operation_id = "unfollowUser")]
async fn unfollow(blog: Data<Blog>, Caller(me): Caller, Id(user): Id<UserId>) -> Reply<Done> {
    blog.write(async move |blog| blog.unfollow(me, user).await).await?;
    Ok(Done)
}

/// A page of those who follow a user
///
/// ```json
/// {"result": true, "users": [{"id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}], "next_cursor": null}
/// ```
#[api_v2_operation(tags("users"), operation_id = "followersOfUser")]
async fn followers(
    blog: Data<Blog>,
    options: Data<Options>,
    _: Caller,
    Id(user): Id<UserId>,
    Query(page): Query<PeopleQuery>,
) -> Reply<Page<PeopleFound>> {
    let list = format!("users/{user}/followers");
    let (after, size) = (page.cursor.after(&list)?, page.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.followers(user, after, size).await).await?;
    Ok(PeopleFound::page(page, &list, &options))
}

/// A page of those whom a user follows
///
/// ```json
/// {"result": true, "users": [{"id": 3, "name": "eve", "first_name": null, "last_name": null, "avatar": null}], "next_cursor": null}
/// ```
#[api_v2_operation(tags("users"), operation_id = "followedByUser")]
async fn following(
    blog: Data<Blog>,
    options: Data<Options>,
    _: Caller,
    Id(user): Id<UserId>,
    Query(page): Query<PeopleQuery>,
) -> Reply<Page<PeopleFound>> {
    let list = format!("users/{user}/following");
    let (after, size) = (page.cursor.after(&list)?, page.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.following(user, after, size).await).await?;
    Ok(PeopleFound::page(page, &list, &options))
}

query! {
    /// How much of a profile.
    struct ProfileQuery {
        /// How many followers, and how many followees, it embeds at most. The caller goes first in either list; the counts
        /// are true whatever it is.
        people: EmbeddedPeople,
    }
}

query! {
    /// Whom to look for, and which page of them.
    struct Search {
        /// Parts of names, login or department, parted by spaces.
        query: Sought,
        /// How many users at most.
        limit: Limit,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `query`.
        cursor: Cursor,
    }
}

parameter! {
    /// Parts of names.
    Sought(String) = {"maxLength": 100};
}

impl Search {
    fn part(&self) -> Result<Option<NamePart>, ApiError> {
        let refused = |invalid: Invalid| ApiError::invalid("query", invalid);
        self.query.0.as_deref().map(NamePart::parse).transpose().map_err(refused)
    }
}

value! {
    /// People beside somebody, as many as are shown there.
    SomePeople(Vec<NamedPerson>) = {"maxItems": "{embedded_people}"};
    /// A page of users.
    PageOfUsers(Vec<FoundUser>) = {"maxItems": "{page_size}"};
}

/// A profile.
#[derive(Serialize, Apiv2Schema)]
struct ProfileFound {
    /// Always true.
    result: True,
    user: UserProfile,
}

/// The user.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Profile")]
struct UserProfile {
    /// Who it is.
    id: Shown<UserId>,
    /// The nickname.
    name: Shown<Nickname>,
    /// The first name, where the company gave one.
    first_name: Shown<Option<PersonName>>,
    /// The last name, where the company gave one.
    last_name: Shown<Option<PersonName>>,
    /// Where the avatar of 96 pixels is; null where there is none.
    avatar: AvatarAddress,
    /// The same of 256 pixels.
    avatar_large: AvatarAddress,
    /// The job title, where the company gave one.
    title: Shown<Option<Designation>>,
    /// The department, where the company gave one.
    department: Shown<Option<Designation>>,
    /// Whether the user is one of the company now.
    active: bool,
    /// What the user may do beyond what everybody may.
    role: Shown<Role>,
    /// True for a program, absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<True>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<BotOwner>,
    /// Some who follow the user.
    followers: SomePeople,
    /// Some whom the user follows.
    following: SomePeople,
    /// Number of followers.
    followers_count: Count,
    /// Number of users they follow.
    following_count: Count,
}

/// Who answers for a bot; absent of a person.
#[derive(Serialize, Apiv2Schema)]
struct BotOwner {
    /// Who it is.
    id: Shown<UserId>,
    /// The nickname.
    name: Shown<Nickname>,
}

impl ProfileFound {
    fn of(profile: Profile, options: &Options) -> Found<Self> {
        let named = |people: Vec<Person>| {
            SomePeople(people.into_iter().map(|person| NamedPerson::of(person, options)).collect())
        };
        let user = UserProfile {
            id: Shown(profile.person.id),
            name: Shown(profile.person.nickname),
            first_name: Shown(profile.person.first_name),
            last_name: Shown(profile.person.last_name),
            avatar: AvatarAddress::small(profile.person.avatar, options),
            avatar_large: AvatarAddress::large(profile.person.avatar, options),
            title: Shown(profile.title),
            department: Shown(profile.department),
            active: profile.active,
            role: Shown(profile.role),
            bot: true_or_absent(profile.person.bot),
            owner: profile.owner.map(|owner| BotOwner { id: Shown(owner.id), name: Shown(owner.nickname) }),
            followers: named(profile.followers),
            following: named(profile.following),
            followers_count: Count(profile.followers_count),
            following_count: Count(profile.following_count),
        };
        Found(Self { result: True(true), user })
    }
}

/// A page of people.
#[derive(Serialize, Apiv2Schema)]
struct PeopleFound {
    /// Always true.
    result: True,
    /// The people by ascending id.
    users: PageOfPeople,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}

impl PeopleFound {
    fn page(page: People<Person>, list: &str, options: &Options) -> Page<Self> {
        let (users, next_cursor) = PageOfPeople::of(page, list, options);
        Page::of(
            Self { result: True(true), users, next_cursor: NextCursor(next_cursor.clone()) },
            next_cursor,
        )
    }
}

/// A page of users.
#[derive(Serialize, Apiv2Schema)]
struct UsersFound {
    /// Always true.
    result: True,
    /// The users by ascending id.
    users: PageOfUsers,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}

/// A user in a search.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "User")]
struct FoundUser {
    /// Who it is.
    id: Shown<UserId>,
    /// Nickname.
    name: Shown<Nickname>,
    /// First name, where the company gave one.
    first_name: Shown<Option<PersonName>>,
    /// Last name, where the company gave one.
    last_name: Shown<Option<PersonName>>,
    /// Where the avatar of 96 pixels is; null where there is none.
    avatar: AvatarAddress,
    /// True for a program, absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<True>,
    /// Number of followers.
    followers_count: Count,
    /// Number of users they follow.
    following_count: Count,
    /// Creation time, in UTC.
    created_at: Shown<Timestamp>,
}

impl FoundUser {
    fn of(user: User, options: &Options) -> Self {
        Self {
            bot: true_or_absent(user.is_bot()),
            id: Shown(user.id),
            name: Shown(user.nickname),
            first_name: Shown(user.first_name),
            last_name: Shown(user.last_name),
            avatar: AvatarAddress::small(user.avatar, options),
            followers_count: Count(user.followers_count),
            following_count: Count(user.following_count),
            created_at: Shown(user.created_at),
        }
    }
}

impl UsersFound {
    fn page(page: People<User>, list: &str, options: &Options) -> Page<Self> {
        let next_cursor = page.next.map(|last| cursor::of_people(list, last));
        let users = page.people.into_iter().map(|user| FoundUser::of(user, options));
        let users = PageOfUsers(users.collect());
        Page::of(
            Self { result: True(true), users, next_cursor: NextCursor(next_cursor.clone()) },
            next_cursor,
        )
    }
}
