//! `users sync`: the store's people become those of the file.

use std::fs;

use serde_json::{Value, json};

use crate::client::{publish, status_of_key};
use crate::support::{Data, Ran, Service, Store};

on_both_stores!(
    people_join_change_leave_and_come_back_and_twice_is_as_once,
    a_dry_run_says_what_would_be_done_and_does_nothing,
    beyond_the_cap_nobody_is_touched,
    whom_nobody_manages_is_adopted_and_whom_another_list_manages_is_left_alone,
    a_line_that_can_not_be_is_named_and_nobody_is_touched,
    sync_makes_keys_only_into_a_file,
    what_a_leaver_wrote_stays_and_their_key_ends,
    what_a_sync_did_is_in_the_log,
    thousands_are_synced_in_steps,
    what_others_write_is_taken_beside_a_sync,
);

fn sync(data: &Data, content: &str, more: &[&str]) -> Ran {
    fs::write(data.file("people.csv"), content).unwrap();
    data.cli(&[&["users", "sync", "people.csv"], more].concat())
}

/// How many joined, changed, left, and were as they should be.
fn counts(synced: &Value) -> [usize; 4] {
    let count = |list: &str| synced[list].as_array().unwrap().len();
    [
        count("joined"),
        count("changed"),
        count("left"),
        synced["unchanged"].as_u64().unwrap().try_into().unwrap(),
    ]
}

fn get(data: &Data, user: &str) -> Value {
    data.cli(&["users", "get", user, "--json"]).json()
}

const FIRST: &str = "external_id,login,nickname,first_name,title\n1,ann@corp.test,ann,Ann,Editor\n\
    2,bob@corp.test,bob,Bob,\n3,eve@corp.test,eve,Eve,\n";

fn people_join_change_leave_and_come_back_and_twice_is_as_once(store: Store) {
    let data = Data::made(store);
    assert_eq!(counts(&sync(&data, FIRST, &["--json"]).json()), [3, 0, 0, 0]);
    assert_eq!(counts(&sync(&data, FIRST, &["--json"]).json()), [0, 0, 0, 3]);
    let ann = get(&data, "ann");
    assert_eq!(
        (&ann["login"], &ann["managed_by"], &ann["title"]),
        (&json!("ann@corp.test"), &json!("people"), &json!("Editor"))
    );

    // Renamed by the id, a title that is gone, a missing user, a new one without a nickname.
    let second = "external_id,login,nickname,first_name,title\n1,anna@corp.test,anna,Ann,\n2,bob@corp.test,bob,Bob,Boss\n\
        4,kim@corp.test,,Kim,\n";
    let leave = ["--deactivate-missing", "--at-most", "1", "--json"];
    let synced = sync(&data, second, &leave).json();
    assert_eq!(counts(&synced), [1, 2, 1, 0]);
    assert_eq!(synced["changed"][0]["fields"], "nickname, login, title");
    assert_eq!(synced["joined"], json!([{"line": 4, "nickname": "kim"}]));
    assert_eq!(synced["left"], json!([{"id": 3, "nickname": "eve"}]));
    assert_eq!(counts(&sync(&data, second, &leave).json()), [0, 0, 0, 3]);
    let anna = get(&data, "#1");
    assert_eq!((&anna["nickname"], &anna["title"]), (&json!("anna"), &json!(null)));
    assert_eq!((&get(&data, "eve")["active"], &get(&data, "kim")["active"]), (&json!(false), &json!(true)));

    let synced = sync(&data, FIRST, &["--json"]).json();
    assert_eq!(counts(&synced), [0, 3, 0, 0]);
    assert_eq!(synced["changed"][2]["returns"], true);
    assert_eq!(synced["missing"], json!([{"id": 4, "nickname": "kim"}]));
    assert_eq!(get(&data, "eve")["active"], true);
    // What has no column stays as it is.
    assert_eq!(counts(&sync(&data, "external_id,nickname\n1,ann\n", &["--json"]).json()), [0, 0, 0, 1]);
    assert_eq!(get(&data, "ann")["title"], "Editor");
}

fn a_dry_run_says_what_would_be_done_and_does_nothing(store: Store) {
    let data = Data::made(store);
    sync(&data, FIRST, &[]).quietly();
    let list = data.cli(&["users", "list", "--json"]).out;
    let log = data.cli(&["audit", "--json"]).out;
    let second =
        "external_id,login,nickname\n1,ann@corp.test,anna\n2,bob@corp.test,bob\n9,zoe@corp.test,zoe\n";
    let text = sync(&data, second, &["--dry-run", "--deactivate-missing", "--at-most", "50%"]).quietly();
    for line in [
        "leaves      #3 eve\n",
        "changes     #1 ann (line 2) nickname\n",
        "joins       zoe (line 4)\n",
        "would be done: 1 joined, 1 changed (0 of them came back, 0 were adopted), 1 left; 1 as they were",
    ] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    assert_eq!(data.cli(&["users", "list", "--json"]).out, list);
    assert_eq!(data.cli(&["audit", "--json"]).out, log);
}

fn beyond_the_cap_nobody_is_touched(store: Store) {
    let data = Data::made(store);
    let people = (0..20).map(|number| format!("user{number}")).collect::<Vec<_>>().join("\n");
    sync(&data, &format!("nickname\n{people}"), &[]).quietly();
    let list = data.cli(&["users", "list", "-l", "100", "--json"]).out;
    let fewer = format!("nickname\nnew\n{}", people.lines().skip(3).collect::<Vec<_>>().join("\n"));
    for (more, most) in [
        (&["--deactivate-missing"][..], "10%"),
        (&["--deactivate-missing", "--at-most", "2"], "2"),
        (&["--deactivate-missing", "--at-most", "14%"], "14%"),
    ] {
        let words = ["--at-most", "3 of 20 users", &format!("{most} may be"), "nobody was touched"];
        sync(&data, &fewer, more).refused(1, &words);
    }
    sync(&data, "nickname\n", &["--deactivate-missing"])
        .refused(1, &["20 of 20 users", "nobody was touched"]);
    assert_eq!(data.cli(&["users", "list", "-l", "100", "--json"]).out, list);
    sync(&data, &fewer, &["--deactivate-missing", "--at-most", "many"]).refused(2, &["--at-most", "10%"]);
    let done = sync(&data, &fewer, &["--deactivate-missing", "--at-most", "15%", "--json"]).json();
    assert_eq!(counts(&done), [1, 0, 3, 17]);
}

fn whom_nobody_manages_is_adopted_and_whom_another_list_manages_is_left_alone(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    for (name, more) in [
        ("robert", &["--login", "BOB@corp.test"][..]),
        ("evelyn", &["--email", "eve@corp.test"]),
        ("sam", &["--login", "sam@corp.test"]),
        ("guest", &[]),
    ] {
        data.cli(&[&["users", "add", name], more].concat()).quietly();
    }
    data.cli(&["users", "update", "sam", "--managed-by", "scim"]).quietly();
    let file = "login,email,nickname,title\n,,ann,Editor\nbob@corp.test,,bob,\n,eve@corp.test,eve,\nsam@corp.test,,samuel,Boss\n";
    let planned = sync(&data, file, &["--dry-run"]).quietly();
    for line in [
        "changes     #1 ann (line 2) adopted by nickname, title, managed by\n",
        "changes     #2 robert (line 3) adopted by login, nickname, login, managed by\n",
        "changes     #3 evelyn (line 4) adopted by e-mail, nickname, managed by\n",
        "left alone  #4 sam (line 5), managed by scim\n",
    ] {
        assert!(planned.contains(line), "{line:?} is missing in {planned}");
    }
    let leave = ["--deactivate-missing", "--at-most", "100%", "--json"];
    assert_eq!(counts(&sync(&data, file, &leave).json()), [0, 3, 0, 0]);
    assert_eq!(counts(&sync(&data, file, &leave).json()), [0, 0, 0, 3]);
    let sam = get(&data, "sam");
    assert_eq!((&sam["title"], &sam["managed_by"]), (&json!(null), &json!("scim")));
    assert_eq!(
        (&get(&data, "guest")["active"], &get(&data, "guest")["managed_by"]),
        (&json!(true), &json!(null))
    );
}

fn a_line_that_can_not_be_is_named_and_nobody_is_touched(store: Store) {
    let data = Data::made(store);
    sync(&data, FIRST, &[]).quietly();
    let list = data.cli(&["users", "list", "--json"]).out;
    let taken = "external_id,login,nickname\n7,new@corp.test,new\n8,ANN@corp.test,other\n9,x@corp.test,bob\n";
    let ran = sync(&data, taken, &[]);
    assert_eq!((ran.status, ran.err.lines().count()), (1, 3), "{ran:?}");
    for words in [
        "people.csv line 3: the login is that of user #1",
        "people.csv line 4: the nickname is that of user #2",
        "people.csv: 2 lines can't be used; nobody was touched",
    ] {
        assert!(ran.err.contains(words), "{words:?} is missing in {}", ran.err);
    }
    let exchange = "external_id,nickname\n1,bob\n2,ann\n";
    let ran = sync(&data, exchange, &[]);
    assert!(ran.status == 1 && ran.err.contains("user #1 would exchange nickname"), "{ran:?}");
    sync(&data, "nickname,api_key\nkim,\n", &[]).refused(1, &["api_key", "--ignore-columns api_key"]);
    sync(&data, "nickname\nkim\nKIM\n", &[])
        .refused(1, &["line 3", "stands in line 2 too", "nobody was touched"]);
    assert_eq!(data.cli(&["users", "list", "--json"]).out, list);
}

fn sync_makes_keys_only_into_a_file(store: Store) {
    let service = Service::start(store);
    let data = &service.data;
    let said = sync(data, FIRST, &[]).quietly();
    assert!(!said.contains("tweetty_"), "{said}");
    let more = format!("{FIRST}4,kim@corp.test,kim,Kim,\n");
    sync(data, &more, &["--keys-to", "keys.csv"]).quietly();
    let keys = || fs::read_to_string(data.file("keys.csv")).unwrap_or_default();
    let (name, kims) =
        keys().lines().nth(1).unwrap().split_once(',').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!((name.as_str(), status_of_key(&service, &kims), keys().lines().count()), ("kim", 200, 2));
    sync(data, &more, &["--keys-to", "keys.csv"]).refused(1, &["--keys-to", "is there already"]);
    sync(data, FIRST, &["--deactivate-missing", "--at-most", "1"]).quietly();
    sync(data, &more, &["--keys-to", "again.csv"]).quietly();
    let again = fs::read_to_string(data.file("again.csv")).unwrap();
    let key = again.lines().nth(1).unwrap().strip_prefix("kim,").unwrap();
    assert_eq!(status_of_key(&service, key), 200, "who comes back needs a key");
}

fn what_a_leaver_wrote_stays_and_their_key_ends(store: Store) {
    let service = Service::start(store);
    let (ann, bob) = (service.add_user("ann"), service.add_user("bob"));
    sync(&service.data, FIRST, &[]).quietly();
    let tweet = publish(&service, &ann, "still here", &[]);
    let fewer = FIRST.replace("1,ann@corp.test,ann,Ann,Editor\n", "");
    sync(&service.data, &fewer, &["--deactivate-missing", "--at-most", "1"]).quietly();
    let shown = crate::client::get(&service, &format!("/api/tweets/{tweet}"), &bob);
    assert_eq!(shown["tweet"]["author"]["name"], "ann");
    let begun = std::time::Instant::now();
    while status_of_key(&service, &ann) != 401 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn what_a_sync_did_is_in_the_log(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    sync(&data, FIRST, &[]).quietly();
    let fewer = FIRST.replace("3,eve@corp.test,eve,Eve,\n", "");
    sync(&data, &fewer, &["--deactivate-missing", "--at-most", "1"]).quietly();
    sync(&data, FIRST, &[]).quietly();
    let log = data.cli(&["audit", "--json"]).json();
    let synced = log["records"].as_array().unwrap().iter().filter(|record| record["action"] == "users sync");
    let details =
        synced.map(|record| (record["user_id"].as_i64().unwrap(), record["detail"].as_str().unwrap()));
    let adopted = "adopted, first name, login, external id, title, managed by";
    let expected = [(1, adopted), (2, "joined"), (3, "joined"), (3, "left"), (3, "came back")];
    assert_eq!(details.collect::<Vec<_>>(), expected);
    assert!(!log.to_string().contains("corp.test"));
}

fn what_others_write_is_taken_beside_a_sync(store: Store) {
    let service = Service::with(store, &[("TWEETTY_TWEETS_PER_DAY", "0")]);
    let writer = service.add_user("writer");
    let people = (0..1_500).map(|number| format!("user{number},Dept")).collect::<Vec<_>>().join("\n");
    let people = format!("nickname,department\n{people}\n");
    for content in [people.clone(), people.replace("Dept", "IT")] {
        std::thread::scope(|scope| {
            let syncing = scope.spawn(|| sync(&service.data, &content, &["--json"]).json());
            let mut written = 0;
            while !syncing.is_finished() {
                publish(&service, &writer, "beside", &[]);
                written += 1;
            }
            assert!(written > 1, "{written}");
            assert_eq!(counts(&syncing.join().unwrap()).iter().sum::<usize>(), 1_500);
        });
    }
}

fn thousands_are_synced_in_steps(store: Store) {
    let data = Data::made(store);
    let people = |range: std::ops::Range<u32>| {
        let people = range.map(|number| format!("{number},user{number}@corp.test"));
        let people = people.collect::<Vec<_>>().join("\n");
        format!("external_id,login\n{people}")
    };
    assert_eq!(counts(&sync(&data, &people(0..1_700), &["--json"]).json()), [1_700, 0, 0, 0]);
    let leave = ["--deactivate-missing", "--json"];
    assert_eq!(counts(&sync(&data, &people(100..1_700), &leave).json()), [0, 0, 100, 1_600]);
    assert_eq!(counts(&sync(&data, &people(0..1_800), &leave).json()), [100, 100, 0, 1_600]);
    assert_eq!(counts(&sync(&data, &people(0..1_800), &leave).json()), [0, 0, 0, 1_800]);
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
}
