//! Traces by OpenTelemetry's protocol over HTTP, where the environment names a collector.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;

use super::courier::Courier;
use crate::config::{Environment, Refusal};
use crate::log::Listener;

/// A collector's address; `/v1/traces` is added to the first one, as OpenTelemetry has it.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];
/// The spans that make a trace bear this target.
const TARGET: &str = "tweetty::trace";
/// How long the last spans may take to be sent when the process ends.
const LAST: Duration = Duration::from_secs(2);

/// The traces of this process.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Traces, where the environment names a collector. The exporter reads from there by itself: the headers, the
    /// sampler, the name of the service.
    pub(crate) fn start(environment: &Environment) -> Result<Option<Self>, Refusal> {
        let named = |name: &&'static str| environment.get(name).map(|value| (*name, value));
        let Some((setting, endpoint)) = ENDPOINTS.iter().rev().find_map(named) else { return Ok(None) };
        let written = url::Url::parse(&endpoint).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !written {
            return Err(Refusal::usage(setting, "not a URL such as http://127.0.0.1:4318"));
        }
        if let Some((name, protocol)) = PROTOCOLS.iter().find_map(named)
            && protocol != "http/protobuf"
        {
            return Err(Refusal::usage(
                name,
                format_args!("{protocol:?} is not spoken; write http/protobuf"),
            ));
        }
        connected(setting).map(Some)
    }

    /// Listens to the spans that make a trace.
    pub(crate) fn listener(&self) -> Listener {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("tweetty"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target() == TARGET))
            .boxed()
    }

    /// Sends the last spans.
    pub(crate) async fn finish(self) {
        let ending = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST));
        tokio::time::timeout(2 * LAST, ending).await.ok();
    }
}

fn connected(setting: &'static str) -> Result<Traces, Refusal> {
    let exporter = SpanExporter::builder().with_http().with_http_client(Collector(Courier::to(setting)?));
    let exporter = exporter.build().map_err(|problem| Refusal::usage(setting, problem))?;
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
        Some(_) => Resource::builder(),
        None => Resource::builder().with_service_name("tweetty"),
    };
    let resource = resource.with_attribute(version).build();
    // Spans are sent in the background, by a queue that drops what is too much.
    Ok(Traces(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

/// Lets the request's span go on with the trace that a `traceparent` header names.
pub(crate) fn continued(span: &Span, parent: &str) {
    if span.is_disabled() {
        return;
    }
    let carrier = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
    // Only a span that has begun already refuses it, and this one is new.
    span.set_parent(TraceContextPropagator::new().extract(&carrier)).ok();
}

#[derive(Debug)]
struct Collector(Courier);

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        Ok(self.0.deliver(request).await?)
    }
}
