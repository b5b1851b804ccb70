//! The folder of a cluster and its settings.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Options;
use crate::account::Account;

/// Memory is used in the place of a disk only where so much of it is free.
const ROOM_KIB: u64 = 2 * 1024 * 1024;

/// The folder that will hold `data`, the socket and the server's log.
pub(crate) fn make(options: &Options, account: &Account) -> PathBuf {
    let folder = match &options.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            folder.canonicalize().expect("the folder exists")
        }
        None => tempfile::Builder::new()
            .prefix("tweetty-cluster-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir_in(root(options.durable))
            .expect("a temporary folder can be made")
            .keep(),
    };
    account.own(&folder);
    folder
}

/// `/dev/shm` where it has room and nothing need be durable, else the folder for temporary files.
fn root(durable: bool) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let roomy = || {
        let output = Command::new("df").args(["-Pk", "/dev/shm"]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let mut columns = text.lines().nth(1)?.split_whitespace();
        let is_memory = columns.next()? == "tmpfs";
        let free: u64 = columns.nth(2)?.parse().ok()?;
        Some(is_memory && free >= ROOM_KIB && tempfile::tempfile_in(memory).is_ok())
    };
    if !durable && roomy().unwrap_or(false) { memory.to_owned() } else { std::env::temp_dir() }
}

/// Writes the settings anew; a kept folder may have been configured otherwise before.
pub(crate) fn configure(options: &Options, account: &Account, folder: &Path) {
    let mut text = String::new();
    let mut set = |name: &str, value: &str| {
        writeln!(text, "{name} = '{}'", value.replace('\'', "''")).expect("a string takes it");
    };
    set("listen_addresses", "");
    set("unix_socket_directories", &folder.display().to_string());
    set("max_connections", "100");
    set("shared_buffers", &options.shared_buffers);
    if options.durable {
        set("max_wal_size", "4GB");
    } else {
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            set(name, "off");
        }
    }
    for (name, value) in &options.settings {
        set(name, value);
    }
    let file = folder.join("data/postgresql.auto.conf");
    std::fs::write(&file, text).expect("the cluster's settings can be written");
    account.own(&file);
}
