//! A terminal without a person: what is typed is known beforehand.

use std::fs::File;
use std::io::{Read as _, Write as _};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{Data, Ran};

/// Runs a command that reads from a terminal and complains on it; `err` is all that the terminal shows.
pub(crate) fn cli_on_terminal(data: &Data, arguments: &[&str], typed: &str) -> Ran {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let mut master = File::from(master);
    master.write_all(typed.as_bytes()).unwrap();

    let mut command = data.command();
    let out = data.file("out");
    command.args(arguments).stdout(File::create(&out).unwrap());
    command.stdin(terminal.try_clone().unwrap()).stderr(terminal);
    let status = command.status().unwrap();
    drop(command);
    // Behind the last line comes an error, since nobody has the other end open any more.
    let mut shown = Vec::new();
    master.read_to_end(&mut shown).ok();
    Ran {
        status: status.code().unwrap_or(-1),
        out: std::fs::read_to_string(out).unwrap(),
        err: String::from_utf8(shown).unwrap(),
    }
}
