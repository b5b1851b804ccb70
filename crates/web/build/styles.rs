//! Joins the styles into one file, without the comments that stand on lines of their own and without indentation.

/// In the order in which they build on one another.
const NAMES: [&str; 10] =
    ["tokens", "base", "controls", "layout", "tweet", "people", "composer", "dialogs", "states", "print"];

pub(crate) fn join(read: &dyn Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut joined = String::new();
    for name in NAMES {
        let path = format!("styles/{name}.css");
        joined.push_str(&packed(&path, &read(&path)?)?);
    }
    Ok(joined)
}

fn packed(path: &str, styles: &str) -> Result<String, String> {
    let mut packed = String::new();
    for (index, line) in styles.lines().enumerate() {
        let refused = |why: &str| Err(format!("{path}:{}: {why}", index + 1));
        let bare = line.trim();
        if bare.ends_with('\\') {
            return refused("a string has to end on its line");
        }
        if let Some(comment) = bare.strip_prefix("/*") {
            if comment.strip_suffix("*/").is_none_or(|text| text.contains("*/")) {
                return refused("a comment is a line of its own, with nothing behind it");
            }
        } else if bare.contains("/*") || bare.contains("*/") {
            return refused("a comment is a line of its own: put it above");
        } else if !bare.is_empty() {
            packed.push_str(bare);
            packed.push('\n');
        }
    }
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_style_sheet_of_the_page_is_joined() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
        let joined = join(&|path| fs::read_to_string(root.join(path)).map_err(|error| error.to_string()));
        assert!(joined.unwrap().starts_with(":root {\ncolor-scheme: light dark;\n"));
        let sheets = fs::read_dir(root.join("styles")).unwrap();
        let mut sheets =
            sheets.map(|sheet| sheet.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        let mut names = NAMES.map(|name| format!("{name}.css"));
        sheets.sort();
        names.sort();
        assert_eq!(sheets, names);
    }

    #[test]
    fn styles_lose_comments_and_indentation_and_nothing_else() {
        let styles = "/* One. */\na {\n  color: red;\n\n  /* Two. */\n  content: \"  b \";\n}\n";
        assert_eq!(packed("a.css", styles).unwrap(), "a {\ncolor: red;\ncontent: \"  b \";\n}\n");
    }

    #[test]
    fn a_comment_that_is_no_line_of_its_own_is_refused_by_its_line() {
        for styles in [
            "a {\n  color: red; /* One. */\n}",
            "\n/* One. */ a {}",
            "\n/* One",
            "\n/*/",
            "\na::before { content: \"/*\"; }",
            "\n*/",
            "\na::before { content: \"b\\\nc\"; }",
        ] {
            let error = packed("a.css", styles).expect_err(styles);
            assert!(error.starts_with("a.css:2: "), "{error}");
        }
    }
}
