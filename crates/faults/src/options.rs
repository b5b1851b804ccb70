//! What is asked of the fault runs.

/// How to call it.
pub(crate) const USAGE: &str = "usage: tweetty-faults [--quick | --full] [--only TEXT]
Breaks things around the tweetty beside it on PostgreSQL and SQLite, prints a Markdown table of what became of the
writes, and exits with 1 if one that was acknowledged is lost or doubled, a check finds something, or a restart is needed.
  --quick  a few seconds a fault (the default)
  --full   the figures of docs/reliability.md, which it writes: 200 kills and 100,000 writes a store and so on
  --only   those faults alone whose name or store contains the text; writes no document";

/// Everything that can be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) full: bool,
    pub(crate) only: Option<String>,
}

impl Options {
    /// Reads the arguments; `None` where they can't be understood.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut quick, mut options) = (false, Self::default());
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => quick = true,
                "--full" => options.full = true,
                "--only" => options.only = Some(arguments.next()?),
                _ => return None,
            }
        }
        (!(quick && options.full)).then_some(options)
    }

    /// Whether the fault is wanted.
    pub(crate) fn wants(&self, fault: &str, store: &str) -> bool {
        self.only.as_deref().is_none_or(|text| fault.contains(text) || store.contains(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Option<Options> {
        Options::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for arguments in [&["--fast"] as &[&str], &["--only"], &["--quick", "--full"]] {
            assert!(parse(arguments).is_none(), "{arguments:?}");
        }
        assert!(parse(&["--full"]).is_some_and(|options| options.full));
    }

    #[test]
    fn a_text_selects_by_fault_or_store() {
        let options = parse(&["--only", "SQLite"]).unwrap();
        assert!(options.wants("kill -9", "SQLite") && !options.wants("kill -9", "PostgreSQL"));
        assert!(parse(&[]).unwrap().wants("kill -9", "PostgreSQL"));
    }
}
