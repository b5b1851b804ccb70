//! One line that names a setting and the cure.

use std::fmt;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// A setting, or an argument of a command, that can't be used.
#[derive(Debug)]
pub(crate) struct Refusal {
    setting: String,
    problem: String,
    usage: bool,
}

impl Refusal {
    /// It can't be understood: exit status 2.
    pub(crate) fn usage(setting: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { setting: setting.into(), problem: problem.to_string(), usage: true }
    }

    /// It is understood, but the world does not play along: exit status 1.
    pub(crate) fn world(setting: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { setting: setting.into(), problem: problem.to_string(), usage: false }
    }

    /// Whether the command line or the environment is to blame.
    pub(crate) fn is_usage(&self) -> bool {
        self.usage
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.setting, self.problem)
    }
}

impl std::error::Error for Refusal {}

/// What clap finds wrong with a value, as one line; `None` for its other errors, which show how to call the command.
pub(crate) fn first_line(command: &clap::Command, error: &clap::Error) -> Option<Refusal> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg)?;
    let value = text(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    let problem = match (std::error::Error::source(error), error.get(ContextKind::ValidValue)) {
        (Some(source), _) => source.to_string(),
        (None, Some(ContextValue::Strings(valid))) => format!("write one of {}", valid.join(", ")),
        (None, _) => "a value is needed".to_owned(),
    };
    let flag = argument.split([' ', '=', '[']).next().unwrap_or(argument);
    let setting = match environment_name(command, flag.trim_start_matches("--")) {
        Some(name) => format!("{name} ({flag})"),
        None => argument.to_owned(),
    };
    Some(match value {
        Some(value) => Refusal::usage(setting, format_args!("{:?}: {problem}", shown(value))),
        None => Refusal::usage(setting, problem),
    })
}

/// Of a URL the scheme alone: the rest may hold a password.
fn shown(value: &str) -> String {
    match value.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…"),
        None => value.to_owned(),
    }
}

fn environment_name(command: &clap::Command, long: &str) -> Option<String> {
    let own = command
        .get_arguments()
        .find(|argument| argument.get_long() == Some(long))
        .and_then(|argument| argument.get_env())
        .map(|name| name.display().to_string());
    own.or_else(|| command.get_subcommands().find_map(|inner| environment_name(inner, long)))
}
