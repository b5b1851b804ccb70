//! Reading tweets: the feed, one tweet, the tweets of an author.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use chrono::SecondsFormat;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{
    FeedPage, Nickname, Order, PageSize, Person, Position, Scope, Start, Tweet, TweetId, TweetText, UserId,
};

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::cursor;
use crate::error::ApiError;
use crate::path::Id;
use crate::person::{NamedPerson, Verbatim};
use crate::pieces;
use crate::places::{Place, Places};
use crate::query::{FromParameters, Parameters, Query};
use crate::reply::{Found, Reply};
use crate::walks::{Pages, Walks};

/// Pages of more tweets than these go out in pieces.
const LONG: usize = 100;
/// How many such pages are found or sent at the same time: each may take some MiB until its client has read it.
const LONG_PAGES: usize = 64;
/// How many requests for such a page wait, and how long.
const WAITING: usize = 256;
const PATIENCE: Duration = Duration::from_secs(2);

/// Bounds the memory of long pages.
pub(crate) struct LongPages(Places);

impl LongPages {
    pub(crate) fn new() -> Self {
        Self(Places::new("long pages", LONG_PAGES, WAITING, PATIENCE))
    }

    /// A place where the page may become a long one.
    async fn place(&self, size: PageSize) -> Result<Option<Place>, ApiError> {
        if size.get() as usize > LONG { self.0.wait().await.map(Some) } else { Ok(None) }
    }
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/users/{id}/tweets").route(web::get().to(author)));
}

/// A page of the feed
///
/// The tweets of the users whom the caller follows, and her own; the most popular first, among equals the newer first.
/// A walk by `cursor` shows each tweet once while nothing changes. A page beyond the end is empty.
/// A parameter with an empty value counts as absent, one given twice is refused, unknown ones are ignored.
#[api_v2_operation(tags("tweets"), operation_id = "feed")]
pub(crate) async fn feed(
    blog: Data<Blog>,
    options: Data<Options>,
    long_pages: Data<LongPages>,
    walks: Data<Walks>,
    Caller(me): Caller,
    Query(query): Query<FeedQuery>,
) -> Reply<Found<TweetsFound>> {
    let (scope, order) = (query.scope.unwrap_or(Scope::Following), query.sort.unwrap_or(Order::Popular));
    let list = format!("tweets {} {}", if scope == Scope::All { "all" } else { "following" }, word(order));
    let (start, size) = query.page.read(&list, blog.limits().page_size)?;
    let place = long_pages.place(size).await?;
    let step = walks.step(me, Pages { scope, order, size }, start, Instant::now());
    let page = blog.read(async move |blog| blog.feed(me, scope, order, step.start, size).await).await?;
    walks.shown(step, &page);
    TweetsFound::page(page, &list, &options, place)
}

/// A page of a user's tweets
///
/// The newest first, unless `sort` says otherwise.
#[api_v2_operation(tags("users"), operation_id = "tweetsOfUser")]
pub(crate) async fn author(
    blog: Data<Blog>,
    options: Data<Options>,
    long_pages: Data<LongPages>,
    Caller(me): Caller,
    Id(user): Id<UserId>,
    Query(query): Query<AuthorQuery>,
) -> Reply<Found<TweetsFound>> {
    let (scope, order) = (Scope::By(user), query.sort.unwrap_or(Order::Recent));
    let list = format!("users/{user}/tweets {}", word(order));
    let (start, size) = query.page.read(&list, blog.limits().page_size)?;
    let place = long_pages.place(size).await?;
    let page = blog.read(async move |blog| blog.feed(me, scope, order, start, size).await).await?;
    TweetsFound::page(page, &list, &options, place)
}

/// One tweet
#[api_v2_operation(tags("tweets"), operation_id = "tweet")]
pub(crate) async fn one(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Id(tweet): Id<TweetId>,
) -> Reply<Found<TweetFound>> {
    let tweet = blog.read(async move |blog| blog.tweet(me, tweet).await).await?;
    Ok(Found::one(TweetFound { result: true, tweet: FeedTweet::of(tweet, &options) }))
}

/// Which page of the feed.
pub(crate) struct FeedQuery {
    scope: Option<Scope>,
    sort: Option<Order>,
    page: TweetsPage,
}

/// Which page of an author's tweets.
pub(crate) struct AuthorQuery {
    sort: Option<Order>,
    page: TweetsPage,
}

struct TweetsPage {
    limit: Option<i64>,
    offset: Option<i64>,
    cursor: Option<String>,
}

const ORDERS: [(&str, Order); 2] = [("popular", Order::Popular), ("recent", Order::Recent)];
const SCOPES: [(&str, Scope); 2] = [("following", Scope::Following), ("all", Scope::All)];

fn word(order: Order) -> &'static str {
    match order {
        Order::Popular => "popular",
        Order::Recent => "recent",
    }
}

impl FromParameters for FeedQuery {
    fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, ApiError> {
        Ok(Self {
            scope: parameters.word("scope", &SCOPES)?,
            sort: parameters.word("sort", &ORDERS)?,
            page: TweetsPage::numbered(parameters)?,
        })
    }
}

impl FromParameters for AuthorQuery {
    fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, ApiError> {
        let (limit, cursor) = (parameters.integer("limit")?, parameters.text("cursor")?);
        Ok(Self { sort: parameters.word("sort", &ORDERS)?, page: TweetsPage { limit, offset: None, cursor } })
    }
}

impl TweetsPage {
    /// A page that may be asked for by its number. `offset` counts pages of `limit` tweets: without `limit` it means
    /// nothing and isn't even read.
    fn numbered(parameters: &Parameters<'_>) -> Result<Self, ApiError> {
        let limit = parameters.integer("limit")?;
        let offset = if limit.is_some() { parameters.integer("offset")? } else { None };
        Ok(Self { limit, offset, cursor: parameters.text("cursor")? })
    }

    /// Where the page begins in that list, and how long it is.
    fn read(&self, list: &str, largest: u32) -> Result<(Start, PageSize), ApiError> {
        let size = PageSize::parse(self.limit, largest)?;
        let start = match (&self.cursor, self.offset) {
            (Some(_), Some(_)) => {
                return Err(ApiError::unprocessable("cursor and offset exclude each other"));
            }
            (Some(cursor), None) => Start::After(cursor::to_tweets(list, cursor)?),
            (None, Some(number)) => Start::page(number)?,
            (None, None) => Start::FIRST,
        };
        Ok((start, size))
    }
}

/// The parameters as the document shows them.
#[expect(dead_code, reason = "only their descriptions are read")]
mod shown {
    use paperclip::actix::Apiv2Schema;

    #[derive(Apiv2Schema)]
    pub(super) struct FeedQuery {
        /// How many tweets at most.
        limit: Option<i64>,
        /// The 1-based number of the page of `limit` tweets; without `limit` it is ignored, whatever it is. The page after the
        /// one that the caller was shown last begins right behind it, for a minute: whatever moves, the others are neither
        /// repeated nor skipped. With `limit`, it excludes `cursor`.
        offset: Option<i64>,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `sort` and `scope`.
        cursor: Option<String>,
        /// The order: more likes first, or the newer first.
        sort: Option<String>,
        /// Whose tweets: those of the caller and of whom she follows, or everybody's.
        scope: Option<String>,
    }

    #[derive(Apiv2Schema)]
    pub(super) struct AuthorQuery {
        /// How many tweets at most.
        limit: Option<i64>,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `sort`.
        cursor: Option<String>,
        /// The order: more likes first, or the newer first.
        sort: Option<String>,
    }
}

crate::query::shown_as!(FeedQuery => shown::FeedQuery, AuthorQuery => shown::AuthorQuery);

/// A page of tweets.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct TweetsFound {
    /// Always true.
    result: bool,
    /// The tweets in the order asked for.
    tweets: Vec<FeedTweet>,
    /// Where the list goes on; null on the last page.
    next_cursor: Option<String>,
}

impl TweetsFound {
    fn page(page: FeedPage, list: &str, options: &Options, place: Option<Place>) -> Reply<Found<Self>> {
        let next_cursor = page.next.map(|last: Position| cursor::of_tweets(list, last));
        let tweets = page.tweets.into_iter().map(|tweet| FeedTweet::of(tweet, options)).collect::<Vec<_>>();
        let mut page = Self { result: true, tweets, next_cursor: next_cursor.clone() };
        if page.tweets.len() > LONG {
            let tweets = std::mem::take(&mut page.tweets);
            return Ok(Found::long_page(pieces::body(&page, tweets, place)?, next_cursor));
        }
        Ok(Found::page(page, next_cursor))
    }
}

/// One tweet.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct TweetFound {
    /// Always true.
    result: bool,
    /// The tweet.
    tweet: FeedTweet,
}

/// A tweet with everything that is shown of it.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Tweet")]
struct FeedTweet {
    /// Which tweet; a later one has a higher id.
    id: i64,
    /// What it says.
    content: Verbatim<TweetText>,
    /// URLs of its images in their order, relative to this server or absolute: an `<img>` can load them as they stand.
    attachments: Vec<String>,
    /// The same images with what is known of them.
    media: Vec<Picture>,
    /// Who wrote it.
    author: NamedPerson,
    /// Some who like it, as many as `GET /api/limits` says: the caller first where she does.
    likes: Vec<Liker>,
    /// How many like it in truth.
    likes_count: u64,
    /// Whether the caller does.
    liked: bool,
    /// When it was written, in UTC.
    created_at: String,
    /// The same moment.
    stamp: String,
}

impl FeedTweet {
    fn of(tweet: Tweet, options: &Options) -> Self {
        let created_at = tweet.created_at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let picture = |image: &tweetty_domain::Attachment| Picture {
            id: image.id.get(),
            url: options.url(&format!("/media/{}", image.name)),
            width: image.width,
            height: image.height,
            media_type: image.name.format().media_type(),
        };
        let media = tweet.attachments.iter().map(picture).collect::<Vec<_>>();
        Self {
            id: tweet.id.get(),
            content: Verbatim(tweet.text),
            attachments: media.iter().map(|picture| picture.url.clone()).collect(),
            media,
            author: tweet.author.into(),
            likes: tweet.likers.into_iter().map(Liker::from).collect(),
            likes_count: tweet.likes_count,
            liked: tweet.liked,
            stamp: created_at.clone(),
            created_at,
        }
    }
}

/// An image of a tweet.
#[derive(Serialize, Apiv2Schema)]
struct Picture {
    /// Which image.
    id: i64,
    /// Where it is.
    url: String,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Its media type.
    #[serde(rename = "type")]
    media_type: &'static str,
}

/// Somebody who likes a tweet.
#[derive(Serialize, Apiv2Schema)]
struct Liker {
    /// Who it is.
    user_id: i64,
    /// Her name.
    name: Verbatim<Nickname>,
}

impl From<Person> for Liker {
    fn from(person: Person) -> Self {
        Self { user_id: person.id.get(), name: Verbatim(person.nickname) }
    }
}
