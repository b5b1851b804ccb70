//! docs/security.md names the test of each of its promises; these are there.
#![expect(clippy::unwrap_used, reason = "a test may end where its input is not what it must be")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The first column of the checklist: each area must be there.
const AREAS: [&str; 12] = [
    "keys",
    "objects",
    "uploads",
    "served images",
    "page",
    "bodies",
    "lists",
    "rates",
    "CORS",
    "text",
    "database",
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

/// The names of functions that are run as tests: by their attribute, or in the list of a macro.
fn tests() -> BTreeSet<String> {
    let (mut files, mut tests) = (vec![], BTreeSet::new());
    sources(&root().join("crates"), ".rs", &mut files);
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let lines = text.lines().map(str::trim).collect::<Vec<_>>();
        for (at, line) in lines.iter().enumerate() {
            let Some((_, name)) = line.split_once("fn ").filter(|(before, _)| !before.contains("//")) else {
                continue;
            };
            let name = name.split(['(', '<']).next().unwrap();
            let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
            let alone = format!("on_both_stores!({name});");
            let listed = lines.iter().any(|line| line.strip_suffix(',') == Some(name) || **line == alone);
            if listed
                || attributes.into_iter().any(|line| line.contains("test"))
                || text.contains("promises!")
            {
                tests.insert(name.to_owned());
            }
        }
    }
    tests
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
