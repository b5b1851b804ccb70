//! Dependency arrows point inward, modules form no circle, libraries stay behind their door, and no known-bad version comes back.
#![expect(clippy::unwrap_used, reason = "a test may end where its input is not what it must be")]

mod modules;
mod paths;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The drawing of the product's crates: what it shows is what each of them needs, no more and no less.
const DRAWING: &str = include_str!("../../../../docs/architecture.dot");

/// What is no part of the product, for tests, benchmarks and fault runs; and what it may need of the others.
const TOOLS: &[(&str, &[&str])] = &[
    ("bench", &["cluster", "domain", "postgres", "sqlite", "trial"]),
    ("cluster", &[]),
    ("contract", &["domain", "tables"]),
    ("faults", &["cluster", "trial"]),
    ("trial", &["domain"]),
];
/// The tools that tests of the product may need.
const TEST_TOOLS: [&str; 2] = ["cluster", "contract"];

/// Libraries that only the named crates may use: the front door of each is one adapter.
const DOORS: &[(&str, &[&str])] = &[
    ("actix", &["tweetty-http", "tweetty-web"]),
    ("paperclip", &["tweetty-http"]),
    ("diesel", &["tweetty-postgres", "tweetty-sqlite"]),
    ("tokio-postgres", &["tweetty-postgres"]),
    ("libsqlite3-sys", &["tweetty-sqlite", "tweetty-interrupt"]),
    ("image", &["tweetty-media", "tweetty-trial"]),
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
            "tweetty-adapter",
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

/// Crate → crates that its code needs, and those that only its tests need.
fn arrows() -> BTreeMap<String, [BTreeSet<String>; 2]> {
    let short = |name: &str| name.trim_start_matches("tweetty-").to_owned();
    let dependencies = dependencies();
    let of_ours = |needed: &[(String, bool)], in_tests: bool| {
        let ours = needed
            .iter()
            .filter(|(name, only_tests)| *only_tests == in_tests && dependencies.contains_key(name));
        ours.map(|(name, _)| short(name)).collect()
    };
    let arrows =
        |(name, needed): (&String, &Vec<_>)| (short(name), [of_ours(needed, false), of_ours(needed, true)]);
    dependencies.iter().map(arrows).collect()
}

/// Crate → crates to which its arrows are drawn; those for tests are dashed.
fn drawn(dashed: bool) -> BTreeMap<String, BTreeSet<String>> {
    let mut drawn = BTreeMap::<_, BTreeSet<_>>::new();
    let lines = DRAWING.lines().filter(|line| !line.contains("style=dotted"));
    for line in lines.filter(|line| line.contains("style=dashed") == dashed) {
        let Some((from, behind)) = line.split_once(" -> ") else { continue };
        let to = behind.split([' ', '[']).next().unwrap();
        // The ports are traits of the domain, and an adapter that implements one depends on it.
        let (from, to) = if line.contains("dir=back") { (to, from) } else { (from, to) };
        let name = |end: &str| end.trim().replace("ports", "domain");
        if name(from) != name(to) {
            drawn.entry(name(from)).or_default().insert(name(to));
        }
    }
    drawn
}

#[test]
fn dependency_arrows_point_inward() {
    let (drawn, arrows) = (drawn(false), arrows());
    let tools = TOOLS.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>();
    for (name, [code, tests]) in &arrows {
        if let Some((_, allowed)) = TOOLS.iter().find(|(tool, _)| tool == name) {
            let refused = code.union(tests).filter(|other| !allowed.contains(&&***other)).collect::<Vec<_>>();
            assert!(refused.is_empty(), "{name} must not depend on {refused:?}");
        } else if name == "tweetty" {
            // It knows all of the product.
            let refused = code.iter().filter(|other| tools.contains(&***other)).collect::<Vec<_>>();
            assert!(refused.is_empty(), "{name} must not depend on {refused:?}");
        } else {
            assert_eq!(
                code,
                drawn.get(name).unwrap_or(&BTreeSet::new()),
                "{name} and its arrows in the drawing"
            );
        }
        if !tools.contains(&**name) {
            let mut refused = tests.difference(code).filter(|other| !TEST_TOOLS.contains(&&***other));
            assert_eq!(refused.next(), None, "a tool that tests of {name} may need");
        }
    }
}

#[test]
fn the_drawing_shows_no_arrow_of_tests_that_is_none() {
    let arrows = arrows();
    for (name, others) in drawn(true) {
        assert!(others.is_subset(&arrows[&name][1]), "{name}: {others:?}");
    }
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
    for name in arrows().keys() {
        assert!(rows.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_file_that_the_architecture_names_is_there() {
    let page = include_str!("../../../../docs/architecture.md");
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let named =
        page.split('`').skip(1).step_by(2).filter(|name| name.starts_with("crates/")).collect::<Vec<_>>();
    assert!(named.len() > 30, "{named:?}");
    for name in named {
        assert!(root.join(name).exists(), "{name}");
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
