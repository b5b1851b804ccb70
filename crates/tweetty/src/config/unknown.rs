//! Variables of the environment that look like settings and are none: most likely misspelt ones.

use clap::Command;

const PREFIX: &str = "TWEETTY_";
/// What the files in deploy/ and docker/ read, and hand on to tweetty with the rest.
const OF_OUR_FILES: [&str; 7] = [
    "TWEETTY_BACKUPS",
    "TWEETTY_BACKUPS_KEPT",
    "TWEETTY_DEV_DATABASE_PUBLISH",
    "TWEETTY_DEV_IMAGE",
    "TWEETTY_DEV_PUBLISH",
    "TWEETTY_IMAGE",
    "TWEETTY_PUBLISH",
];
/// How alike two names must be for the one to be taken for the other, of at most 1.
const ALIKE: f64 = 0.9;

/// A name that no command reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// The name.
    pub(crate) name: String,
    /// The setting that was probably meant.
    pub(crate) meant: Option<String>,
}

/// Those of the names that begin like a setting and are none, in alphabetical order.
pub(crate) fn unknown_settings(command: &Command, names: impl Iterator<Item = String>) -> Vec<Unknown> {
    let known = settings(command);
    let is_known = |name: &str| OF_OUR_FILES.contains(&name) || known.iter().any(|setting| setting == name);
    let mut unknown = names.filter(|name| name.starts_with(PREFIX) && !is_known(name)).collect::<Vec<_>>();
    unknown.sort_unstable();
    let named = |name: String| Unknown { meant: nearest(&known, &name), name };
    unknown.into_iter().map(named).collect()
}

/// The variables that the command and those below it read.
fn settings(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env());
    let own = own.map(|name| name.display().to_string());
    own.chain(command.get_subcommands().flat_map(settings)).collect()
}

fn nearest(known: &[String], name: &str) -> Option<String> {
    // What all have in common says nothing.
    let tail = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let likeness = |setting: &String| strsim::jaro_winkler(&tail(setting), &tail(name));
    let nearest = known.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(nearest) >= ALIKE).then(|| nearest.clone())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Arg;

    use super::*;

    fn command() -> Command {
        let setting = |name: &'static str| Arg::new(name).long(name).env(name);
        let serve =
            Command::new("serve").arg(setting("TWEETTY_DATABASE_URL")).arg(setting("TWEETTY_UPLOAD_SIZE"));
        Command::new("tweetty").arg(setting("TWEETTY_LOG_LEVEL")).subcommand(serve)
    }

    fn unknown(names: &[&str]) -> Vec<(String, Option<String>)> {
        let names = names.iter().map(|name| (*name).to_owned());
        unknown_settings(&command(), names).into_iter().map(|unknown| (unknown.name, unknown.meant)).collect()
    }

    #[test]
    fn a_misspelt_setting_is_found_with_the_one_that_was_meant() {
        for (name, meant) in [
            ("TWEETTY_DATABSE_URL", Some("TWEETTY_DATABASE_URL")),
            ("TWEETTY_DATABASE", Some("TWEETTY_DATABASE_URL")),
            ("TWEETTY_LOGLEVEL", Some("TWEETTY_LOG_LEVEL")),
            ("TWEETTY_UPLOAD_SIZES", Some("TWEETTY_UPLOAD_SIZE")),
            ("TWEETTY_COFFEE", None),
            ("TWEETTY_", None),
        ] {
            assert_eq!(unknown(&[name]), [(name.to_owned(), meant.map(str::to_owned))]);
        }
    }

    #[test]
    fn settings_of_any_command_and_what_is_not_ours_are_known() {
        assert_eq!(
            unknown(&["TWEETTY_LOG_LEVEL", "TWEETTY_UPLOAD_SIZE", "TWEETTY", "PATH", "TWEETTY_IMAGE"]),
            []
        );
    }

    /// A name that one of our files reads must not earn a warning.
    #[test]
    fn what_our_files_name_is_a_setting_or_on_the_list() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let known = settings(&crate::cli::command());
        let mut folders = vec![root.join("deploy"), root.join("docker")];
        let mut names = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
                let is_part = |character: char| character.is_ascii_uppercase() || "_".contains(character);
                for name in
                    text.split(|character| !is_part(character)).filter(|name| name.starts_with(PREFIX))
                {
                    names += 1;
                    // Dokku puts `_URL` behind the alias of a database.
                    let setting = |known: &String| known == name || *known == format!("{name}_URL");
                    let is_known = OF_OUR_FILES.contains(&name) || known.iter().any(setting);
                    assert!(is_known, "{name} in {}", entry.path().display());
                }
            }
        }
        assert!(names > 20, "{names}");
    }
}
