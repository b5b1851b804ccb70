//! Keys on the command line: given or made, shown once.

use clap::Args;
use tweetty_domain::{ApiKey, SHORT_KEY};

use crate::config::Refusal;
use crate::output::complain;

/// A key that the operator chooses herself.
#[derive(Debug, Args)]
pub(super) struct GivenKey {
    /// The key to use instead of a made one: 1 to 256 visible ASCII characters. Other users of this machine may see
    /// it in the list of processes
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    api_key: Option<Hidden>,
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
        self.api_key.is_some()
    }

    /// The key that was given, or a new one. A short one earns a warning.
    pub(super) fn or_made(&self) -> anyhow::Result<ApiKey> {
        let Some(Hidden(text)) = &self.api_key else { return Ok(ApiKey::generate()?) };
        let key = ApiKey::parse(text).map_err(|invalid| Refusal::usage("--api-key", invalid))?;
        if key.is_short() {
            complain(&format!("warning: a key of fewer than {SHORT_KEY} characters can be guessed"));
        }
        Ok(key)
    }
}
