//! `users import`: all or nothing, every bad line named.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::client::status_of_key;
use crate::support::{Data, Ran, Service, Store};

on_both_stores!(
    a_file_is_imported_and_the_made_keys_are_printed_once,
    a_bad_line_is_named_and_nobody_is_imported,
    all_bad_lines_are_named_at_once,
    what_is_taken_is_named_line_by_line,
    a_file_of_another_program_makes_neither_a_user_nor_a_key,
    columns_of_other_names_are_mapped_or_left_out,
    an_encoding_is_recognised_or_named,
    who_has_a_login_alone_gets_a_nickname_that_nobody_has,
    who_looks_like_another_of_the_file_gets_a_number,
    keys_go_into_a_file_that_only_its_owner_reads,
    thousands_are_imported_at_once,
    no_cell_of_csv_is_a_formula_and_the_file_is_read_back,
);

fn import(data: &Data, content: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    fs::write(data.file("people.csv"), content).unwrap();
    data.cli(&[&["users", "import", "people.csv"], more].concat())
}

fn count(data: &Data) -> usize {
    data.cli(&["users", "list", "-l", "1000", "--json"]).json()["users"].as_array().unwrap().len()
}

fn nicknames(users: &Value) -> Vec<&str> {
    users["users"].as_array().unwrap().iter().map(|user| user["nickname"].as_str().unwrap()).collect()
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

fn who_looks_like_another_of_the_file_gets_a_number(store: Store) {
    let data = Data::made(store);
    let ran =
        import(&data, "nickname,first_name\nИван Иванов,Иван\nиван  иванов,Иван\nкира,Кира\n", &["--json"]);
    assert!(ran.err.contains("line 3: the nickname looks like that of line 2"), "{ran:?}");
    assert_eq!(nicknames(&ran.json()), ["Иван Иванов", "иван иванов2", "кира"]);
    data.cli(&["check"]).quietly();
}

fn a_bad_line_is_named_and_nobody_is_imported(store: Store) {
    let data = Data::made(store);
    data.cli(&["users", "add", "Taken", "--api-key", &"t".repeat(30)]).quietly();
    let stolen = format!("ann,,\neve,,,{}\n", "t".repeat(30));
    for (lines, words) in [
        (
            "ann,,\ntaken,,\n".as_bytes(),
            &["people.csv line 3", "\"taken\"", "is taken by user #1", "nobody was imported"][..],
        ),
        (stolen.as_bytes(), &["people.csv line 3", "\"eve\"", "in use already"]),
        (b"\r\nann,,\r\n,B,\r\n", &["people.csv line 4", "nickname: empty"]),
        (b"ann,,\nbob\n", &["people.csv line 3", "4 are needed"]),
        (b"ann,,\nbob,,\nANN,,\n", &["people.csv line 4", "line 2 too"]),
        (b"ann,,\n\xff,,\n", &["people.csv line 3", "not UTF-8", "--encoding windows-1251"]),
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

fn all_bad_lines_are_named_at_once(store: Store) {
    let data = Data::made(store);
    let bad = (0..120).map(|_| "x\u{200B},\n").collect::<String>();
    let ran = import(&data, format!("nickname,first_name\nann,Ann\n{bad}bob,Bob,Bell\n"), &[]);
    let lines = ran.err.lines().collect::<Vec<_>>();
    assert_eq!((ran.status, ran.out.as_str(), lines.len()), (1, "", 101), "{ran:?}");
    for (number, line) in (3..).zip(&lines[..100]) {
        let problem = "nickname: contains the control or invisible character U+200B; remove it";
        assert_eq!(*line, format!("tweetty: people.csv line {number}: {problem}"));
    }
    let rest = "121 lines can't be used, 21 of them not named here; nobody was imported";
    assert_eq!(lines[100], format!("tweetty: people.csv: {rest}"));
    assert_eq!(count(&data), 0);
}

fn what_is_taken_is_named_line_by_line(store: Store) {
    let data = Data::made(store);
    data.cli(&["users", "add", "ann", "--login", "ann@corp.test", "--external-id", "7"]).quietly();
    let file = "nickname,login,external_id\nbob,,\nAnn,x,\neve,ANN@corp.test,\nkim,,7\n";
    let ran = import(&data, file, &[]);
    assert_eq!((ran.status, ran.err.lines().count()), (1, 4), "{ran:?}");
    for words in [
        "line 3: the nickname \"Ann\" is taken by user #1",
        "line 4: the login \"ANN@corp.test\" is taken by user #1",
        "line 5: the external id \"7\" is taken by user #1",
        "3 lines can't be used; nobody was imported",
    ] {
        assert!(ran.err.contains(words), "{words:?} is missing in {}", ran.err);
    }
    assert_eq!(count(&data), 1);
}

fn a_file_of_another_program_makes_neither_a_user_nor_a_key(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    let foreign = "Username,First Name,Last Name,Email\nann.lee,Ann,Lee,ann.lee@corp.test\n";
    import(&data, foreign, &[]).refused(
        1,
        &["people.csv line 1", "\"Username\"", "--columns", "--ignore-columns", "nobody was imported"],
    );
    import(&data, foreign, &["--no-header"]).refused(1, &["people.csv line 1", "no user", "--columns"]);
    let (_, users) = foreign.split_once('\n').unwrap();
    import(&data, users, &[]).refused(1, &["people.csv line 1", "--no-header"]);
    let ran = import(&data, users, &["--no-header"]);
    ran.refused(1, &["people.csv line 1", "api_key", "e-mail address", "leave the column empty"]);
    assert!(!ran.err.contains("corp.test"), "{ran:?}");
    import(&data, "", &[]).refused(1, &["people.csv line 1", "empty"]);
    import(&data, b"PK\x03\x04\x14\0\x06\0", &[]).refused(1, &["people.csv line 1", "workbook", "CSV UTF-8"]);
    assert_eq!(count(&data), 1);
    import(&data, "ann.lee,Ann,Lee\n", &["--no-header"]).quietly();
    assert_eq!(count(&data), 2);
}

fn columns_of_other_names_are_mapped_or_left_out(store: Store) {
    let data = Data::made(store);
    let personnel = "Employee ID;First Name;Last Name;Work Email;Username;Status\r\n\
        1000;Анна;Петрова;anna@corp.test;anna.petrova;Active\r\n;;;;;\r\n1003;Jürgen;Müller;m@corp.test;mueller;Active\r\n\r\n";
    let columns = "Employee ID=external_id,Work Email=email,Username=nickname";
    let mapped = ["--columns", columns, "--ignore-columns", "Status", "--json"];
    assert_eq!(nicknames(&import(&data, personnel, &mapped).json()), ["anna.petrova", "mueller"]);
    let anna = data.cli(&["users", "get", "anna.petrova", "--json"]).json();
    assert_eq!(
        ["external_id", "email", "first_name", "login"].map(|field| anna[field].clone()),
        [json!("1000"), json!("anna@corp.test"), json!("Анна"), json!(null)]
    );
    import(&data, personnel, &["--columns", "Username=name"])
        .refused(2, &["--columns", "FROM=TO", "external_id"]);
    import(&data, personnel, &["--columns", "Nick=nickname"]).refused(1, &["no column \"Nick\""]);
}

fn an_encoding_is_recognised_or_named(store: Store) {
    let data = Data::made(store);
    let windows = b"nickname;first_name\r\nanna;\xc0\xed\xed\xe0\r\n";
    import(&data, windows, &[]).refused(1, &["line 2", "not UTF-8", "--encoding windows-1251"]);
    import(&data, windows, &["--encoding", "klingon"]).refused(2, &["--encoding", "windows-1251"]);
    import(&data, windows, &["--encoding", "windows-1251"]).quietly();
    let wide = "\u{FEFF}nickname\tfirst_name\r\nмария\tМария\r\n";
    import(&data, wide.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), &[]).quietly();
    for (nickname, first_name) in [("anna", "Анна"), ("мария", "Мария")] {
        assert_eq!(data.cli(&["users", "get", nickname, "--json"]).json()["first_name"], first_name);
    }
}

fn who_has_a_login_alone_gets_a_nickname_that_nobody_has(store: Store) {
    let data = Data::made(store);
    data.add_user("Ann");
    let file = "login,nickname\nann@corp.test,\nann@other.test,\nbob@corp.test,ann3\neve@corp.test,\n";
    let users = import(&data, file, &["--json"]).json();
    assert_eq!(nicknames(&users), ["ann4", "ann2", "ann3", "eve"]);
    let users = import(&data, "login\nANN@third.test\n", &["--json"]).json();
    assert_eq!(nicknames(&users), ["ANN5"]);
}

fn keys_go_into_a_file_that_only_its_owner_reads(store: Store) {
    let service = Service::start(store);
    let data = &service.data;
    let given = "k".repeat(40);
    let file = format!("nickname,api_key\nann,\nbob,{given}\neve,\n");
    let said = import(data, &file, &["--keys-to", "keys.csv"]).quietly();
    assert_eq!(said, "id,nickname,api_key\n1,ann,\n2,bob,\n3,eve,\n");
    let keys_file = data.file("keys.csv");
    assert_eq!(fs::metadata(&keys_file).unwrap().permissions().mode() & 0o777, 0o600);
    let keys = fs::read_to_string(&keys_file).unwrap();
    let lines = keys.lines().map(|line| line.split_once(',').unwrap()).collect::<Vec<_>>();
    assert_eq!(lines.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["nickname", "ann", "eve"]);
    for (_, key) in &lines[1..] {
        assert_eq!(status_of_key(&service, key), 200);
    }
    let other = "nickname\nkim\n";
    import(data, other, &["--keys-to", "keys.csv"]).refused(1, &["--keys-to", "keys.csv is there already"]);
    import(data, other, &["--keys-to", "no/where.csv"]).refused(1, &["--keys-to", "No such file"]);
    assert_eq!((count(data), fs::read_to_string(&keys_file).unwrap()), (3, keys));
    // A key that is in use is known to the store alone: the file of those that are good for nothing goes.
    let stolen = format!("nickname,api_key\nkim,\nsam,{given}\n");
    import(data, stolen, &["--keys-to", "others.csv"]).refused(1, &["line 3", "in use already"]);
    assert!(!data.file("others.csv").exists());
    let one = data.cli(&["users", "new-api-key", "ann", "--keys-to", "ann.csv"]).quietly();
    let ann = fs::read_to_string(data.file("ann.csv")).unwrap();
    let key = ann.lines().nth(1).unwrap().strip_prefix("ann,").unwrap();
    assert!(!one.contains("tweetty_") && status_of_key(&service, key) == 200, "{one}");
    // Many at once, by whatever says who they are.
    data.cli(&["users", "update", "eve", "--login", "eve@corp.test"]).quietly();
    fs::write(data.file("who.csv"), "login,nickname\nEVE@corp.test,\n,bob\n").unwrap();
    let many = ["users", "new-api-key", "--of", "who.csv", "--keys-to", "many.csv"];
    let said = data.cli(&many).quietly();
    assert!(said.starts_with("2 users have new keys; the old ones end at 2"), "{said}");
    let keys = fs::read_to_string(data.file("many.csv")).unwrap();
    for (line, name) in keys.lines().skip(1).zip(["eve", "bob"]) {
        let (nickname, key) = line.split_once(',').unwrap();
        assert_eq!((nickname, status_of_key(&service, key)), (name, 200));
    }
    fs::write(data.file("who.csv"), "nickname\nann\nnobody\nANN2\n").unwrap();
    let ran = data.cli(&["users", "new-api-key", "--of", "who.csv", "--keys-to", "none.csv"]);
    assert!(
        ran.status == 1
            && ran.err.contains("line 3: there is no such user")
            && ran.err.contains("nobody got a key"),
        "{ran:?}"
    );
    assert!(!data.file("none.csv").exists());
    let ran = data.cli(&["users", "new-api-key", "--of", "who.csv"]);
    assert!(ran.status == 2 && ran.err.contains("--keys-to"), "{ran:?}");
}

fn thousands_are_imported_at_once(store: Store) {
    let data = Data::made(store);
    let rows = (0..5_000).map(|number| format!("user {number},Ann,Lee")).collect::<Vec<_>>().join("\n");
    let imported = import(&data, rows, &["--no-header", "--json"]).json();
    let ids = imported["users"].as_array().unwrap().iter().map(|user| user["id"].as_u64().unwrap());
    assert!(ids.eq(1..=5_000));
    assert_eq!(data.cli(&["users", "get", "#5000", "--json"]).json()["nickname"], "user 4999");
}

fn no_cell_of_csv_is_a_formula_and_the_file_is_read_back(store: Store) {
    let data = Data::made(store);
    let names = ["=1+1", "+x", "-y", "@sum", "'=z", "plain"];
    let content = format!("nickname\n{}", names.map(|name| name.replace("'=z", "''=z")).join("\n"));
    let printed = import(&data, &content, &[]).quietly();
    let cells = printed.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect::<Vec<_>>();
    assert_eq!(cells, ["'=1+1", "'+x", "'-y", "'@sum", "''=z", "plain"]);
    let listed = data.cli(&["users", "list", "--json"]).json();
    assert_eq!(nicknames(&listed), names);

    // What it wrote says of the same people who they are.
    data.cli(&["users", "new-api-key", "--of", "people.csv", "--keys-to", "keys"]).quietly();
    let keys = fs::read_to_string(data.file("keys")).unwrap();
    assert!(keys.lines().skip(1).all(|line| !line.starts_with(['=', '+', '-', '@'])), "{keys}");
    data.cli(&["users", "new-api-key", "--of", "keys", "--keys-to", "again"]).quietly();
    let other = Data::made(store);
    fs::copy(data.file("keys"), other.file("people.csv")).unwrap();
    other.cli(&["users", "import", "people.csv"]).quietly();
    assert_eq!(nicknames(&other.cli(&["users", "list", "--json"]).json()), names);
}
