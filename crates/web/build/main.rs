//! Packs what lies in `static` for the way to the browser, and lists it for `src/assets.rs`: all modules as one, our
//! styles as one, words without their indentation, everything else as it is.
#![expect(clippy::print_stdout, reason = "cargo reads it")]

mod modules;
mod styles;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Folders whose files are joined.
const JOINED: [&str; 3] = ["app/", "styles/", "vendor/"];

/// Endings of the other files that are served, and their media types.
const SERVED: [(&str, &str); 5] = [
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("webmanifest", "application/manifest+json"),
];

fn main() {
    // Cargo shows this without what it asks of a failed script, such as a backtrace.
    if let Err(error) = pack() {
        println!("cargo::error={error}");
    }
}

fn pack() -> Result<()> {
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=build");
    let from = PathBuf::from("static");
    let to = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut paths = Vec::new();
    collect(&from, &from, &mut paths)?;
    paths.sort();

    let read = |path: &str| fs::read_to_string(from.join(path)).map_err(|error| format!("{path}: {error}"));
    let mut files = vec![
        ("styles.css".to_owned(), "text/css; charset=utf-8", styles::join(&read)?.into()),
        ("app.js".to_owned(), "text/javascript; charset=utf-8", modules::join("app/main.js", &read)?.into()),
    ];
    for path in paths.iter().filter(|path| !JOINED.iter().any(|folder| path.starts_with(folder))) {
        let Some(kind) = media_type(path) else { continue };
        let content = match kind {
            // The strings of JSON end on their lines.
            "application/json" => without_indentation(&read(path)?).into(),
            _ => fs::read(from.join(path))?,
        };
        files.push((path.clone(), kind, content));
    }

    let page = fs::read_to_string(from.join("index.html"))?;
    let version = version(&files, &page);
    let prefix = format!("/assets/{version}");
    let page = page.replace("{assets}", &prefix).replace("{version}", &version);

    let mut list = format!("pub(crate) const VERSION: &str = {version:?};\n");
    writeln!(list, "pub(crate) static PAGE: Packed = {};", packed(&to, "index.html", page.as_bytes())?)?;
    writeln!(list, "pub(crate) static ASSETS: &[Asset] = &[")?;
    for (path, kind, content) in &files {
        let packed = packed(&to, path, content)?;
        let route = format!("{prefix}/{path}");
        writeln!(list, "    Asset {{ route: {route:?}, media_type: {kind:?}, packed: {packed} }},")?;
    }
    writeln!(list, "];")?;
    fs::write(to.join("assets.rs"), list)?;
    Ok(())
}

fn without_indentation(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim_start(), "\n"]).collect()
}

/// The files below a folder, by their paths with slashes.
fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, paths)?;
        } else if let Some(path) = path.strip_prefix(root)?.to_str() {
            paths.push(path.replace('\\', "/"));
        }
    }
    Ok(())
}

fn media_type(path: &str) -> Option<&'static str> {
    let ending = path.rsplit('.').next()?;
    SERVED.into_iter().find(|(served, _)| *served == ending).map(|(_, media_type)| media_type)
}

/// One name for the whole of what is served: whatever changes, the page and all that it needs change together.
fn version(files: &[(String, &str, Vec<u8>)], page: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(page);
    for (path, _, content) in files {
        digest.update(format!("{path} {}\n", content.len()));
        digest.update(content);
    }
    digest.finalize().iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Writes a file and what is smaller than it, and names them.
fn packed(to: &Path, path: &str, content: &[u8]) -> Result<String> {
    let place = to.join("packed").join(path);
    fs::create_dir_all(place.parent().ok_or("a file without a folder")?)?;
    fs::write(&place, content)?;
    let place = place.to_str().ok_or("OUT_DIR is not Unicode")?;
    let mut named = format!("Packed {{ plain: include_bytes!({place:?})");
    for (field, ending, smaller) in [("brotli", "br", by_brotli(content)?), ("gzip", "gz", by_gzip(content)?)]
    {
        let place = format!("{place}.{ending}");
        if smaller.len() < content.len() {
            fs::write(&place, smaller)?;
            write!(named, ", {field}: Some(include_bytes!({place:?}))")?;
        } else {
            write!(named, ", {field}: None")?;
        }
    }
    named.push_str(" }");
    Ok(named)
}

fn by_brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 4096, 11, 22).write_all(content)?;
    Ok(packed)
}

fn by_gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(content)?;
    Ok(packer.finish()?)
}
