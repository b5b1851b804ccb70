//! What a company says of its people besides names.

use serde_json::{Value, json};

use crate::client::get;
use crate::support::{Data, Service, Store};

on_both_stores!(
    logins_ids_titles_and_departments_are_given_shown_changed_and_taken_away,
    a_login_and_an_external_id_are_those_of_one_user,
    what_is_no_login_address_or_title_is_refused,
    a_profile_shows_title_and_department,
    operators_find_people_as_they_type,
);

const EVERYTHING: [&str; 10] = [
    "--login",
    "Ann.Lee@corp.test",
    "--email",
    "ann@corp.test",
    "--external-id",
    "00417",
    "--title",
    "Ведущий инженер",
    "--department",
    "R&D",
];

fn shown(data: &Data, user: &str) -> Value {
    data.cli(&["users", "get", user, "--json"]).json()
}

fn logins_ids_titles_and_departments_are_given_shown_changed_and_taken_away(store: Store) {
    let data = Data::made(store);
    data.cli(&[&["users", "add", "ann"], &EVERYTHING[..]].concat()).quietly();
    let ann = shown(&data, "ann");
    let fields = ["login", "email", "external_id", "title", "department", "managed_by", "active"];
    assert_eq!(
        fields.map(|field| ann[field].clone()),
        [
            json!("Ann.Lee@corp.test"),
            json!("ann@corp.test"),
            json!("00417"),
            json!("Ведущий инженер"),
            json!("R&D"),
            json!(null),
            json!(true)
        ]
    );
    let text = data.cli(&["users", "get", "ann"]).quietly();
    for line in ["login      Ann.Lee@corp.test\n", "external   00417\n", "department R&D\n"] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    data.add_user("bob");
    data.cli(&["users", "update", "bob", "--title", "Boss", "--managed-by", "hr"]).quietly();
    assert_eq!(
        (&shown(&data, "bob")["title"], &shown(&data, "bob")["login"]),
        (&json!("Boss"), &json!(null))
    );
    assert_eq!(shown(&data, "bob")["managed_by"], "hr");
    data.cli(&["users", "update", "ann", "--reset-login", "--email", "a@corp.test", "--reset-external-id"])
        .quietly();
    let ann = shown(&data, "ann");
    assert_eq!(
        (&ann["login"], &ann["email"], &ann["external_id"], &ann["title"]),
        (&json!(null), &json!("a@corp.test"), &json!(null), &json!("Ведущий инженер"))
    );
    let log = data.cli(&["audit", "--json"]).out;
    assert!(log.contains("login, e-mail, external id") && !log.contains("a@corp.test"), "{log}");
}

fn a_login_and_an_external_id_are_those_of_one_user(store: Store) {
    let data = Data::made(store);
    data.cli(&[&["users", "add", "ann"], &EVERYTHING[..]].concat()).quietly();
    data.add_user("bob");
    let login = "ANN.LEE@corp.test";
    data.cli(&["users", "add", "eve", "--login", login]).refused(1, &[login, "login", "taken"]);
    data.cli(&["users", "update", "bob", "--login", login]).refused(1, &[login, "login", "taken"]);
    data.cli(&["users", "update", "bob", "--external-id", "00417"])
        .refused(1, &["external id \"00417\"", "taken"]);
    data.cli(&["users", "add", "eve", "--external-id", "00417"])
        .refused(1, &["external id \"00417\"", "taken"]);
    data.cli(&["users", "update", "bob", "--email", "ann@corp.test", "--external-id", "417"]).quietly();
    assert!(shown(&data, "bob")["login"].is_null());
    data.cli(&["users", "get", "eve"]).refused(1, &["no such user"]);
}

fn what_is_no_login_address_or_title_is_refused(store: Store) {
    let data = Data::made(store);
    let long = "x".repeat(255);
    for (flag, value, words) in [
        ("--login", "ann lee", "U+0020"),
        ("--login", &long, "1 to 254"),
        ("--email", "ann", "a name, an @ and a domain"),
        ("--external-id", "", "1 to 255"),
        ("--title", "a\u{200B}b", "U+200B"),
        ("--department", &long, "1 to 200"),
    ] {
        data.cli(&["users", "add", "ann", flag, value]).refused(2, &[flag, words]);
    }
    assert_eq!(data.cli(&["users", "list"]).quietly(), "no users\n");
}

fn a_profile_shows_title_and_department(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    service.cli(&["users", "update", "ann", "--title", "Editor", "--department", "News"]).quietly();
    for path in ["/api/users/me", "/api/users/1"] {
        let user = &get(&service, path, &key)["user"];
        assert_eq!((&user["title"], &user["department"]), (&json!("Editor"), &json!("News")));
    }
}

fn operators_find_people_as_they_type(store: Store) {
    let data = Data::made(store);
    let petr = ["-f", "Пётр", "-l", "О’Нил", "--login", "p.oneil@corp.test", "--department", "Отдел продаж"];
    data.cli(&[&["users", "add", "petr"], &petr[..]].concat()).quietly();
    data.add_user("bob");
    for text in ["онил ПЕТР", "продаж", "p.oneil@", "петр petr отдел", "О\'Нил"] {
        let found = data.cli(&["users", "search", text, "--json"]).json();
        let found = found["users"].as_array().unwrap().iter().map(|user| user["nickname"].clone());
        assert_eq!(found.collect::<Vec<_>>(), ["petr"], "{text}");
    }
    assert_eq!(data.cli(&["users", "search", "петр сидоров"]).quietly(), "no users\n");
}
