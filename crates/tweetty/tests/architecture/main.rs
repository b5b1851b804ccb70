//! Dependency arrows point inward, modules form no circle, libraries stay behind their door, and no known-bad version comes back.
#![expect(clippy::unwrap_used, reason = "a test may end where its input is not what it must be")]

mod modules;
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What each crate of the workspace may need of the others: in its code, and besides in its tests.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    ("tweetty-domain", &[], &[]),
    ("tweetty-tables", &["tweetty-domain"], &[]),
    ("tweetty-contract", &["tweetty-domain", "tweetty-tables"], &[]),
    ("tweetty-cluster", &[], &[]),
    ("tweetty-trial", &["tweetty-domain"], &[]),
    (
        "tweetty-bench",
        &["tweetty-cluster", "tweetty-domain", "tweetty-postgres", "tweetty-sqlite", "tweetty-trial"],
        &[],
    ),
    ("tweetty-faults", &["tweetty-cluster", "tweetty-trial"], &[]),
    ("tweetty-postgres", &["tweetty-domain", "tweetty-tables"], &["tweetty-contract", "tweetty-cluster"]),
    ("tweetty-sqlite", &["tweetty-domain", "tweetty-tables"], &["tweetty-contract"]),
    ("tweetty-media", &["tweetty-domain"], &[]),
    ("tweetty-http", &["tweetty-domain"], &["tweetty-contract"]),
    ("tweetty-web", &[], &[]),
    (
        "tweetty",
        &[
            "tweetty-domain",
            "tweetty-http",
            "tweetty-media",
            "tweetty-postgres",
            "tweetty-sqlite",
            "tweetty-tables",
            "tweetty-web",
        ],
        &["tweetty-cluster", "tweetty-contract"],
    ),
];

/// Libraries that only the named crates may use: the front door of each is one adapter.
const DOORS: &[(&str, &[&str])] = &[
    ("actix", &["tweetty-http", "tweetty-web"]),
    ("paperclip", &["tweetty-http"]),
    ("diesel", &["tweetty-postgres", "tweetty-sqlite"]),
    ("tokio-postgres", &["tweetty-postgres"]),
    ("libsqlite3-sys", &["tweetty-sqlite"]),
    ("image", &["tweetty-media", "tweetty", "tweetty-trial"]),
    ("anyhow", &["tweetty"]),
    ("metrics", &["tweetty-http", "tweetty-postgres", "tweetty-sqlite", "tweetty-media", "tweetty"]),
    ("opentelemetry", &["tweetty"]),
    ("reqwest", &["tweetty", "tweetty-faults"]),
    ("sentry", &["tweetty"]),
    ("clap", &["tweetty"]),
    ("serde", &["tweetty-http", "tweetty", "tweetty-bench", "tweetty-trial", "tweetty-faults"]),
    (
        "tokio",
        &[
            "tweetty-contract",
            "tweetty-postgres",
            "tweetty-sqlite",
            "tweetty-media",
            "tweetty-http",
            "tweetty",
            "tweetty-bench",
            "tweetty-faults",
        ],
    ),
];

/// The lowest versions without a danger that was measured or reported; the audit databases don't know them all.
const FLOORS: &[(&str, [u64; 3])] = &[
    ("actix-http", [3, 13, 3]),
    ("libsqlite3-sys", [0, 38, 2]),
    ("diesel", [2, 3, 10]),
    ("diesel-async", [0, 9, 2]),
    ("tokio-postgres", [0, 7, 18]),
    ("postgres-protocol", [0, 6, 12]),
];

/// The same of libraries that nothing needs now.
const FLOORS_OF_OTHERS: &[(&str, [u64; 3])] = &[("actix-files", [0, 7, 0]), ("h2", [0, 4, 0])];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Package → (dependency, whether only its tests need it).
fn dependencies() -> BTreeMap<String, Vec<(String, bool)>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let dependency = |value: &Value| (text(&value["name"]), value["kind"] == "dev");
    let package = |value: &Value| {
        (text(&value["name"]), value["dependencies"].as_array().unwrap().iter().map(dependency).collect())
    };
    metadata()["packages"].as_array().unwrap().iter().map(package).collect()
}

#[test]
fn dependency_arrows_point_inward() {
    let dependencies = dependencies();
    let named = ARROWS.iter().map(|(name, ..)| *name).collect::<BTreeSet<_>>();
    let found = dependencies.keys().map(String::as_str).collect::<BTreeSet<_>>();
    assert_eq!(named, found, "every crate has its arrows named here");
    for (name, code, tests) in ARROWS {
        for (dependency, only_tests) in &dependencies[*name] {
            if named.contains(dependency.as_str()) {
                let allowed =
                    code.contains(&&**dependency) || (*only_tests && tests.contains(&&**dependency));
                assert!(allowed, "{name} must not depend on {dependency}");
            }
        }
    }
}

#[test]
fn the_drawing_has_every_arrow_of_the_crates_and_no_other() {
    let drawing = include_str!("../../../../docs/architecture.dot");
    let crates = ARROWS.iter().map(|(name, ..)| name.trim_start_matches("tweetty-")).collect::<BTreeSet<_>>();
    let mut drawn = BTreeSet::new();
    for line in drawing.lines().filter(|line| !line.contains("style=dotted")) {
        let Some((from, behind)) = line.split_once(" -> ") else { continue };
        let to = behind.split([' ', '[']).next().unwrap();
        // The ports are traits of the domain, and whoever implements one depends on it.
        let ends = if line.contains("dir=back") { (to, from) } else { (from, to) };
        let name = |end: &str| end.trim().replace("ports", "domain");
        let (from, to) = (name(ends.0), name(ends.1));
        if from != to && crates.contains(&*from) && crates.contains(&*to) {
            drawn.insert((from, to));
        }
    }
    let arrow = |from: &str, to: &str| {
        (from.trim_start_matches("tweetty-").to_owned(), to.trim_start_matches("tweetty-").to_owned())
    };
    let (mut wanted, mut allowed) = (BTreeSet::new(), BTreeSet::new());
    for (name, code, tests) in ARROWS {
        allowed.extend(code.iter().chain(*tests).map(|other| arrow(name, other)));
        // The binary knows them all, and tools of tests, benchmarks and fault runs are no part of the shape.
        if !["tweetty", "tweetty-bench", "tweetty-contract", "tweetty-faults", "tweetty-trial"].contains(name)
        {
            wanted.extend(code.iter().map(|other| arrow(name, other)));
        }
    }
    let missing = wanted.difference(&drawn).collect::<Vec<_>>();
    assert!(missing.is_empty(), "not drawn: {missing:?}");
    let wrong = drawn.difference(&allowed).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "drawn, but not so: {wrong:?}");
}

#[test]
fn handlers_of_requests_never_name_what_operators_do() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for name in ["http", "web"] {
        modules::read(&crates.join(name).join("src"), &mut files);
    }
    assert!(files.iter().any(|(_, source)| paths::words(source).contains(&"Microblog")));
    for (path, source) in files {
        assert!(!paths::words(&source).contains(&"Operations"), "{}", path.display());
    }
}

#[test]
fn every_crate_stands_in_the_table_of_the_architecture() {
    let page = include_str!("../../../../docs/architecture.md");
    let rows = page.lines().filter(|line| line.starts_with("| `")).collect::<String>();
    for (name, ..) in ARROWS {
        assert!(rows.contains(&format!("`{}`", name.trim_start_matches("tweetty-"))), "{name}");
    }
}

#[test]
fn every_library_stays_behind_its_door() {
    for (name, dependencies) in dependencies() {
        for (dependency, only_tests) in dependencies {
            let door = DOORS.iter().find(|(library, _)| {
                dependency == *library
                    || dependency.starts_with(&format!("{library}-"))
                    || dependency.starts_with(&format!("{library}_"))
            });
            if let (Some((library, users)), false) = (door, only_tests) {
                assert!(
                    users.contains(&&*name),
                    "{name} must not use {dependency}: {library} belongs to {users:?}"
                );
            }
        }
    }
}

#[test]
fn no_version_with_a_known_danger_comes_back() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
    let mut seen = BTreeSet::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")));
            line.unwrap().trim_end_matches('"')
        };
        let (name, version) = (field("name"), field("version"));
        let needs_h2 = package.contains("\"h2") && name.starts_with("actix");
        assert!(!needs_h2, "{name} must do without http2: its h2 carries an unpatched advisory");
        let floors = FLOORS.iter().chain(FLOORS_OF_OTHERS);
        for (floor, at_least) in floors.filter(|(floor, _)| *floor == name) {
            let plain = version.split(['-', '+']).next().unwrap();
            let numbers = plain.split('.').map(|number| number.parse().unwrap()).collect::<Vec<u64>>();
            assert!(numbers.as_slice() >= at_least.as_slice(), "{name} {version} is older than {at_least:?}");
            seen.insert(*floor);
        }
    }
    let used = FLOORS.iter().filter(|(floor, _)| seen.contains(floor)).count();
    assert_eq!(used, FLOORS.len(), "only {seen:?} are in use: a floor without its package guards nothing");
}
