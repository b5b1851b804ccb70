//! What is demanded of keys.

use chrono::TimeDelta;
use clap::Args;
use tweetty_domain::{KeyRules, Limits};

use super::{Span, between};

/// The longest lifetime of a key: for the server and for the commands that make keys.
#[derive(Debug, Args)]
#[command(next_help_heading = "Keys")]
pub(crate) struct KeyLifetime {
    /// The longest lifetime of keys that are made from now on, such as 365d, by users and by operators; older keys keep theirs
    /// [default: none]
    #[arg(long, env = "TWEETTY_KEY_LIFETIME", value_name = "DURATION", global = true)]
    key_lifetime: Option<Span>,
}

impl KeyLifetime {
    /// The lifetime, where there is a longest one.
    pub(crate) fn get(&self) -> Option<TimeDelta> {
        self.key_lifetime.map(Span::delta)
    }
}

/// The settings of [`KeyRules`].
#[derive(Debug, Args)]
#[command(next_help_heading = "Keys")]
pub(crate) struct KeySettings {
    #[command(flatten)]
    lifetime: KeyLifetime,

    /// How long before the end of a key the page and the log warn; 0s for never
    #[arg(long, env = "TWEETTY_KEY_WARNING", value_name = "DURATION", default_value = "14d")]
    key_warning: Span,

    /// The most keys that a user may make; operators give as many as they like
    #[arg(long, env = "TWEETTY_KEYS_PER_USER", value_name = "NUMBER", default_value_t = Limits::default().keys.most,
          value_parser = between(1_u32, 1000))]
    keys_per_user: u32,
}

impl KeySettings {
    /// The rules.
    pub(crate) fn rules(&self) -> KeyRules {
        KeyRules {
            most: self.keys_per_user,
            lifetime: self.lifetime.get(),
            warning: self.key_warning.delta(),
        }
    }
}
