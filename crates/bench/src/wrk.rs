//! The load tool.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Result;

/// What is sent, by how many connections, for how long.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) connections: u32,
    pub(crate) seconds: u32,
    pub(crate) path: String,
    /// What `wrk/load.lua` reads.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// What came of it; every answer was the one expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Answered {
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    /// The median in ms.
    pub(crate) p50: f64,
    /// In ms.
    pub(crate) p99: f64,
}

impl Answered {
    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.seconds
    }
}

impl Load {
    /// A read of a path.
    pub(crate) fn get(path: &str, key: &str) -> Self {
        let environment = vec![("BENCH_KIND", "get".to_owned()), ("BENCH_KEY", key.to_owned())];
        Self { connections: 16, seconds: 1, path: path.to_owned(), environment }
    }

    /// One page after the other, from the first to that one and again; `%d` in the path is the page's number.
    pub(crate) fn pages(path: &str, key: &str, last: u64) -> Self {
        let environment = vec![
            ("BENCH_KIND", "pages".to_owned()),
            ("BENCH_KEY", key.to_owned()),
            ("BENCH_PATH", path.to_owned()),
            ("BENCH_PAGES", last.to_string()),
        ];
        Self { connections: 1, seconds: 1, path: path.replace("%d", "1"), environment }
    }

    /// The same body, posted again and again.
    pub(crate) fn post(path: &str, key: &str, content_type: &str, body: &std::path::Path) -> Self {
        let environment = vec![
            ("BENCH_KIND", "post".to_owned()),
            ("BENCH_KEY", key.to_owned()),
            ("BENCH_TYPE", content_type.to_owned()),
            ("BENCH_BODY", body.display().to_string()),
            ("BENCH_STATUS", "201".to_owned()),
        ];
        Self { connections: 16, seconds: 1, path: path.to_owned(), environment }
    }

    /// The same by so many connections for so long.
    pub(crate) fn by(mut self, connections: u32, seconds: u32) -> Self {
        (self.connections, self.seconds) = (connections, seconds);
        self
    }

    /// Sends it and measures. An answer that fails or is not the one expected fails the whole.
    pub(crate) fn send(&self, address: SocketAddr) -> Result<Answered> {
        let answered = self.send_uncounted(address)?;
        if answered.requests == 0 {
            return Err(format!("{}: no answer within {} s", self.path, self.seconds).into());
        }
        Ok(answered)
    }

    /// Sends it to warm up: a slow answer may come too late to be counted.
    pub(crate) fn send_uncounted(&self, address: SocketAddr) -> Result<Answered> {
        let output = Command::new("wrk")
            .arg("-t1")
            .arg(format!("-c{}", self.connections))
            .arg(format!("-d{}s", self.seconds))
            .args(["--timeout", "10s", "-s"])
            .arg(PathBuf::from("crates/bench/wrk/load.lua"))
            .arg(format!("http://{address}{}", self.path))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("wrk: {error}; scripts/bench installs it"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(format!("wrk failed: {text} {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        parse(&text).map_err(|problem| format!("{}: {problem}", self.path).into())
    }
}

fn parse(text: &str) -> Result<Answered, String> {
    let line = text.lines().find_map(|line| line.strip_prefix("measured "));
    let fields = line.unwrap_or_default().split(' ').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>();
    let Ok([requests, duration, p50, p99, broken, failed, unexpected]) = fields.as_deref() else {
        return Err(format!("wrk did not print what it measured: {text}"));
    };
    if *broken + *failed + *unexpected > 0 {
        return Err(format!(
            "of {requests} requests {failed} failed, {unexpected} had another answer than the expected one, \
             and {broken} connections broke or had no answer in time"
        ));
    }
    Ok(Answered {
        requests: u64::from(*requests),
        seconds: f64::from(*duration) / 1e6,
        p50: f64::from(*p50) / 1e3,
        p99: f64::from(*p99) / 1e3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_read_from_among_other_lines() {
        let answered = parse("Running 1s test\nmeasured 500 2000000 1500 9000 0 0 0\n").unwrap();
        assert_eq!(answered, Answered { requests: 500, seconds: 2.0, p50: 1.5, p99: 9.0 });
        assert!((answered.rate() - 250.0).abs() < 1e-9);
    }

    #[test]
    fn a_single_failed_or_unexpected_answer_fails_the_row() {
        for line in
            ["500 2000000 1500 9000 1 0 0", "500 2000000 1500 9000 0 1 0", "500 2000000 1500 9000 0 0 1"]
        {
            assert!(parse(&format!("measured {line}")).unwrap_err().contains("of 500 requests"));
        }
        assert!(parse("").is_err());
    }
}
