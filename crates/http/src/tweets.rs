//! Writing tweets and liking them.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{Attachments, ImageDescription, Invalid, Limits, Reason, TweetId, TweetText};

use crate::Options;
use crate::blog::Blog;
use crate::body::{Fields, FromFields, Json};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::feed;
use crate::once::Once;
use crate::path::Id;
use crate::person::{PageOfPeople, PeopleQuery};
use crate::query::{Query, parameter, query};
use crate::reply::{Created, Done, Page, Reply, Settled};
use crate::schema::Fails;
use crate::shown::{EXACT, NextCursor, Shown, True, value};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/tweets").route(web::get().to(feed::feed)).route(web::post().to(publish)))
        .service(
            web::resource("/api/tweets/{id}").route(web::get().to(feed::one)).route(web::delete().to(delete)),
        )
        .service(
            web::resource("/api/tweets/{id}/likes")
                .route(web::get().to(likers))
                .route(web::post().to(like))
                .route(web::delete().to(unlike)),
        );
}

/// Publishes a tweet
///
/// White space around the text is trimmed; a text of nothing but characters that can't be seen is 422. A body without a
/// `Content-Type` is read as JSON, one of another type is 415. The images must have been uploaded by the caller and belong to no tweet yet;
/// tweet and images appear together or not at all. What they show may be said in `tweet_media_descriptions`, for those who can't
/// see them; white space around a description is trimmed, and one of nothing but characters that can't be seen counts as
/// `null`.
///
/// ```json
/// {"result": true, "tweet_id": 7}
/// ```
#[api_v2_operation(tags("tweets"), operation_id = "publishTweet")]
async fn publish(
    blog: Data<Blog>,
    Caller(me): Caller,
    Once(once): Once,
    Json(draft): Json<NewTweet>,
) -> Reply<Created<Published>> {
    let (text, images) = (draft.text(blog.limits())?, draft.images(blog.limits())?);
    let tweet = blog.write(async move |blog| blog.publish(me, text, images, once).await).await?;
    Ok(CreatedJson(Published { result: True(true), tweet_id: Shown(tweet) }))
}

/// Deletes a tweet
///
/// Its likes and images go with it. Everybody may delete their own; a moderator may delete another user's, for a `reason`,
/// which the author finds at `GET /api/removals` for 30 days.
#[api_v2_operation(tags("tweets"), operation_id = "deleteTweet")]
async fn delete(
    blog: Data<Blog>,
    Caller(me): Caller,
    Id(tweet): Id<TweetId>,
    Query(deletion): Query<Deletion>,
    _: Fails<403>,
) -> Reply<Done> {
    let reason = deletion.reason()?;
    blog.write(async move |blog| blog.delete(me, tweet, reason).await).await?;
    Ok(Done)
}

query! {
    /// Why a tweet is deleted.
    struct Deletion {
        /// Why, for the author to read; needed where the tweet is another user's.
        reason: ReasonGiven,
    }
}

parameter! {
    /// Why another user's tweet is deleted.
    ReasonGiven(String) = {"minLength": 1, "maxLength": "{reason_length}"};
}

impl Deletion {
    fn reason(&self) -> Result<Option<Reason>, ApiError> {
        self.reason.0.as_deref().map(Reason::parse).transpose().map_err(in_field("reason"))
    }
}

/// Likes a tweet
///
/// 200 where the like stood already. One user counts once, however often they ask.
#[api_v2_operation(tags("tweets"), operation_id = "likeTweet")]
async fn like(blog: Data<Blog>, Caller(me): Caller, Id(tweet): Id<TweetId>) -> Reply<Settled> {
    Ok(Settled(blog.write(async move |blog| blog.like(me, tweet).await).await?))
}

/// Takes a like back
///
/// 200 also where there was none.
#[api_v2_operation(tags("tweets"), operation_id = "unlikeTweet")]
async fn unlike(blog: Data<Blog>, Caller(me): Caller, Id(tweet): Id<TweetId>) -> Reply<Done> {
    blog.write(async move |blog| blog.unlike(me, tweet).await).await?;
    Ok(Done)
}

/// A page of those who like a tweet
///
/// The caller first where they like it, then the others by ascending id.
///
/// ```json
/// {"result": true, "likers": [{"id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}], "next_cursor": null}
/// ```
#[api_v2_operation(tags("tweets"), operation_id = "likersOfTweet")]
async fn likers(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Id(tweet): Id<TweetId>,
    Query(page): Query<PeopleQuery>,
) -> Reply<Page<LikersFound>> {
    let list = format!("tweets/{tweet}/likes");
    let (after, size) = (page.cursor.after(&list)?, page.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.likers(me, tweet, after, size).await).await?;
    let (likers, next_cursor) = PageOfPeople::of(page, &list, &options);
    let found = LikersFound { result: True(true), likers, next_cursor: NextCursor(next_cursor.clone()) };
    Ok(Page::of(found, next_cursor))
}

/// A page of those who like a tweet.
#[derive(Serialize, Apiv2Schema)]
struct LikersFound {
    /// Always true.
    result: True,
    /// The people, the caller first, then by ascending id.
    likers: PageOfPeople,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}

/// A tweet to publish.
#[expect(clippy::struct_field_names, reason = "the contract names them so")]
#[derive(Apiv2Schema)]
#[openapi(
    example = r#"{"tweet_data": "Lunch at noon?", "tweet_media_ids": [5], "tweet_media_descriptions": ["A bowl of soup"]}"#
)]
struct NewTweet {
    /// What it says.
    tweet_data: DraftText,
    /// Ids of uploaded images in the order in which they are shown, all different.
    tweet_media_ids: Option<DraftImages>,
    /// What the images show, in the order of `tweet_media_ids` and as many; null for one of which nothing is said.
    tweet_media_descriptions: Option<DraftDescriptions>,
}

value! {
    /// What a tweet is to say.
    DraftText(String) = {"minLength": 1, "maxLength": "{tweet_length}"};
    /// The images that a tweet is to have.
    DraftImages(Vec<i64>) = {
        "nullable": true, "maxItems": "{attachments}", "uniqueItems": true,
        "items": {"minimum": 1, "maximum": EXACT}
    };
    /// What the images of a tweet are to be said to show.
    DraftDescriptions(Vec<Option<String>>) = {
        "nullable": true, "maxItems": "{attachments}",
        "items": {"nullable": true, "maxLength": "{description_length}"}
    };
}

impl FromFields for NewTweet {
    fn from_fields(mut fields: Fields) -> Result<Self, ApiError> {
        Ok(Self {
            tweet_data: DraftText(fields.text("tweet_data")?),
            tweet_media_ids: fields.integers("tweet_media_ids")?.map(DraftImages),
            tweet_media_descriptions: fields.texts("tweet_media_descriptions")?.map(DraftDescriptions),
        })
    }
}

impl NewTweet {
    fn text(&self, limits: &Limits) -> Result<TweetText, ApiError> {
        TweetText::parse(&self.tweet_data.0, limits.tweet_length).map_err(in_field("tweet_data"))
    }

    fn images(&self, limits: &Limits) -> Result<Attachments, ApiError> {
        let ids = self.tweet_media_ids.as_ref().map_or(&[][..], |ids| &ids.0);
        let images = Attachments::parse(ids, limits.attachments).map_err(in_field("tweet_media_ids"))?;
        match &self.tweet_media_descriptions {
            None => Ok(images),
            Some(texts) => described(images, &texts.0, limits).map_err(in_field("tweet_media_descriptions")),
        }
    }
}

fn described(images: Attachments, texts: &[Option<String>], limits: &Limits) -> Result<Attachments, Invalid> {
    let parse = |text: &Option<String>| match text {
        Some(text) => ImageDescription::parse(text, limits.description_length),
        None => Ok(None),
    };
    images.described(texts.iter().map(parse).collect::<Result<_, _>>()?)
}

fn in_field(field: &'static str) -> impl Fn(Invalid) -> ApiError {
    move |invalid| ApiError::invalid(field, invalid)
}

/// The tweet that was published.
#[derive(Serialize, Apiv2Schema)]
struct Published {
    /// Always true.
    result: True,
    /// Its id.
    tweet_id: Shown<TweetId>,
}
