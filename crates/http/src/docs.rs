//! The API's document, and Swagger UI to read and try it: everything from this binary, nothing from outside.

use std::future::ready;

use actix_web::http::header::{self, EntityTag};
use actix_web::web::{Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::openapi::Document;
use crate::tags;

/// Styles are set from the script's code, hence `unsafe-inline` for them; scripts come from files alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Path, media type, content, and whether it is compressed.
type Asset = (&'static str, &'static str, &'static [u8], bool);

const ASSETS: [Asset; 5] = [
    ("/docs", "text/html; charset=utf-8", include_bytes!("../swagger/index.html"), false),
    ("/docs/init.js", "text/javascript; charset=utf-8", include_bytes!("../swagger/init.js"), false),
    (
        "/docs/swagger-ui.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../swagger/swagger-ui-bundle.js.gz"),
        true,
    ),
    ("/docs/swagger-ui.css", "text/css; charset=utf-8", include_bytes!("../swagger/swagger-ui.css.gz"), true),
    ("/docs/icon.png", "image/png", include_bytes!("../swagger/favicon-32x32.png"), false),
];

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/openapi.json").route(web::get().to(document)));
    for asset in ASSETS {
        let tag = tags::of(asset.2);
        let serve = move |request| ready(served(asset, &tag, &request));
        config.service(web::resource(asset.0).route(web::get().to(serve)));
    }
}

async fn document(document: Data<Document>, request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-cache")).content_type("application/json");
    tags::unless_known(response, document.tag(), &request, document.json())
}

/// Compressed files go out as they are: whatever shows Swagger UI reads gzip.
fn served(
    (_, media_type, content, compressed): Asset,
    tag: &EntityTag,
    request: &HttpRequest,
) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, if compressed { "public, max-age=86400" } else { "no-cache" }))
        .content_type(media_type);
    if compressed {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    tags::unless_known(response, tag, request, Bytes::from_static(content))
}
