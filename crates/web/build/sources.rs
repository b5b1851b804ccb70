//! Reads a module of our own, line by line: its imports, its code without comments and indentation, its exports.

use super::code::{Code, Line, is_of_word};
use super::{Export, Import, Parts, is_name, pairs};

pub(crate) const IMPORTS: &str = "an import is one line: import { a, b as c } from \"./x.js\"; or import a from \
    \"../x.mjs\"; or import \"./x.js\";";
pub(crate) const EXPORTS: &str = "an export is one name that never changes: export const, function, async function or class, \
    then the name";

pub(crate) fn read(path: &str, module: &str) -> Result<Parts, String> {
    if module.starts_with(['#', '\u{feff}']) {
        return Err(format!("{path}:1: a joined module may not begin with a hashbang or byte order mark"));
    }
    let (mut code, mut parts) = (Code::new(), Parts::default());
    let (mut number, mut imports_may_come) = (0, true);
    for line in module.lines() {
        number += 1;
        let at = format!("{path}:{number}");
        let refused = |why: &str| format!("{at}: {why}");
        match code.line(line).map_err(refused)? {
            Line::Comment => continue,
            Line::Inner(text) => parts.code.push_str(&text),
            Line::Outermost => {
                if let Some(import) = line.strip_prefix("import ") {
                    if !imports_may_come {
                        return Err(refused("imports come before all code: move it up"));
                    }
                    parts.imports.push(imported(&at, import).ok_or_else(|| refused(IMPORTS))?);
                    continue;
                }
                let declaration = line.strip_prefix("export ");
                if let Some(declaration) = declaration {
                    let name = exported(declaration).ok_or_else(|| refused(EXPORTS))?;
                    parts.exports.push(Export { at: at.clone(), local: name.clone(), name });
                    if declaration.starts_with("const ") {
                        code.declares_one_name();
                    }
                }
                parts.code.push_str(&code.scan(declaration.unwrap_or(line)).map_err(refused)?);
            }
        }
        imports_may_come = false;
        parts.code.push('\n');
    }
    code.end().map_err(|why| format!("{path}:{number}: {why}"))?;
    parts.waits = code.waits();
    Ok(parts)
}

/// `{ a, b as c } from "./x.js";`, `a from "./x.js";` or `"./x.js";`
fn imported(at: &str, import: &str) -> Option<Import> {
    let (names, target) = import.rsplit_once("from ").unwrap_or(("", import));
    let target = target.strip_prefix('"')?.strip_suffix("\";")?;
    let names = names.trim();
    let names = match names.strip_prefix('{') {
        Some(names) => pairs(names.strip_suffix('}')?)?,
        None if names.is_empty() => Vec::new(),
        None => is_name(names).then(|| vec![("default".to_owned(), names.to_owned())])?,
    };
    Some(Import { at: at.to_owned(), target: target.to_owned(), names, passes_on: false })
}

/// The name that a declaration gives to something that never gets another value.
fn exported(declaration: &str) -> Option<String> {
    let rest = ["const ", "function ", "async function ", "class "]
        .into_iter()
        .find_map(|kind| declaration.strip_prefix(kind))?;
    let name = rest.split(|sign| !is_of_word(sign)).next().filter(|name| is_name(name))?;
    let next = rest[name.len()..].chars().next();
    next.is_none_or(|next| [' ', '(', '=', '{'].contains(&next)).then(|| name.to_owned())
}
