//! The limit: what PostgreSQL itself does a second, without tweetty before it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::capture::{self, Executed};
use crate::postgres::{Postgres, RUN};

/// A like in a transaction of its own, as it is written without thinking of groups.
pub(crate) const LIKE: &str = "BEGIN;
INSERT INTO likes (tweet_id, user_id) VALUES (:target, :person) ON CONFLICT DO NOTHING;
UPDATE tweets SET like_count = like_count + 1 WHERE id = :target;
COMMIT;
";

/// The same for a like that is taken back.
pub(crate) const UNLIKE: &str = "BEGIN;
DELETE FROM likes WHERE tweet_id = :target AND user_id = :person;
UPDATE tweets SET like_count = like_count - 1 WHERE id = :target;
COMMIT;
";

/// A follow in a transaction of its own.
pub(crate) const FOLLOW: &str = "BEGIN;
INSERT INTO follows (follower_id, followee_id) VALUES (:person, :target) ON CONFLICT DO NOTHING;
UPDATE users SET followers_count = followers_count + 1 WHERE id = :target;
UPDATE users SET following_count = following_count + 1 WHERE id = :person;
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

impl<'a> Pgbench<'a> {
    /// With those settings; scripts and logs lie in the folder.
    pub(crate) fn new(postgres: &'a Postgres, session: Vec<String>, folder: &Path) -> Self {
        postgres.cluster.execute(RUN, MAKE_BARE);
        Self { postgres, session, folder: folder.to_owned() }
    }

    /// How often a second the statements of a request are answered.
    pub(crate) fn statements(&self, statements: &[Executed], clients: u32, seconds: u32) -> Result<f64> {
        let (script, variables) = script_of(statements)?;
        self.run(&script, &variables, clients, seconds)
    }

    /// The median of how long the statements of a request take one client that is alone, in ms.
    pub(crate) fn time_alone(&self, statements: &[Executed], seconds: u32) -> Result<f64> {
        let (script, variables) = script_of(statements)?;
        let log = self.folder.join("transactions");
        let mut pgbench = self.command(&script, &variables, 1, seconds)?;
        rate(pgbench.arg("--log").arg("--log-prefix").arg(&log).arg(RUN))?;
        let mut ends = Vec::new();
        for entry in std::fs::read_dir(&self.folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("transactions.") {
                ends.extend(ends_of(&std::fs::read_to_string(entry.path())?));
                std::fs::remove_file(entry.path())?;
            }
        }
        let times = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Ok(median(times).ok_or("pgbench logged no transactions")?)
    }

    /// How often a second a script is run.
    pub(crate) fn run(
        &self,
        script: &str,
        variables: &[(String, String)],
        clients: u32,
        seconds: u32,
    ) -> Result<f64> {
        rate(self.command(script, variables, clients, seconds)?.arg(RUN))
    }

    fn command(
        &self,
        script: &str,
        variables: &[(String, String)],
        clients: u32,
        seconds: u32,
    ) -> Result<Command> {
        let file = self.folder.join("script.sql");
        std::fs::write(&file, script)?;
        let mut pgbench = self.postgres.cluster.program("pgbench");
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--define=turn=-1"]);
        pgbench.arg(format!("--client={clients}")).arg(format!("--jobs={}", clients.min(2)));
        pgbench.arg(format!("--time={seconds}")).arg("--file").arg(&file);
        for (name, value) in variables {
            pgbench.arg(format!("--define={name}={value}"));
        }
        let options = self.session.iter().map(|setting| format!("-c {}", setting.replace(' ', "\\ ")));
        pgbench.env("PGOPTIONS", options.collect::<Vec<_>>().join(" "));
        Ok(pgbench)
    }
}

fn script_of(statements: &[Executed]) -> Result<(String, Vec<(String, String)>)> {
    if statements.is_empty() {
        return Err("the server sent no statement that could be measured".into());
    }
    Ok(capture::script(statements))
}

/// Runs pgbench and answers its transactions a second.
fn rate(pgbench: &mut Command) -> Result<f64> {
    let output = pgbench.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("{pgbench:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    Ok(rate.ok_or("pgbench printed no rate")?)
}

/// When the transactions of one client ended, in ms. The latencies in the log are no use: where an answer is there at
/// once, pgbench looks at the clock once for its beginning and its end.
fn ends_of(log: &str) -> Vec<f64> {
    let end = |line: &str| {
        let mut fields = line.split(' ').skip(4);
        let (seconds, microseconds): (f64, f64) =
            (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(seconds * 1e3 + microseconds / 1e3)
    };
    log.lines().filter_map(end).collect()
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
    fn the_times_of_transactions_lie_between_their_ends() {
        let ends = ends_of("0 1 0 0 1795522170 999900\n0 2 0 0 1795522171 000400\n");
        assert!((ends[1] - ends[0] - 0.5).abs() < 1e-3, "{ends:?}");
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), Some(5.0));
        assert_eq!(median(vec![]), None);
    }
}
