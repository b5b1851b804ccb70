//! The release binary, as a server and as a command.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Result, http, process};

/// A start that takes longer has failed.
const LONGEST_START: Duration = Duration::from_secs(30);

/// The binary that was built beside this one. Settings of the environment stay outside.
///
/// # Errors
/// Where it was not built.
pub fn tweetty() -> Result<Command> {
    let beside = std::env::current_exe()?.with_file_name("tweetty");
    if !beside.is_file() {
        return Err(format!("{}: no such file; build it beside this program", beside.display()).into());
    }
    let mut command = Command::new(beside);
    command.env_clear();
    Ok(command)
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The URL of its database.
    pub database: String,
    /// Where it puts the images.
    pub media: PathBuf,
    /// Where its log and what it says at its start are kept.
    pub folder: PathBuf,
    /// Where it listens, also after it was started again.
    pub address: SocketAddr,
    /// Further arguments of `serve`.
    pub arguments: Vec<String>,
    /// Variables of its environment.
    pub environment: Vec<(String, String)>,
}

impl Setup {
    /// On a free port, its images, log and all in one folder.
    pub fn new(database: String, folder: PathBuf) -> Result<Self> {
        let (arguments, environment) = (vec![], vec![]);
        Ok(Self { database, media: folder.join("media"), folder, address: free()?, arguments, environment })
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
}

/// A free port that no connection's own end takes by chance while the server is away, and that was not given before: whose
/// it is may not have come yet.
fn free() -> Result<SocketAddr> {
    static BEHIND: Mutex<usize> = Mutex::new(0);
    let mut behind = BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let first = range.split_whitespace().next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(32_768);
    let own = u16::try_from(std::process::id() % 8_192).unwrap_or_default();
    let (place, address) = (10_000..first)
        .cycle()
        .enumerate()
        .skip(usize::from(own).max(*behind))
        .take(usize::from(first))
        .find_map(|(place, port)| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
            Some((place, listener.local_addr().ok()?))
        })
        .ok_or("there is no free port")?;
    *behind = place + 1;
    Ok(address)
}

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    setup: Setup,
}

impl Server {
    /// Starts it as an operator would, without limits on rates and quotas, and waits until it is ready.
    pub fn start(setup: Setup) -> Result<Self> {
        let mut server = Self::spawn(setup)?;
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Starts it without waiting.
    pub fn spawn(setup: Setup) -> Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(setup.log())?;
        let child = tweetty()?
            .envs(setup.environment.iter().map(|(name, value)| (name, value)))
            .args(["serve", "--json", "--requests-per-minute=0", "--failed-keys-per-minute=0"])
            .args(["--tweets-per-day=0", "--uploads-per-day=0", "--upload-bytes-per-day=0"])
            .arg("--uploads-unattached=0")
            .arg("--log-format=json")
            .arg(format!("--bind={}", setup.address))
            .arg(format!("--database-url={}", setup.database))
            .arg("--media")
            .arg(&setup.media)
            .args(&setup.arguments)
            .stdin(Stdio::null())
            .stdout(File::create(setup.folder.join("said.json"))?)
            .stderr(log)
            .spawn()?;
        Ok(Self { child, setup })
    }

    /// Waits until requests can be served.
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        while let Err(problem) = http::get(self.address(), "/health/ready", "none") {
            let ended = self.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > LONGEST_START {
                let log = std::fs::read_to_string(self.setup.log()).unwrap_or_default();
                let last = log.lines().last().unwrap_or_default();
                return Err(format!("the server did not start: {problem}; it said last: {last}").into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// What it said when it started, which is a moment after it was ready.
    pub fn said(&self) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let said = std::fs::read_to_string(self.setup.folder.join("said.json"))?;
            match serde_json::from_str(&said) {
                Ok(said) => return Ok(said),
                Err(error) if begun.elapsed() > LONGEST_START => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// What it has logged, also before it was started again.
    pub fn logged(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.setup.log())?)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.setup.address
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now, in MiB.
    pub fn memory(&self) -> Result<f64> {
        process::present_memory(self.process())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop.
    pub fn terminate(&self) -> Result<()> {
        let sent = Command::new("kill").arg(self.process().to_string()).status()?;
        if sent.success() { Ok(()) } else { Err("the server can't be asked to stop".into()) }
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // In order: the media folder and SQLite's log are left as an operator would leave them.
        if self.runs().unwrap_or(false) {
            // By the signal that does not wait for a load balancer.
            Command::new("kill").args(["-s", "INT", &self.process().to_string()]).status().ok();
            self.child.wait().ok();
        }
    }
}
