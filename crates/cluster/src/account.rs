//! As whom PostgreSQL runs: it refuses to run as root.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;
use std::process::Command;

/// The account of the server's processes and files.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Its number.
    pub(crate) user: u32,
    /// What a command is put behind to run as that account; nothing where we are it ourselves.
    prefix: Vec<String>,
}

impl Account {
    /// Our own account, or `nobody` where we are root.
    pub(crate) fn unprivileged() -> Self {
        let own = std::fs::metadata("/proc/self").map_or_else(|_| number(&["-u"]), |folder| folder.uid());
        if own != 0 {
            return Self { user: own, prefix: vec![] };
        }
        let (user, group) = (number(&["-u", "nobody"]), number(&["-g", "nobody"]));
        let setpriv = ["setpriv", &format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]
            .map(str::to_owned);
        let runuser = ["runuser", "-u", "nobody", "--"].map(str::to_owned);
        let works = |prefix: &[String]| {
            Command::new(&prefix[0])
                .args(&prefix[1..])
                .arg("true")
                .output()
                .is_ok_and(|it| it.status.success())
        };
        let prefix = [setpriv, runuser].into_iter().find(|prefix| works(prefix));
        let prefix = prefix.expect("PostgreSQL can't run as root; install setpriv or runuser (util-linux)");
        Self { user, prefix: prefix.to_vec() }
    }

    /// A command that runs as this account.
    pub(crate) fn command(&self, program: &Path) -> Command {
        match self.prefix.split_first() {
            None => Command::new(program),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                // Our own folder may be closed to that account.
                command.current_dir("/");
                command
            }
        }
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(&self, path: &Path) {
        if !self.prefix.is_empty() {
            chown(path, Some(self.user), None)
                .unwrap_or_else(|error| panic!("chown {}: {error}", path.display()));
        }
    }
}

fn number(of: &[&str]) -> u32 {
    crate::run(Command::new("id").args(of)).parse().expect("id prints a number")
}
