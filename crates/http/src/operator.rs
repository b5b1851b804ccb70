//! What only the operator asks for, at an address of its own.

use std::io;
use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves at `/metrics` what `render` gives at that moment. The server runs once it is awaited, until its handle stops
/// it; no signal does, so that what happens while the service stops can be seen.
///
/// # Errors
/// Where the listener can't be used.
pub fn serve_metrics(
    listener: TcpListener,
    render: impl Fn() -> String + Clone + Send + 'static,
) -> io::Result<Server> {
    listener.set_nonblocking(true)?;
    let factory = move || {
        let render = render.clone();
        let metrics = move || {
            let text = render();
            async move { HttpResponse::Ok().content_type(FORMAT).body(text) }
        };
        App::new()
            .route("/metrics", web::get().to(metrics.clone()))
            .route("/metrics", web::head().to(metrics))
    };
    let server =
        HttpServer::new(factory).workers(1).max_connections(64).disable_signals().shutdown_timeout(1);
    Ok(server.listen(listener)?.run())
}
