//! The life of a cluster: it starts quickly, serves databases and leaves nothing behind.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tweetty_cluster::Cluster;

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_database_is_made_from_a_template_and_dropped_with_its_value() {
    let cluster = Cluster::shared();
    let template = cluster.database();
    template.execute("CREATE TABLE kept (n INT); INSERT INTO kept VALUES (7)");
    let copy = cluster.database_from(template.name());
    assert_eq!(copy.execute("SELECT n FROM kept"), "7");
    let name = copy.name().to_owned();
    drop(copy);
    let found = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(cluster.execute("postgres", &found), "0");
}

#[test]
fn a_stopped_cluster_starts_again_with_its_data() {
    let cluster = Cluster::start();
    let database = cluster.database();
    database.execute("CREATE TABLE kept (n INT); INSERT INTO kept VALUES (7); CHECKPOINT");
    cluster.stop();
    assert!(!cluster.socket_folder().join(".s.PGSQL.5432").exists());
    cluster.start_again();
    assert_eq!(database.execute("SELECT n FROM kept"), "7");
}

#[test]
fn a_dropped_cluster_leaves_nothing_behind() {
    let cluster = Cluster::start();
    let folder = cluster.socket_folder().to_owned();
    assert!(folder.join(".s.PGSQL.5432").exists());
    drop(cluster);
    assert!(!folder.exists());
}

#[test]
fn a_cluster_ends_with_its_process_even_where_that_is_killed() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_tweetty-cluster"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let host = url.split_once('@').unwrap().1.rsplit_once('/').unwrap().0;
    let folder = host.replace("%2F", "/");
    let pid = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
    let pid = pid.lines().next().unwrap().to_owned();
    process.kill().unwrap();
    process.wait().unwrap();
    wait_until("the folder's end", || !Path::new(&folder).exists());
    let state = Command::new("ps").args(["-o", "stat=", "-p", &pid]).output().unwrap().stdout;
    let state = String::from_utf8(state).unwrap();
    assert!(state.is_empty() || state.starts_with('Z'), "the server lives on: {state}");
}
