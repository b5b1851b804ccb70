//! Behind PgBouncer: every command that opens a store works in session mode, and is refused in the other modes.

use std::time::{Duration, Instant};

use tweetty_cluster::{Cluster, PoolMode, Pooler};

use crate::client::get;
use crate::support::{Data, Service, Store};

/// Data whose database is reached by that URL.
fn data_at(url: &str) -> Data {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_DATABASE_URL", url);
    data
}

#[test]
fn a_pooler_that_mixes_sessions_up_is_refused_by_every_command_with_the_cure() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let direct = data_at(&database.url());
    direct.cli(&["migrate"]).quietly();
    direct.add_user("ann");
    direct.cli(&["backup", "--to", "backup"]).quietly();
    let backup = direct.file("backup").display().to_string();
    for mode in [PoolMode::Transaction, PoolMode::Statement] {
        let pooler = Pooler::before(&cluster, mode, &[]);
        let url = pooler.url(database.name());
        let data = data_at(&url);
        for command in [
            &["serve"][..],
            &["migrate"],
            &["users", "list"],
            &["users", "add", "bob"],
            &["check", "--repair"],
            &["audit"],
            &["seed", "--users", "2", "--tweets", "2", "--likes", "2", "--follows", "2"],
            &["backup", "--to", "backup"],
            &["restore", "--from", &backup],
            &["copy", "--from", &url, "--to", "sqlite://copy.db"],
        ] {
            let begun = Instant::now();
            let cure = "connect to PostgreSQL directly, or set pool_mode=session";
            data.cli(command).refused(1, &["TWEETTY_DATABASE_URL", cure]);
            // Some tenths of a second on a machine with nothing else to do.
            assert!(begun.elapsed() < Duration::from_secs(3), "{command:?}: {:?}", begun.elapsed());
        }
        assert!(!data.file("backup").exists());
    }
}

#[test]
fn a_pooler_in_session_mode_is_as_good_as_none() {
    let cluster = Cluster::start();
    let (database, empty) = (cluster.database(), cluster.database());
    let pooler = Pooler::before(&cluster, PoolMode::Session, &[]);
    let data = data_at(&pooler.url(database.name()));
    data.cli(&["migrate"]).quietly();
    let key = data.add_user("ann");
    let service = Service::on(data, &[]);
    assert_eq!(get(&service, "/api/users/me", &key)["user"]["name"], "ann");
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
    service.cli(&["backup", "--to", "backup"]).quietly();
    let other = data_at(&pooler.url(empty.name()));
    let backup = service.file("backup").display().to_string();
    other.cli(&["restore", "--from", &backup]).quietly();
    assert!(other.cli(&["users", "list"]).quietly().contains("ann"));
}
