//! What the README shows is what happens: its examples are executed against a demo, in their order.
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

fn readme() -> String {
    std::fs::read_to_string(top().join("README.md")).unwrap()
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

/// What the script prints, as JSON values.
fn printed(script: &str) -> Vec<Value> {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script]).current_dir(top()).stdin(Stdio::null());
    // A proxy of the machine has no business between the example and the demo.
    let output = bash.env("no_proxy", "*").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\nended with {}: {said}", output.status);
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    values.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{script}\nprinted no JSON: {error}"))
}

#[test]
fn the_examples_of_the_api_answer_what_the_readme_shows() {
    let readme = readme();
    let section = readme.split("\n## ").find(|section| section.starts_with("Use the API\n"));
    let blocks = blocks(section.expect("a section `Use the API`"));
    let demo = Demo::start();
    let mut compared = 0;
    for (at, (language, script)) in blocks.iter().enumerate().filter(|(_, (language, _))| language == "sh") {
        assert!(script.contains("http://127.0.0.1:8080"), "{language}: {script}");
        let came = printed(&script.replace("http://127.0.0.1:8080", &demo.address));
        let Some((_, shown)) = blocks.get(at + 1).filter(|(language, _)| language == "json") else {
            continue;
        };
        let shown = serde_json::from_str::<Value>(shown).unwrap_or_else(|error| panic!("{error}: {shown}"));
        let last = came.last().unwrap_or_else(|| panic!("{script}\nprinted nothing"));
        assert_eq!(difference(&shown, last, ""), None, "{script}\nprinted {last}");
        assert_eq!(shown["result"], last["result"], "{script}\nprinted {last}");
        for value in &came {
            assert_eq!(value["result"], shown["result"], "{script}\nprinted {value}");
        }
        compared += 1;
    }
    assert!(compared >= 8, "only {compared} examples were compared");
}

#[test]
fn the_first_screen_has_the_two_commands_that_do_everything() {
    let readme = readme();
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
