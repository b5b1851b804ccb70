//! Under what circumstances figures come to be.

use std::process::Command;

use tweetty_domain::{Clock as _, SystemClock};

use crate::Result;

/// The date, for a document.
pub fn today() -> String {
    SystemClock.now().format("%Y-%m-%d").to_string()
}

/// The processors, the memory and the kernel.
pub fn machine() -> Result<String> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unnamed processors", |(_, model)| model.trim());
    let count = std::thread::available_parallelism()?;
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let kibibytes =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"));
    let gibibytes = kibibytes.unwrap_or("0").parse::<u64>()? / 1024 / 1024;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel = kernel.split('-').next().unwrap_or_default().trim().to_owned();
    Ok(format!("{count} × {model}, {gibibytes} GiB, Linux {kernel}"))
}

/// The commit that is checked out; a change to the document that is being written is none.
pub fn commit(document: &str) -> Result<String> {
    let git = |arguments: &[&str]| -> Result<String> {
        let output = Command::new("git").args(arguments).output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--", ".", &format!(":!{document}")])?;
    Ok(if changed.is_empty() { commit } else { format!("{commit} with changes") })
}
