//! Every command with the role that docs/operations.md describes for serving: it works, or names the cure.

use std::collections::BTreeSet;

use crate::client::{get, publish};
use crate::support::{Data, Service, Store};

const OPERATIONS: &str = include_str!("../../../../docs/operations.md");
const CURE: &str = "the role that owns the tables";

/// A role of that name with the grants of the page, on the database of those data, which it uses from now on.
fn limit(data: &mut Data, role: &str) {
    let (_, behind) = OPERATIONS.split_once("```sql\nGRANT ").unwrap();
    let grants = format!("GRANT {}", behind.split_once("```").unwrap().0).replace("tweetty_serve", role);
    let database = data.database().unwrap();
    // As it is by default since PostgreSQL 15.
    database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    database.execute(&grants);
    be(data, role);
}

/// Another role than the owner from now on.
fn be(data: &mut Data, role: &str) {
    let (scheme, address) = data.url().split_once("://").unwrap();
    let (_, place) = address.split_once('@').unwrap();
    data.set("TWEETTY_DATABASE_URL", &format!("{scheme}://{role}@{place}"));
}

/// A database with the tables in it, and nothing else.
fn migrated() -> Data {
    let data = Data::fresh(Store::Postgres);
    data.cli(&["migrate"]).quietly();
    data
}

/// All commands that `--help` lists, such as `users add`.
fn commands(data: &Data, group: &[&str]) -> BTreeSet<String> {
    let help = data.cli(&[group, &["--help"]].concat()).quietly();
    let Some((_, list)) = help.split_once("Commands:\n") else { return BTreeSet::from([group.join(" ")]) };
    let lines = list.lines().take_while(|line| !line.is_empty());
    // What goes on in the next line is indented further.
    let names = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.flat_map(|name| commands(data, &[group, &[name]].concat())).collect()
}

/// What was tried, by the names of its commands.
#[derive(Default)]
struct Tried(BTreeSet<String>);

impl Tried {
    /// The command, with these arguments, does what it is for.
    #[track_caller]
    fn works(&mut self, data: &Data, command: &str, arguments: &[&str]) -> String {
        self.0.insert(command.to_owned());
        let ran = data.cli(&command.split(' ').chain(arguments.iter().copied()).collect::<Vec<_>>());
        assert_eq!(ran.status, 0, "{command}: {ran:?}");
        ran.out
    }

    /// The command needs the owner, and says so in one line.
    #[track_caller]
    fn needs_the_owner(&mut self, data: &Data, command: &str, arguments: &[&str]) {
        self.0.insert(command.to_owned());
        let ran = data.cli(&command.split(' ').chain(arguments.iter().copied()).collect::<Vec<_>>());
        ran.refused(1, &["TWEETTY_DATABASE_URL", CURE]);
    }
}

#[test]
fn the_documented_role_can_do_all_but_make_and_fill_stores() {
    let role = format!("tweetty_serve_{}", std::process::id());
    let mut tried = Tried::default();
    let (mut data, mut empty, mut bare) = (migrated(), migrated(), Data::fresh(Store::Postgres));
    data.database().unwrap().execute(&format!("CREATE ROLE {role} LOGIN"));
    limit(&mut data, &role);
    limit(&mut empty, &role);
    bare.database().unwrap().execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    be(&mut bare, &role);

    assert!(tried.works(&data, "migrate", &[]).contains("up to date"));
    let key = data.add_user("ann");
    tried.works(&data, "users add", &["bob"]);
    std::fs::write(data.file("people.csv"), "nickname,first_name,last_name\neve,Eve,Fox\n").unwrap();
    tried.works(&data, "users import", &["people.csv"]);
    for (command, arguments) in [
        ("users list", &[][..]),
        ("users get", &["ann"]),
        ("users search", &["b"]),
        ("users update", &["bob", "--first-name", "Bob"]),
        ("users follow", &["--follower", "bob", "--followee", "ann"]),
        ("users followed", &["--follower", "bob", "--followee", "ann"]),
        ("users unfollow", &["--follower", "bob", "--followee", "ann"]),
        ("users new-api-key", &["bob", "--keep-old-for", "1h"]),
        ("users new-api-key", &["bob"]),
        ("users deactivate", &["bob"]),
        ("users activate", &["bob"]),
        ("users sync", &["people.csv"]),
        ("users avatar", &["bob", "--remove"]),
        ("users keys add", &["bob", "--label", "build server"]),
        ("media variants", &[]),
        ("openapi", &[]),
    ] {
        tried.works(&data, command, arguments);
    }

    let keys = tried.works(&data, "users keys list", &["bob", "--json"]);
    let keys = serde_json::from_str::<serde_json::Value>(&keys).unwrap();
    tried.works(&data, "users keys end", &["bob", &keys["keys"][0]["id"].to_string()]);

    let mut service = Service::on(data, &[]);
    tried.0.insert("serve".to_owned());
    publish(&service, &key, "hi", &[]);
    assert_eq!(get(&service, "/api/tweets", &key)["tweets"][0]["content"], "hi");
    tried.works(&service.data, "healthcheck", &["--bind", service.address()]);
    let data = &service.data;
    let tweet = publish(&service, &key, "spam", &[]).to_string();
    tried.works(data, "tweets remove", &[&tweet, "--reason", "spam"]);

    tried.works(data, "users export", &["ann", "--to", "ann.zip"]);
    tried.works(data, "check", &[]);
    data.database().unwrap().execute("UPDATE tweets SET like_count = 7");
    assert!(tried.works(data, "check", &["--repair"]).contains("repaired: 1 counters"));
    assert!(tried.works(data, "audit", &[]).contains("bob"));
    for change in ["UPDATE audit_log SET os_user = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
        let sql = format!("SET ROLE {role}; {change}");
        let tried =
            data.database().unwrap().psql().args(["-v", "ON_ERROR_STOP=1", "-c", &sql]).output().unwrap();
        let refusal = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(refusal.contains("permission denied for table audit_log"), "{change}: {refusal}");
    }
    tried.works(data, "backup", &["--to", "backup"]);
    tried.works(data, "users remove", &["eve", "--yes"]);
    assert!(service.stop().success());
    let data = service.into_data();
    tried.works(&data, "copy", &["--from", data.url(), "--to", "sqlite://copied.db"]);

    let backup = data.file("backup").display().to_string();
    tried.needs_the_owner(&empty, "restore", &["--from", &backup]);
    let company = ["--users", "5", "--tweets", "5", "--likes", "5", "--follows", "5"];
    tried.needs_the_owner(&empty, "seed", &company);
    let copied = format!("sqlite://{}", data.file("copied.db").display());
    tried.needs_the_owner(&empty, "copy", &["--from", &copied, "--to", empty.url()]);
    assert!(tried.works(&empty, "check", &[]).contains("all is as it should be"), "nothing was half done");
    for command in ["migrate", "serve"] {
        tried.needs_the_owner(&bare, command, &[]);
    }
    for command in ["check", "audit"] {
        bare.cli(&[command]).refused(1, &["TWEETTY_DATABASE_URL", "there is no store here"]);
    }
    tried.needs_the_owner(&bare, "restore", &["--from", &backup]);

    // It loads as `copy` does, and wants another server's database.
    tried.0.insert("adopt".to_owned());
    assert_eq!(tried.0, commands(&data, &[]), "every command is tried");
    for data in [&data, &empty, &bare] {
        data.database().unwrap().execute(&format!("DROP OWNED BY {role}"));
    }
    data.database().unwrap().execute(&format!("DROP ROLE {role}"));
}

#[test]
fn a_role_that_can_not_read_all_is_told_what_its_backup_lacks() {
    let role = format!("tweetty_partial_{}", std::process::id());
    let mut data = migrated();
    data.database().unwrap().execute(&format!("CREATE ROLE {role} LOGIN"));
    limit(&mut data, &role);
    for (taken, missing) in
        [("SELECT ON audit_log", "audit_log"), ("SELECT ON ALL SEQUENCES IN SCHEMA public", "_id_seq")]
    {
        data.database().unwrap().execute(&format!("REVOKE {taken} FROM {role}"));
        let words = ["TWEETTY_DATABASE_URL", missing, "GRANT SELECT ON ALL TABLES and ON ALL SEQUENCES"];
        data.cli(&["backup", "--to", "backup"]).refused(1, &words);
        assert!(!data.file("backup").exists());
    }
    data.database().unwrap().execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
