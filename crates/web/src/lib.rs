//! The web client: plain files, embedded and packed, and the routes that serve them.
//!
//! The page at `/` is asked for anew each time and costs nothing while it hasn't changed; all that it loads has a URL of
//! its own for each version and is kept forever. The client finds its way by the address, so that the same page answers
//! wherever one of its views is. It uses the public API and nothing else.

mod assets;
#[cfg(test)]
#[path = "../build/modules.rs"]
mod modules;
#[cfg(test)]
#[path = "../build/styles.rs"]
mod styles;
#[cfg(test)]
mod words;

use actix_web::http::header::{
    self, CONTENT_SECURITY_POLICY, ContentEncoding, EntityTag, Header as _, HeaderValue, IfNoneMatch,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use assets::{ASSETS, Asset, PAGE, Packed, VERSION};

/// Where a view of the client is. Anywhere else it says that there is nothing, and the status is 404.
const VIEWS: [&str; 7] = [
    "/",
    "/people",
    "/settings",
    "/tweets/{id:[1-9][0-9]{0,15}}",
    "/users/{id:[1-9][0-9]{0,15}}",
    "/users/{id:[1-9][0-9]{0,15}}/followers",
    "/users/{id:[1-9][0-9]{0,15}}/following",
];

/// Addresses of the page that companies had before, and where the same is here.
const FORMER: [(&str, &str); 2] = [("/login", "/"), ("/profile/{id:[1-9][0-9]{0,15}}", "/users/{id}")];

/// Below these an answer is for programs, whatever they say that they accept.
const FOR_PROGRAMS: [&str; 5] = ["/api", "/media", "/docs", "/assets", "/health"];

/// An asset never changes under its URL.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The page is looked at anew each time.
const NEVER: &str = "no-cache";

/// The web client.
#[derive(Debug, Clone)]
pub struct WebClient {
    policy: String,
}

impl WebClient {
    /// The client; `public_url` is where images are, if that may be another host's name than the page's.
    pub fn new(public_url: Option<&str>) -> Self {
        let images = public_url.and_then(origin).map(|origin| format!(" {origin}")).unwrap_or_default();
        Self {
            // Pictures that are about to be sent are shown from memory, hence `blob:`. No text can become markup, since
            // no code may turn one into the other.
            policy: format!(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:{images}; \
                 connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
                 require-trusted-types-for 'script'; trusted-types 'none'"
            ),
        }
    }

    /// Adds the routes of the page and of what it loads.
    pub fn routes(&self, config: &mut ServiceConfig) {
        for view in VIEWS {
            let policy = self.policy.clone();
            let page = move |request: HttpRequest| {
                let response = page(&request, &policy);
                async move { response }
            };
            config.service(web::resource(view).route(web::get().to(page)));
        }
        for (former, address) in FORMER {
            let moved = move |request: HttpRequest| async move { moved(&request, address) };
            config.service(web::resource(former).route(web::get().to(moved)));
        }
        let policy = self.policy.clone();
        let nothing = move |request: HttpRequest| {
            let response = nothing(&request, &policy);
            async move { response }
        };
        config.default_service(web::to(nothing));
        for asset in ASSETS {
            let file = move |request: HttpRequest| async move { file(&request, asset) };
            // A pattern, so that the route has the same name in every version.
            let route = asset.route.replacen(VERSION, &format!("{{version:{VERSION}}}"), 1);
            config.service(web::resource(route).route(web::get().to(file)));
        }
        // Asked for by browsers that show something else than the page, such as a picture.
        if let Some(icon) = ASSETS.iter().find(|asset| asset.route.ends_with("/icon-192.png")) {
            let file = move |request: HttpRequest| async move {
                let mut response = file(&request, icon);
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
                response
            };
            config.service(web::resource("/favicon.ico").route(web::get().to(file)));
        }
    }
}

/// `https://blog.example` of `https://blog.example/tweetty/`.
fn origin(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    url.get(..scheme.len() + 3 + host.len())
}

fn page(request: &HttpRequest, policy: &str) -> HttpResponse {
    let tag = EntityTag::new_weak(VERSION.to_owned());
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    if known {
        return about_page(StatusCode::NOT_MODIFIED, policy).finish();
    }
    packed(request, about_page(StatusCode::OK, policy), &PAGE)
}

/// An answer that holds the page, or stands for it.
fn about_page(status: StatusCode, policy: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::ETAG, EntityTag::new_weak(VERSION.to_owned()).to_string()))
        .insert_header((header::CACHE_CONTROL, NEVER))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header(("cross-origin-opener-policy", "same-origin"));
    response
}

/// The page itself, which says so, to a browser that shows it to a person; the contract's form to anything else.
fn nothing(request: &HttpRequest, policy: &str) -> HttpResponse {
    let below = |place: &str| {
        request.path().strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let is_shown = accepted.any(|kinds| kinds.contains("text/html"));
    if request.method() != Method::GET || !is_shown || FOR_PROGRAMS.into_iter().any(below) {
        return HttpResponse::NotFound().finish();
    }
    packed(request, about_page(StatusCode::NOT_FOUND, policy), &PAGE)
}

fn moved(request: &HttpRequest, address: &str) -> HttpResponse {
    let id = request.match_info().get("id").unwrap_or_default();
    HttpResponse::Found().insert_header((header::LOCATION, address.replace("{id}", id))).finish()
}

fn file(request: &HttpRequest, asset: &Asset) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, FOREVER))
        .insert_header((header::VARY, "accept-encoding"));
    packed(request, response, &asset.packed)
}

fn packed(request: &HttpRequest, mut response: HttpResponseBuilder, packed: &Packed) -> HttpResponse {
    let (encoding, content) = packed.for_client(request.headers());
    if encoding != ContentEncoding::Identity {
        response.insert_header((header::CONTENT_ENCODING, encoding.as_str()));
    }
    response.body(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_the_public_url_may_be_shown_and_no_others() {
        assert!(WebClient::new(None).policy.contains("img-src 'self' blob:;"));
        let public = WebClient::new(Some("https://blog.example:8443/tweetty/"));
        assert!(
            public.policy.contains("img-src 'self' blob: https://blog.example:8443;"),
            "{}",
            public.policy
        );
    }

    #[test]
    fn nothing_is_allowed_inline() {
        let policy = WebClient::new(Some("https://blog.example")).policy;
        assert!(!policy.contains("unsafe") && policy.starts_with("default-src 'none'"), "{policy}");
    }
}
