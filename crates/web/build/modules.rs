//! Joins the client's modules into one, so that it comes in a handful of answers. Each module keeps a scope of its own
//! and its text; only its first and last words change. What is not understood for sure fails the build.

#[path = "code.rs"]
mod code;

use std::collections::HashMap;
use std::fmt::Write as _;

use code::{Code, Line, is_of_word};

/// The one module that does what `entry` and all that it imports do. `read` knows the modules by their paths; those that
/// end in `.mjs` are left where they are, which is outside of `entry`'s folder.
pub(crate) fn join(entry: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let folder = entry.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (modules, head, body) = (HashMap::new(), String::new(), String::new());
    let mut joiner = Joiner { read, folder, modules, head, body };
    joiner.visit(entry, entry, &mut Vec::new())?;
    Ok(format!("{}{}", joiner.head, joiner.body))
}

struct Joiner<'a> {
    read: &'a dyn Fn(&str) -> Result<String, String>,
    folder: &'a str,
    modules: HashMap<String, Module>,
    /// The imports of what is left where it is.
    head: String,
    body: String,
}

/// A module that is in already.
#[derive(Clone)]
struct Module {
    /// What stands for it.
    name: String,
    /// Unknown where it isn't joined.
    exports: Option<Vec<String>>,
}

impl Joiner<'_> {
    /// The module of that path, asked for by the line `at`; it and all that it needs come before.
    fn visit(&mut self, path: &str, at: &str, way: &mut Vec<String>) -> Result<Module, String> {
        if let Some(module) = self.modules.get(path) {
            return Ok(module.clone());
        }
        let text = (self.read)(path).map_err(|error| format!("{at}: {error}"))?;
        let name = format!("module_{}", self.modules.len());
        if path.rsplit('.').next() == Some("mjs") {
            if path.strip_prefix(self.folder).is_some_and(|rest| rest.starts_with('/')) {
                return Err(format!(
                    "{at}: what is in {} is joined, so {path} has to end in .js",
                    self.folder
                ));
            }
            let _ = writeln!(self.head, "import * as {name} from \"./{path}\";");
            return Ok(self.keep(path, Module { name, exports: None }));
        }
        if way.iter().any(|earlier| earlier == path) {
            let way = way.join(", ");
            return Err(format!(
                "{at}: {path} imports itself by way of {way}: move what both need to a third"
            ));
        }
        way.push(path.to_owned());
        let (text, exports) = self.rewrite(path, &text, way)?;
        way.pop();
        let name = format!("module_{}", self.modules.len());
        let names = exports.join(", ");
        // Writing to a string can't fail.
        let _ =
            write!(self.body, "// {path}\nconst {name} = (() => {{\n{text}return {{ {names} }};\n}})();\n");
        Ok(self.keep(path, Module { name, exports: Some(exports) }))
    }

    fn keep(&mut self, path: &str, module: Module) -> Module {
        self.modules.insert(path.to_owned(), module.clone());
        module
    }

    /// A module's text as that of a function, and what it exports. Of the comments, those on lines of their own go.
    fn rewrite(
        &mut self,
        path: &str,
        module: &str,
        way: &mut Vec<String>,
    ) -> Result<(String, Vec<String>), String> {
        if module.starts_with(['#', '\u{feff}']) {
            return Err(format!(
                "{path}:1: a joined module may not begin with a hashbang or byte order mark"
            ));
        }
        let (mut code, mut text, mut exports) = (Code::new(), String::new(), Vec::new());
        let (mut number, mut imports_may_come) = (0, true);
        for line in module.lines() {
            number += 1;
            let at = format!("{path}:{number}");
            let refused = |why: &str| format!("{at}: {why}");
            let kind = code.line(line).map_err(refused)?;
            if kind == Line::Comment {
                continue;
            }
            let outermost = kind == Line::Outermost;
            if let Some(import) = line.strip_prefix("import ").filter(|_| outermost) {
                if !imports_may_come {
                    return Err(refused("imports come before all code: move it up"));
                }
                text.push_str(&self.import(path, &at, import, way)?);
            } else {
                imports_may_come = false;
                let declaration = line.strip_prefix("export ").filter(|_| outermost);
                if let Some(declaration) = declaration {
                    exports.push(exported(declaration).ok_or_else(|| refused(EXPORTS))?);
                    if declaration.starts_with("const ") {
                        code.declares_one_name();
                    }
                }
                let line = declaration.unwrap_or(line);
                if outermost {
                    code.scan(line).map_err(refused)?;
                }
                text.push_str(line);
            }
            text.push('\n');
        }
        code.end().map_err(|why| format!("{path}:{number}: {why}"))?;
        Ok((text, exports))
    }

    /// `{ a, b as c } from "./x.js";` as what it means inside of a module.
    fn import(
        &mut self,
        path: &str,
        at: &str,
        import: &str,
        way: &mut Vec<String>,
    ) -> Result<String, String> {
        let strange = || format!("{at}: {IMPORTS}");
        let (names, target) = import.rsplit_once("from ").unwrap_or(("", import));
        let target = target.strip_prefix('"').and_then(|target| target.strip_suffix("\";"));
        let target = target.and_then(|target| resolved(path, target)).ok_or_else(strange)?;
        let module = self.visit(&target, at, way)?;
        let names = names.trim();
        let names = match names.strip_prefix('{').and_then(|names| names.strip_suffix('}')) {
            Some(names) => names.to_owned(),
            None if names.is_empty() => return Ok(String::new()),
            None => format!(" default as {names} "),
        };
        // A comma may come after the last name.
        let list = names.trim_end().trim_end_matches(',');
        for name in list.split(',').filter(|_| !list.is_empty()) {
            let (name, local) = name.split_once(" as ").unwrap_or((name, name));
            let (name, local) = (name.trim(), local.trim());
            if !is_name(name) || !is_name(local) {
                return Err(strange());
            }
            if module.exports.as_ref().is_some_and(|exports| !exports.iter().any(|export| export == name)) {
                return Err(format!("{at}: {target} does not export {name}: import what it exports"));
            }
        }
        Ok(format!("const {{{}}} = {};", names.replace(" as ", ": "), module.name))
    }
}

const IMPORTS: &str = "an import is one line: import { a, b as c } from \"./x.js\"; or import a from \"../x.mjs\"; or \
    import \"./x.js\";";
const EXPORTS: &str = "an export is one name that never changes: export const, function, async function or class, \
    then the name";

/// The name that a declaration gives to something that never gets another value.
fn exported(declaration: &str) -> Option<String> {
    let rest = ["const ", "function ", "async function ", "class "]
        .into_iter()
        .find_map(|kind| declaration.strip_prefix(kind))?;
    let name = rest.split(|sign| !is_of_word(sign)).next().filter(|name| is_name(name))?;
    let next = rest[name.len()..].chars().next();
    next.is_none_or(|next| [' ', '(', '=', '{'].contains(&next)).then(|| name.to_owned())
}

/// Whether it is a name that means the same in the joined file.
fn is_name(text: &str) -> bool {
    text.chars().all(is_of_word)
        && text.starts_with(|sign: char| !sign.is_numeric())
        && !text.starts_with("module_")
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
            // A second name for the same file would join it twice.
            "" => return None,
            part => folders.push(part),
        }
    }
    let is_module = matches!(target.rsplit('.').next(), Some("js" | "mjs"));
    (target.starts_with('.') && is_module && !target.contains('"')).then(|| folders.join("/"))
}

#[cfg(test)]
#[path = "modules_tests.rs"]
mod tests;
