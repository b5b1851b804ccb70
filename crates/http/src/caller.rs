//! Who sends a request.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use paperclip::actix::{Apiv2Security, OperationModifier};
use paperclip::v2::schema::Apiv2Schema;
use std::future::{Ready, ready};
use std::net::IpAddr;
use tweetty_adapter::Party;
use tweetty_domain::{
    ApiKey, Credential, Error as Refusal, Holder, KeyFingerprint, KeyId, Timestamp, UserId,
};

use crate::blog::Blog;
use crate::doors::Doors;
use crate::error::ApiError;
use crate::line::Sender;
use crate::rates::Rates;
use crate::shown::rfc3339;
use crate::{Options, cost};

/// The header that carries the key.
pub(crate) const HEADER: &str = "api-key";
/// The header that says when the key of the request ends, where that is soon.
pub(crate) const ENDS: &str = "api-key-ends-at";

/// What asks whether the service lives or is ready needs no place: a crowd is no reason to take it for dead.
const HEALTH: &str = "/health/";

/// Where images are.
pub(crate) const IMAGES: &str = "/media/{name}";

/// Marks a request that only somebody known may send.
pub(crate) struct NeedsKey;

/// Whether a request to that route is only for somebody known.
pub(crate) fn needs_key(request: &ServiceRequest, route: Option<&str>) -> bool {
    let blog = request.app_data::<Data<Blog>>();
    is_for_users(route, blog.is_some_and(|blog| blog.limits().media_sign_in))
}

fn is_for_users(route: Option<&str>, media_sign_in: bool) -> bool {
    route.is_some_and(|route| match route {
        "/api/limits" => false,
        IMAGES => media_sign_in,
        route => route.starts_with("/api/"),
    })
}

/// The user whose key came with the request.
#[derive(Debug, Clone, Copy, Apiv2Security)]
#[openapi(
    apiKey,
    in = "header",
    name = "api-key",
    alias = "ApiKey",
    description = "A key of the user, given by the operator or made by POST /api/keys. Missing, empty, repeated, unknown or ended: 401. Where it ends soon, answers that succeed say when in the header api-key-ends-at."
)]
pub(crate) struct Caller(pub(crate) UserId);

/// Which of the caller's keys came with the request; none where something else than a key did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CurrentKey(pub(crate) Option<KeyId>);

/// When the key of the request ends, where that is soon.
struct EndsSoon(Timestamp);

/// Finds out who calls before anything else of a request under `/api` is looked at: the path, the query and the body
/// of somebody unknown are of no interest. Unknown routes need no key, nor do `/api/limits` and all outside `/api`, but images
/// where users alone may see them. From here on everything is done on behalf of the user, or of the address.
pub(crate) async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match admit(&request).await {
        Ok(party) => {
            let mut response = party.on_behalf(next.call(request)).await?;
            let ends_at =
                response.request().extensions().get::<EndsSoon>().map(|EndsSoon(end)| rfc3339(*end));
            if let Some(value) = ends_at.and_then(|end| HeaderValue::try_from(end).ok()) {
                response.headers_mut().insert(HeaderName::from_static(ENDS), value);
            }
            Ok(response.map_into_left_body())
        }
        // An answer, not an `Err`: that would pass by the CORS headers, and a page couldn't read it.
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

/// On whose behalf the request is served; its place is taken until it is answered.
async fn admit(request: &ServiceRequest) -> Result<Party, ApiError> {
    let (Some(rates), Some(doors)) = (request.app_data::<Data<Rates>>(), request.app_data::<Data<Doors>>())
    else {
        return Err(ApiError::internal("the server was put together without its data"));
    };
    let address = rates.address(request);
    let needs_key = request.extensions().contains::<NeedsKey>();
    let (party, place) = if needs_key {
        let holder = identify(request, rates, address).await?;
        let user = holder.user;
        if let Some(sender) = request.extensions().get::<Sender>() {
            sender.is(user);
        }
        request.extensions_mut().insert(Caller(user));
        request.extensions_mut().insert(CurrentKey(Some(holder.key)));
        let party = Party::User(user.get());
        (party, party.on_behalf(async { doors.user() }).await?)
    } else {
        let party = Party::Address(address);
        if request.path().starts_with(HEALTH) {
            return Ok(party);
        }
        (party, party.on_behalf(doors.address()).await?)
    };
    if let Some(sender) = request.extensions().get::<Sender>() {
        sender.holds(place);
    }
    Ok(party)
}

/// Where the stores have more to do than they may have, a request with a key is refused before anything is done for
/// it: nearly all need a place, and now the refusal costs least. Pages of other origins could not read it, since it has no
/// headers of CORS: theirs comes when the place is needed.
pub(crate) fn refused_for_want_of_room(request: &ServiceRequest, route: Option<&str>) -> Option<ApiError> {
    let foreign = || {
        let options = request.app_data::<Data<Options>>();
        request.headers().contains_key(ORIGIN) && options.is_some_and(|own| !own.cors_origins.is_empty())
    };
    if !needs_key(request, route) || key(request).is_none() || foreign() {
        return None;
    }
    request.app_data::<Data<Blog>>()?.has_room().err()
}

async fn identify(request: &ServiceRequest, rates: &Rates, address: IpAddr) -> Result<Holder, ApiError> {
    let Some(blog) = request.app_data::<Data<Blog>>() else {
        return Err(ApiError::internal("the server was put together without its data"));
    };
    let counted = Some(address).filter(|address| rates.are_counted(*address));
    let strange = || {
        if let Some(sender) = request.extensions().get::<Sender>() {
            sender.is_a_stranger(address, fingerprint(request));
        }
    };
    let route = request.match_pattern();
    let asks_for_image = route.as_deref() == Some(IMAGES);
    let unknown = |credential| {
        strange();
        // A page that knows no key asks for many images, and guesses none.
        let counted = counted.filter(|_| !asks_for_image || request.headers().contains_key(HEADER));
        counted.map_or(Ok(()), |address| rates.failed(address, credential))?;
        Err(Refusal::UnknownKey.into())
    };
    let Some(credential) = credential(request) else { return unknown(None) };
    let known = blog.known(&credential);
    // Somebody who guesses must not lock out users behind the same address whose keys were good a short while ago.
    if let (Some(address), None) = (counted, known) {
        rates.may_try(address, &credential).inspect_err(|_| strange())?;
    }
    let Some(holder) = blog.holder(&credential, known).await? else { return unknown(Some(&credential)) };
    // Images are no more work than for those without a key, and a page of tweets has a hundred.
    if counted.is_some() && !asks_for_image {
        rates.identified(holder.user, cost::of(request, route.as_deref()))?;
    }
    if let Some(end) = blog.near_end(&holder) {
        request.extensions_mut().insert(EndsSoon(end));
    }
    Ok(holder)
}

/// What the one key of the request is known by, unless it is malformed. Nothing else hashes it.
fn credential(request: &ServiceRequest) -> Option<Credential> {
    ApiKey::parse(key(request)?).ok().map(|key| key.credential())
}

/// By which the log knows what came in the place of the one key, whatever that is.
fn fingerprint(request: &ServiceRequest) -> Option<KeyFingerprint> {
    let mut values = request.headers().get_all(HEADER);
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Some(KeyFingerprint::of(value.as_bytes())),
        _ => None,
    }
}

/// The one key of the request, of visible ASCII.
fn key(request: &ServiceRequest) -> Option<&str> {
    let mut values = request.headers().get_all(HEADER);
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or_else(|| Refusal::UnknownKey.into()))
    }
}

impl Apiv2Schema for CurrentKey {}

impl OperationModifier for CurrentKey {}

impl FromRequest for CurrentKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Self>().copied().unwrap_or(Self(None))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_repeated_malformed_or_mistyped_key_is_no_credential() {
        let hash = |values: &[&[u8]]| {
            let header =
                |value: &&[u8]| (HeaderName::from_static(HEADER), HeaderValue::from_bytes(value).unwrap());
            let request = values.iter().map(header).fold(TestRequest::default(), TestRequest::append_header);
            credential(&request.to_srv_request()).map(|credential| credential.hash())
        };
        assert_eq!(hash(&[b"test"]), Some(ApiKey::parse("test").unwrap().hash()));
        assert_eq!((hash(&[]), hash(&[b"a", b"a"])), (None, None));
        let mistyped = format!("tweetty_{}", "0".repeat(72));
        for text in ["", "a b", "ключ", &mistyped, &"x".repeat(1_000_000)] {
            assert_eq!(hash(&[text.as_bytes()]), None);
        }
    }

    #[test]
    fn all_under_api_needs_a_key_but_the_limits_and_what_does_not_exist() {
        for route in ["/api/tweets", "/api/users/{id}/follow", "/api/medias"] {
            assert!(is_for_users(Some(route), false), "{route}");
        }
        for route in [None, Some("/api/limits"), Some("/media/{name}"), Some("/docs"), Some("/")] {
            assert!(!is_for_users(route, false), "{route:?}");
            assert_eq!(is_for_users(route, true), route == Some(IMAGES), "{route:?}");
        }
    }
}
