//! Where a row becomes a domain value.

use diesel::{Queryable, Selectable};
use tweetty_domain::{
    Attachment, Designation, Email, Error, ExternalId, ImageDescription, ImageFiles, ImageName, Liker,
    ListName, Login, MediaId, Nickname, Particulars, People, PersonName, Result, Role, StoreId, Timestamp,
    Tweet, TweetId, TweetText, User, UserId, Variants,
};

use crate::people::Names;
use crate::person;
use crate::schema::users;

/// A user's columns that the domain knows.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub(crate) struct UserRow {
    id: i64,
    nickname: String,
    first_name: Option<String>,
    last_name: Option<String>,
    followers_count: i32,
    following_count: i32,
    created_at: Timestamp,
    login: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    title: Option<String>,
    department: Option<String>,
    managed_by: Option<String>,
    deactivated_at: Option<Timestamp>,
    role: String,
    avatar: Option<String>,
    owner_id: Option<i64>,
}

impl TryFrom<UserRow> for User {
    type Error = Error;

    fn try_from(row: UserRow) -> Result<Self> {
        Ok(Self {
            id: UserId::stored(row.id),
            nickname: Nickname::stored(row.nickname),
            first_name: row.first_name.map(PersonName::stored),
            last_name: row.last_name.map(PersonName::stored),
            particulars: Particulars {
                login: row.login.map(Login::stored),
                email: row.email.map(Email::stored),
                external_id: row.external_id.map(ExternalId::stored),
                title: row.title.map(Designation::stored),
                department: row.department.map(Designation::stored),
                managed_by: row.managed_by.map(ListName::stored),
                role: role(&row.role)?,
                owner: row.owner_id.map(UserId::stored),
            },
            avatar: person::avatar(row.avatar.as_deref()),
            deactivated_at: row.deactivated_at,
            followers_count: count(row.followers_count),
            following_count: count(row.following_count),
            created_at: row.created_at,
        })
    }
}

/// A tweet as the database has it; people's names are yet to come.
#[derive(Queryable)]
pub(crate) struct TweetRow {
    pub(crate) id: i64,
    content: String,
    pub(crate) like_count: i32,
    /// The transaction that wrote the row, which another change of it replaces.
    pub(crate) version: u32,
    created_at: Timestamp,
    pub(crate) author_id: i64,
    /// Whether the viewer likes it.
    pub(crate) liked: bool,
    image_ids: Vec<i64>,
    image_names: Vec<String>,
    image_widths: Vec<i32>,
    image_heights: Vec<i32>,
    image_descriptions: Vec<Option<String>>,
    image_variants: Vec<Option<String>>,
}

/// Id and name, width and height, description and variants of an image.
type ImageColumns = (((i64, String), (i32, i32)), (Option<String>, Option<String>));

/// The tweet as the viewer sees it; none where its author was removed meanwhile.
pub(crate) fn tweet(row: TweetRow, names: &Names, likers: Vec<Liker>, likes: i32) -> Result<Option<Tweet>> {
    let Some(author) = names.person(row.author_id) else { return Ok(None) };
    let sizes = row.image_widths.into_iter().zip(row.image_heights);
    let texts = row.image_descriptions.into_iter().zip(row.image_variants);
    let images = row.image_ids.into_iter().zip(row.image_names).zip(sizes).zip(texts);
    let attachment = |(((id, name), (width, height)), (description, variants)): ImageColumns| {
        Ok(Attachment {
            id: MediaId::stored(id),
            name: image_name(&name)?,
            width: width.unsigned_abs(),
            height: height.unsigned_abs(),
            description: description.map(ImageDescription::stored),
            variants: image_variants(variants)?.unwrap_or_default(),
        })
    };
    Ok(Some(Tweet {
        id: TweetId::stored(row.id),
        text: TweetText::stored(row.content),
        author,
        attachments: images.map(attachment).collect::<Result<_>>()?,
        likers,
        likes_count: count(likes),
        liked: row.liked,
        created_at: row.created_at,
    }))
}

/// A counter, which the schema keeps from being negative.
pub(crate) fn count(number: i32) -> u64 {
    number.unsigned_abs().into()
}

/// The role of that word.
pub(crate) fn role(word: &str) -> Result<Role> {
    Role::stored(word).ok_or_else(|| Error::internal(format!("{word:?} is no role")))
}

/// A name under which an image was recorded.
pub(crate) fn image_name(text: &str) -> Result<ImageName> {
    ImageName::parse(text).ok_or_else(|| Error::internal(format!("{text:?} is no name of an image")))
}

/// A name and variants as an image was recorded with them.
pub(crate) fn image_files((name, variants): (String, Option<String>)) -> Result<ImageFiles> {
    Ok(ImageFiles { name: image_name(&name)?, variants: image_variants(variants)? })
}

/// The variants that were recorded of an image.
pub(crate) fn image_variants(text: Option<String>) -> Result<Option<Variants>> {
    let parse = |text: String| {
        Variants::parse(&text).ok_or_else(|| Error::internal(format!("{text:?} is no list of variants")))
    };
    text.map(parse).transpose()
}

/// The id of the store.
pub(crate) fn store_id(text: &str) -> Result<StoreId> {
    StoreId::parse(text).ok_or_else(|| Error::internal(format!("{text:?} is no store id")))
}

/// A page of people from up to one more than it holds, which shows that another page follows.
pub(crate) fn page_of_people<T>(mut people: Vec<T>, limit: u32, id: impl Fn(&T) -> UserId) -> People<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = people.len() > limit;
    people.truncate(limit);
    let next = if more { people.last().map(id) } else { None };
    People { people, next }
}
