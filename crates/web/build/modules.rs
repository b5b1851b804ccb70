//! Joins the client's modules and the libraries into one module, so that they come in one answer. Each keeps a scope of
//! its own; what it exports goes into `modules`, from where the later ones take it. What is not understood for sure fails
//! the build.

#[path = "code.rs"]
mod code;
#[path = "libraries.rs"]
mod libraries;
#[path = "sources.rs"]
mod sources;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// The one module that does what `entry` and all that it imports do. `read` knows the modules by their paths; those that
/// end in `.mjs` are libraries.
pub(crate) fn join(entry: &str, read: &dyn Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut joiner = Joiner {
        read,
        exports: HashMap::new(),
        owners: HashMap::new(),
        used: HashSet::new(),
        joined: Vec::new(),
    };
    joiner.visit(entry, entry, &mut Vec::new())?;
    Ok(joiner.text())
}

/// A module as it is read, without the lines that say what comes in and goes out.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) imports: Vec<Import>,
    pub(crate) code: String,
    pub(crate) exports: Vec<Export>,
    /// Whether it has to be waited for.
    pub(crate) waits: bool,
}

pub(crate) struct Import {
    /// Where it stands, for what has to be said about it.
    pub(crate) at: String,
    /// The other module, as this one names it.
    pub(crate) target: String,
    /// Names there, and what they are called here.
    pub(crate) names: Vec<(String, String)>,
    /// Whether they are exported again and not used here.
    pub(crate) passes_on: bool,
}

pub(crate) struct Export {
    pub(crate) at: String,
    /// The name for others, and the one within the module.
    pub(crate) name: String,
    pub(crate) local: String,
}

struct Joiner<'a> {
    read: &'a dyn Fn(&str) -> Result<String, String>,
    /// What the modules that are in export, by their paths: names, and where in `modules` they are.
    exports: HashMap<String, HashMap<String, String>>,
    /// Which module has put something there.
    owners: HashMap<String, String>,
    used: HashSet<String>,
    joined: Vec<Joined>,
}

struct Joined {
    path: String,
    parts: Parts,
    /// What it takes from `modules` and puts there, as in the pattern and the literal of an object.
    taken: Vec<String>,
    given: Vec<(String, String)>,
}

impl Joiner<'_> {
    /// Takes in the module of that path, asked for at `at`, behind all that it needs.
    fn visit(&mut self, path: &str, at: &str, way: &mut Vec<String>) -> Result<(), String> {
        if self.exports.contains_key(path) {
            return Ok(());
        }
        if way.iter().any(|earlier| earlier == path) {
            let way = way.join(", ");
            return Err(format!(
                "{at}: {path} imports itself by way of {way}: move what both need to a third"
            ));
        }
        let text = (self.read)(path).map_err(|error| format!("{at}: {error}"))?;
        let is_library = path.rsplit('.').next() == Some("mjs");
        let parts = if is_library { libraries::read(path, &text)? } else { sources::read(path, &text)? };
        way.push(path.to_owned());
        let (mut taken, mut given, mut exports) = (Vec::new(), Vec::new(), HashMap::new());
        for import in &parts.imports {
            for (place, local) in self.import(path, import, way)? {
                if import.passes_on {
                    exports.insert(local, place);
                } else {
                    taken.push(property(&place, &local));
                    self.used.insert(place);
                }
            }
        }
        way.pop();
        for Export { at, name, local } in &parts.exports {
            let place = if name == "default" { format!("{path:?}") } else { name.clone() };
            if let Some(other) = self.owners.insert(place.clone(), path.to_owned()) {
                return Err(format!("{at}: {other} exports {name}, too: choose another name"));
            }
            given.push((place.clone(), local.clone()));
            exports.insert(name.clone(), place);
        }
        self.exports.insert(path.to_owned(), exports);
        self.joined.push(Joined { path: path.to_owned(), parts, taken, given });
        Ok(())
    }

    /// Where in `modules` the imported names are, and what they are called.
    fn import(
        &mut self,
        path: &str,
        import: &Import,
        way: &mut Vec<String>,
    ) -> Result<Vec<(String, String)>, String> {
        let Import { at, target, names, .. } = import;
        let target = resolved(path, target).ok_or_else(|| format!("{at}: {}", sources::IMPORTS))?;
        self.visit(&target, at, way)?;
        let exports = self.exports.get(&target);
        let place = |(name, local): &(String, String)| {
            let place = exports.and_then(|exports| exports.get(name));
            let place = place
                .ok_or_else(|| format!("{at}: {target} does not export {name}: import what it exports"))?;
            Ok((place.clone(), local.clone()))
        };
        names.iter().map(place).collect()
    }

    fn text(&self) -> String {
        let mut text = "const modules = {};\n".to_owned();
        for Joined { path, parts, taken, given } in &self.joined {
            let (wait, kind) = if parts.waits { ("await ", "async ") } else { ("", "") };
            // Writing to a string can't fail.
            let _ = writeln!(text, "// {path}\n{wait}({kind}() => {{");
            if !taken.is_empty() {
                let _ = writeln!(text, "const {{ {} }} = modules;", taken.join(", "));
            }
            text.push_str(&parts.code);
            let given = given.iter().filter(|(place, _)| self.used.contains(place));
            let given = given.map(|(place, local)| property(place, local)).collect::<Vec<_>>();
            if !given.is_empty() {
                let _ = writeln!(text, "Object.assign(modules, {{ {} }});", given.join(", "));
            }
            text.push_str("})();\n");
        }
        text
    }
}

/// `a`, or `a: b`.
fn property(place: &str, local: &str) -> String {
    if place == local { place.to_owned() } else { format!("{place}: {local}") }
}

/// Names of an import or export, with what stands behind `as` or once more themselves; none where it is something else.
pub(crate) fn pairs(list: &str) -> Option<Vec<(String, String)>> {
    // A comma may come after the last name.
    let list = list.trim().trim_end_matches(',');
    let names = list.split(',').filter(|_| !list.is_empty());
    let pair = |name: &str| {
        let (name, other) = name.split_once(" as ").unwrap_or((name, name));
        let (name, other) = (name.trim(), other.trim());
        (is_name(name) && is_name(other)).then(|| (name.to_owned(), other.to_owned()))
    };
    names.map(pair).collect()
}

/// Whether it is a name that means the same in the joined file.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().all(code::is_of_word)
        && text.starts_with(|sign: char| !sign.is_numeric())
        && !code::is_ours(text)
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
