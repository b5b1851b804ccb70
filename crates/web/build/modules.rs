//! Joins the client's modules into one, so that it comes in a handful of answers. Each module keeps a scope of its own
//! and its text; only its first and last words change. What is not understood for sure fails the build.

use std::collections::HashMap;
use std::fmt::Write as _;

/// The one module that does what `entry` and all that it imports do. `read` knows the modules by their paths; those that
/// end in `.mjs` are left where they are.
pub(crate) fn join(entry: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut joiner = Joiner { read, names: HashMap::new(), head: String::new(), body: String::new() };
    joiner.visit(entry, &mut Vec::new())?;
    Ok(format!("{}{}", joiner.head, joiner.body))
}

struct Joiner<'a> {
    read: &'a dyn Fn(&str) -> Result<String, String>,
    /// What stands for each module that is in already.
    names: HashMap<String, String>,
    /// The imports of what is left where it is.
    head: String,
    body: String,
}

impl Joiner<'_> {
    /// What stands for the module of that path; it and all that it needs come before.
    fn visit(&mut self, path: &str, way: &mut Vec<String>) -> Result<String, String> {
        if let Some(name) = self.names.get(path) {
            return Ok(name.clone());
        }
        if path.rsplit('.').next() == Some("mjs") {
            let name = format!("module_{}", self.names.len());
            let _ = writeln!(self.head, "import * as {name} from \"./{path}\";");
            self.names.insert(path.to_owned(), name.clone());
            return Ok(name);
        }
        if way.iter().any(|earlier| earlier == path) {
            return Err(format!("{path} imports itself by way of {}", way.join(", ")));
        }
        way.push(path.to_owned());
        let (mut text, mut exports) = (String::new(), Vec::new());
        for line in without_comments(&(self.read)(path)?).lines() {
            let line = if let Some(import) = line.strip_prefix("import ") {
                self.import(path, import, way)?
            } else if let Some(export) = line.strip_prefix("export ") {
                exports
                    .push(exported(export).ok_or_else(|| format!("{path}: what is exported here? {line}"))?);
                export.to_owned()
            } else {
                line.to_owned()
            };
            text.push_str(&line);
            text.push('\n');
        }
        way.pop();
        let exports = exports.join(", ");
        let name = format!("module_{}", self.names.len());
        // Writing to a string can't fail.
        let _ =
            write!(self.body, "// {path}\nconst {name} = (() => {{\n{text}return {{ {exports} }};\n}})();\n");
        self.names.insert(path.to_owned(), name.clone());
        Ok(name)
    }

    /// `{ a, b as c } from "./x.js";` as what it means inside of a module.
    fn import(&mut self, path: &str, import: &str, way: &mut Vec<String>) -> Result<String, String> {
        let strange = || format!("{path}: import one module a line, not {import}");
        let (names, target) = import.split_once("from ").unwrap_or(("", import));
        let target =
            target.strip_prefix('"').and_then(|target| target.strip_suffix("\";")).ok_or_else(strange)?;
        let module = self.visit(&resolved(path, target).ok_or_else(strange)?, way)?;
        let names = names.trim();
        Ok(match names.strip_prefix('{').and_then(|names| names.strip_suffix('}')) {
            Some(names) => format!("const {{{}}} = {module};", names.replace(" as ", ": ")),
            None if names.is_empty() => String::new(),
            None if names.chars().all(char::is_alphanumeric) => {
                format!("const {{ default: {names} }} = {module};")
            }
            None => return Err(strange()),
        })
    }
}

/// The name that a declaration gives to something that never gets another value.
fn exported(declaration: &str) -> Option<String> {
    let rest = ["const ", "function ", "async function ", "class "]
        .into_iter()
        .find_map(|kind| declaration.strip_prefix(kind))?;
    let name = rest.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect::<String>();
    (!name.is_empty()).then_some(name)
}

/// The path that `./x.js` or `../x.js` means in a module.
fn resolved(path: &str, target: &str) -> Option<String> {
    let mut folders = path.split('/').collect::<Vec<_>>();
    folders.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop()?;
            }
            part => folders.push(part),
        }
    }
    target.starts_with('.').then(|| folders.join("/"))
}

/// A module without the lines that hold nothing but a comment. Only those are known for sure to be one.
fn without_comments(module: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in module.lines() {
        let bare = line.trim();
        let begins = bare.starts_with("/**");
        let comment = inside || begins || bare.starts_with("//");
        if inside || begins {
            inside = !bare.ends_with("*/");
        }
        if !comment && !bare.is_empty() {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(modules: &[(&str, &str)]) -> Result<String, String> {
        let known = modules.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let known = known.collect::<HashMap<_, _>>();
        join(modules[0].0, &|path| known.get(path).cloned().ok_or_else(|| format!("no {path}")))
    }

    #[test]
    fn modules_come_after_what_they_need_and_each_once() {
        let text = joined(&[
            ("a/main.js", "import { x, y as z } from \"./x.js\";\nimport \"../b.js\";\nx(z);\n"),
            (
                "a/x.js",
                "// What it is.\nimport h from \"../v/h.mjs\";\nexport const x = h;\nexport async function y() {}\n",
            ),
            ("b.js", "import { x } from \"./a/x.js\";\n/**\n * @param {1} one\n */\nexport class B {}\n"),
        ]);
        let expected = "import * as module_0 from \"./v/h.mjs\";\n\
            // a/x.js\nconst module_1 = (() => {\nconst { default: h } = module_0;\nconst x = h;\n\
            async function y() {}\nreturn { x, y };\n})();\n\
            // b.js\nconst module_2 = (() => {\nconst { x } = module_1;\nclass B {}\nreturn { B };\n})();\n";
        assert!(text.unwrap().starts_with(expected));
    }

    #[test]
    fn what_is_not_understood_for_sure_is_refused() {
        for module in [
            "import {\n  x,\n} from \"./x.js\";",
            "import * as x from \"./x.js\";",
            "import x from \"x\";",
            "export let x = 1;",
            "export default 1;",
            "export { x };",
            "export * from \"./x.js\";",
            "import \"./main.js\";",
            "import \"./none.js\";",
        ] {
            assert!(joined(&[("main.js", module), ("x.js", "")]).is_err(), "{module}");
        }
    }
}
