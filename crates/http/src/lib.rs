//! The HTTP API: one file a resource; a handler parses, calls the microblog once and replies.
//!
//! [`serve`] puts the server together and [`openapi`] gives the document that it serves. Every failure leaves through
//! `error`; `envelope` brings into the contract's form what the framework answers by itself. Two answers are beyond
//! reach, since actix gives them before there is a request: 400, 408 and 431 for a head that is malformed, slow or
//! larger than 128 KiB.

mod announcements;
mod answer;
mod avatars;
mod blog;
mod body;
mod caller;
mod chunked;
mod compression;
mod cost;
mod cursor;
mod docs;
mod doors;
mod drain;
mod envelope;
mod error;
mod feed;
mod form;
mod forwarded;
mod health;
mod key_uses;
mod keys;
mod known_keys;
mod limits;
mod line;
mod long_pages;
mod measures;
mod media_files;
mod medias;
mod multipart;
mod once;
mod openapi;
mod operator;
mod options;
mod part;
mod path;
mod person;
mod pieces;
mod places;
mod query;
mod ranges;
mod rates;
mod readiness;
mod removals;
mod reply;
mod request_id;
mod schema;
mod server;
mod shown;
mod sorting;
mod standing;
mod tags;
mod trailing_slash;
mod tweets;
mod users;
mod walks;

pub use measures::announce_metrics;
pub use openapi::openapi;
pub use operator::serve_metrics;
pub use options::Options;
pub use server::serve;

/// The routes of every resource.
const RESOURCES: &[fn(&mut paperclip::actix::web::ServiceConfig<'_>)] = &[
    tweets::routes,
    users::routes,
    feed::routes,
    announcements::routes,
    keys::routes,
    removals::routes,
    medias::routes,
    avatars::routes,
    media_files::routes,
    limits::routes,
    health::routes,
];
