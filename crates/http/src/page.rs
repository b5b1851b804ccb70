//! The page at `/`.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

const PAGE: &str = include_str!("page.html");
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/").route(web::get().to(page)));
}

async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}
