//! The keys that users make and end themselves.

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate};
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{ApiKey, Invalid, Key, KeyId, KeyLabel, Timestamp};

use crate::blog::Blog;
use crate::body::{Fields, FromFields, Json};
use crate::caller::{Caller, CurrentKey};
use crate::error::ApiError;
use crate::path::Id;
use crate::reply::{Created, Done, Found, Reply};
use crate::schema::Fails;
use crate::shown::{Shown, True, value};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/api/keys").route(web::get().to(list)).route(web::post().to(make)))
        .service(web::resource("/api/keys/{id}").route(web::delete().to(end)));
}

/// The caller's keys
///
/// The oldest first, without those that have ended. The keys themselves are not kept, so none can be shown again.
/// `last_used_on` is written at most once a day.
///
/// ```json
/// {
///   "result": true,
///   "keys": [{
///     "id": 1, "label": null, "created_at": "2026-01-12T08:00:00.000Z", "last_used_on": "2026-11-23", "ends_at": null,
///     "current": true
///   }, {
///     "id": 9, "label": "Phone", "created_at": "2026-11-20T16:30:00.000Z", "last_used_on": null,
///     "ends_at": "2027-11-20T16:30:00.000Z", "current": false
///   }]
/// }
/// ```
#[api_v2_operation(tags("keys"), operation_id = "keys")]
async fn list(blog: Data<Blog>, Caller(me): Caller, current: CurrentKey) -> Reply<Found<KeysFound>> {
    let keys = blog.read(async move |blog| blog.keys(me).await).await?;
    let keys = keys.into_iter().map(|key| ShownKey::of(key, &current)).collect();
    Ok(Found(KeysFound { result: True(true), keys: OwnKeys(keys) }))
}

/// Makes one more key of the caller
///
/// The answer has the key in it, this once. `label` says what has the key, such as a device or a program. Without `ends_at` the
/// key ends as late as it may: see `key_lifetime` of `GET /api/limits`. 409 where the caller holds as many keys as
/// `keys_per_user` says.
///
/// ```json
/// {
///   "result": true, "id": 9, "label": "Phone", "created_at": "2026-11-20T16:30:00.000Z", "last_used_on": null,
///   "ends_at": "2027-11-20T16:30:00.000Z", "current": false, "key": "tweetty_…"
/// }
/// ```
#[api_v2_operation(tags("keys"), operation_id = "makeKey")]
async fn make(
    blog: Data<Blog>,
    Caller(me): Caller,
    Json(wish): Json<WishedKey>,
    _: Fails<409>,
) -> Reply<Created<MadeKey>> {
    let (label, ends_at) = (wish.label()?, wish.end()?);
    let (made, key) = blog.write(async move |blog| blog.make_key(me, label, ends_at).await).await?;
    tracing::info!(user = %me, key = %made.id, "a user made a key");
    Ok(CreatedJson(MadeKey::of(made, &key)))
}

/// Ends a key of the caller
///
/// It is refused within five seconds, also where it is the one of this request. Other users' keys are 404.
#[api_v2_operation(tags("keys"), operation_id = "endKey")]
async fn end(blog: Data<Blog>, Caller(me): Caller, Id(key): Id<KeyId>) -> Reply<Done> {
    blog.write(async move |blog| blog.end_key(me, key).await).await?;
    tracing::info!(user = %me, %key, "a user ended a key");
    Ok(Done)
}

value! {
    /// The keys of the caller.
    OwnKeys(Vec<ShownKey>) = {"maxItems": 1000};
    /// What a key is to be called.
    WishedLabel(String) = {"minLength": 1, "maxLength": 100};
    /// When a key is to end.
    WishedEnd(Option<String>) = {"nullable": true, "format": "date-time"};
    /// The key itself, shown this once.
    Secret(String) = {"minLength": 1, "maxLength": 256};
}

/// A key to make.
#[derive(Apiv2Schema)]
#[openapi(example = r#"{"label": "Phone", "ends_at": "2027-11-20T16:30:00Z"}"#)]
struct WishedKey {
    /// What has the key, such as a device or a program.
    label: WishedLabel,
    /// When it ends; absent or null: as late as it may.
    ends_at: Option<WishedEnd>,
}

impl FromFields for WishedKey {
    fn from_fields(mut fields: Fields) -> Result<Self, ApiError> {
        let label = WishedLabel(fields.text("label")?);
        Ok(Self { label, ends_at: fields.text_or_none("ends_at")?.map(|end| WishedEnd(Some(end))) })
    }
}

impl WishedKey {
    fn label(&self) -> Result<KeyLabel, ApiError> {
        let refused = |invalid: Invalid| ApiError::invalid("label", invalid);
        KeyLabel::parse(&self.label.0).map_err(refused)
    }

    fn end(&self) -> Result<Option<Timestamp>, ApiError> {
        let text = self.ends_at.as_ref().and_then(|end| end.0.as_deref());
        text.map(|text| moment("ends_at", text)).transpose()
    }
}

/// The moment that a field names.
pub(crate) fn moment(field: &str, text: &str) -> Result<Timestamp, ApiError> {
    let refused = |_| ApiError::invalid(field, "must be a time such as 2027-03-31T18:00:00Z");
    Ok(DateTime::parse_from_rfc3339(text).map_err(refused)?.to_utc())
}

/// The caller's keys.
#[derive(Serialize, Apiv2Schema)]
struct KeysFound {
    /// Always true.
    result: True,
    /// The keys, the oldest first.
    keys: OwnKeys,
}

/// A key of the caller.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Key")]
struct ShownKey {
    /// Which key.
    id: Shown<KeyId>,
    /// What has it; null for a first one.
    label: Shown<Option<KeyLabel>>,
    /// When it was made, in UTC.
    created_at: Shown<Timestamp>,
    /// The day in UTC on which it was last used; null where that never was, or not recorded yet.
    last_used_on: Shown<Option<NaiveDate>>,
    /// When it ends by itself; null where it does not.
    ends_at: Shown<Option<Timestamp>>,
    /// Whether it is the one of this request.
    current: bool,
}

impl ShownKey {
    fn of(key: Key, CurrentKey(current): &CurrentKey) -> Self {
        let Key { id, label, created_at, last_used_on, ends_at } = key;
        Self {
            id: Shown(id),
            label: Shown(label),
            created_at: Shown(created_at),
            last_used_on: Shown(last_used_on),
            ends_at: Shown(ends_at),
            current: *current == Some(id),
        }
    }
}

/// A key that was made.
#[derive(Serialize, Apiv2Schema)]
struct MadeKey {
    /// Always true.
    result: True,
    /// Which key.
    id: Shown<KeyId>,
    /// What has it.
    label: Shown<Option<KeyLabel>>,
    /// When it was made, in UTC.
    created_at: Shown<Timestamp>,
    /// Null: it was not used yet.
    last_used_on: Shown<Option<NaiveDate>>,
    /// When it ends by itself; null where it does not.
    ends_at: Shown<Option<Timestamp>>,
    /// False: it is not the one of this request.
    current: bool,
    /// The key itself, shown this once.
    key: Secret,
}

impl MadeKey {
    fn of(made: Key, key: &ApiKey) -> Self {
        let Key { id, label, created_at, last_used_on, ends_at } = made;
        Self {
            result: True(true),
            id: Shown(id),
            label: Shown(label),
            created_at: Shown(created_at),
            last_used_on: Shown(last_used_on),
            ends_at: Shown(ends_at),
            current: false,
            key: Secret(key.reveal().to_owned()),
        }
    }
}
