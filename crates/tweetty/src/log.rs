//! The log on standard error: text for people, JSON for machines, one line an event.
#![expect(clippy::doc_markdown, reason = "the comments of settings are help texts, which are no Markdown")]

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal as _, Stderr, stderr};
use std::panic::PanicHookInfo;

use clap::{Args, ValueEnum};
use tracing::Level;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, registry};

use crate::config::{Environment, Refusal};

const LEVEL: &str = "TWEETTY_LOG_LEVEL";
/// Calls an error what clients do to their connections, such as a head that can't be read. What becomes of a request is
/// logged by its own line.
const CONNECTIONS: &str = "actix_http::h1::dispatcher";

/// Somebody besides the log who listens to what happens.
pub(crate) type Listener = Box<dyn Layer<Registry> + Send + Sync>;

/// The settings of the log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogSettings {
    /// Form of the log on standard error [default: text on a terminal, else json]
    #[arg(long, env = "TWEETTY_LOG_FORMAT", value_name = "FORMAT", global = true)]
    log_format: Option<Format>,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,tweetty_http=debug [default: info for
    /// serve, else warn; the environment's RUST_LOG is read where TWEETTY_LOG_LEVEL is not set]
    #[arg(long, env = LEVEL, value_name = "FILTER", global = true)]
    log_level: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line for a person
    Text,
    /// One JSON object a line
    Json,
}

impl LogSettings {
    /// Starts logging, once a process. Panics are logged, too.
    pub(crate) fn start(
        &self,
        usual: &str,
        environment: &Environment,
        listeners: Vec<Listener>,
    ) -> Result<(), Refusal> {
        let (name, filter) = match (&self.log_level, environment.get("RUST_LOG")) {
            (Some(level), _) => (LEVEL, level.clone()),
            (None, Some(filter)) => ("RUST_LOG", filter),
            (None, None) => (LEVEL, usual.to_owned()),
        };
        let filter = EnvFilter::builder()
            .parse(whole(&filter, usual).map_err(|problem| Refusal::usage(name, problem))?)
            .map_err(|problem| Refusal::usage(name, format_args!("{filter:?}: {problem}")))?;
        let usual_format = if stderr().is_terminal() { Format::Text } else { Format::Json };
        let log = tracing_subscriber::fmt::layer().with_writer(|| OneLine(stderr()));
        let log = match self.log_format.unwrap_or(usual_format) {
            Format::Text => log.with_ansi(stderr().is_terminal()).boxed(),
            Format::Json => log.json().flatten_event(true).boxed(),
        };
        // Spans are for traces: where nobody collects them, none is made.
        let log = log.with_filter(filter.and(filter_fn(is_event))).boxed();
        let layers = listeners.into_iter().chain([log]).collect::<Vec<_>>();
        registry().with(layers).try_init().map_err(|problem| Refusal::world(LEVEL, problem))?;
        std::panic::set_hook(Box::new(tell_of_panic));
        Ok(())
    }
}

/// A filter that names a level for what it does not name itself: without one all of that would be silent.
fn whole(filter: &str, usual: &str) -> Result<String, String> {
    let mut has_level = false;
    for directive in filter.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        if directive.parse::<LevelFilter>().is_ok() {
            has_level = true;
        } else if !directive.contains('=') {
            return Err(format!(
                "{directive:?} is no level; write off, error, warn, info, debug or trace, or a filter such as \
                 info,tweetty_http=debug"
            ));
        }
    }
    Ok(if has_level { filter.to_owned() } else { format!("{usual},{filter}") })
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event() && (metadata.target() != CONNECTIONS || *metadata.level() > Level::INFO)
}

fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(cause = panic.payload_as_str(), backtrace, "panicked at {place}");
}

/// One event is one line, whatever is in it: nobody can write lines of their own into the log.
struct OneLine(Stderr);

impl io::Write for OneLine {
    /// An event comes in one piece.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = event.strip_suffix(b"\n").unwrap_or(event);
        if text.iter().any(|byte| breaks(*byte)) {
            self.0.write_all(&escaped(text))?;
        } else {
            self.0.write_all(event)?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Escape begins a colour of ours; in the texts of events it is escaped already.
fn breaks(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\x1b')
}

fn escaped(text: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len() + 16);
    for byte in text {
        if breaks(*byte) {
            line.extend(byte.escape_ascii());
        } else {
            line.push(*byte);
        }
    }
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_without_a_level_for_the_rest_keeps_the_usual_one() {
        for (filter, expected) in [
            ("debug", "debug"),
            ("OFF", "OFF"),
            ("warn,tweetty_http=debug", "warn,tweetty_http=debug"),
            ("tweetty_http=debug", "info,tweetty_http=debug"),
            ("tweetty_http=debug, error", "tweetty_http=debug, error"),
            ("[request]=trace", "info,[request]=trace"),
        ] {
            assert_eq!(whole(filter, "info").as_deref(), Ok(expected));
        }
        for nonsense in ["nonsense", "info,nonsense", "inf", "debug info"] {
            assert!(whole(nonsense, "info").unwrap_err().contains("is no level"), "{nonsense}");
        }
    }

    #[test]
    fn no_text_becomes_a_line_of_its_own() {
        let forged = "INFO request cause=a\r\nINFO stopped \u{85}ключ\tb\u{1b}[0m";
        let line = String::from_utf8(escaped(forged.as_bytes())).unwrap();
        assert_eq!(line, "INFO request cause=a\\r\\nINFO stopped \u{85}ключ\tb\u{1b}[0m\n");
    }
}
