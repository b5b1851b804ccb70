//! The lines of a file that can't be used.

use crate::config::Refusal;
use crate::output::complain;

/// Problems that are named; of more, only the number.
const NAMED: usize = 100;

/// What is wrong with the lines of a file.
#[derive(Debug, Default)]
pub(in crate::cli::users) struct Problems {
    found: Vec<(u64, String)>,
}

impl Problems {
    /// One problem in that line.
    pub(in crate::cli::users) fn of(line: u64, problem: impl Into<String>) -> Self {
        Self { found: vec![(line, problem.into())] }
    }

    pub(in crate::cli::users) fn add(&mut self, line: u64, problem: impl Into<String>) {
        self.found.push((line, problem.into()));
    }

    /// The problems, if there are any.
    pub(in crate::cli::users) fn into_result(self) -> Result<(), Self> {
        if self.found.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Says what is wrong with a file of that name, line by line, and then what that means.
    pub(in crate::cli::users) fn refusal(mut self, name: &str, so: &str) -> Refusal {
        self.found.sort_by_key(|(line, _)| *line);
        if let [(line, problem)] = &*self.found {
            return Refusal::world(format!("{name} line {line}"), format_args!("{problem}; {so}"));
        }
        for (line, problem) in self.found.iter().take(NAMED) {
            complain(&format!("{name} line {line}: {problem}"));
        }
        let count = self.found.len();
        let more = match count.checked_sub(NAMED) {
            Some(more) if more > 0 => format!(", {more} of them not named here"),
            _ => String::new(),
        };
        Refusal::world(name, format_args!("{count} lines can't be used{more}; {so}"))
    }

    #[cfg(test)]
    pub(super) fn found(&self) -> &[(u64, String)] {
        &self.found
    }
}
