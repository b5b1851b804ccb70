//! Metrics for Prometheus, at an address of the operator's.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::Context as _;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::task::JoinHandle;

use crate::wiring::Store;

/// What is recorded in between would pile up otherwise where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);
/// Seconds, from a cached answer to what a client waits for at most.
const TIMES: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Seconds of an upload, which may come in slowly.
const UPLOAD_TIMES: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0];
const GROUP_SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Metrics that are collected from now on.
pub(crate) struct Metrics {
    listener: TcpListener,
    collected: PrometheusHandle,
}

impl Metrics {
    /// Begins to collect, once a process; before that, counting does nothing.
    pub(crate) fn collect(listener: TcpListener) -> anyhow::Result<Self> {
        let full = |name: &str| Matcher::Full(name.to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets(&TIMES)?
            .set_buckets_for_metric(full("tweetty_upload_duration_seconds"), &UPLOAD_TIMES)?
            .set_buckets_for_metric(full("tweetty_write_group_size"), &GROUP_SIZES)?
            .build_recorder();
        let collected = recorder.handle();
        metrics::set_global_recorder(recorder).context("metrics are collected already")?;
        tweetty_http::announce_metrics();
        tweetty_media::announce_metrics();
        Ok(Self { listener, collected })
    }

    /// Where they are served.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves them until it is stopped.
    pub(crate) fn serve(self, store: Store) -> std::io::Result<Served> {
        let name = "tweetty_build_info";
        let labels = [("version", env!("CARGO_PKG_VERSION")), ("store", store.kind)];
        gauge!(description: "The version that runs, and its store; always 1", name, &labels).set(1);
        let process = metrics_process::Collector::default();
        process.describe();
        let Self { listener, collected } = self;
        let upkeep = tokio::spawn({
            let collected = collected.clone();
            async move {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    collected.run_upkeep();
                }
            }
        });
        let render = move || {
            store.measure();
            process.collect();
            collected.render()
        };
        let server = tweetty_http::serve_metrics(listener, render)?;
        let handle = server.handle();
        let stop = Box::new(move || -> Stopping { Box::pin(handle.stop(true)) });
        Ok(Served { server: tokio::spawn(server), upkeep, stop })
    }
}

type Stopping = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// The server of the metrics.
pub(crate) struct Served {
    server: JoinHandle<std::io::Result<()>>,
    upkeep: JoinHandle<()>,
    stop: Box<dyn FnOnce() -> Stopping + Send>,
}

impl Served {
    /// Stops it.
    pub(crate) async fn stop(self) {
        self.upkeep.abort();
        (self.stop)().await;
        self.server.await.ok();
    }
}
