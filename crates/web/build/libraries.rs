//! Reads a module of a library: one line, packed by its makers, of imports, code and exports in this order. An exported
//! variable is taken for one that keeps the value that it has at the end of its module.

use super::code::{Code, Line};
use super::{Export, Import, Parts, pairs};

const STRANGE: &str = "a library's module is one line: import{a as b}from\"./x.mjs\"; and export{a}from\"./x.mjs\"; then \
    code with one export default function( at most, then export{a as b};";
const DEFAULT: &str = "export default function(";

pub(crate) fn read(path: &str, text: &str) -> Result<Parts, String> {
    parts_of(path, text.trim_end()).map_err(|why| format!("{path}: {why}"))
}

fn parts_of(path: &str, text: &str) -> Result<Parts, &'static str> {
    let mut parts = Parts::default();
    let mut rest = text;
    while let Some((import, behind)) = imported(path, rest) {
        parts.imports.push(import);
        rest = behind;
    }
    let (code, list) =
        rest.strip_suffix("};").and_then(|rest| rest.rsplit_once("export{")).unwrap_or((rest, ""));
    for (local, name) in pairs(list).ok_or(STRANGE)? {
        parts.exports.push(Export { at: path.to_owned(), name, local });
    }
    if code.contains('\n') {
        return Err(STRANGE);
    }
    let mut reader = Code::new();
    match code.split_once(DEFAULT) {
        None => parts.code = scanned(&mut reader, code)?,
        Some((before, behind)) => {
            parts.code = scanned(&mut reader, before)?;
            // What it looks like would be text otherwise.
            reader.end()?;
            // A declaration with a name is what it is to the module, wherever it stands.
            parts.code.push_str("function module_default(");
            reader.scan("(")?;
            parts.code.push_str(&reader.scan(behind)?);
            let (name, local) = ("default".to_owned(), "module_default".to_owned());
            parts.exports.push(Export { at: path.to_owned(), name, local });
        }
    }
    reader.end()?;
    parts.code.push('\n');
    parts.waits = reader.waits();
    Ok(parts)
}

/// The code, in which no import or export is left.
fn scanned<'a>(reader: &mut Code<'a>, code: &'a str) -> Result<String, &'static str> {
    match reader.line(code)? {
        Line::Outermost => reader.scan(code),
        Line::Comment | Line::Inner(_) => Ok(String::new()),
    }
}

/// The import, or export of something imported, at the beginning of `text`, and what is behind it.
fn imported<'a>(path: &str, text: &'a str) -> Option<(Import, &'a str)> {
    let passes_on = text.starts_with("export{");
    let rest = text.strip_prefix("import{").or_else(|| text.strip_prefix("export{"))?;
    let (names, rest) = rest.split_once("}from\"")?;
    let (target, behind) = rest.split_once("\";")?;
    let import = Import { at: path.to_owned(), target: target.to_owned(), names: pairs(names)?, passes_on };
    Some((import, behind))
}
