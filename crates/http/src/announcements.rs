//! Announcements: tweets that everybody is shown first, and who has read them.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{AnnouncementId, Invalid, Microblog, TweetId};

use crate::Options;
use crate::blog::Blog;
use crate::body::{Fields, FromFields, Json};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::keys::moment;
use crate::path::Id;
use crate::person::{PageOfPeople, PeopleQuery};
use crate::query::Query;
use crate::reply::{Created, Done, Page, Reply, Settled};
use crate::schema::Fails;
use crate::shown::{EXACT, NextCursor, Shown, True, value};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/announcements").route(web::post().to(announce)))
        .service(web::resource("/api/announcements/{id}").route(web::delete().to(withdraw)))
        .service(web::resource("/api/announcements/{id}/acknowledgement").route(web::post().to(acknowledge)))
        .service(web::resource("/api/announcements/{id}/missing").route(web::get().to(missing)));
}

/// Announces a tweet
///
/// Until the time given, at most a year, it stands in `announcements` of the first page of everybody's feed; the order of
/// `tweets` stays as it is. With `acknowledge`, people are asked to say that they have read it. Only communicators may. 409
/// where the tweet is announced already, or as many announcements stand as `announcements` of `GET /api/limits` says.
///
/// ```json
/// {"result": true, "announcement_id": 3}
/// ```
#[api_v2_operation(tags("announcements"), operation_id = "announce")]
async fn announce(
    blog: Data<Blog>,
    Caller(me): Caller,
    Json(wish): Json<NewAnnouncement>,
    _: Fails<403>,
    _: Fails<404>,
    _: Fails<409>,
) -> Reply<Created<Made>> {
    let (tweet, until) = (wish.tweet()?, moment("until", &wish.until.0)?);
    let acknowledge = wish.acknowledge.unwrap_or_default();
    let announce = async move |blog: Microblog| blog.announce(me, tweet, until, acknowledge).await;
    let id = blog.write(announce).await?;
    blog.announcements_changed();
    Ok(CreatedJson(Made { result: True(true), announcement_id: Shown(id) }))
}

/// Takes an announcement back
///
/// The tweet stays; all acknowledgements of the announcement are deleted. Only communicators may.
#[api_v2_operation(tags("announcements"), operation_id = "withdrawAnnouncement")]
async fn withdraw(
    blog: Data<Blog>,
    Caller(me): Caller,
    Id(announcement): Id<AnnouncementId>,
    _: Fails<403>,
) -> Reply<Done> {
    blog.write(async move |blog| blog.withdraw(me, announcement).await).await?;
    blog.announcements_changed();
    Ok(Done)
}

/// Says that the caller has read an announcement
///
/// 200 where they have said so already. 404 where it has ended, 422 where it asks for nothing.
#[api_v2_operation(tags("announcements"), operation_id = "acknowledgeAnnouncement")]
async fn acknowledge(
    blog: Data<Blog>,
    Caller(me): Caller,
    Id(announcement): Id<AnnouncementId>,
) -> Reply<Settled> {
    Ok(Settled(blog.write(async move |blog| blog.acknowledge(me, announcement).await).await?))
}

/// A page of those who have not said yet that they have read an announcement
///
/// By ascending id, without those who left the company. Only communicators may see it.
///
/// ```json
/// {"result": true, "users": [{"id": 2, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}], "next_cursor": null}
/// ```
#[api_v2_operation(tags("announcements"), operation_id = "missingAcknowledgements")]
async fn missing(
    blog: Data<Blog>,
    options: Data<Options>,
    Caller(me): Caller,
    Id(announcement): Id<AnnouncementId>,
    Query(page): Query<PeopleQuery>,
    _: Fails<403>,
) -> Reply<Page<MissingFound>> {
    let list = format!("announcements/{announcement}/missing");
    let (after, size) = (page.cursor.after(&list)?, page.limit.size(blog.limits().page_size)?);
    let page = blog.read(async move |blog| blog.missing(me, announcement, after, size).await).await?;
    let (users, next_cursor) = PageOfPeople::of(page, &list, &options);
    let found = MissingFound { result: True(true), users, next_cursor: NextCursor(next_cursor.clone()) };
    Ok(Page::of(found, next_cursor))
}

value! {
    /// The tweet to announce.
    AnnouncedTweet(i64) = {"minimum": 1, "maximum": EXACT};
    /// When an announcement is to end.
    Until(String) = {"format": "date-time"};
}

/// An announcement to make.
#[derive(Apiv2Schema)]
#[openapi(example = r#"{"tweet_id": 7, "until": "2026-12-01T18:00:00Z", "acknowledge": true}"#)]
struct NewAnnouncement {
    /// The tweet to announce.
    tweet_id: AnnouncedTweet,
    /// When it ends.
    until: Until,
    /// Whether people are asked to say that they have read it; absent or null: no.
    acknowledge: Option<bool>,
}

impl FromFields for NewAnnouncement {
    fn from_fields(mut fields: Fields) -> Result<Self, ApiError> {
        Ok(Self {
            tweet_id: AnnouncedTweet(fields.integer("tweet_id")?),
            until: Until(fields.text("until")?),
            acknowledge: Some(fields.flag("acknowledge")?),
        })
    }
}

impl NewAnnouncement {
    fn tweet(&self) -> Result<TweetId, ApiError> {
        let refused = || ApiError::invalid("tweet_id", Invalid::Id);
        TweetId::new(self.tweet_id.0).ok_or_else(refused)
    }
}

/// The announcement that was made.
#[derive(Serialize, Apiv2Schema)]
struct Made {
    /// Always true.
    result: True,
    /// Its id.
    announcement_id: Shown<AnnouncementId>,
}

/// A page of those who have not said yet that they have read an announcement.
#[derive(Serialize, Apiv2Schema)]
struct MissingFound {
    /// Always true.
    result: True,
    /// The people by ascending id.
    users: PageOfPeople,
    /// Where the list goes on; null on the last page.
    next_cursor: NextCursor,
}
