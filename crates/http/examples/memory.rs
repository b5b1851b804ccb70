//! Serves a microblog that lives in memory, to try the API by hand: `cargo run -p tweetty-http --example memory 8080`.
//! Its users are `ann` and `bob`, and their keys are their names.

#[path = "../tests/double/mod.rs"]
mod double;

use std::net::TcpListener;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    let port = std::env::args().nth(1).map_or(Ok(8080), |port| port.parse())?;
    let microblog = double::microblog(double::stores()).await?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    tweetty_http::serve(listener, microblog, tweetty_http::Options::default(), |_| ())?.await?;
    Ok(())
}
