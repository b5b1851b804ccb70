//! What a command answers: a text for people, or one JSON document.

use std::io::{self, Write as _, stderr, stdout};

use serde::Serialize;

/// The answer of a command: its JSON is what serde makes of it.
pub(crate) trait Answer: Serialize {
    /// The same for people.
    fn text(&self, to: &mut dyn io::Write) -> io::Result<()>;
}

/// Where answers go, in the form that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Whether to write JSON.
    pub(crate) json: bool,
}

impl Output {
    /// Writes the answer on standard output.
    pub(crate) fn show(self, answer: &impl Answer) -> io::Result<()> {
        stream(|out| {
            if self.json {
                serde_json::to_writer(&mut *out, answer)?;
                writeln!(out)
            } else {
                answer.text(out)
            }
        })
    }
}

/// Writes a part of an answer that is too long to be held.
pub(crate) fn stream(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(stdout().lock());
    // The command may have done all it had to do: what failed is the output alone.
    let failed = |error: io::Error| io::Error::new(error.kind(), format!("standard output: {error}"));
    write(&mut out).and_then(|()| out.flush()).map_err(failed)
}

/// Writes one line on standard error; that nobody reads it is no reason to fail.
pub(crate) fn complain(line: &str) {
    writeln!(stderr(), "tweetty: {}", line.lines().map(str::trim).collect::<Vec<_>>().join(" ")).ok();
}
