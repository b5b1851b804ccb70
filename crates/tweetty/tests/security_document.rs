//! docs/security.md names the test of each of its promises; these are there.
#![expect(clippy::unwrap_used, reason = "a test may end where its input is not what it must be")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The first column of the checklist: each area must be there.
const AREAS: [&str; 14] = [
    "keys",
    "objects",
    "uploads",
    "served images",
    "page",
    "bodies",
    "lists",
    "rates",
    "quotas",
    "CORS",
    "text",
    "database",
    "files",
    "process",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            sources(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

/// The names of functions that are run as tests: by their attribute, or in the list of a macro that gives them one.
fn tests() -> BTreeSet<String> {
    let mut files = vec![];
    sources(&root().join("crates"), ".rs", &mut files);
    files.iter().flat_map(|file| tests_in(&fs::read_to_string(file).unwrap())).collect()
}

fn tests_in(text: &str) -> BTreeSet<String> {
    let lines = text.lines().collect::<Vec<_>>();
    let (mut tests, mut promises) = (BTreeSet::new(), false);
    for (at, line) in lines.iter().enumerate() {
        // `promises!` makes a test of each function directly within it.
        promises = line.starts_with("promises! {") || promises && *line != "}";
        let promised = promises && line.starts_with("    async fn ");
        let attributes = lines[..at].iter().rev().map(|line| line.trim());
        let attributes = attributes.take_while(|line| line.starts_with("#[")).collect::<Vec<_>>();
        let tested = attributes.iter().any(|line| makes_a_test(line));
        let ignored = attributes.iter().any(|line| line.starts_with("#[ignore"));
        let name = function(line).filter(|_| (promised || tested) && !ignored);
        tests.extend(name.map(str::to_owned));
    }
    for invocation in text.split("\non_both_stores!(").skip(1) {
        let list = invocation.split(')').next().unwrap();
        tests.extend(list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
    }
    tests
}

fn makes_a_test(attribute: &str) -> bool {
    let path = attribute.trim_start_matches("#[").split(['(', ']']).next();
    path.is_some_and(|path| ["test", "tokio::test", "actix_web::test"].contains(&path))
}

/// The name of the function that begins in this line.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// The rows of the document's tables that have a column of tests, by their first column.
fn rows() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for line in text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("|---")) {
        let cells = line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
        if let [area, _, held_by] = cells.as_slice()
            && *held_by != "held by"
        {
            let named = held_by.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            assert!(!named.is_empty(), "nothing holds: {line}");
            rows.entry((*area).to_owned()).or_default().extend(named);
        }
    }
    rows
}

#[test]
fn every_promise_of_the_security_document_names_tests_that_are_there() {
    let (rows, tests) = (rows(), tests());
    for area in AREAS {
        assert!(rows.contains_key(area), "{area:?} is missing in {:?}", rows.keys());
    }
    let is_there =
        |named: &String| tests.contains(named) || named.contains('/') && root().join(named).exists();
    let missing = rows.values().flatten().filter(|named| !is_there(named)).collect::<Vec<_>>();
    assert!(missing.is_empty(), "no such test or file: {missing:#?}");
    let named = rows.values().flatten().count();
    assert!(named > 60, "only {named} tests are named");
}

#[test]
fn a_function_that_is_not_run_as_a_test_is_none() {
    let text = r#"
on_both_stores!(on_one_line);
on_both_stores!(
    in_a_list,
    last_of_a_list,
);

#[test]
fn plain() {}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::unwrap_used, reason = "a test")]
async fn attributed<T>() {}

#[test]
#[ignore = "takes long"]
fn ignored() {}

#[cfg(test)]
fn helper() {}

#[expect(dead_code, reason = "a test")]
async fn in_a_list_of_others() {}

// #[test]
fn commented_out() {}

promises! { entries of subject:
    async fn promised(store: Store) {
        async fn within() {}
    }
}

async fn behind() {}
"#;
    let expected = ["attributed", "in_a_list", "last_of_a_list", "on_one_line", "plain", "promised"];
    assert_eq!(tests_in(text).into_iter().collect::<Vec<_>>(), expected);
}
