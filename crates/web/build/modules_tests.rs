use std::fs;
use std::path::{Path, PathBuf};

use super::sources::{EXPORTS, IMPORTS};
use super::*;

/// The modules in one, the first of which is where to begin.
fn joined(modules: &[(&str, &str)]) -> Result<String, String> {
    let known = modules.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let known = known.collect::<HashMap<_, _>>();
    join(modules[0].0, &|path| known.get(path).cloned().ok_or_else(|| format!("no {path}")))
}

/// A module among others that it may import.
fn joined_alone(module: &str) -> Result<String, String> {
    joined(&[
        ("app/main.js", module),
        ("app/x.js", "export const x = 1;\nexport function f() {}\n"),
        ("app/back.js", "import \"./main.js\";\n"),
        ("v/v.mjs", "export default function(){}export{};"),
    ])
}

/// A library, of which all is imported that `names` says.
fn joined_library(library: &str, names: &str) -> Result<String, String> {
    let main = format!("import {names} from \"../v/l.mjs\";\n");
    joined(&[("app/main.js", &main), ("v/l.mjs", library), ("v/v.mjs", "const a=1;export{a as b,a as c};")])
}

/// What became of a module, without the first and the last words around it.
fn body<'a>(text: &'a str, path: &str) -> &'a str {
    let (_, text) = text.split_once(&format!("// {path}\n(() => {{\n")).unwrap_or_else(|| panic!("{text}"));
    text.split_once("})();\n").unwrap().0
}

#[test]
fn modules_come_after_what_they_need_and_each_once() {
    let text = joined(&[
        ("a/main.js", "import { x, y as z } from \"./x.js\";\nimport { B } from \"../b.js\";\nx(z, B);\n"),
        (
            "a/x.js",
            "// What it is.\nimport h from \"../v/h.mjs\";\nexport const x = h;\nexport async function y() {}\n",
        ),
        ("b.js", "import { x } from \"./a/x.js\";\n/**\n * @param {1} one\n */\nexport class B {}\n"),
        ("v/h.mjs", "export default function(){}"),
    ]);
    let expected = "const modules = {};\n\
        // v/h.mjs\n(() => {\nfunction module_default(){}\n\
        Object.assign(modules, { \"v/h.mjs\": module_default });\n})();\n\
        // a/x.js\n(() => {\nconst { \"v/h.mjs\": h } = modules;\nconst x = h;\nasync function y() {}\n\
        Object.assign(modules, { x, y });\n})();\n\
        // b.js\n(() => {\nconst { x } = modules;\nclass B {}\nObject.assign(modules, { B });\n})();\n\
        // a/main.js\n(() => {\nconst { x, y: z, B } = modules;\nx(z, B);\n})();\n";
    assert_eq!(text.unwrap(), expected);
}

#[test]
fn what_is_understood_is_joined_as_it_is_meant() {
    // The module, and its text in the joined file.
    for (module, expected) in [
        ("import { f as g, x, } from \"./x.js\";", "const { f: g, x } = modules;\n"),
        ("import { default as d } from \"../v/v.mjs\";", "const { \"v/v.mjs\": d } = modules;\n"),
        ("import {} from \"./x.js\";", ""),
        ("import \"./x.js\";\n(() => 1)();", "(() => 1)();\n"),
        ("[1].map(f)", "[1].map(f)\n"),
        ("`a`.trim()", "`a`.trim()\n"),
        ("const a = 1 // the end", "const a = 1\n"),
        ("/* one */\n/**\n * import x\n * export y */\na();\n", "a();\n"),
        ("/** @type {A} */ (a).b(); /* c */", "(a).b();\n"),
        ("a(/** @type {import(\"x\").A} */ (b));", "a((b));\n"),
        ("const a = /** @type {A} */ (b);", "const a = (b);\n"),
        ("const/**/a = b+/**/+c;", "const a = b+ +c;\n"),
        ("if (a) {\n    b(); // c\n  }", "if (a) {\nb();\n}\n"),
        ("const a = `one\n\n  ${b}\n`;", "const a = `one\n\n  ${b}\n`;\n"),
        ("a(`b  \n  ${ /* c */ d /* e */ }/* f */`);", "a(`b  \n  ${ d }/* f */`);\n"),
        ("a(`${b.map((c) => `\n\\`${c}\n`)}`);", "a(`${b.map((c) => `\n\\`${c}\n`)}`);\n"),
        ("a(`${\n// Why.\n  b}`);", "a(`${\nb}`);\n"),
        ("const a = \"https://b\" + '// \\' import ';", "const a = \"https://b\" + '// \\' import ';\n"),
        ("const a = /[/`]\\/`/u.exec(`/`);", "const a = /[/`]\\/`/u.exec(`/`);\n"),
        ("a((b - c) / 2, (d - e) / 2, f[0] / 2 / 3);", "a((b - c) / 2, (d - e) / 2, f[0] / 2 / 3);\n"),
        ("if (a) b();\nc = {} / 2;", "if (a) b();\nc = {} / 2;\n"),
        ("a(async ({ b }) => {\n  await b;\n});", "a(async ({ b }) => {\nawait b;\n});\n"),
        ("const a = async () => [await b, await c];", "const a = async () => [await b, await c];\n"),
        ("export const a = (b, c) => [b, c];", "const a = (b, c) => [b, c];\n"),
        ("export const $a_1 = f(1, 2);\nlet b, c;", "const $a_1 = f(1, 2);\nlet b, c;\n"),
        ("export class A extends B {}", "class A extends B {}\n"),
    ] {
        let text = joined_alone(module).unwrap_or_else(|error| panic!("{module}: {error}"));
        assert_eq!(body(&text, "app/main.js"), expected, "{module}");
    }
}

#[test]
fn a_module_that_waits_is_waited_for() {
    for module in [
        "const a = await b;",
        "if (a) {\n  await b;\n}",
        "for await (const a of b) c(a);",
        "const a = async () => 1, b = await c;",
        "a(async () => {}, await b);",
        "a(`${await b}`);",
    ] {
        let text = joined_alone(module).unwrap_or_else(|error| panic!("{module}: {error}"));
        assert!(text.contains("// app/main.js\nawait (async () => {\n"), "{module}\n{text}");
    }
    assert!(!joined_alone("a.await = 1;").unwrap().contains("async"));
}

#[test]
fn a_library_is_joined_as_its_makers_packed_it() {
    // The library, what is imported of it, and its text in the joined file.
    for (library, names, expected) in [
        (
            "const a=1,b=/`/u;function c(){}export{a as x,c};",
            "{ x, c }",
            "const a=1,b=/`/u;function c(){}\nObject.assign(modules, { x: a, c });\n",
        ),
        (
            "import{b as d}from\"./v.mjs\";d();export{d as e,f};",
            "{ e }",
            "const { b: d } = modules;\nd();\nObject.assign(modules, { e: d });\n",
        ),
        (
            "const t=1;export default function(s){return t}",
            "l",
            "const t=1;function module_default(s){return t}\n",
        ),
        (
            "export{b}from\"./v.mjs\";let a;export{a};\n",
            "{ a, b }",
            "let a;\nObject.assign(modules, { a });\n",
        ),
    ] {
        let text = joined_library(library, names).unwrap_or_else(|error| panic!("{library}: {error}"));
        let found = body(&text, "v/l.mjs");
        let found =
            found.strip_suffix("Object.assign(modules, { \"v/l.mjs\": module_default });\n").unwrap_or(found);
        assert_eq!(found, expected, "{library}");
    }
}

#[test]
fn a_library_that_is_not_understood_for_sure_is_refused() {
    for library in [
        "import a from\"./v.mjs\";export{a};",
        "import*as a from\"./v.mjs\";export{a};",
        "import\"./v.mjs\";",
        "import{b}from'./v.mjs';export{b};",
        "import{b}from\"./v.mjs\";import{z}from\"./v.mjs\";",
        "import{b}from\"v\";export{b};",
        "export*from\"./v.mjs\";",
        "export const a=1;",
        "export default class{}",
        "const a=1;export{a};export{a as b};",
        "const a=\"export{b};",
        "const a=\"export default function(\";",
        "{export default function(){}}",
        "import(\"./v.mjs\");",
        "import.meta.url;",
        "const modules=1;export{modules as a};",
        "const a=1;\nexport{a};",
        "const a=`;export{a};",
        "{const a=1;export{a};",
        "const a=typeof /`/;export{a};",
        "const a=1;export{a as \"b\"};",
    ] {
        let error = joined_library(library, "{}").expect_err(library);
        assert!(error.starts_with("v/l.mjs: ") && !error.contains('\n'), "{library}\n{error}");
    }
}

#[test]
fn what_is_not_understood_for_sure_is_refused_by_its_line() {
    const TEMPLATE: &str = "the line of a template may not begin like";
    const SLASH: &str = "a division or a regular expression?";
    const WORD: &str = "import and export may only begin a line";
    const OPEN: &str = "a bracket, template or comment is still open at the end";
    const OURS: &str = "modules and names that begin with module_ belong to the joined file";
    // The module, the line that is named, and how the cure begins.
    for (module, line, cure) in [
        // What comes in by other forms.
        ("import {\n  x,\n} from \"./x.js\";", 1, IMPORTS),
        ("import * as x from \"./x.js\";", 1, IMPORTS),
        ("import v, { w } from \"../v/v.mjs\";", 1, IMPORTS),
        ("import { v as modules } from \"../v/v.mjs\";", 1, IMPORTS),
        ("import v from \"v\";", 1, IMPORTS),
        ("import { x } from './x.js';", 1, IMPORTS),
        ("import { x } from \"./x.js\"", 1, IMPORTS),
        ("import { x } from \"./x.js\"; // x", 1, IMPORTS),
        ("import { x } from \"./x.js\"; import \"./x.js\";", 1, IMPORTS),
        ("import { x /* y */ } from \"./x.js\";", 1, IMPORTS),
        ("import { \"x\" as y } from \"./x.js\";", 1, IMPORTS),
        ("import { x as module_1 } from \"./x.js\";", 1, IMPORTS),
        ("import x from \"./x.json\" with { type: \"json\" };", 1, IMPORTS),
        ("import x from \"./x.json\";", 1, IMPORTS),
        ("import \".//x.js\";", 1, IMPORTS),
        ("import(\"./x.js\");", 1, WORD),
        ("import (\"./x.js\");", 1, IMPORTS),
        ("import{ x } from \"./x.js\";", 1, WORD),
        ("  import { x } from \"./x.js\";", 1, WORD),
        ("import\n  \"./x.js\";", 1, WORD),
        ("a();\nb(import.meta.url);", 2, WORD),
        ("async function a() {\n  await import(\"./x.js\");\n}", 2, WORD),
        ("a();\nimport \"./x.js\";", 2, "imports come before all code"),
        ("import { x, y } from \"./x.js\";", 1, "app/x.js does not export y"),
        ("import x from \"./x.js\";", 1, "app/x.js does not export default"),
        ("// None.\nimport \"./none.js\";", 2, "no app/none.js"),
        ("import \"../v/none.mjs\";", 1, "no v/none.mjs"),
        ("import \"./main.js\";", 1, "app/main.js imports itself"),
        // What goes out by other forms.
        ("a();\nexport let b = 1;", 2, EXPORTS),
        ("export var a = 1;", 1, EXPORTS),
        ("export default 1;", 1, EXPORTS),
        ("export default function a() {}", 1, EXPORTS),
        ("export { a as b };", 1, EXPORTS),
        ("export * from \"./x.js\";", 1, EXPORTS),
        ("export * as x from \"./x.js\";", 1, EXPORTS),
        ("export function* a() {}", 1, EXPORTS),
        ("export async function* a() {}", 1, EXPORTS),
        ("export const { a, b } = c;", 1, EXPORTS),
        ("export const [a] = c;", 1, EXPORTS),
        ("export const a\\u0062 = 1;", 1, EXPORTS),
        ("export const module_0 = 1;", 1, EXPORTS),
        ("import \"./x.js\";\nexport const x = 1;", 2, "app/x.js exports x, too"),
        ("export const a = 1, b = 2;", 1, "export one name a declaration"),
        ("export const a = [1, 2],\n  b = 2;", 1, "export one name a declaration"),
        ("export const a = 1\n  , b = 2;", 2, "export one name a declaration"),
        ("export const a = 1; export const b = 2;", 1, WORD),
        ("export\nconst a = 1;", 1, WORD),
        ("export{ a };", 1, WORD),
        // Text that looks like code, and code that looks like text.
        ("const a = `\n// one\n`;", 2, TEMPLATE),
        ("const a = `\n  //b\n`;", 2, TEMPLATE),
        ("const a = `\n/* one */\n`;", 2, TEMPLATE),
        ("const a = `\nimport \"./x.js\";\n`;", 2, TEMPLATE),
        ("const a = `\nexport const b = 1;\n`;", 2, TEMPLATE),
        ("const a = `${b.map(() => `\n// one\n`)}`;", 2, TEMPLATE),
        ("const a = `${{ b: \"}`\" }}\n// one\n`;", 2, TEMPLATE),
        ("const a = \"one \\\n// two\";", 1, "a string has to end on its line"),
        ("a(); /* one\nimport \"./x.js\";\n*/", 1, "a comment after code has to end on its line"),
        ("/**\n * one\n */ a();", 3, "code after the end of a comment"),
        ("// one\ra();", 1, "a line may only end in a line feed"),
        ("// one\u{2028}a();", 1, "a line may only end in a line feed"),
        ("if (a) /`/.test(b);", 1, SLASH),
        ("if (a) {}\n/`/.test(b);", 2, SLASH),
        ("const a = b++ / c / d;", 1, SLASH),
        ("const a = typeof /b/;", 1, SLASH),
        ("a(/[/);", 1, SLASH),
        // What means something else within a function, or in the joined file.
        ("const module_0 = 1;", 1, OURS),
        ("a(modules);", 1, OURS),
        ("#!/usr/bin/env node\na();", 1, "a joined module may not begin with a hashbang"),
        ("\u{feff}import \"./x.js\";", 1, "a joined module may not begin with a hashbang"),
        ("a(\n", 1, OPEN),
        ("const a = `\n  b", 2, OPEN),
        ("/* one\na();\n", 2, OPEN),
        ("a(]);", 1, "this closes nothing that is open"),
    ] {
        let error = joined_alone(module).expect_err(module);
        assert!(error.starts_with(&format!("app/main.js:{line}: {cure}")), "{module}\n{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_circle_of_imports_is_refused_where_it_closes() {
    let error = joined_alone("import \"./back.js\";").unwrap_err();
    assert!(
        error.starts_with("app/back.js:1: app/main.js imports itself by way of app/main.js, app/back.js")
    );
}

#[test]
fn modules_may_use_the_same_names_for_what_they_keep_to_themselves() {
    let text =
        joined(&[("main.js", "import \"./b.js\";\nconst a = 1;\n"), ("b.js", "const a = 2;\n")]).unwrap();
    assert_eq!((body(&text, "b.js"), body(&text, "main.js")), ("const a = 2;\n", "const a = 1;\n"));
}

#[test]
fn what_nobody_imports_stays_within_its_module() {
    let text = joined_alone("import { x } from \"./x.js\";").unwrap();
    assert!(text.contains("function f() {}\nObject.assign(modules, { x });\n"), "{text}");
}

#[test]
fn every_module_of_the_page_is_joined_and_no_line_of_its_code_is_lost() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("static");
    let text =
        join("app/main.js", &|path| fs::read_to_string(root.join(path)).map_err(|error| error.to_string()));
    let text = text.unwrap();
    let paths = modules_below(&root.join("app"));
    assert!(paths.len() > 50, "{}", paths.len());
    for path in paths {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let (_, joined) =
            text.split_once(&format!("\n// {name}\n")).unwrap_or_else(|| panic!("{name} is missing"));
        let mut joined = joined.lines().map(str::trim);
        for line in fs::read_to_string(&path).unwrap().lines() {
            let code = line.strip_prefix("export ").unwrap_or(line).trim();
            let is_changed = ["//", "/*", "*", "import "].iter().any(|start| code.starts_with(start));
            // Comments behind code go.
            if !code.is_empty() && !is_changed && !code.contains("/*") && !code.contains(" //") {
                assert!(joined.any(|joined| joined == code), "{name}: {code}");
            }
        }
    }
}

fn modules_below(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => modules_below(&path),
            Some(ending) if ending == "js" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}
