//! Keys on the command line: given or made, shown once.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use tweetty_domain::{ApiKey, SHORT_KEY};

use crate::config::{Refusal, local_path};
use crate::output::complain;

/// The name of the setting of the file.
const FILE: &str = "--api-key-file";
/// More than a key and the end of its line take.
const LARGEST: u64 = 4096;

/// A key that the operator chooses.
#[derive(Debug, Args)]
pub(super) struct GivenKey {
    /// The key to use instead of a made one: 1 to 256 visible ASCII characters. Other users of this machine may see
    /// it in the list of processes, and a log may keep it: --api-key-file is better
    #[arg(long, value_name = "KEY", allow_hyphen_values = true, conflicts_with = "api_key_file")]
    api_key: Option<Hidden>,
    /// A file whose first line is that key, or - for standard input
    #[arg(long, value_name = "FILE", value_parser = local_path())]
    api_key_file: Option<PathBuf>,
}

/// Read without judgement, so that no usage message repeats it.
#[derive(Clone)]
struct Hidden(String);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hidden")
    }
}

impl GivenKey {
    /// Whether the operator knows the key already.
    pub(super) fn is_given(&self) -> bool {
        self.api_key.is_some() || self.api_key_file.is_some()
    }

    /// The key that was given, or a new one. A short one earns a warning.
    pub(super) fn or_made(&self) -> anyhow::Result<ApiKey> {
        let (setting, text) = match (&self.api_key, &self.api_key_file) {
            (Some(Hidden(text)), _) => ("--api-key", text.clone()),
            (None, Some(file)) => (FILE, read(file)?),
            (None, None) => return Ok(ApiKey::generate()?),
        };
        let key = ApiKey::parse(&text).map_err(|invalid| Refusal::usage(setting, invalid))?;
        if key.is_short() {
            complain(&format!("warning: a key of fewer than {SHORT_KEY} characters can be guessed"));
        }
        Ok(key)
    }
}

/// The first line of that file, or of standard input.
fn read(file: &Path) -> Result<String, Refusal> {
    let line = if file == Path::new("-") { line(stdin()) } else { File::open(file).and_then(line) };
    line.map_err(|error| Refusal::world(FILE, format!("{}: {error}", file.display())))
}

fn line(from: impl Read) -> io::Result<String> {
    Ok(BufReader::new(from.take(LARGEST)).lines().next().transpose()?.unwrap_or_default())
}
