//! Code and documents are written in plain words of the field: what readers stumbled over doesn't come back.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What is not written any more, and what stands for it.
const FORBIDDEN: &[(&str, &str)] = &[
    ("told", "logged, recorded, printed, counted, formatted, answered"),
    ("tells", "says, shows, has"),
    ("whoever", "the user, the client, the caller"),
    ("she", "they, the user"),
    ("her", "their, the user's"),
    ("herself", "themselves"),
    ("in truth", "the number itself"),
    ("called off", "cancelled"),
    ("for want of", "because there is no"),
    ("portion", "chunk, batch, part"),
    ("portions", "chunks, batches, parts"),
];

/// What is not ours to change any more, what people of an invented company write, the commands of a
/// stand-in, this list, and the page about it.
const LEFT_OUT: &[&str] = &[
    "crates/demo/",
    "deploy/stand/",
    "scripts/deploy/stand-ins/",
    "tests/architecture/words.rs",
    "migrations/",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
];

#[test]
fn code_and_documents_are_written_in_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output().unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    let names = names.split_terminator('\0').filter(|name| !LEFT_OUT.iter().any(|part| name.contains(part)));
    let mut found = Vec::new();
    let mut read = 0;
    for name in names {
        // A file that is no text has no words.
        let Ok(text) = fs::read_to_string(root.join(name)) else { continue };
        read += 1;
        for (number, line) in text.lines().enumerate() {
            for (word, better) in FORBIDDEN {
                if has(line, word) {
                    found.push(format!("{name}:{}: {word:?}; write: {better}", number + 1));
                }
            }
        }
    }
    assert!(read > 500, "only {read} files were read");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether those words stand in the line, whatever their case; names of code are not made of words.
fn has(line: &str, words: &str) -> bool {
    let line = line.to_lowercase();
    line.match_indices(words).any(|(place, _)| {
        let inside = |character: char| character.is_alphanumeric() || character == '_';
        !line[..place].ends_with(inside) && !line[place + words.len()..].starts_with(inside)
    })
}

#[test]
fn words_are_found_in_any_case_and_not_inside_of_others() {
    assert!(has("// Whoever asks", "whoever") && has("as told.", "told") && has("told", "told"));
    assert!(
        !has("the others are there, untold", "her") && !has("untold", "told") && !has("was_told", "told")
    );
}
