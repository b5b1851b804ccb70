//! Who runs this process.

use tweetty_domain::Operator;

/// More than any system's user names have.
const LONGEST: usize = 100;

/// The operator, as the system and sudo name them: sudo's word stands in the environment, so it is a hint, not a proof.
pub(crate) fn current() -> Operator {
    let os_user = whoami::username().unwrap_or_else(|_| numbered());
    Operator { os_user: plain(&os_user), sudo_user: sudo_user(std::env::var("SUDO_USER").ok()) }
}

/// Containers run as numbers that no user's entry belongs to.
#[cfg(unix)]
fn numbered() -> String {
    format!("uid {}", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn numbered() -> String {
    "unknown".to_owned()
}

fn sudo_user(variable: Option<String>) -> Option<String> {
    variable.map(|name| plain(&name)).filter(|name| !name.is_empty())
}

/// A name that can't forge a line of the log.
fn plain(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_runs_this() {
        assert!(!current().os_user.is_empty());
    }

    #[test]
    fn a_name_from_the_environment_is_one_short_line() {
        assert_eq!(sudo_user(Some("ann\n2026 root".to_owned())).unwrap(), "ann2026 root");
        assert_eq!(sudo_user(Some("x".repeat(1000))).unwrap().len(), LONGEST);
        assert_eq!(sudo_user(Some(String::new())), None);
    }
}
