//! `users import`: all or nothing, the bad line named.

use std::fs;

use serde_json::json;

use crate::support::{Data, Ran, Store};

on_both_stores!(
    a_file_is_imported_and_the_made_keys_are_printed_once,
    a_bad_line_is_named_and_nobody_is_imported,
    a_file_of_another_program_makes_neither_a_user_nor_a_key,
    thousands_are_imported_at_once,
);

fn import(data: &Data, content: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    fs::write(data.file("people.csv"), content).unwrap();
    data.cli(&[&["users", "import", "people.csv"], more].concat())
}

fn count(data: &Data) -> usize {
    data.cli(&["users", "list", "-l", "1000", "--json"]).json()["users"].as_array().unwrap().len()
}

fn a_file_is_imported_and_the_made_keys_are_printed_once(store: Store) {
    let data = Data::made(store);
    let long = "k".repeat(40);
    let text =
        import(&data, format!("nickname,first_name,last_name,api_key\nann,Ann,Lee,\nbob,,,{long}\n"), &[])
            .quietly();
    let lines = text.lines().collect::<Vec<_>>();
    assert_eq!((lines.len(), lines[0], lines[2]), (3, "id,nickname,api_key", "2,bob,"), "{text}");
    assert!(lines[1].starts_with("1,ann,tweetty_"), "{text}");

    let ran = import(&data, "\"Lee, Eve\",,Lee\nжанна,,,sesame", &["--no-header", "--json"]);
    assert!(ran.err.contains("warning: 1 of the keys") && !ran.err.contains("sesame"), "{ran:?}");
    let users = &ran.json()["users"];
    assert_eq!((&users[0]["nickname"], &users[0]["id"]), (&json!("Lee, Eve"), &json!(3)));
    assert!(users[0]["api_key"].as_str().unwrap().starts_with("tweetty_"));
    assert_eq!(users[1]["api_key"], json!(null), "a given key is not repeated");
    assert_eq!(data.cli(&["users", "get", "ann", "--json"]).json()["last_name"], "Lee");
    assert_eq!(count(&data), 4);
    assert_eq!(import(&data, "nickname,first_name,last_name\n", &["--json"]).json(), json!({"users": []}));
}

fn a_bad_line_is_named_and_nobody_is_imported(store: Store) {
    let data = Data::made(store);
    data.cli(&["users", "add", "Taken", "--api-key", &"t".repeat(30)]).quietly();
    let stolen = format!("ann,,\neve,,,{}\n", "t".repeat(30));
    for (lines, words) in [
        (
            "ann,,\ntaken,,\n".as_bytes(),
            &["people.csv line 3", "\"taken\"", "is taken", "nobody was imported"][..],
        ),
        (stolen.as_bytes(), &["people.csv line 3", "\"eve\"", "in use already"]),
        (b"\r\nann,,\r\n,B,\r\n", &["people.csv line 4", "nickname: 0 characters"]),
        (b"ann,,\nbob\n", &["people.csv line 3", "3 or 4"]),
        (b"ann,,\nbob,,\nANN,,\n", &["people.csv line 4", "line 2 too"]),
        (b"ann,,\n\xff,,\n", &["people.csv line 3", "not UTF-8"]),
        (b"ann,Ann,Lee,\nbob,Bob,Lee,bob@corp.test\n", &["people.csv line 3", "api_key", "e-mail"]),
        (b"ann.lee,Ann,Lee,ann\n", &["people.csv line 2", "api_key", "first_name"]),
    ] {
        let ran = import(&data, [b"nickname,first_name,last_name,api_key\n", lines].concat(), &[]);
        ran.refused(1, words);
        assert!(!ran.err.contains("tttt") && !ran.err.contains("corp.test"), "{ran:?}");
        assert_eq!(count(&data), 1, "{words:?}");
    }
    data.cli(&["users", "import", "absent.csv"]).refused(1, &["absent.csv", "No such file"]);
}

fn a_file_of_another_program_makes_neither_a_user_nor_a_key(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    let foreign = "Username,First Name,Last Name,Email\nann.lee,Ann,Lee,ann.lee@corp.test\n";
    let expected = "nickname,first_name,last_name[,api_key]";
    import(&data, foreign, &[]).refused(1, &["people.csv line 1", expected, "rename", "nobody was imported"]);
    import(&data, foreign, &["--no-header"]).refused(1, &["people.csv line 1", "no user", expected]);
    let (_, users) = foreign.split_once('\n').unwrap();
    import(&data, users, &[]).refused(1, &["people.csv line 1", expected, "--no-header"]);
    let ran = import(&data, users, &["--no-header"]);
    ran.refused(1, &["people.csv line 1", "api_key", "e-mail address", "leave the column empty"]);
    assert!(!ran.err.contains("corp.test"), "{ran:?}");
    import(&data, "", &[]).refused(1, &["people.csv line 1", "empty", expected]);
    assert_eq!(count(&data), 1);
    import(&data, "ann.lee,Ann,Lee\n", &["--no-header"]).quietly();
    assert_eq!(count(&data), 2);
}

fn thousands_are_imported_at_once(store: Store) {
    let data = Data::made(store);
    let rows = (0..5_000).map(|number| format!("user {number},Ann,Lee")).collect::<Vec<_>>().join("\n");
    let imported = import(&data, rows, &["--no-header", "--json"]).json();
    let ids = imported["users"].as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap());
    assert!(ids.eq(1..=5_000));
    assert_eq!(data.cli(&["users", "get", "#5000", "--json"]).json()["nickname"], "user 4999");
}
