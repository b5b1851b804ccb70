//! The modules of a crate use each other without a circle, so that each can be read after those below it.
//!
//! A folder is one module. The root is none: it declares the others, and what it defines is the crate's own. What it
//! only re-exports belongs to the module that defines it, so that no circle hides behind a name of the root.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::paths;

/// Module → modules that it uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_use_each_other_without_a_circle() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut seen, mut circles) = (0, Vec::new());
    for folder in fs::read_dir(crates).unwrap() {
        let sources = folder.unwrap().path().join("src");
        let mut files = Vec::new();
        read(&sources, &mut files);
        let arrows = arrows(&sources, &files);
        seen += arrows.len();
        let place = sources.strip_prefix(crates.parent().unwrap()).unwrap().display();
        circles.extend(circles_of(&arrows).iter().map(|circle| format!("{circle}, in {place}")));
    }
    assert!(seen > 100, "only {seen} modules were found");
    circles.sort();
    assert!(circles.is_empty(), "modules in a circle:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found_behind_a_name_of_the_root_too() {
    let file = |name: &str, source: &str| (PathBuf::from(name), source.to_owned());
    let files = [
        file("lib.rs", "mod a; mod b; mod c; mod d; mod e; pub use d::{inner::D as Known}; pub struct Own;"),
        file("a.rs", "use crate::{Known, Own, b};"),
        file("b/mod.rs", "use super::c::C;"),
        file("b/inner.rs", "use super::own; fn f() { crate::e::g() }"),
        file("c.rs", "use crate::Known;"),
        file("d.rs", "use super::b;"),
        file("e.rs", "use crate::Own;"),
    ];
    assert_eq!(circles_of(&arrows(Path::new(""), &files)), ["b -> c -> d -> b"]);
}

/// All sources but those of tests, which may use everything.
pub(crate) fn read(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            read(&path, files);
        } else if !name.ends_with("tests") && !name.ends_with("_test") {
            let source = fs::read_to_string(&path).unwrap();
            files.push((path, source));
        }
    }
}

fn arrows(sources: &Path, files: &[(PathBuf, String)]) -> Arrows {
    let files = files.iter().map(|(path, source)| (location(path.strip_prefix(sources).unwrap()), &**source));
    let (root, files): (Vec<_>, Vec<_>) = files.partition(|(location, _)| location.is_empty());
    let mut arrows = Arrows::new();
    for (location, _) in &files {
        arrows.entry(location[0].clone()).or_default();
    }
    let modules = modules_behind_names(&arrows, root.iter().map(|(_, source)| *source));
    for (location, source) in &files {
        let paths = paths(source, location.len());
        let used = paths.iter().filter_map(|path| modules.get(*path.segments.first()?));
        let others = used.filter(|used| **used != location[0]).cloned();
        arrows.entry(location[0].clone()).or_default().extend(others);
    }
    arrows
}

/// What a path from the root may begin with: a module, or a name that the root has imported from one.
fn modules_behind_names<'a>(
    arrows: &Arrows,
    root: impl Iterator<Item = &'a str>,
) -> BTreeMap<String, String> {
    let module = |module: &String| (module.clone(), module.clone());
    let mut modules = arrows.keys().map(module).collect::<BTreeMap<_, _>>();
    for path in root.flat_map(|source| paths(source, 0)) {
        if let Some(first) = path.segments.first().filter(|first| arrows.contains_key(**first)) {
            modules.entry(path.name.to_owned()).or_insert_with(|| (*first).to_owned());
        }
    }
    modules
}

/// The module of a file as its path from the root, which itself is empty.
fn location(file: &Path) -> Vec<String> {
    let whole = file.with_extension("");
    let mut names = whole.iter().map(|name| name.to_str().unwrap().to_owned()).collect::<Vec<_>>();
    names.pop_if(|last| ["lib", "main", "mod"].contains(&&**last));
    names
}

/// One circle of each strongly connected component.
fn circles_of(arrows: &Arrows) -> Vec<String> {
    let (mut circles, mut in_circles) = (Vec::new(), BTreeSet::new());
    for module in arrows.keys() {
        if in_circles.contains(module.as_str()) {
            continue;
        }
        if let Some(circle) = way(arrows, module, module) {
            circles.push(circle.join(" -> "));
            let both_ways = |other: &&String| {
                way(arrows, module, other).is_some() && way(arrows, other, module).is_some()
            };
            in_circles.extend(arrows.keys().filter(both_ways).map(String::as_str));
        }
    }
    circles
}

/// The shortest way along the arrows, by at least one of them.
fn way<'a>(arrows: &'a Arrows, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in &arrows[*way.last()?] {
            if seen.insert(next) {
                let longer = [&*way, &[next]].concat();
                if next == to {
                    return Some(longer);
                }
                ways.push_back(longer);
            }
        }
    }
    None
}
