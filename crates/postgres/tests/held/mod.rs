//! Somebody else at work on the same database.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};

use tweetty_cluster::Database;

/// A transaction of somebody else that goes on until this is dropped.
pub(crate) struct Held(Child);

/// Begins it and waits until it has done that.
pub(crate) fn held(database: &Database<'_>, statement: &str) -> Held {
    let mut psql = database.psql();
    psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut held = Held(psql.spawn().unwrap());
    held.say(&format!("BEGIN; {statement}; SELECT 'held';"));
    let mut output = BufReader::new(held.0.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "held" {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "psql ended early");
    }
    held
}

impl Held {
    /// Goes on with that, without waiting for it.
    pub(crate) fn say(&mut self, statements: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{statements}").unwrap();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Said before it leaves, so that the locks are gone when it is.
        self.say("ROLLBACK;");
        drop(self.0.stdin.take());
        self.0.wait().ok();
    }
}
