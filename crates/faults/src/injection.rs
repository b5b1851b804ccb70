//! System calls of a running process that fail or dawdle, by strace. Needs root, or the right to trace.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::task::block_in_place;
use tweetty_trial::Result;

/// By when all threads are traced.
const ATTACHING: Duration = Duration::from_secs(10);

/// Ends with this value.
pub(crate) struct Injection(Child);

impl Injection {
    /// Tampers with those calls of the process: `fsync,fdatasync:error=EIO` and the like.
    pub(crate) fn into(process: u32, calls: &str, tampering: &str) -> Result<Self> {
        let strace = Command::new("strace")
            .args(["-f", "-q", "-o", "/dev/null", "-p", &process.to_string()])
            .args(["-e", &format!("trace={calls}"), "-e", &format!("inject={tampering}")])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("strace: {error}"))?;
        let mut injection = Self(strace);
        let begun = Instant::now();
        while !block_in_place(|| is_traced(process))? {
            if injection.0.try_wait()?.is_some() || begun.elapsed() > ATTACHING {
                return Err("strace can't trace the server; it needs root or CAP_SYS_PTRACE".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(injection)
    }

    /// Leaves the process as it was.
    pub(crate) fn end(mut self) -> Result<()> {
        self.detach()
    }

    fn detach(&mut self) -> Result<()> {
        Command::new("kill").args(["-s", "INT", &self.0.id().to_string()]).status()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Injection {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.detach().ok();
        }
    }
}

/// Whether each internal error in the log is one that strace itself leaves: a call that it holds when it detaches ends as
/// "not implemented" (ENOSYS).
pub(crate) fn is_all_of_detaching(log: &str) -> bool {
    log.lines().filter(|line| line.contains(r#""status":500"#)).all(|line| line.contains("(os error 38)"))
}

/// Whether every thread of the process has a tracer.
fn is_traced(process: u32) -> Result<bool> {
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may have ended meanwhile.
        let status = std::fs::read_to_string(thread?.path().join("status")).unwrap_or_default();
        if status.lines().any(|line| line == "TracerPid:\t0") {
            return Ok(false);
        }
    }
    Ok(true)
}
