//! Keys that could not be shown: the command says who is in the store, and what it says helps.

use std::fs::{self, File};
use std::process::Stdio;

use serde_json::Value;

use crate::client::status_of_key;
use crate::support::{Data, Ran, Service, Store};

on_both_stores!(
    an_import_whose_output_fails_says_who_is_in_the_store_and_how_they_get_keys,
    a_user_who_was_added_without_an_output_gets_a_key_by_the_command_that_is_named,
    a_replaced_key_that_was_not_shown_is_replaced_again,
    what_has_no_keys_in_it_may_go_into_a_closed_pipe,
);

/// An output that takes nothing, and the reason that is named.
type Output = (fn() -> Stdio, &'static str);

/// A full disk, and a reader who has gone.
const OUTPUTS: [Output; 2] = [(full, "No space left on device"), (closed, "Broken pipe")];

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn cli_into(output: Stdio, data: &Data, arguments: &[&str]) -> Ran {
    let ran = data.command().args(arguments).stdout(output).stderr(Stdio::piped()).output().unwrap();
    Ran {
        status: ran.status.code().unwrap_or(-1),
        out: String::new(),
        err: String::from_utf8(ran.stderr).unwrap(),
    }
}

/// Runs the command that a message names, in a shell as an operator would; answers what it prints.
fn run_what_is_named(data: &Data, message: &str) -> String {
    let (_, command) = message.trim_end().split_once(": for ").map_or_else(
        || {
            message
                .trim_end()
                .split_once(": tweetty ")
                .map(|(said, rest)| (said, format!("tweetty {rest}")))
                .unwrap()
        },
        |(said, rest)| (said, format!("for {rest}")),
    );
    let tweetty = data.command();
    fs::create_dir_all(data.file("bin")).unwrap();
    fs::remove_file(data.file("bin/tweetty")).ok();
    std::os::unix::fs::symlink(tweetty.get_program(), data.file("bin/tweetty")).unwrap();
    let path = format!("{}:{}", data.file("bin").display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &command]).current_dir(tweetty.get_current_dir().unwrap()).env_clear();
    shell.envs(tweetty.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("PATH", path);
    let ran = shell.output().unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{command}: {ran:?}");
    String::from_utf8(ran.stdout).unwrap()
}

/// The keys in an answer, in the order of the users.
fn keys(answer: &str, json: bool) -> Vec<String> {
    if json {
        let documents = answer.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        return documents.map(|user| user["api_key"].as_str().unwrap().to_owned()).collect();
    }
    answer.lines().filter(|line| line.starts_with("tweetty_")).map(str::to_owned).collect()
}

fn user_of(service: &Service, key: &str) -> String {
    crate::client::get(service, "/api/users/me", key)["user"]["name"].as_str().unwrap().to_owned()
}

fn with(arguments: &[&'static str], json: bool) -> Vec<&'static str> {
    if json { [arguments, &["--json"]].concat() } else { arguments.to_vec() }
}

fn an_import_whose_output_fails_says_who_is_in_the_store_and_how_they_get_keys(store: Store) {
    let service = Service::start(store);
    let before = service.add_user("before");
    let given = "k".repeat(40);
    for (number, (output, reason)) in OUTPUTS.into_iter().enumerate() {
        for json in [false, true] {
            let prefix = format!("{}{number}", if json { "j" } else { "t" });
            let header = "nickname,first_name,last_name,api_key";
            let rows = format!("{header}\n{prefix} ann,,,\n{prefix}bob,,,{given}{prefix}\n{prefix}'eve,,,\n");
            fs::write(service.file("people.csv"), rows).unwrap();
            let ran = cli_into(output(), &service.data, &with(&["users", "import", "people.csv"], json));
            ran.refused(
                1,
                &[reason, "all 3 users of people.csv are in the store", "made for 2 of them are lost"],
            );
            assert!(ran.err.contains(&format!("{prefix} ann, #")) && !ran.err.contains(&given), "{ran:?}");
            let found = keys(&run_what_is_named(&service.data, &ran.err), json);
            let users = found.iter().map(|key| user_of(&service, key)).collect::<Vec<_>>();
            assert_eq!(users, [format!("{prefix} ann"), format!("{prefix}'eve")]);
            assert_eq!(user_of(&service, &format!("{given}{prefix}")), format!("{prefix}bob"));
        }
    }
    assert_eq!(status_of_key(&service, &before), 200, "nobody else's key has ended");

    let many = (0..50).map(|number| format!("user {number},,")).collect::<Vec<_>>().join("\n");
    fs::write(service.file("people.csv"), many).unwrap();
    let ran = cli_into(full(), &service.data, &["users", "import", "people.csv", "--no-header"]);
    ran.refused(1, &["all 50 users of people.csv", " user 4, … #", " user 49)", "for id in $(seq "]);
    assert!(ran.err.len() < 500, "{ran:?}");
    assert_eq!(keys(&run_what_is_named(&service.data, &ran.err), false).len(), 50);

    fs::write(service.file("people.csv"), format!("last,,,{given}\n")).unwrap();
    cli_into(full(), &service.data, &["users", "import", "people.csv", "--no-header"])
        .refused(1, &["all 1 users of people.csv are in the store", "no keys were made"]);
    fs::write(service.file("people.csv"), "last,,\n").unwrap();
    cli_into(full(), &service.data, &["users", "import", "people.csv", "--no-header"])
        .refused(1, &["line 1", "is taken", "nobody was imported"]);
}

fn a_user_who_was_added_without_an_output_gets_a_key_by_the_command_that_is_named(store: Store) {
    let service = Service::start(store);
    let names = [["ann", "bob"], ["eve", "max"]];
    let asked = names.iter().zip(OUTPUTS).flat_map(|(names, output)| {
        names.iter().zip([false, true]).map(move |(name, json)| (*name, output, json))
    });
    for (name, (output, reason), json) in asked {
        let ran = cli_into(output(), &service.data, &with(&["users", "add", name], json));
        ran.refused(1, &[reason, &format!(", {name}, is in the store, but the key is lost")]);
        let found = keys(&run_what_is_named(&service.data, &ran.err), json);
        assert_eq!(found.iter().map(|key| user_of(&service, key)).collect::<Vec<_>>(), [name]);
    }
    let given = "k".repeat(40);
    let ran = cli_into(full(), &service.data, &["users", "add", "zed", "--api-key", &given]);
    ran.refused(1, &["user #5, zed, is in the store, with the key that was given"]);
    assert!(!ran.err.contains(&given), "{ran:?}");
}

fn a_replaced_key_that_was_not_shown_is_replaced_again(store: Store) {
    let service = Service::start(store);
    for (name, (output, reason)) in ["ann", "bob"].into_iter().zip(OUTPUTS) {
        service.add_user(name);
        for json in [false, true] {
            let ran = cli_into(output(), &service.data, &with(&["users", "new-api-key", name], json));
            ran.refused(1, &[reason, name, "a new key, which is lost", "the old ones have ended"]);
            let found = keys(&run_what_is_named(&service.data, &ran.err), json);
            assert_eq!(found.iter().map(|key| user_of(&service, key)).collect::<Vec<_>>(), [name]);
        }
    }
    let old = service.add_user("eve");
    let ran = cli_into(full(), &service.data, &["users", "new-api-key", "eve", "--keep-old-for", "1h"]);
    ran.refused(1, &["which is lost", "the old ones end at 2", "--keep-old-for 1h"]);
    run_what_is_named(&service.data, &ran.err);
    let begun = std::time::Instant::now();
    while begun.elapsed() < std::time::Duration::from_secs(5) {
        assert_eq!(status_of_key(&service, &old), 200, "the grace time goes on");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    let given = "k".repeat(40);
    let ran = cli_into(full(), &service.data, &["users", "new-api-key", "eve", "--api-key", &given]);
    ran.refused(1, &["user #3, eve, has the key that was given, and the old ones have ended"]);
    assert_eq!(user_of(&service, &given), "eve");
}

fn what_has_no_keys_in_it_may_go_into_a_closed_pipe(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    for arguments in [&["users", "list"][..], &["users", "get", "ann", "--json"], &["audit"]] {
        assert_eq!(cli_into(closed(), &data, arguments).status, 0, "{arguments:?}");
        cli_into(full(), &data, arguments).refused(1, &["standard output: No space left on device"]);
    }
}

#[test]
fn the_command_that_is_named_reaches_the_store_of_this_one() {
    let data = Data::made(Store::Sqlite);
    let elsewhere = ["--database-url", "sqlite://else where.db"];
    data.cli(&[&["migrate"], &elsewhere[..]].concat()).quietly();
    data.add_user("stranger");
    let ran = cli_into(full(), &data, &[&["users", "add", "ann"], &elsewhere[..]].concat());
    ran.refused(1, &["user #1, ann", "'#1' --database-url 'sqlite://else where.db'"]);
    assert!(run_what_is_named(&data, &ran.err).starts_with("user #1, ann, has a new key"));
}

#[test]
fn a_url_that_may_hold_a_password_is_not_repeated() {
    let mut data = Data::made(Store::Postgres);
    let url = data.url().to_owned();
    data.unset("TWEETTY_DATABASE_URL");
    let ran = cli_into(full(), &data, &["users", "add", "ann", "--database-url", &url]);
    ran.refused(1, &["user #1, ann, is in the store", "'#1' --database-url URL"]);
    assert!(!ran.err.contains("postgres"), "{ran:?}");
    data.set("TWEETTY_DATABASE_URL", &url);
    assert!(run_what_is_named(&data, &ran.err.replace(" --database-url URL", "")).contains("ann"));
}

#[test]
fn probe_users_whose_keys_were_not_shown_get_new_ones_by_the_command_that_is_named() {
    let data = Data::made(Store::Sqlite);
    let figures = ["seed", "--users", "12", "--tweets", "5", "--likes", "5", "--follows", "12"];
    let ran = cli_into(full(), &data, &figures);
    ran.refused(1, &["the company is in the store", "for user in probe10;"]);
    assert_eq!(keys(&run_what_is_named(&data, &ran.err), false).len(), 1);
}
