//! Keys: shown once, replaced, and never where they don't belong.

use std::time::{Duration, Instant};

use crate::client::{ends_soon, get, status_of_key};
use crate::support::{Data, Service, Store};

on_both_stores!(
    a_new_key_ends_the_old_one_beside_a_running_server,
    an_old_key_has_its_grace_time_and_no_more,
    a_given_key_is_taken_with_a_warning_if_it_is_short,
    a_key_is_read_from_a_file_or_from_standard_input,
    keys_and_passwords_are_in_no_log,
);

fn a_new_key_ends_the_old_one_beside_a_running_server(store: Store) {
    let service = Service::start(store);
    let old = service.add_user("ann");
    assert_eq!(get(&service, "/api/users/me", &old)["user"]["name"], "ann");
    let replaced = service.cli(&["users", "new-api-key", "ann", "--json"]).json();
    let new = replaced["api_key"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(status_of_key(&service, new), 200);
    assert!(ends_soon(&service, &old));
    let text = service.cli(&["users", "new-api-key", "ann"]).quietly();
    assert_eq!(status_of_key(&service, text.lines().last().unwrap()), 200);
}

fn an_old_key_has_its_grace_time_and_no_more(store: Store) {
    let service = Service::start(store);
    let old = service.add_user("ann");
    let begun = Instant::now();
    let new = service.cli(&["users", "new-api-key", "ann", "--keep-old-for", "4s", "--json"]).json();
    assert_eq!(status_of_key(&service, &old), 200, "after {:?}", begun.elapsed());
    assert_eq!(status_of_key(&service, new["api_key"].as_str().unwrap()), 200);
    std::thread::sleep(Duration::from_secs(4).saturating_sub(begun.elapsed()));
    assert!(ends_soon(&service, &old));
    service
        .cli(&["users", "new-api-key", "ann", "--keep-old-for", "soon"])
        .refused(2, &["--keep-old-for", "36h"]);
    service.cli(&["users", "new-api-key", "eve"]).refused(1, &["\"eve\""]);
}

fn a_given_key_is_taken_with_a_warning_if_it_is_short(store: Store) {
    let service = Service::start(store);
    let short = service.cli(&["users", "add", "ann", "--api-key", "sesame"]);
    assert_eq!(short.status, 0);
    assert!(
        short.err.contains("warning") && short.err.contains("30 characters") && !short.err.contains("sesame")
    );
    assert_eq!(status_of_key(&service, "sesame"), 200);
    service.cli(&["users", "add", "bob", "--api-key", &"b".repeat(30)]).quietly();
    let taken = service.cli(&["users", "add", "eve", "--api-key", &"b".repeat(30)]);
    taken.refused(1, &["\"eve\"", "in use"]);
    service.cli(&["users", "new-api-key", "ann", "--api-key", &"b".repeat(30)]).refused(1, &["in use"]);
    for bad in ["", "open sesame", "clé", &"x".repeat(257)] {
        let refused = service.cli(&["users", "add", "eve", "--api-key", bad]);
        refused.refused(2, &["--api-key", "1 to 256 visible ASCII"]);
        assert!(bad.is_empty() || !refused.err.contains(bad));
    }
    assert!(!service.logged().contains("sesame"));
}

fn a_key_is_read_from_a_file_or_from_standard_input(store: Store) {
    let service = Service::start(store);
    let [anns, bobs] = ["a", "b"].map(|letter| letter.repeat(40));
    std::fs::write(service.file("key"), format!("{anns}\n")).unwrap();
    service.cli(&["users", "add", "ann", "--api-key-file", "key"]).quietly();
    assert_eq!(status_of_key(&service, &anns), 200);
    service.cli(&["users", "add", "bob"]).quietly();
    std::fs::write(service.file("key"), format!("{bobs}\r\n")).unwrap();
    let mut command = service.data.command();
    command.args(["users", "new-api-key", "bob", "--api-key-file", "-"]);
    let ended = command.stdin(std::fs::File::open(service.file("key")).unwrap()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(status_of_key(&service, &bobs), 200);

    service
        .cli(&["users", "add", "eve", "--api-key-file", "nowhere"])
        .refused(1, &["--api-key-file", "nowhere"]);
    std::fs::write(service.file("key"), "open sesame\n").unwrap();
    let refused = service.cli(&["users", "add", "eve", "--api-key-file", "key"]);
    refused.refused(2, &["--api-key-file", "1 to 256 visible ASCII"]);
    assert!(!refused.err.contains("sesame"));
    let both = service.cli(&["users", "add", "eve", "--api-key", "x", "--api-key-file", "key"]);
    assert_eq!(both.status, 2, "{both:?}");
}

#[test]
fn a_key_never_stands_among_the_words_of_the_command_under_systemd() {
    let data = Data::fresh(Store::Sqlite);
    let starter = data.file("systemd-run");
    std::fs::write(&starter, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    std::fs::set_permissions(&starter, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/systemd/tweetty-command");
    let run = |words: &[&str]| {
        let path = format!("{}:{}", data.file("").display(), std::env::var("PATH").unwrap());
        std::process::Command::new("sh").arg(script).args(words).env("PATH", path).output().unwrap()
    };
    for words in
        [&["users", "add", "ann", "--api-key", "sesame"][..], &["users", "add", "ann", "--api-key=sesame"]]
    {
        let refused = run(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8([refused.stdout, refused.stderr].concat()).unwrap();
        assert!(said.contains("--api-key-file -") && !said.contains("sesame"), "{said}");
    }
    let begun = run(&["users", "add", "ann", "--api-key-file", "-"]);
    let words = String::from_utf8(begun.stdout).unwrap();
    assert!(begun.status.success() && words.ends_with("users\nadd\nann\n--api-key-file\n-\n"), "{words}");
}

fn keys_and_passwords_are_in_no_log(store: Store) {
    let service = Service::with(store, &[("TWEETTY_LOG_LEVEL", "debug")]);
    let key = service.add_user("ann");
    assert_eq!(status_of_key(&service, &key), 200);
    assert_eq!(status_of_key(&service, "wrong-but-secret"), 401);
    let logged = service.logged();
    assert!(
        !logged.is_empty() && !logged.contains(&key[8..]) && !logged.contains("wrong-but-secret"),
        "{logged}"
    );
}
