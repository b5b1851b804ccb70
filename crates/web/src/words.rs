//! Whether the words of the page fit its code and one another. That those which are used exist is left to the type check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The languages and their plural forms; numbers of what the page counts are whole.
const LANGUAGES: [(&str, &[&str]); 2] = [("en", &["one", "other"]), ("ru", &["few", "many", "one", "other"])];

type Words = BTreeMap<String, Value>;

fn words(language: &str) -> Words {
    let text = fs::read_to_string(root().join(format!("words/{language}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("static")
}

/// All code of the client.
fn code(folder: &Path) -> String {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { code(&path) } else { fs::read_to_string(path).unwrap() }).collect()
}

/// The texts of a word: one, or one for each plural form.
fn texts(word: &Value) -> Vec<&str> {
    match word {
        Value::Object(forms) => forms.values().map(|text| text.as_str().unwrap()).collect(),
        text => vec![text.as_str().unwrap()],
    }
}

/// `name` of `{name}`, wherever a text has it.
fn places(word: &Value) -> BTreeSet<&str> {
    let pieces = texts(word).into_iter().flat_map(|text| text.split('{').skip(1));
    pieces.map(|piece| piece.split_once('}').unwrap().0).collect()
}

/// Whether `name` is a template such as `draft.${kind}` with something in its only place.
fn fits(template: &str, name: &str) -> bool {
    let Some((before, rest)) = template.split_once("${") else { return false };
    let Some((_, after)) = rest.split_once('}') else { return false };
    let inner = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    inner.is_some_and(|inner| !inner.is_empty() && !inner.contains('.'))
}

#[test]
fn every_word_of_the_page_is_used() {
    let code = code(&root().join("app"));
    let templates = code.split("t(`").skip(1).filter_map(|rest| rest.split_once('`')).map(|(text, _)| text);
    let templates = templates.chain(["failure.${this.kind}"]).collect::<BTreeSet<_>>();
    assert!(templates.len() > 5, "{templates:?}");
    for name in words("en").keys() {
        let is_used = code.contains(&format!("\"{name}\"")) || templates.iter().any(|text| fits(text, name));
        assert!(is_used, "{name}");
    }
}

#[test]
fn all_languages_have_the_same_words_in_all_plural_forms_and_nothing_that_no_code_fills_in() {
    let english = words("en");
    for (language, forms) in LANGUAGES {
        let words = words(language);
        assert_eq!(words.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{language}");
        for (name, word) in &words {
            assert!(places(word).is_subset(&places(&english[name])), "{language}: {name}");
            if let Value::Object(word) = word {
                let mut found = word.keys().map(String::as_str).collect::<Vec<_>>();
                found.sort_unstable();
                assert_eq!(found, forms, "{language}: {name}");
                assert!(word.values().any(|text| Some(text) != word.get("other")), "{language}: {name}");
            }
        }
    }
}
