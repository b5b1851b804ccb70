//! `users`: what each command says in text and in JSON, and what it refuses.

use serde_json::json;

use crate::support::{Data, Store};

on_both_stores!(
    a_user_is_added_shown_changed_and_removed,
    lists_and_searches_come_in_pages_and_never_show_keys,
    one_follows_another_and_no_longer,
    a_user_is_named_by_nickname_or_by_id,
    what_can_not_be_is_refused_in_one_line,
);

fn a_user_is_added_shown_changed_and_removed(store: Store) {
    let data = Data::made(store);
    let added = data.cli(&["users", "add", "Ann", "-f", "Anna", "-l", "Lee"]).quietly();
    let (said, key) = added.trim_end().split_once('\n').unwrap();
    assert_eq!(said, "added Ann as user #1; the key is shown only this once:");
    assert!(key.starts_with("tweetty_") && key.len() == 80, "{key}");

    let shown = data.cli(&["users", "get", "ann", "--json"]).json();
    assert_eq!(
        (&shown["nickname"], &shown["first_name"], &shown["last_name"]),
        (&json!("Ann"), &json!("Anna"), &json!("Lee"))
    );
    assert!(data.cli(&["users", "get", "ANN"]).quietly().contains("nickname   Ann\n"));

    let changed = data
        .cli(&["users", "update", "ann", "-n", "Annika", "--reset-first-name", "-l", "Ley", "--json"])
        .json();
    assert_eq!(
        (&changed["nickname"], &changed["first_name"], &changed["last_name"]),
        (&json!("Annika"), &json!(null), &json!("Ley"))
    );
    assert_eq!(
        data.cli(&["users", "update", "annika", "-f", "A"]).quietly().trim(),
        "now:       #1  Annika                   A Ley"
    );
    let kept = data.cli(&["users", "get", "annika", "--json"]).json();
    assert_eq!((&kept["first_name"], &kept["last_name"]), (&json!("A"), &json!("Ley")));

    let removed = data.cli(&["users", "remove", "annika", "--yes"]).quietly();
    assert_eq!(removed, "removed user #1, Annika, with their tweets, likes, follows, keys and images\n");
    data.cli(&["users", "get", "annika"]).refused(1, &["\"annika\"", "there is no such user"]);
    data.add_user("bob");
    let removed = data.cli(&["users", "remove", "bob", "--yes", "--json"]).json();
    assert_eq!(removed, json!({"id": 2, "nickname": "bob"}));
}

fn lists_and_searches_come_in_pages_and_never_show_keys(store: Store) {
    let data = Data::made(store);
    let keys = ["ann", "bob", "Жанна", "joanna", "dan"].map(|name| data.add_user(name));
    let list = data.cli(&["users", "list", "-p", "2", "-l", "2", "--json"]);
    let nicknames = |page: &serde_json::Value| {
        page["users"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["nickname"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(nicknames(&list.json()), ["Жанна", "joanna"]);
    assert_eq!((&list.json()["page"], &list.json()["next_page"]), (&json!(2), &json!(3)));
    let last = data.cli(&["users", "list", "-p", "3", "-l", "2", "--json"]).json();
    assert_eq!((nicknames(&last), &last["next_page"]), (vec!["dan".to_owned()], &json!(null)));
    assert_eq!(nicknames(&data.cli(&["users", "search", "ANN", "--json"]).json()), ["ann", "joanna"]);
    assert_eq!(nicknames(&data.cli(&["users", "search", "жан", "--json"]).json()), ["Жанна"]);
    assert_eq!(data.cli(&["users", "search", "nobody"]).quietly(), "no users\n");
    let text = data.cli(&["users", "list", "--limit", "3"]).quietly();
    assert!(text.ends_with("there are more: --page 2\n"), "{text}");
    for printed in [text, list.out, data.cli(&["users", "get", "ann", "--json"]).out] {
        assert!(keys.iter().all(|key| !printed.contains(&key[8..])), "{printed}");
        assert!(!printed.contains("key"), "{printed}");
    }
}

fn one_follows_another_and_no_longer(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    data.add_user("bob");
    for (command, said, json) in [
        (
            "followed",
            "ann does not follow bob\n",
            json!({"follower": "ann", "followee": "bob", "follows": false}),
        ),
        (
            "follow",
            "ann follows from now on bob\n",
            json!({"follower": "ann", "followee": "bob", "follows": true, "changed": false}),
        ),
        ("followed", "ann follows bob\n", json!({"follower": "ann", "followee": "bob", "follows": true})),
        (
            "unfollow",
            "ann no longer follows bob\n",
            json!({"follower": "ann", "followee": "bob", "follows": false, "changed": false}),
        ),
    ] {
        assert_eq!(data.cli(&["users", command, "--follower", "ann", "--followee", "bob"]).quietly(), said);
        assert_eq!(data.cli(&["users", command, "ANN", "#2", "--json"]).json(), json, "the second time");
    }
    let warned = data.cli(&["users", "follow", "ann", "bob"]);
    assert_eq!((warned.status, warned.out.as_str()), (0, "ann follows from now on bob\n"));
    for words in
        ["warning: ", "the other way round", "--follower ann --followee bob", "--follower bob --followee ann"]
    {
        assert!(warned.err.contains(words), "{words:?} is missing in {warned:?}");
    }
    for words in [
        &["ann"][..],
        &["ann", "bob", "eve"],
        &["--follower", "ann"],
        &["ann", "bob", "--follower", "ann"],
        &[],
    ] {
        assert_eq!(data.cli(&[&["users", "follow"], words].concat()).status, 2, "{words:?}");
    }
    let counts = |user| {
        let user = data.cli(&["users", "get", user, "--json"]).json();
        (user["followers_count"].as_u64().unwrap(), user["following_count"].as_u64().unwrap())
    };
    assert_eq!((counts("ann"), counts("bob")), ((0, 1), (1, 0)));
    let follow = |other| data.cli(&["users", "follow", "--follower", "ann", "--followee", other]);
    follow("ann").refused(1, &["you can't follow yourself"]);
    follow("eve").refused(1, &["\"eve\"", "no such user"]);
}

fn a_user_is_named_by_nickname_or_by_id(store: Store) {
    let data = Data::made(store);
    let names = ["ann", "1", "#2", "#9"];
    for name in names {
        data.add_user(name);
    }
    let nickname =
        |who| data.cli(&["users", "get", who, "--json"]).json()["nickname"].as_str().unwrap().to_owned();
    for (who, expected) in [
        ("#1", "ann"),
        (" #1 ", "ann"),
        ("1", "1"),
        ("#2", "1"),
        ("#3", "#2"),
        ("#4", "#9"),
        (" Ann ", "ann"),
    ] {
        assert_eq!(nickname(who), expected, "{who:?}");
    }
    for who in ["5", "#5", "#0", "#+1", "+1", "-1x", "", "#", "1\u{FF11}"] {
        data.cli(&["users", "get", "--", who]).refused(1, &["no such user"]);
    }
    // The cure is named, and nobody else is taken, by each command.
    for (word, cure) in
        [("3", "nobody has this nickname; user #3 is #2: write '#3'"), ("#9", "user #4 is #9: write '#4'")]
    {
        for command in [
            &["get", word][..],
            &["update", word, "-f", "X"],
            &["export", word, "--to", "x.zip"],
            &["remove", word, "--yes"],
            &["new-api-key", word],
            &["follow", "--follower", word, "--followee", "ann"],
            &["unfollow", "--follower", "ann", "--followee", word],
            &["followed", "--follower", "ann", "--followee", word],
        ] {
            data.cli(&[&["users"], command].concat()).refused(1, &[word, cure]);
        }
    }
    let list = data.cli(&["users", "list", "--json"]).json();
    let left = list["users"].as_array().unwrap();
    assert!(left.iter().map(|user| user["nickname"].as_str().unwrap()).eq(names), "{left:?}");
    assert!(left.iter().all(|user| user["first_name"].is_null() && user["following_count"] == 0));
    assert!(!data.file("x.zip").exists());
}

fn what_can_not_be_is_refused_in_one_line(store: Store) {
    let data = Data::made(store);
    data.add_user("Ann");
    data.add_user("bob");
    data.cli(&["users", "add", "ANN"]).refused(1, &["\"ANN\"", "taken"]);
    data.cli(&["users", "update", "bob", "-n", "ann"]).refused(1, &["\"ann\"", "taken"]);
    data.cli(&["users", "add", ""]).refused(2, &["NICKNAME", "0 characters, 1 to 50"]);
    data.cli(&["users", "add", &"x".repeat(51)]).refused(2, &["51 characters, 1 to 50"]);
    data.cli(&["users", "add", "eve", "-f", "a\nb"]).refused(2, &["--first-name", "U+000A"]);
    data.cli(&["users", "list", "-l", "0"]).refused(2, &["--limit", "\"0\""]);
    data.cli(&["users", "list", "-p", "0"]).refused(2, &["--page", "\"0\""]);
    data.cli(&["users", "search", " "]).refused(2, &["TEXT", "1 to 100 characters"]);
    for usage in [
        &["users", "update", "bob"][..],
        &["users"],
        &["users", "add"],
        &["user"],
        &["users", "get", "a", "b"],
    ] {
        let ran = data.cli(usage);
        assert!(ran.status == 2 && ran.out.is_empty() && ran.err.contains("Usage"), "{ran:?}");
    }
    let conflict = data.cli(&["users", "update", "bob", "-f", "B", "--reset-first-name"]);
    assert!(conflict.status == 2 && conflict.err.contains("cannot be used with"), "{conflict:?}");
    assert_eq!(data.cli(&["users", "list", "--json"]).json()["users"].as_array().unwrap().len(), 2);
}
