//! A PgBouncer in front of a cluster.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Cluster, SUPERUSER};

/// Ends the program and its folder with its own input, whatever becomes of the process at the other end.
const SCRIPT: &str = r#"
folder=$1
shift
"$@" &
cat >/dev/null
kill $!
wait
rm -rf "$folder""#;
const PATIENCE: Duration = Duration::from_secs(10);

/// When a client of the pooler gives the server's connection back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// When it leaves.
    Session,
    /// After each transaction.
    Transaction,
    /// After each statement.
    Statement,
}

/// A running PgBouncer; it ends with this value.
#[derive(Debug)]
pub struct Pooler {
    folder: PathBuf,
    process: Child,
}

impl Pooler {
    /// Before that cluster, on a unix socket, with further settings: each a name and a value.
    pub fn before(cluster: &Cluster, mode: PoolMode, settings: &[(&str, &str)]) -> Self {
        let (account, server) = cluster.server.own();
        let folder = configured(server, mode, settings);
        account.own(&folder);
        let mut command = account.command(Path::new("sh"));
        command.args(["-c", SCRIPT, "pooler"]).arg(&folder);
        command.arg(program()).arg("--quiet").arg(folder.join("ini"));
        let pooler = Self { process: started(&mut command), folder };
        pooler.wait();
        pooler
    }

    fn wait(&self) {
        let begun = Instant::now();
        while !self.folder.join(".s.PGSQL.5432").exists() {
            let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "PgBouncer does not start; its log:\n{}", log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The `postgres://` URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.display().to_string().replace('%', "%25").replace('/', "%2F");
        format!("postgres://{SUPERUSER}@{socket}/{database}")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

fn started(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("sh can be run")
}

/// A new folder with the settings.
fn configured(server: &Path, mode: PoolMode, settings: &[(&str, &str)]) -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix("tweetty-pooler-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .expect("a temporary folder can be made")
        .keep();
    let mode = match mode {
        PoolMode::Session => "session",
        PoolMode::Transaction => "transaction",
        PoolMode::Statement => "statement",
    };
    let [here, server] = [folder.as_path(), server].map(|path| path.display().to_string());
    let mut text = format!(
        "[databases]\n* = host={server} port=5432\n\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n\
         unix_socket_dir = {here}\nauth_type = trust\nauth_file = {here}/users\nlogfile = {here}/log\n\
         pool_mode = {mode}\ndefault_pool_size = 50\nmax_client_conn = 200\n"
    );
    for (name, value) in settings {
        writeln!(text, "{name} = {value}").expect("a string takes it");
    }
    for (file, text) in [("ini", text), ("users", format!("\"{SUPERUSER}\" \"\"\n"))] {
        std::fs::write(folder.join(file), text).expect("PgBouncer's settings can be written");
    }
    folder
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Not in the PATH of everybody.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let mut found = folders.map(|folder| folder.join("pgbouncer"));
    found.find(|program| program.is_file()).expect(
        "no PgBouncer found; install it: `apt-get install -y pgbouncer`, `dnf install pgbouncer` or \
         `brew install pgbouncer`",
    )
}
