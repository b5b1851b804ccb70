//! Reading tweets: the feed, one tweet, the tweets of an author.

use std::time::Instant;

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{
    Announced, AnnouncementId, Attachment, FeedPage, ImageDescription, ImageFormat, MediaId, Microblog,
    Nickname, Period, Scope, Start, Timestamp, Tweet, TweetId, TweetText, UserId, Variant, Variants,
};

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::cursor::{self, Beginning, Cursor};
use crate::long_pages::{LONG, LongPages};
use crate::path::Id;
use crate::person::{Likers, NamedPerson, embedded, true_or_absent};
use crate::pieces;
use crate::places::Place;
use crate::query::{Limit, Query, Word, Words, query};
use crate::reply::{Found, Page, Reply};
use crate::shown::{Address, Count, NextCursor, Shown, True, value};
use crate::sorting::{ALWAYS, POPULAR, RECENT, Sort, Sorting};
use crate::walks::{Offset, Pages, Walks};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/users/{id}/tweets").route(web::get().to(author)));
}

/// A page of the feed
///
/// The tweets of the users whom the caller follows, and their own; the most popular first, among equals the newer first.
/// A walk by `cursor` shows each tweet once while nothing changes. A page beyond the end is empty.
/// A parameter with an empty value counts as absent, one given twice is refused, unknown ones are ignored. The first page
/// has `announcements` besides, the latest first: they are not part of the list, whose order they leave as it is.
///
/// ```json
/// {
///   "result": true,
///   "tweets": [{
///     "id": 7, "content": "Lunch at noon?",
///     "attachments": ["/media/0123456789abcdef0123456789abcdef.jpg"],
///     "media": [{
///       "id": 5, "url": "/media/0123456789abcdef0123456789abcdef.jpg", "width": 800, "height": 600, "type": "image/jpeg",
///       "description": "A bowl of soup",
///       "variants": [{
///         "url": "/media/0123456789abcdef0123456789abcdef-320.jpg", "width": 320, "height": 240, "type": "image/jpeg"
///       }, {
///         "url": "/media/0123456789abcdef0123456789abcdef-640.jpg", "width": 640, "height": 480, "type": "image/jpeg"
///       }]
///     }],
///     "author": {"id": 1, "name": "ann", "first_name": "Ann", "last_name": null, "avatar": null},
///     "likes": [{"user_id": 2, "name": "bob"}],
///     "likes_count": 1, "liked": false,
///     "created_at": "2026-11-23T10:15:30.123Z", "stamp": "2026-11-23T10:15:30.123Z"
///   }],
///   "announcements": [],
///   "next_cursor": null
/// }
/// ```
#[api_v2_operation(tags("tweets"), operation_id = "feed")]
pub(crate) async fn feed(
    blog: Data<Blog>,
    options: Data<Options>,
    long_pages: Data<LongPages>,
    walks: Data<Walks>,
    Caller(me): Caller,
    Query(query): Query<FeedQuery>,
) -> Reply<Page<TweetsFound>> {
    let Word(whose, scope) = query.scope;
    let sorting = Sorting::of(query.sort, query.period)?;
    let list = sorting.list(&format!("tweets {whose}"));
    let size = query.limit.size(blog.limits().page_size)?;
    let likers = embedded("likers", query.likers.0, blog.limits().embedded_likers)?;
    let Beginning { start, since } = query.offset.start(&query.cursor, &list)?;
    let since = since.or_else(|| blog.beginning(sorting.period));
    let place = long_pages.place(size).await?;
    let step = walks.step(me, Pages { scope, sorting, size }, start, since, Instant::now());
    let order = sorting.order(step.since);
    let standing = if start == Start::FIRST { Some(blog.standing().await?) } else { None };
    let found = async move |blog: Microblog| {
        let page = blog.feed(me, scope, order, step.start, size, likers).await?;
        let Some(standing) = standing else { return Ok((page, None)) };
        Ok((page, Some(blog.announced(me, &standing, likers).await?)))
    };
    let (page, announced) = blog.read(found).await?;
    walks.shown(step, &page);
    TweetsFound::page(page, announced, &list, step.since, &options, place)
}

/// A page of a user's tweets
///
/// The newest first, unless `sort` says otherwise.
///
/// ```json
/// {"result": true, "tweets": [], "next_cursor": null}
/// ```
#[api_v2_operation(tags("users"), operation_id = "tweetsOfUser")]
pub(crate) async fn author(
    blog: Data<Blog>,
    options: Data<Options>,
    long_pages: Data<LongPages>,
    Caller(me): Caller,
    Id(user): Id<UserId>,
    Query(query): Query<AuthorQuery>,
) -> Reply<Page<TweetsFound>> {
    let sorting = Sorting::of(query.sort, query.period)?;
    let list = sorting.list(&format!("users/{user}/tweets"));
    let size = query.limit.size(blog.limits().page_size)?;
    let likers = embedded("likers", query.likers.0, blog.limits().embedded_likers)?;
    let Beginning { start, since } = query.cursor.start(&list)?;
    let since = since.or_else(|| blog.beginning(sorting.period));
    let (scope, order) = (Scope::By(user), sorting.order(since));
    let place = long_pages.place(size).await?;
    let page = blog.read(async move |blog| blog.feed(me, scope, order, start, size, likers).await).await?;
    TweetsFound::page(page, None, &list, since, &options, place)
}

/// One tweet
///
/// ```json
/// {
///   "result": true,
///   "tweet": {
///     "id": 8, "content": "Who has the stapler?", "attachments": [], "media": [],
///     "author": {"id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}, "likes": [], "likes_count": 0, "liked": false,
///     "created_at": "2026-11-23T10:16:00.000Z", "stamp": "2026-11-23T10:16:00.000Z"
///   }
/// }
/// ```
#[api_v2_operation(tags("tweets"), operation_id = "tweet")]
pub(crate) async fn one(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Id(tweet): Id<TweetId>,
) -> Reply<Found<TweetFound>> {
    let tweet = blog.read(async move |blog| blog.tweet(me, tweet).await).await?;
    Ok(Found(TweetFound { result: True(true), tweet: FeedTweet::of(tweet, &options) }))
}

query! {
    /// Which page of the feed.
    pub(crate) struct FeedQuery {
        /// Whose tweets: those of the caller and the users they follow, or everybody's.
        scope: Word<Scope, FOLLOWING>,
        /// The order: more likes first, or the newer first.
        sort: Word<Sort, POPULAR>,
        /// Only the tweets of the last 24 hours, or of the last 7, 30 or 365 days: since the beginning of the hour that
        /// long ago. With `sort=recent` there is no time but `all`. A walk by cursor or by page numbers shows the same
        /// time to its end.
        period: Word<Period, ALWAYS>,
        /// How many tweets at most.
        limit: Limit,
        /// The 1-based number of the page of `limit` tweets; without `limit` it is ignored, whatever it is. The page after the
        /// one that the caller was shown last begins right behind it, for a minute: whatever moves, the others are neither
        /// repeated nor skipped. With `limit`, it excludes `cursor`. A page with a higher number than the `deepest_page` of
        /// `GET /api/limits` is empty.
        offset: Offset,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `sort`, `period` and `scope`.
        cursor: Cursor,
        /// How many likers each tweet embeds at most. The caller's own like goes first; `liked` and `likes_count` are true
        /// whatever it is.
        likers: Likers,
    }
}

query! {
    /// Which page of an author's tweets.
    pub(crate) struct AuthorQuery {
        /// How many tweets at most.
        limit: Limit,
        /// Where to go on: a `next_cursor` of an earlier answer with the same `sort` and `period`.
        cursor: Cursor,
        /// The order: more likes first, or the newer first.
        sort: Word<Sort, RECENT>,
        /// Only the tweets of the last 24 hours, or of the last 7, 30 or 365 days, with `sort=popular`: since the beginning
        /// of the hour that long ago.
        period: Word<Period, ALWAYS>,
        /// How many likers each tweet embeds at most.
        likers: Likers,
    }
}

const FOLLOWING: usize = 0;

impl Words for Scope {
    const ALL: &'static [(&'static str, Self)] = &[("following", Self::Following), ("all", Self::All)];
}

/// A page of tweets.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct TweetsFound {
    /// Always true.
    result: True,
    /// The tweets in the order asked for.
    tweets: PageOfTweets,
    /// What communicators have everybody shown first, the latest first; on the first page of the feed alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    announcements: Option<SomeAnnouncements>,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}

impl TweetsFound {
    /// The answer to a request for that list.
    pub(crate) fn page(
        page: FeedPage,
        announced: Option<Vec<Announced>>,
        list: &str,
        since: Option<Timestamp>,
        options: &Options,
        place: Option<Place>,
    ) -> Reply<Page<Self>> {
        let next_cursor = page.next.map(|last| cursor::of_tweets(list, last, since));
        let tweets = page.tweets.into_iter().map(|tweet| FeedTweet::of(tweet, options)).collect::<Vec<_>>();
        let mut page = Self {
            result: True(true),
            tweets: PageOfTweets(tweets),
            announcements: announced.map(|announced| SomeAnnouncements::of(announced, options)),
            next_cursor: NextCursor(next_cursor.clone()),
        };
        if page.tweets.0.len() > LONG {
            let tweets = std::mem::take(&mut page.tweets.0);
            return Ok(Page::long(pieces::body(&page, tweets, place)?, next_cursor));
        }
        Ok(Page::of(page, next_cursor))
    }
}

/// One tweet.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct TweetFound {
    /// Always true.
    result: True,
    tweet: FeedTweet,
}

/// A tweet with everything that is shown of it.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Tweet")]
struct FeedTweet {
    /// Which tweet; a later one has a higher id.
    id: Shown<TweetId>,
    /// What it says.
    content: Shown<TweetText>,
    /// URLs of its images in their order, relative to this server or absolute: an `<img>` can load them as they stand.
    attachments: Vec<Address>,
    /// The same images with what is known of them.
    media: Vec<Picture>,
    author: NamedPerson,
    /// Some who like it, as many as `GET /api/limits` says: the caller first where they do.
    likes: SomeLikers,
    /// Number of likes.
    likes_count: Count,
    /// Whether the caller does.
    liked: bool,
    /// When it was written, in UTC.
    created_at: Shown<Timestamp>,
    /// The same moment.
    stamp: Shown<Timestamp>,
}

impl FeedTweet {
    fn of(tweet: Tweet, options: &Options) -> Self {
        let picture = |image: &Attachment| Picture {
            id: Shown(image.id),
            url: options.media_url(image.name),
            width: image.width,
            height: image.height,
            media_type: Shown(image.name.format()),
            description: Shown(image.description.clone()),
            variants: SmallerCopies(smaller_copies(image, options)),
        };
        let media = tweet.attachments.iter().map(picture).collect::<Vec<_>>();
        Self {
            id: Shown(tweet.id),
            content: Shown(tweet.text),
            attachments: media.iter().map(|picture| Address(picture.url.clone())).collect(),
            media,
            author: NamedPerson::of(tweet.author, options),
            likes: SomeLikers(tweet.likers.into_iter().map(Liker::from).collect()),
            likes_count: Count(tweet.likes_count),
            liked: tweet.liked,
            created_at: Shown(tweet.created_at),
            stamp: Shown(tweet.created_at),
        }
    }
}

value! {
    /// A page of tweets.
    PageOfTweets(Vec<FeedTweet>) = {"maxItems": "{page_size}"};
    /// The announcements that stand.
    SomeAnnouncements(Vec<ShownAnnouncement>) = {"maxItems": "{announcements}"};
    /// Some who like a tweet, as many as are shown there.
    SomeLikers(Vec<Liker>) = {"maxItems": "{embedded_likers}"};
    /// The smaller copies of an image.
    SmallerCopies(Vec<SmallerCopy>) = {"maxItems": Variants::MOST};
}

/// An announcement.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Announcement")]
struct ShownAnnouncement {
    /// Which announcement; a later one has a higher id.
    id: Shown<AnnouncementId>,
    /// When it ends, in UTC.
    until: Shown<Timestamp>,
    /// Whether people are asked to say that they have read it.
    acknowledge: bool,
    /// Whether the caller has said so.
    acknowledged: bool,
    tweet: FeedTweet,
}

impl SomeAnnouncements {
    fn of(announced: Vec<Announced>, options: &Options) -> Self {
        let shown = |Announced { announcement, acknowledged, tweet }: Announced| ShownAnnouncement {
            id: Shown(announcement.id),
            until: Shown(announcement.until),
            acknowledge: announcement.acknowledge,
            acknowledged,
            tweet: FeedTweet::of(tweet, options),
        };
        Self(announced.into_iter().map(shown).collect())
    }
}

/// An image of a tweet.
#[derive(Serialize, Apiv2Schema)]
struct Picture {
    /// Which image.
    id: Shown<MediaId>,
    /// Where it is.
    url: String,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Its media type.
    #[serde(rename = "type")]
    media_type: Shown<ImageFormat>,
    /// What it shows, for those who can't see it: the alternative text of an `<img>`. Null where the author said nothing.
    description: Shown<Option<ImageDescription>>,
    /// Smaller copies of it, from narrow to wide, for a `srcset`; the image itself is not among them. Empty where it
    /// is small as it is, and for an image from before there were copies until they are made.
    variants: SmallerCopies,
}

/// A smaller copy of an image.
#[derive(Serialize, Apiv2Schema)]
struct SmallerCopy {
    /// Where it is.
    url: String,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Its media type, which may be another than the image's.
    #[serde(rename = "type")]
    media_type: Shown<ImageFormat>,
    /// True for one picture of an animation, absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    still: Option<True>,
}

fn smaller_copies(image: &Attachment, options: &Options) -> Vec<SmallerCopy> {
    let copy = |variant: &Variant| SmallerCopy {
        url: options.media_url(variant.file_of(image.name)),
        width: variant.width,
        height: variant.height,
        media_type: Shown(variant.format),
        still: true_or_absent(variant.is_still),
    };
    image.variants.as_slice().iter().map(copy).collect()
}

/// Somebody who likes a tweet.
#[derive(Serialize, Apiv2Schema)]
struct Liker {
    /// Who it is.
    user_id: Shown<UserId>,
    /// Nickname.
    name: Shown<Nickname>,
}

impl From<tweetty_domain::Liker> for Liker {
    fn from(liker: tweetty_domain::Liker) -> Self {
        Self { user_id: Shown(liker.id), name: Shown(liker.nickname) }
    }
}
