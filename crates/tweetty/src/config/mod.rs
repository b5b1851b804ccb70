//! Every setting: a flag, an environment variable of the same name, a default.
//! A flag wins over `TWEETTY_…`, that over `DATABASE_URL` and `PORT`, those over the default.

mod database;
mod keys;
mod limits;
mod refusal;
mod server;
mod units;
mod unknown;
mod web;

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser, ValueParser};

pub(crate) use database::{DatabaseSettings, DatabaseUrl, Secret, Tuning};
pub(crate) use keys::{KeyLifetime, KeySettings};
pub(crate) use limits::LimitSettings;
pub(crate) use refusal::{Refusal, first_line};
pub(crate) use server::{BindSettings, METRICS_BIND, MetricsSettings, ServerSettings, reachable};
pub(crate) use units::{Size, Span};
pub(crate) use unknown::{Unknown, unknown_settings};
pub(crate) use web::{CorsOrigin, PublicUrl};

/// The name of the setting of the images' folder.
pub(crate) const MEDIA: &str = "TWEETTY_MEDIA";

/// Where the images lie.
#[derive(Debug, Args)]
#[command(next_help_heading = "Images")]
pub(crate) struct MediaSettings {
    /// Folder of the images
    #[arg(long, env = MEDIA, value_name = "FOLDER", default_value = "data/media",
          value_parser = local_path())]
    pub(crate) media: PathBuf,
}

/// Reads a path of this machine: a URL would become a folder of that name.
pub(crate) fn local_path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if path.to_str().is_some_and(|text| text.contains("://")) {
            return Err("this is a URL; write a path of this machine, such as /srv/tweetty/media");
        }
        Ok(path)
    })
}

/// The environment in which the process runs; a variable with an empty value counts as absent.
pub(crate) struct Environment(Variables);

type Variables = Box<dyn Fn(&str) -> Option<String>>;

impl Environment {
    /// That of this process.
    pub(crate) fn of_process() -> Self {
        Self(Box::new(|name| std::env::var(name).ok()))
    }

    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = variables.iter().map(owned).collect::<std::collections::HashMap<_, _>>();
        Self(Box::new(move |name| variables.get(name).cloned()))
    }
}

/// Reads a whole number between the two, which are allowed too.
fn between<N>(least: N, most: N) -> ValueParser
where
    N: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    ValueParser::new(move |text: &str| {
        let number = text.parse::<N>().ok().filter(|number| (&least..=&most).contains(&number));
        number.ok_or_else(|| format!("write a whole number from {least} to {most}"))
    })
}

/// Prepares a command's arguments: values from the environment are never shown, empty ones don't count.
pub(crate) fn prepared(command: clap::Command) -> clap::Command {
    command
        .mut_args(|argument| {
            let Some(name) = argument.get_env().map(std::ffi::OsStr::to_owned) else { return argument };
            if std::env::var_os(&name).is_some_and(|value| value.is_empty()) {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let help = format!("{help} [env: {}=]", name.display());
                return argument.env(None::<&'static str>).help(help);
            }
            argument.hide_env_values(true)
        })
        .mut_subcommands(prepared)
}
