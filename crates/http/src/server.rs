//! Putting the server together.

use std::io;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::http::{Uri, header};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use paperclip::actix::OpenApiExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tweetty_domain::Microblog;

use crate::answer::WRITTEN_AT_ONCE;
use crate::blog::Blog;
use crate::doors::Doors;
use crate::drain::Drain;
use crate::long_pages::LongPages;
use crate::medias::Turns;
use crate::openapi::{self, Document};
use crate::rates::Rates;
use crate::readiness::Readiness;
use crate::walks::Walks;
use crate::{Options, caller, chunked, compression, docs, envelope, request_id};

/// How long the head of a request may take to come in; then actix answers 408 by itself.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a client that sends more than is read gets to see the answer before the connection is cut.
const LAST_WORD: Duration = Duration::from_secs(3);

/// Serves the microblog on a listener that is bound already. The server runs once it is awaited; SIGTERM, SIGINT or its
/// handle stop it: no new connections, the running requests are finished. Before that, SIGTERM makes it not ready for
/// [`Options::drain_delay`]. `page` adds what is served beside the API.
///
/// To be called on a tokio runtime.
///
/// # Errors
/// Where the listener, the signals, the public URL or an origin can't be used.
pub fn serve(
    listener: std::net::TcpListener,
    microblog: Microblog,
    options: Options,
    page: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    check(&options)?;
    listener.set_nonblocking(true)?;
    let drain = Drain::default();
    let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = drain.clone().ended(options.drain_delay, terminate, interrupt);
    let drain = Data::new(drain);
    let document = Data::new(Document::new(microblog.limits()));
    let rates = Data::new(Rates::new(&options));
    let doors = Data::new(Doors::new());
    let turns = Data::new(Turns::new(&options));
    let readiness = Data::new(Readiness::default());
    let long_pages = Data::new(LongPages::new());
    let walks = Data::new(Walks::new(microblog.limits().deepest_page));
    let blog = Data::new(Blog::new(microblog, &options));
    let options = Data::new(options);
    let settings = options.clone();
    let factory = move || {
        App::new()
            .app_data(blog.clone())
            .app_data(drain.clone())
            .app_data(options.clone())
            .app_data(document.clone())
            .app_data(rates.clone())
            .app_data(doors.clone())
            .app_data(turns.clone())
            .app_data(long_pages.clone())
            .app_data(walks.clone())
            .app_data(readiness.clone())
            .wrap_api()
            .configure(openapi::routes)
            .build()
            .configure(docs::routes)
            .configure(&page)
            .wrap(from_fn(caller::authenticate))
            .wrap(Condition::new(!options.cors_origins.is_empty(), cors(&options.cors_origins)))
            .wrap(from_fn(compression::mark_small))
            .wrap(Compress::default())
            .wrap(from_fn(compression::unmark))
            .wrap(from_fn(envelope::envelope))
    };
    let server = HttpServer::new(factory)
        .workers(settings.workers)
        .max_connections(settings.connections_per_worker)
        .on_connect(chunked::begin)
        .h1_write_buffer_size(WRITTEN_AT_ONCE)
        // Else the end of a long answer would wait until the client has confirmed the rest, 40 ms with some.
        .tcp_nodelay(true)
        .keep_alive(settings.keep_alive)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(LAST_WORD)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .shutdown_signal(stop)
        .listen(listener)?;
    Ok(server.run())
}

fn check(options: &Options) -> io::Result<()> {
    let refused = |text: &str, wanted: &str| {
        Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{text:?} is not {wanted}")))
    };
    for origin in &options.cors_origins {
        let bare = parsed(origin).is_some_and(|uri| uri.path() == "/" && uri.query().is_none());
        if !bare || origin.ends_with('/') {
            return refused(origin, "an origin such as https://intranet.example");
        }
    }
    match options.public_url.as_deref().filter(|url| parsed(url).is_none_or(|uri| uri.query().is_some())) {
        Some(url) => refused(url, "a public URL such as https://blog.example"),
        None => Ok(()),
    }
}

fn parsed(url: &str) -> Option<Uri> {
    let uri = url.parse::<Uri>().ok()?;
    (matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()).then_some(uri)
}

/// Pages of the named origins may call the API; the key is a header, hence no credentials.
fn cors(origins: &[String]) -> Cors {
    let open = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "DELETE"])
        .allowed_headers([
            caller::HEADER,
            "content-type",
            "idempotency-key",
            "range",
            "if-range",
            request_id::HEADER,
        ])
        .expose_headers([
            header::LINK,
            header::RETRY_AFTER,
            header::CONTENT_RANGE,
            header::HeaderName::from_static(request_id::HEADER),
            header::HeaderName::from_static(caller::ENDS),
        ])
        .max_age(3600);
    origins.iter().fold(open, |cors, origin| cors.allowed_origin(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_public_urls_that_no_browser_knows_are_refused_at_the_start() {
        let origin =
            |text: &str| check(&Options { cors_origins: vec![text.to_owned()], ..Options::default() });
        for good in ["https://intranet.example", "http://localhost:3000"] {
            assert!(origin(good).is_ok(), "{good}");
        }
        for bad in [
            "*",
            "",
            "null",
            "intranet.example",
            "https://intranet.example/",
            "https://a.example/x",
            "ftp://a",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
        let public = |text: &str| check(&Options { public_url: Some(text.to_owned()), ..Options::default() });
        assert!(public("https://blog.example/tweetty/").is_ok());
        for bad in ["blog.example", "https://blog.example?x=1", "javascript:x", "https://a b"] {
            assert!(public(bad).is_err(), "{bad}");
        }
    }
}
