//! What others removed of a user's tweets.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{Reason, Removal, Removals, Timestamp, TweetId, TweetText};

use crate::blog::Blog;
use crate::caller::Caller;
use crate::cursor::{self, Cursor};
use crate::query::{Limit, Query, query};
use crate::reply::{Page, Reply};
use crate::shown::{NextCursor, Shown, True, value};

const LIST: &str = "removals";

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/removals").route(web::get().to(removals)));
}

/// The caller's tweets that a moderator removed
///
/// Those of the last 30 days, the latest first, each with what it said and why it was removed.
///
/// ```json
/// {
///   "result": true,
///   "removals": [{
///     "tweet_id": 7, "content": "Acme is late again", "reason": "names a customer",
///     "removed_at": "2026-11-23T10:15:30.123Z"
///   }],
///   "next_cursor": null
/// }
/// ```
#[api_v2_operation(tags("tweets"), operation_id = "removals")]
async fn removals(
    blog: Data<Blog>,
    Caller(me): Caller,
    Query(page): Query<RemovalsQuery>,
) -> Reply<Page<RemovalsFound>> {
    let (after, size) = (page.cursor.after_removal(LIST)?, page.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.removals(me, after, size).await).await?;
    Ok(RemovalsFound::page(page))
}

query! {
    /// Which page of the removals.
    struct RemovalsQuery {
        /// How many at most.
        limit: Limit,
        /// Where to go on: a `next_cursor` of an earlier answer.
        cursor: Cursor,
    }
}

value! {
    /// A page of removals.
    PageOfRemovals(Vec<RemovedTweet>) = {"maxItems": "{page_size}"};
}

/// A page of removals.
#[derive(Serialize, Apiv2Schema)]
struct RemovalsFound {
    /// Always true.
    result: True,
    /// The removals, the latest first.
    removals: PageOfRemovals,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}

/// A tweet that was removed.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Removal")]
struct RemovedTweet {
    /// Which tweet.
    tweet_id: Shown<TweetId>,
    /// What it said.
    content: Shown<TweetText>,
    /// Why it was removed.
    reason: Shown<Reason>,
    /// When, in UTC.
    removed_at: Shown<Timestamp>,
}

impl From<Removal> for RemovedTweet {
    fn from(removal: Removal) -> Self {
        Self {
            tweet_id: Shown(removal.tweet),
            content: Shown(removal.text),
            reason: Shown(removal.reason),
            removed_at: Shown(removal.removed_at),
        }
    }
}

impl RemovalsFound {
    fn page(page: Removals) -> Page<Self> {
        let next_cursor = page.next.map(|last| cursor::of_removals(LIST, last));
        let removals = PageOfRemovals(page.removals.into_iter().map(RemovedTweet::from).collect());
        let found = Self { result: True(true), removals, next_cursor: NextCursor(next_cursor.clone()) };
        Page::of(found, next_cursor)
    }
}
