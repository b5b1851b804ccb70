//! The real binary in processes of its own, on either store.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod noise;

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tweetty_cluster::{Cluster, Database};

/// How long a command may take, and a service to say where it listens: a debug build takes a minute to found the demo.
const PATIENCE: Duration = Duration::from_mins(3);

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// Makes two tests of each function `fn name(store: Store)`: one on each store.
#[allow(unused_macros, reason = "each test binary uses a part of it")]
macro_rules! on_both_stores {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[test]
            fn $test() {
                super::$test(crate::support::Store::Sqlite);
            })*
        }
        mod on_postgres {
            $(#[test]
            fn $test() {
                super::$test(crate::support::Store::Postgres);
            })*
        }
    };
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The command succeeded without a word on standard error.
    #[track_caller]
    pub(crate) fn quietly(self) -> String {
        assert!(self.status == 0 && self.err.is_empty(), "{self:?}");
        self.out
    }

    /// The command succeeded; its one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The command failed with that status and one line that contains those words; nothing else was printed.
    #[track_caller]
    pub(crate) fn refused(&self, status: i32, words: &[&str]) {
        assert_eq!((self.status, self.out.as_str(), self.err.lines().count()), (status, "", 1), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing in {:?}", self.err);
        }
    }
}

/// The variable that names the file for the lines that a process reaches, set while coverage is measured.
const COVERAGE: &str = "LLVM_PROFILE_FILE";

fn coverage() -> Option<std::ffi::OsString> {
    std::env::var_os(COVERAGE)
}

/// A place for a store of one's own, empty at first, and the settings that name it.
pub(crate) struct Data {
    settings: Vec<(String, String)>,
    folder: TempDir,
    database: Option<Database<'static>>,
}

impl Data {
    pub(crate) fn fresh(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (store == Store::Postgres).then(|| Cluster::shared().database());
        let sqlite = format!("sqlite://{}", folder.path().join("tweetty.db").display());
        let settings = vec![
            ("TWEETTY_BIND".to_owned(), "127.0.0.1:0".to_owned()),
            // Nobody distributes requests to these services.
            ("TWEETTY_DRAIN_DELAY".to_owned(), "0s".to_owned()),
            ("TWEETTY_MEDIA".to_owned(), folder.path().join("media").display().to_string()),
            ("TWEETTY_DATABASE_URL".to_owned(), database.as_ref().map_or(sqlite, Database::url)),
        ];
        Self { settings, folder, database }
    }

    /// A store that is there already, with nobody in it.
    pub(crate) fn made(store: Store) -> Self {
        let data = Self::fresh(store);
        data.cli(&["migrate"]).quietly();
        data
    }

    /// Changes a variable of the environment, in which nothing but the settings and `PATH` is.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.retain(|(known, _)| known != name);
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> &str {
        let (_, url) = self.settings.iter().find(|(name, _)| name == "TWEETTY_DATABASE_URL").unwrap();
        url
    }

    /// The PostgreSQL database, where it is one.
    pub(crate) fn database(&self) -> Option<&Database<'static>> {
        self.database.as_ref()
    }

    /// A file in the folder in which commands run.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary on this data: the one that was built for these tests, unless the environment names another.
    pub(crate) fn command(&self) -> Command {
        self.command_within(&[])
    }

    /// The binary on this data, started by another program.
    fn command_within(&self, starter: &[String]) -> Command {
        let binary = std::env::var("TWEETTY_TEST_BINARY");
        let binary = binary.as_deref().unwrap_or(env!("CARGO_BIN_EXE_tweetty"));
        let words = starter.iter().map(String::as_str).chain([binary]).collect::<Vec<_>>();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(coverage().map(|file| (COVERAGE, file)));
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, which comes in time.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Ran {
        self.cli_within(&[], arguments)
    }

    /// Runs a command to its end, started by another program.
    pub(crate) fn cli_within(&self, starter: &[&str], arguments: &[&str]) -> Ran {
        let [mut out, mut err] = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let starter = starter.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut command = self.command_within(&starter);
        command.args(arguments).stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
        let mut process = command.spawn().unwrap();
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = process.try_wait().unwrap() {
                break status.code().unwrap_or(-1);
            }
            if begun.elapsed() > PATIENCE {
                process.kill().unwrap();
                process.wait().unwrap();
                panic!("tweetty {arguments:?} does not end");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        Ran { status, out: text(&mut out), err: text(&mut err) }
    }

    /// Adds a user; answers their key.
    pub(crate) fn add_user(&self, nickname: &str) -> String {
        self.cli(&["users", "add", nickname, "--json"]).json()["api_key"].as_str().unwrap().to_owned()
    }
}

/// All that was written to the file.
fn text(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// A running service with data of its own; it is killed when it is dropped.
pub(crate) struct Service {
    pub(crate) data: Data,
    starter: Vec<String>,
    arguments: Vec<String>,
    process: Option<Child>,
    welcome: Value,
}

impl Service {
    /// Serves an empty store.
    pub(crate) fn start(store: Store) -> Self {
        Self::on(Data::fresh(store), &[])
    }

    /// Serves an empty store with those settings besides.
    pub(crate) fn with(store: Store, settings: &[(&str, &str)]) -> Self {
        let mut data = Data::fresh(store);
        for (name, value) in settings {
            data.set(name, value);
        }
        Self::on(data, &[])
    }

    /// Serves that data with those arguments.
    pub(crate) fn on(data: Data, arguments: &[&str]) -> Self {
        Self::started(data, &[], arguments)
    }

    /// Serves that data, started by another program that becomes the service.
    pub(crate) fn within(data: Data, starter: &[&str]) -> Self {
        Self::started(data, starter, &[])
    }

    fn started(data: Data, starter: &[&str], arguments: &[&str]) -> Self {
        let [starter, arguments] =
            [starter, arguments].map(|words| words.iter().map(|word| (*word).to_owned()).collect());
        let mut service = Self { data, starter, arguments, process: None, welcome: Value::Null };
        service.start_again();
        service
    }

    /// Starts the stopped service on its data, on another port.
    pub(crate) fn start_again(&mut self) {
        let log = File::options().create(true).append(true).open(self.data.file("log")).unwrap();
        let said = File::create(self.data.file("said")).unwrap();
        let mut command = self.data.command_within(&self.starter);
        command.args(["serve", "--json"]).args(&self.arguments).stdout(said).stderr(log);
        let mut process = command.spawn().unwrap();
        let begun = Instant::now();
        self.welcome = loop {
            let said = std::fs::read_to_string(self.data.file("said")).unwrap();
            if let Some(line) = said.strip_suffix('\n') {
                break serde_json::from_str(line).unwrap();
            }
            let ended = process.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{ended:?}: {said}{}", self.logged());
            std::thread::sleep(Duration::from_millis(5));
        };
        self.process = Some(process);
    }

    /// Where it listens: `http://127.0.0.1:1234`.
    pub(crate) fn url(&self) -> &str {
        self.welcome["url"].as_str().unwrap()
    }

    /// The address that it listens on: `127.0.0.1:1234`.
    pub(crate) fn address(&self) -> &str {
        self.welcome["address"].as_str().unwrap()
    }

    /// What it said when it started.
    pub(crate) fn welcome(&self) -> &Value {
        &self.welcome
    }

    /// The id of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.as_ref().expect("the service runs").id()
    }

    /// Sends a signal: `TERM`, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &process]).status().unwrap().success());
    }

    /// Ends the service in good order.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Waits for the end of the service.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.take().expect("the service runs").wait().unwrap()
    }

    /// The data of a stopped service.
    pub(crate) fn into_data(mut self) -> Data {
        assert!(!self.runs(), "the service must be stopped first");
        // Something of its own in its place: the service itself has a destructor.
        std::mem::replace(
            &mut self.data,
            Data { settings: vec![], folder: tempfile::tempdir().unwrap(), database: None },
        )
    }

    /// Ends the service as a crash does.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().expect("the service runs");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Stops the service in good order and starts it on the same data.
    pub(crate) fn restart(&mut self) {
        assert!(self.stop().success());
        self.start_again();
    }

    /// Whether it runs, as far as these tests know.
    pub(crate) fn runs(&self) -> bool {
        self.process.is_some()
    }

    /// Runs a command on the same data.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Ran {
        self.data.cli(arguments)
    }

    /// Runs a command on the same data; answers whether it succeeded, and what it printed.
    pub(crate) fn tweetty(&self, arguments: &[&str]) -> (bool, String) {
        let Ran { status, out, err } = self.cli(arguments);
        if status == 0 { (true, out) } else { (false, format!("{out}{err}")) }
    }

    /// Adds a user; answers their key.
    pub(crate) fn add_user(&self, nickname: &str) -> String {
        self.data.add_user(nickname)
    }

    /// A file in the service's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.data.file(name)
    }

    /// Its open connections and images, by what the system says they are; Linux only.
    pub(crate) fn held_open(&self) -> Vec<String> {
        let links = std::fs::read_dir(format!("/proc/{}/fd", self.process())).unwrap();
        // One that was closed in between has no target any more.
        let targets = links.filter_map(|link| std::fs::read_link(link.unwrap().path()).ok());
        let targets = targets.map(|target| target.display().to_string());
        targets.filter(|target| target.starts_with("socket:") || target.contains("/media/")).collect()
    }

    /// How many files it may have open: the soft limit and the hard one; Linux only.
    pub(crate) fn limits_of_open_files(&self) -> [String; 2] {
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", self.process())).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
        let mut words = line.split_whitespace().skip(3).map(str::to_owned);
        [words.next().unwrap(), words.next().unwrap()]
    }

    /// The most memory that it ever had, in MiB; Linux only.
    pub(crate) fn peak_memory(&self) -> u64 {
        let process = self.process.as_ref().expect("the service runs").id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// What it has logged since its first start.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.data.file("log")).unwrap_or_default()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It writes the lines that it has reached when it ends in good order, and only then.
            if coverage().is_some() {
                let id = process.id().to_string();
                Command::new("kill").args(["-s", "TERM", &id]).status().ok();
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_secs(5) && matches!(process.try_wait(), Ok(None)) {
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
            process.kill().ok();
            process.wait().ok();
        }
    }
}
