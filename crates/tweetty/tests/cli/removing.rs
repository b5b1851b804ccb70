//! `users remove`: nobody goes by mistake.

use crate::support::{Data, Store};
use crate::terminal::cli_on_terminal;

on_both_stores!(
    nobody_is_removed_without_a_yes,
    a_terminal_asks_for_the_nickname,
    a_number_removes_the_user_of_that_nickname_and_never_the_one_of_that_id,
    who_could_be_two_is_given_by_nickname_and_id,
);

fn nicknames(data: &Data) -> Vec<String> {
    let list = data.cli(&["users", "list", "--json"]).json();
    let users = list["users"].as_array().unwrap().iter();
    users.map(|user| user["nickname"].as_str().unwrap().to_owned()).collect()
}

fn company(store: Store, names: &[&str]) -> Data {
    let data = Data::made(store);
    for name in names {
        data.add_user(name);
    }
    data
}

fn nobody_is_removed_without_a_yes(store: Store) {
    let data = company(store, &["ann", "bob"]);
    data.cli(&["users", "update", "ann", "-f", "Ann", "-l", "Lee"]).quietly();
    data.cli(&["users", "remove", "ann"]).refused(2, &["--yes", "user #1, ann (Ann Lee)", "no terminal"]);
    data.cli(&["users", "remove", "ann", "--json"]).refused(2, &["--yes"]);
    data.cli(&["users", "remove", "eve"]).refused(1, &["no such user"]);
    data.cli(&["users", "remove", "ann", "--id", "0", "--yes"]).refused(2, &["--id", "positive integer"]);
    assert_eq!(nicknames(&data), ["ann", "bob"]);
    data.cli(&["users", "remove", "#1", "-y"]).quietly();
    assert_eq!(nicknames(&data), ["bob"]);
}

fn a_terminal_asks_for_the_nickname(store: Store) {
    let data = company(store, &["ann", "bob"]);
    data.cli(&["users", "follow", "--follower", "bob", "--followee", "ann"]).quietly();
    // 4 is the end of the input.
    for typed in ["y\n", "bob\n", "\n", "\u{4}"] {
        let ran = cli_on_terminal(&data, &["users", "remove", "ann"], typed);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{ran:?}");
        for words in ["user #1, ann, here since ", "1 followers, 0 followees", "nobody was removed"] {
            assert!(ran.err.contains(words), "{ran:?}");
        }
        assert_eq!(nicknames(&data), ["ann", "bob"]);
    }
    let ran = cli_on_terminal(&data, &["users", "remove", "#1"], "Ann\n");
    assert!(ran.status == 0 && ran.out.starts_with("removed user #1, ann, "), "{ran:?}");
    let ran = cli_on_terminal(&data, &["users", "remove", "bob", "--yes"], "");
    assert!(ran.status == 0 && ran.err.is_empty(), "{ran:?}");
    assert_eq!(nicknames(&data), Vec::<String>::new());
}

fn a_number_removes_the_user_of_that_nickname_and_never_the_one_of_that_id(store: Store) {
    let data = company(store, &["ann", "bob", "eve", "3"]);
    let again = || data.cli(&["users", "remove", "3", "--id", "4", "--yes"]);
    again().quietly();
    again().refused(1, &["--id", "\"3\" is a nickname", "nobody has it"]);
    data.cli(&["users", "remove", "3", "--yes"]).refused(1, &["nobody has this nickname", "'#3'"]);
    assert_eq!(nicknames(&data), ["ann", "bob", "eve"]);
}

fn who_could_be_two_is_given_by_nickname_and_id(store: Store) {
    let names = ["ann", "bob", "2", "#1", "5"];
    let data = company(store, &names);
    let both = "the nickname of user #3 and the id of user #2, bob; write 2 --id 3 or bob --id 2";
    data.cli(&["users", "remove", "2", "--yes"]).refused(2, &[both]);
    let both = "the nickname of user #4 and the id of user #1, ann; write '#1' --id 4 or ann --id 1";
    data.cli(&["users", "remove", "#1", "--yes"]).refused(2, &[both]);
    let ran = cli_on_terminal(&data, &["users", "remove", "2"], "2\n");
    assert!(ran.status == 2 && ran.err.contains("--id 3"), "{ran:?}");
    for (word, id, problem) in [
        ("2", "2", "has the id 3, not 2"),
        ("2", "4", "has the id 3, not 4"),
        ("#1", "1", "has the id 4, not 1"),
        ("#2", "2", "\"#2\" is a nickname, and nobody has it"),
        ("ann", "9", "has the id 1, not 9"),
    ] {
        data.cli(&["users", "remove", word, "--id", id, "--yes"])
            .refused(1, &["--id", problem, "nobody was touched"]);
    }
    assert_eq!(nicknames(&data), names);
    // The nickname 5 is that of user #5: one user is meant, whichever way it is read.
    for arguments in [&["5"][..], &["2", "--id", "3"], &["#1", "--id", "4"]] {
        data.cli(&[&["users", "remove", "--yes"], arguments].concat()).quietly();
    }
    assert_eq!(nicknames(&data), ["ann", "bob"]);
}
