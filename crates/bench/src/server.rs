//! The release binary: the server under measurement, and the command that seeds a company.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::options::Sizes;
use crate::{Result, http, process};

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// The binary that was built beside this one. Settings of the environment stay outside.
fn tweetty() -> Result<Command> {
    let beside = std::env::current_exe()?.with_file_name("tweetty");
    if !beside.is_file() {
        return Err(format!("{}: no such file; run scripts/bench, which builds it", beside.display()).into());
    }
    let mut command = Command::new(beside);
    command.env_clear();
    Ok(command)
}

/// Seeds an empty store and answers what it said: the keys of the probe users.
pub(crate) fn seed(database: &str, sizes: Sizes) -> Result<Value> {
    let mut command = tweetty()?;
    command.args(["seed", "--json", "--database-url", database]);
    let Sizes { users, tweets, likes, follows, .. } = sizes;
    for (name, number) in [("users", users), ("tweets", tweets), ("likes", likes), ("follows", follows)] {
        command.arg(format!("--{name}={number}"));
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts it as an operator would, on a free port, without limits on rates.
    pub(crate) fn start(database: &str, folder: &Path) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = folder.join("server.log");
        let child = tweetty()?
            .args(["serve", "--requests-per-minute=0", "--failed-keys-per-minute=0", "--log-format=json"])
            .arg(format!("--bind={address}"))
            .arg(format!("--database-url={database}"))
            .arg("--media")
            .arg(folder.join("media"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let server = Self { child, address, log };
        let begun = Instant::now();
        while let Err(problem) = http::get(address, "/health/ready", "none") {
            if begun.elapsed() > LONGEST_START {
                return Err(
                    format!("the server did not start: {problem}; see {}", server.log.display()).into()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        process::present_memory(self.process())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // In order: the media folder and SQLite's log are left as an operator would leave them.
        // By the signal that does not wait for whoever distributes requests.
        Command::new("kill").args(["-s", "INT", &self.process().to_string()]).status().ok();
        self.child.wait().ok();
    }
}
