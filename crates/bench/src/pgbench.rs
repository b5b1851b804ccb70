//! The limit: what PostgreSQL itself does a second, without tweetty before it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::Result;
use crate::capture::{self, Executed};
use crate::postgres::{Postgres, RUN};

/// A like in a transaction of its own, as it is written without thinking of groups.
pub(crate) const LIKE: &str = "BEGIN;
INSERT INTO likes (tweet_id, user_id) VALUES (:tweet, :liker) ON CONFLICT DO NOTHING;
UPDATE tweets SET like_count = like_count + 1 WHERE id = :tweet;
COMMIT;
";

/// The same for a like that is taken back.
pub(crate) const UNLIKE: &str = "BEGIN;
DELETE FROM likes WHERE tweet_id = :tweet AND user_id = :liker;
UPDATE tweets SET like_count = like_count - 1 WHERE id = :tweet;
COMMIT;
";

/// A table with nothing but a key and a text.
pub(crate) const MAKE_BARE: &str = "CREATE TABLE IF NOT EXISTS bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content TEXT NOT NULL)";
/// The least that a durable write costs.
pub(crate) const BARE_INSERT: &str = "INSERT INTO bare (content) VALUES ('one row');\n";
/// The least that a question costs.
pub(crate) const BARE_SELECT: &str = "SELECT 1;\n";

/// pgbench on the database of the run, with the settings that tweetty gives its own connections.
pub(crate) struct Pgbench<'a> {
    postgres: &'a Postgres,
    session: Vec<String>,
    folder: PathBuf,
}

/// What a script reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached {
    /// Transactions a second.
    pub(crate) rate: f64,
    /// The median in ms.
    pub(crate) p50: f64,
}

impl<'a> Pgbench<'a> {
    /// With those settings; scripts and logs lie in the folder.
    pub(crate) fn new(postgres: &'a Postgres, session: Vec<String>, folder: &Path) -> Self {
        postgres.cluster.execute(RUN, MAKE_BARE);
        Self { postgres, session, folder: folder.to_owned() }
    }

    /// Runs the statements of a request again and again.
    pub(crate) fn statements(&self, statements: &[Executed], clients: u32, seconds: u32) -> Result<Reached> {
        if statements.is_empty() {
            return Err("the server sent no statement that could be measured".into());
        }
        let (script, variables) = capture::script(statements);
        self.run(&script, &variables, clients, seconds)
    }

    /// Runs a script for so long.
    pub(crate) fn run(
        &self,
        script: &str,
        variables: &[(String, String)],
        clients: u32,
        seconds: u32,
    ) -> Result<Reached> {
        let file = self.folder.join("script.sql");
        std::fs::write(&file, script)?;
        let log = self.folder.join("latencies");
        let mut pgbench = self.postgres.cluster.program("pgbench");
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix"]).arg(&log);
        pgbench.arg(format!("--client={clients}")).arg(format!("--jobs={}", clients.min(2)));
        pgbench.arg(format!("--time={seconds}")).arg("--file").arg(&file).arg("--define=turn=-1");
        for (name, value) in variables {
            pgbench.arg(format!("--define={name}={value}"));
        }
        let options = self.session.iter().map(|setting| format!("-c {}", setting.replace(' ', "\\ ")));
        pgbench.env("PGOPTIONS", options.collect::<Vec<_>>().join(" "));
        let output = pgbench.arg(RUN).stdin(Stdio::null()).output()?;
        let (text, problems) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let latencies = self.latencies()?;
        if !output.status.success() {
            return Err(format!("pgbench failed: {problems}\n{script}").into());
        }
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        Ok(Reached {
            rate: rate.ok_or("pgbench told no rate")?,
            p50: median(latencies).ok_or("no transaction")?,
        })
    }

    /// What the logs of the transactions say, in ms; they are removed.
    fn latencies(&self) -> Result<Vec<f64>> {
        let mut latencies = Vec::new();
        for entry in std::fs::read_dir(&self.folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("latencies.") {
                let text = std::fs::read_to_string(entry.path())?;
                let microseconds =
                    text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
                latencies.extend(microseconds.map(|microseconds| microseconds / 1e3));
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(latencies)
    }
}

/// The one in the middle; `None` of none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(vec![]), None);
    }
}
