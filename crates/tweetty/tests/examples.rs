//! What README.md and docs/api-guide.md show is what happens: their examples are executed against a demo, in order.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "an example that fails is the finding"
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A `serve --demo` on a free port with a store of its own; ends with this value.
struct Demo {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tweetty"));
        command.args(["serve", "--demo"]).current_dir(folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("TWEETTY_BIND", "127.0.0.1:0");
        let (reader, writer) = std::io::pipe().unwrap();
        command.stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
        let process = command.spawn().unwrap();
        drop(command);
        let mut demo = Self { process, address: String::new(), _folder: folder };
        let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
        let said = lines.by_ref().find(|line| line.contains("http://127.0.0.1:"));
        let said = said.expect("the demo says where it is before it ends");
        let (_, behind) = said.split_once("http://").unwrap();
        let end = behind.find(|character: char| !character.is_ascii_digit() && !".:".contains(character));
        demo.address = format!("http://{}", behind[..end.unwrap_or(behind.len())].trim_end_matches('.'));
        // Its log goes on; a pipe that nobody reads would hold it up.
        std::thread::spawn(move || lines.for_each(drop));
        demo
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn document(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap()
}

/// The fenced blocks of a text: language and content, in their order.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = vec![];
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) if !inside => blocks.push((language.to_owned(), String::new())),
            Some(_) => {}
            None if inside => {
                let content = &mut blocks.last_mut().unwrap().1;
                content.push_str(line);
                content.push('\n');
                continue;
            }
            None => continue,
        }
        inside = !inside;
    }
    assert!(!inside, "a block does not end");
    blocks
}

/// Where two values differ in their keys or types; arrays are compared by their first elements.
fn difference(shown: &Value, came: &Value, place: &str) -> Option<String> {
    match (shown, came) {
        (Value::Object(shown), Value::Object(came)) => {
            if let Some(name) = shown.keys().find(|name| !came.contains_key(*name)) {
                return Some(format!("{place}: {name} did not come"));
            }
            came.iter().find_map(|(name, came)| match shown.get(name) {
                Some(shown) => difference(shown, came, &format!("{place}/{name}")),
                None => Some(format!("{place}: {name} is not shown")),
            })
        }
        (Value::Array(shown), Value::Array(came)) => {
            difference(shown.first()?, came.first()?, &format!("{place}/0"))
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Null, Value::Null) => None,
        _ => Some(format!("{place}: shown is {shown}, {came} came")),
    }
}

/// What an example in that language prints.
fn printed(language: &str, script: &str) -> String {
    let mut command = match language {
        "sh" => Command::new("bash"),
        "python" => Command::new("python3"),
        other => panic!("nobody can run an example in {other:?}:\n{script}"),
    };
    if language == "sh" {
        command.args(["-euo", "pipefail"]);
    }
    command.args(["-c", script]).current_dir(top()).stdin(Stdio::null());
    // A proxy of the machine has no business between the example and the demo.
    let output = command.env("no_proxy", "*").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\nended with {}: {said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Compares the last of the JSON values that were printed with the one that is shown, and the outcome of all.
fn compare_json(script: &str, shown: &str, printed: &str) {
    let came = serde_json::Deserializer::from_str(printed).into_iter::<Value>();
    let came = came.collect::<Result<Vec<_>, _>>();
    let came = came.unwrap_or_else(|error| panic!("{script}\nprinted no JSON: {error}: {printed}"));
    let shown = serde_json::from_str::<Value>(shown).unwrap_or_else(|error| panic!("{error}: {shown}"));
    let last = came.last().unwrap_or_else(|| panic!("{script}\nprinted nothing"));
    assert_eq!(difference(&shown, last, ""), None, "{script}\nprinted {last}");
    for value in &came {
        assert_eq!(value["result"], shown["result"], "{script}\nprinted {value}");
    }
    if shown["result"] == Value::Bool(false) {
        assert_eq!(&shown, last, "{script}: a failure is shown word by word");
    }
}

/// Whether a text is the shown one, in which `…` stands for anything.
fn fits(shown: &str, came: &str) -> bool {
    let (mut parts, mut rest) = (shown.trim().split('…'), came.trim());
    let Some(behind) = parts.next().and_then(|start| rest.strip_prefix(start)) else { return false };
    rest = behind;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// Executes every example of a text; answers how many were compared with what is shown behind them.
fn execute(text: &str, address: &str) -> usize {
    let blocks = blocks(text);
    let mut compared = 0;
    for (at, (language, script)) in blocks.iter().enumerate() {
        if ["json", "text"].contains(&language.as_str()) {
            continue;
        }
        assert!(script.contains("http://127.0.0.1:8080"), "{language}: {script}");
        let came = printed(language, &script.replace("http://127.0.0.1:8080", address));
        match blocks.get(at + 1) {
            Some((form, shown)) if form == "json" => compare_json(script, shown, &came),
            Some((form, shown)) if form == "text" => {
                assert!(fits(shown, &came), "{script}\nprinted {came}\ninstead of {shown}");
            }
            _ => continue,
        }
        compared += 1;
    }
    compared
}

#[test]
fn the_examples_answer_what_the_documents_show() {
    let demo = Demo::start();
    let readme = document("README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with("Use the API\n"));
    let compared = execute(section.expect("a section `Use the API`"), &demo.address);
    assert!(compared >= 8, "only {compared} examples of the README were compared");
    let compared = execute(&document("docs/api-guide.md"), &demo.address);
    assert!(compared >= 19, "only {compared} examples of the guide were compared");
}

#[test]
fn the_first_screen_has_the_two_commands_that_do_everything() {
    let readme = document("README.md");
    let screen = readme.lines().take(25).collect::<Vec<_>>().join("\n");
    let commands = blocks(&screen).into_iter().filter(|(language, _)| language == "sh");
    let commands = commands.map(|(_, content)| content).collect::<String>();
    for command in ["cargo run --release -- serve --demo", "./scripts/test"] {
        assert!(commands.lines().any(|line| line.starts_with(command)), "{command}");
    }
    assert!(screen.contains("http://127.0.0.1:8080"));
    assert!(top().join("scripts/test").exists());
}

#[test]
fn a_difference_of_shape_is_found_wherever_it_is() {
    let shown = serde_json::json!({"a": [{"id": 1, "name": "x"}], "next": null});
    let came = |text: &str| difference(&shown, &serde_json::from_str(text).unwrap(), "");
    assert_eq!(came(r#"{"a": [{"id": 9, "name": "y"}, 5], "next": null}"#), None);
    assert_eq!(came(r#"{"a": [], "next": null}"#), None);
    for text in [
        r#"{"a": [{"id": "9", "name": "y"}], "next": null}"#,
        r#"{"a": [{"id": 9}], "next": null}"#,
        r#"{"a": [{"id": 9, "name": "y", "age": 5}], "next": null}"#,
        r#"{"a": [{"id": 9, "name": "y"}], "next": "more"}"#,
        r#"{"a": [{"id": 9, "name": "y"}]}"#,
        r"[]",
    ] {
        assert!(came(text).is_some(), "{text}");
    }
}

#[test]
fn a_text_is_compared_around_what_may_differ() {
    for (shown, came, outcome) in [
        ("404 order", "404 order\n", true),
        ("404 order", "404 order 5", false),
        ("a…; rel=\"next\"", "a123; rel=\"next\"", true),
        ("a…; rel=\"next\"", "b123; rel=\"next\"", false),
        ("a…c…e", "abcde", true),
        ("a…c…e", "abde", false),
        ("a…", "b", false),
    ] {
        assert_eq!(fits(shown, came), outcome, "{shown} and {came}");
    }
}
