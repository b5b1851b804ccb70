//! The result of one `initdb`, kept for all that come after: it takes seconds, a copy takes milliseconds.

use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::SUPERUSER;
use crate::account::Account;
use crate::binaries::Binaries;

/// Makes `data` a fresh cluster's folder.
pub(crate) fn copy(binaries: &Binaries, account: &Account, durable: bool, data: &Path) {
    if durable {
        // Once in a while: not worth a second kept folder.
        initialise(binaries, account, data, &[]);
        return;
    }
    let kept = kept(binaries, account);
    crate::run(account.command(Path::new("cp")).arg("-a").arg(kept).arg(data));
}

/// The kept folder, made now where it is missing. Processes that come at once wait for the first.
fn kept(binaries: &Binaries, account: &Account) -> PathBuf {
    let version = crate::run(std::process::Command::new(binaries.path("initdb")).arg("--version"));
    let version = version.replace(|character: char| !character.is_ascii_alphanumeric(), "-");
    let name = format!("tweetty-{version}-{}", account.user);
    let kept = std::env::temp_dir().join(&name);
    let lock = std::env::temp_dir().join(format!("{name}.lock"));
    let lock = File::create(&lock).unwrap_or_else(|error| panic!("{}: {error}", lock.display()));
    lock.lock().expect("the lock can be taken");
    if !is_ours(&kept, account) {
        let parent = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::set_permissions(parent.path(), std::fs::Permissions::from_mode(0o755))
            .expect("its permissions can be set");
        account.own(parent.path());
        let data = parent.path().join("data");
        // Segments of 1 MiB keep a copy small.
        initialise(binaries, account, &data, &["--no-sync", "--wal-segsize=1"]);
        std::fs::rename(&data, &kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
    }
    kept
}

/// Nobody else's: the folder for temporary files is open to all.
fn is_ours(kept: &Path, account: &Account) -> bool {
    std::fs::symlink_metadata(kept).is_ok_and(|found| {
        found.is_dir() && found.uid() == account.user && found.permissions().mode() & 0o777 == 0o700
    })
}

fn initialise(binaries: &Binaries, account: &Account, data: &Path, options: &[&str]) {
    let mut initdb = account.command(&binaries.path("initdb"));
    initdb.arg("-D").arg(data).args(["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]);
    // Trigrams need to know what a letter is in every script; macOS has no C.UTF-8.
    initdb.arg(if cfg!(target_os = "linux") { "--locale=C.UTF-8" } else { "--no-locale" });
    crate::run(initdb.args(options));
}
