//! Ends a cluster with the process that started it, whatever becomes of that process.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Waits for the end of its input, then stops the server: in order where its data stays, else at once.
const SCRIPT: &str = r#"
cat >/dev/null
pidfile="$1/data/postmaster.pid"
if [ -f "$pidfile" ]; then
    if [ "$2" = keep ]; then signal=INT; else signal=QUIT; fi
    kill -$signal "$(head -n 1 "$pidfile")" 2>/dev/null
    tries=400
    while [ $tries -gt 0 ] && [ -f "$pidfile" ]; do sleep 0.05; tries=$((tries - 1)); done
fi
[ "$2" = keep ] || rm -rf "$1"
"#;

/// Holds the pipe whose end is the signal.
#[derive(Debug)]
pub(crate) struct Watchdog {
    pipe: Option<ChildStdin>,
    child: Child,
}

impl Watchdog {
    /// Watches over the cluster in the folder; `remove` says whether the folder ends with it.
    pub(crate) fn start(folder: &Path, remove: bool) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "watchdog"])
            .arg(folder)
            .arg(if remove { "remove" } else { "keep" })
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // A signal to our own group (Ctrl-C, a test runner's time-out) must not end it before us.
            .process_group(0)
            .spawn()
            .expect("sh can be run");
        Self { pipe: child.stdin.take(), child }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        self.child.wait().ok();
    }
}
