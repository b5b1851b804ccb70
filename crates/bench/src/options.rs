//! What is asked of the benchmark.

use std::path::PathBuf;

/// How to call it.
pub(crate) const USAGE: &str = "usage: tweetty-bench [load] [--full | --quick] [--check] [--only TEXT] [--seconds N] [--data FOLDER]
Measures the tweetty beside it on PostgreSQL and SQLite, prints a Markdown table and writes docs/benchmarks.md.
  load       sends four times what the service can bear and prints what becomes of it; scripts/load calls it
  --full     3,000,000 tweets on PostgreSQL in the place of 300,000
  --quick    a small company and a second a row, to see that everything works; writes no document
  --check    measures companies of the size that docs/benchmarks.md has, compares ratios with it, names what fell by
             over 20 % and exits with 1 then; writes nothing
  --only     measures the rows alone whose store or request contains the text; writes no document
  --seconds  how long each row is under load (4)
  --data     where seeded companies are kept between runs (the target folder)";

/// How large the company is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) users: u32,
    pub(crate) tweets: u32,
    pub(crate) likes: u32,
    pub(crate) follows: u32,
    /// Users with keys who like nothing before they have to.
    pub(crate) likers: u32,
}

/// `tweets` is a multiple of `likers`: see `walk.rs`.
const USUAL: Sizes =
    Sizes { users: 30_000, tweets: 300_000, likes: 3_000_000, follows: 626_110, likers: 10_000 };
const FULL: Sizes =
    Sizes { users: 100_000, tweets: 3_000_000, likes: 30_000_000, follows: 6_026_110, likers: 10_000 };
const QUICK: Sizes = Sizes { users: 300, tweets: 20_000, likes: 60_000, follows: 20_000, likers: 10_000 };

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measured {
    /// The rows of docs/benchmarks.md.
    Rows,
    /// What becomes of more than the service can bear.
    Overload,
}

/// Everything that can be asked.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) measured: Measured,
    pub(crate) full: bool,
    pub(crate) quick: bool,
    pub(crate) check: bool,
    pub(crate) only: Option<String>,
    pub(crate) seconds: u32,
    pub(crate) data: PathBuf,
}

impl Options {
    /// Reads the arguments; `None` where they can't be understood.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut measured, mut full, mut quick, mut check, mut only, mut seconds, mut data) =
            (Measured::Rows, false, false, false, None, None, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "load" => measured = Measured::Overload,
                "--full" => full = true,
                "--quick" => quick = true,
                "--check" => check = true,
                "--only" => only = Some(arguments.next()?),
                "--seconds" => {
                    seconds =
                        Some(arguments.next()?.parse().ok().filter(|seconds| (1..=600).contains(seconds))?);
                }
                "--data" => data = Some(PathBuf::from(arguments.next()?)),
                _ => return None,
            }
        }
        // A small company says nothing about the figures of a large one.
        let load = measured == Measured::Overload;
        if (quick || load) && (full || check) {
            return None;
        }
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        let seconds = seconds.unwrap_or(match (load, quick) {
            (true, false) => 10,
            (true, true) => 3,
            (false, true) => 1,
            (false, false) => 4,
        });
        Some(Self {
            measured,
            full,
            quick,
            check,
            only,
            seconds,
            data: data.unwrap_or_else(|| target.join("bench")),
        })
    }

    /// The company that PostgreSQL holds.
    pub(crate) fn on_postgres(&self) -> Sizes {
        if self.full { FULL } else { self.on_sqlite() }
    }

    /// The company that SQLite holds, and PostgreSQL where it holds no larger one.
    pub(crate) fn on_sqlite(&self) -> Sizes {
        if self.quick { QUICK } else { USUAL }
    }

    /// Whether the row is wanted.
    pub(crate) fn wants(&self, store: &str, request: &str) -> bool {
        self.only.as_deref().is_none_or(|text| store.contains(text) || request.contains(text))
    }

    /// How long a row is measured that has one connection alone.
    pub(crate) fn seconds_alone(&self) -> u32 {
        self.seconds.div_ceil(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Option<Options> {
        Options::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn a_small_company_is_never_compared_with_a_large_one() {
        assert!(parse(&["--quick", "--check"]).is_none());
        assert!(parse(&["--full", "--check"]).is_some());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [&["--fast"] as &[&str], &["--seconds"], &["--seconds", "0"], &["--only"]] {
            assert!(parse(arguments).is_none(), "{arguments:?}");
        }
        assert_eq!(parse(&["--seconds", "9"]).unwrap().seconds, 9);
    }
}
