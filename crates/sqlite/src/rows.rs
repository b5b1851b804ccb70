//! Where a row becomes a domain value.

use chrono::{DateTime, NaiveDate, NaiveTime};
use diesel::{Queryable, Selectable};
use tweetty_domain::{
    Attachment, Designation, Email, Error, ExternalId, ImageFiles, ImageName, ListName, Login, Nickname,
    Particulars, People, PersonName, Result, Role, StoreId, Timestamp, Tweet, TweetId, TweetText, User,
    UserId, Variants,
};

use crate::people::Names;
use crate::person;
use crate::schema::users;

/// A user's columns that the domain knows.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::sqlite::Sqlite))]
pub(crate) struct UserRow {
    id: i64,
    nickname: String,
    first_name: Option<String>,
    last_name: Option<String>,
    followers_count: i64,
    following_count: i64,
    created_at: i64,
    login: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    title: Option<String>,
    department: Option<String>,
    managed_by: Option<String>,
    deactivated_at: Option<i64>,
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
            deactivated_at: row.deactivated_at.map(moment).transpose()?,
            followers_count: count(row.followers_count)?,
            following_count: count(row.following_count)?,
            created_at: moment(row.created_at)?,
        })
    }
}

/// The columns of a tweet in the order of [`crate::details::TWEETS`].
pub(crate) type TweetColumns = (i64, String, i64, i64, i64, bool, Option<String>);

/// A tweet as the database has it; people's names and images are yet to come.
pub(crate) struct TweetRow {
    pub(crate) id: i64,
    content: String,
    likes: i64,
    created_at: i64,
    pub(crate) author: i64,
    liked: bool,
    /// The viewer comes first.
    pub(crate) likers: Vec<i64>,
}

impl TweetRow {
    pub(crate) fn read(columns: TweetColumns, viewer: UserId, embedded: u32) -> Result<Self> {
        let (id, content, likes, created_at, author, liked, others) = columns;
        let others = others.unwrap_or_default();
        let ids = others.split(',').filter(|id| !id.is_empty()).map(str::parse::<i64>);
        let mut likers = ids.collect::<std::result::Result<Vec<_>, _>>().map_err(Error::internal)?;
        likers.sort_unstable();
        if liked {
            likers.insert(0, viewer.get());
        }
        likers.truncate(usize::try_from(embedded).unwrap_or(usize::MAX));
        Ok(Self { id, content, likes, created_at, author, liked, likers })
    }

    pub(crate) fn tweet(self, names: &Names, attachments: Vec<Attachment>) -> Result<Tweet> {
        let author = names.person(self.author);
        Ok(Tweet {
            id: TweetId::stored(self.id),
            text: TweetText::stored(self.content),
            author: author.ok_or_else(|| Error::internal(format!("tweet {} has no author", self.id)))?,
            attachments,
            likers: names.likers(&self.likers),
            likes_count: count(self.likes)?,
            liked: self.liked,
            created_at: moment(self.created_at)?,
        })
    }
}

/// The time in a column of milliseconds.
pub(crate) fn moment(milliseconds: i64) -> Result<Timestamp> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or_else(|| Error::internal(format!("{milliseconds} ms is no time")))
}

/// The day that begins at that time.
pub(crate) fn day(milliseconds: i64) -> Result<NaiveDate> {
    Ok(moment(milliseconds)?.date_naive())
}

/// When a day begins.
pub(crate) fn beginning(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A counter or size, which the schema keeps from being negative.
pub(crate) fn count<T: TryFrom<i64>>(number: i64) -> Result<T> {
    T::try_from(number).map_err(|_| Error::internal(format!("{number} is no count")))
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
