//! `tweetty serve`

mod listener;
mod open_files;
mod sweeper;
mod welcome;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use tweetty_domain::{ApiKey, Error, Microblog};
use tweetty_http::Options;
use tweetty_web::WebClient;

use crate::config::{
    BindSettings, DatabaseSettings, Environment, LimitSettings, METRICS_BIND, MediaSettings, MetricsSettings,
    Refusal, ServerSettings,
};
use crate::demo;
use crate::monitoring::{Metrics, continued};
use crate::output::{Output, complain};
use crate::wiring::{self, Place, Wired};
use listener::listen;
use welcome::Welcome;

/// The key that the existing page starts with; a command that gives it to a store says so.
const DEMO_KEY: &str = "test";

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Fill an empty store with a small company in pictures and words, or serve the one that is there; the viewer's key is `test`
    #[arg(long)]
    demo: bool,
    /// Allow --demo on an address that is not loopback, where anybody can use the key `test`
    #[arg(long, requires = "demo")]
    demo_anywhere: bool,
    #[command(flatten)]
    bind: BindSettings,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    metrics: MetricsSettings,
    #[command(flatten)]
    limits: LimitSettings,
}

impl Serve {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let (bind, setting) = self.bind.address(&Environment::of_process())?;
        let inside = bind.ip().to_canonical().is_loopback();
        if self.demo && !inside && !self.demo_anywhere {
            let problem = format!(
                "{bind} is reachable from outside and the demo's key is known to everybody; \
                 bind to 127.0.0.1, or add --demo-anywhere"
            );
            return Err(Refusal::usage(setting, problem).into());
        }
        // Settings are read before anything is opened, so that a bad one leaves nothing behind.
        let database = wiring::database(self.database.url(&Environment::of_process())?);
        let limits = self.limits.limits()?;
        let (unread, reserve) = (self.server.unread_timeout.0, self.server.reserve());
        let mut options = Options { continued_trace: Some(continued), ..self.server.options() };
        let fewer = open_files::make_room(&mut options, self.database.tuning().connections)?;
        let listener = listen(bind, setting, unread)?;
        let metrics = self.metrics.metrics_bind.map(|bind| listen(bind, METRICS_BIND, unread)).transpose()?;
        let metrics = metrics.map(Metrics::collect).transpose()?;
        let _serving_right = database.lock()?;
        let (tuning, media) = (self.database.tuning(), Some(&self.media));
        let wired = wiring::open_at(database, tuning, media, limits, Some(reserve), Place::Make).await?;
        if self.demo {
            found_demo(&wired).await?;
        } else if !inside {
            warn_of_the_demo_key(&wired.microblog).await?;
        }
        let welcome = Welcome {
            address: listener.local_addr()?,
            metrics: metrics.as_ref().map(Metrics::address).transpose()?,
            database: wired.database.url(),
            media: &self.media.media,
            migrations: &wired.migrations,
            demo: self.demo,
            empty: wired.service.is_empty().await?,
        };
        let client = WebClient::new(options.public_url.as_deref());
        let page = move |config: &mut _| client.routes(config);
        let server = tweetty_http::serve(listener, wired.microblog.clone(), options, page)
            .context("the server can't start")?;
        let metrics = metrics.map(|metrics| metrics.serve(wired.store.clone())).transpose()?;
        output.show(&welcome.answer())?;
        tracing::info!(address = %welcome.address, database = %wired.database.url(), "serving");
        if let Some(fewer) = fewer {
            fewer.log();
        }
        let sweeper = tokio::spawn(sweeper::sweep_for_ever(wired.service));
        let served = server.await;
        sweeper.abort();
        wired.store.close().await;
        if let Some(metrics) = metrics {
            metrics.stop().await;
        }
        served.context("the server failed")?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

async fn found_demo(Wired { microblog, service, .. }: &Wired) -> anyhow::Result<()> {
    let key = ApiKey::parse(DEMO_KEY)?;
    if !service.is_empty().await? && !demo::is_unfinished(microblog).await? {
        return if demo::is_founded(microblog, &key).await? { Ok(()) } else { Err(not_empty().into()) };
    }
    complain("founding the demo company: people, pictures and tweets; this takes some seconds");
    let Err(error) = demo::found(microblog, service, key).await else { return Ok(()) };
    // Another process was quicker.
    match error.downcast_ref::<Error>() {
        Some(Error::NicknameTaken(_) | Error::KeyTaken(_)) => Err(not_empty().into()),
        _ => Err(error.context("the demo can't be founded; the same command goes on where it stopped")),
    }
}

fn not_empty() -> Refusal {
    Refusal::world(
        "--demo",
        "the store has users already; serve it as it is by leaving out --demo, or name an empty one by --database-url",
    )
}

/// A store that once was a demo may be on its way to become a company's.
async fn warn_of_the_demo_key(microblog: &Microblog) -> anyhow::Result<()> {
    match microblog.authenticate(&ApiKey::parse(DEMO_KEY)?.credential()).await {
        Ok(holder) => {
            tracing::warn!(
                user = %holder.user,
                "the demo's key opens this store to anybody who can reach it; replace it by `tweetty users new-api-key`"
            );
            Ok(())
        }
        Err(Error::UnknownKey) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
