//! `tweetty users sync`: the store's people become those of a file.
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{
    ApiKey, AtMost, Changes, FoundBy, ListName, ListRules, Move, Operations, Plan, SYNC_STEP, Unplannable,
    User, UserId,
};

use super::follows::Follows;
use super::import::warn_of;
use super::people_file::{self, Column, Format, PeopleFile, Problems, Row};
use crate::cli::keys_file::{KeysFile, KeysTo};
use crate::config::{Refusal, local_path};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

/// Between two steps: as long as a server's SQLite may sleep before it looks again whether it may write.
const PAUSE: Duration = Duration::from_millis(100);

const NOBODY: &str = "nobody was touched";

#[derive(Debug, Args)]
pub(super) struct Sync {
    /// A file whose first line names its columns: nickname, login, first_name, last_name, email, external_id, title,
    /// department, role; what has no column stays as it is. An external_id, else a login, else a nickname says who somebody is;
    /// - reads standard input
    #[arg(value_name = "FILE", value_parser = local_path())]
    file: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Deactivate active users whom the list manages and who are not in the file
    #[arg(long)]
    deactivate_missing: bool,
    /// How many users may be deactivated at once, such as 25, or 10% of the active users whom the list manages; beyond it
    /// nobody is touched
    #[arg(long, value_name = "N|N%", value_parser = at_most, default_value = "10%", requires = "deactivate_missing")]
    at_most: AtMost,
    /// What the list is called: it manages the users who are in it, and those of another list are left alone
    #[arg(long, value_name = "NAME", value_parser = ListName::parse, default_value = "people")]
    source: ListName,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    keys_to: KeysTo,
    #[command(flatten)]
    follows: Follows,
}

fn at_most(text: &str) -> Result<AtMost, String> {
    let wanted = || "write a number of people, such as 25, or a share of them, such as 10%".to_owned();
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().filter(|percent| *percent <= 100).map(AtMost::Percent),
        None => text.parse().ok().map(AtMost::People),
    }
    .ok_or_else(wanted)
}

/// What was done, or would be.
#[derive(Debug, Default, Serialize)]
struct Synced {
    dry_run: bool,
    joined: Vec<Joined>,
    changed: Vec<Changed>,
    left: Vec<Known>,
    bots: Vec<LostBot>,
    left_alone: Vec<LeftAlone>,
    missing: Vec<Known>,
    unchanged: u64,
}

#[derive(Debug, Serialize)]
struct Joined {
    line: u64,
    nickname: String,
}

#[derive(Debug, Serialize)]
struct Changed {
    line: u64,
    #[serde(flatten)]
    user: Known,
    fields: String,
    returns: bool,
    adopted_by: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct LeftAlone {
    line: u64,
    #[serde(flatten)]
    user: Known,
    /// The other list; nothing of a bot, which no list manages.
    managed_by: Option<String>,
}

/// A bot that is deactivated with its owner.
#[derive(Debug, Serialize)]
struct LostBot {
    #[serde(flatten)]
    user: Known,
    owner_id: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Known {
    id: i64,
    nickname: String,
}

impl From<&User> for Known {
    fn from(user: &User) -> Self {
        Self { id: user.id.get(), nickname: user.nickname.as_str().to_owned() }
    }
}

impl Answer for Synced {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        for Known { id, nickname } in &self.left {
            writeln!(to, "leaves      #{id} {nickname}")?;
        }
        for LostBot { user: Known { id, nickname }, owner_id } in &self.bots {
            let owner = owner_id.map(|owner| format!(" #{owner}")).unwrap_or_default();
            writeln!(to, "leaves      #{id} {nickname}, a bot, with its owner{owner}")?;
        }
        for Changed { line, user: Known { id, nickname }, fields, returns, adopted_by } in &self.changed {
            let what = if *returns { "comes back" } else { "changes   " };
            let adopted = adopted_by.map(|by| format!("adopted by {by}"));
            let fields = Some(fields.clone()).filter(|fields| !fields.is_empty());
            let words = adopted.into_iter().chain(fields).collect::<Vec<_>>().join(", ");
            writeln!(to, "{}", format!("{what}  #{id} {nickname} (line {line}) {words}").trim_end())?;
        }
        for Joined { line, nickname } in &self.joined {
            writeln!(to, "joins       {nickname} (line {line})")?;
        }
        for LeftAlone { line, user: Known { id, nickname }, managed_by } in &self.left_alone {
            let why = managed_by.as_ref().map_or("a bot".to_owned(), |list| format!("managed by {list}"));
            writeln!(to, "left alone  #{id} {nickname} (line {line}), {why}")?;
        }
        for Known { id, nickname } in &self.missing {
            writeln!(to, "missing     #{id} {nickname}, and stays")?;
        }
        let returned = self.changed.iter().filter(|changed| changed.returns).count();
        let adopted = self.changed.iter().filter(|changed| changed.adopted_by.is_some()).count();
        let bots = match self.bots.len() {
            0 => String::new(),
            bots => format!(" with {bots} bots"),
        };
        let done = if self.dry_run { "would be done" } else { "done" };
        writeln!(
            to,
            "{done}: {} joined, {} changed ({returned} of them came back, {adopted} were adopted), {} left{bots}; \
             {} as they were, {} left alone, {} missing",
            self.joined.len(),
            self.changed.len(),
            self.left.len(),
            self.unchanged,
            self.left_alone.len(),
            self.missing.len()
        )
    }
}

impl Sync {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
    ) -> anyhow::Result<()> {
        let file = people_file::read(&self.file, &self.format, NOBODY)?;
        if file.columns.have(Column::ApiKey) {
            let problem = "sync takes no keys of a file; leave the column out by --ignore-columns api_key, and write those \
                           that are made into a file by --keys-to";
            return Err(Refusal::world(&file.name, format!("api_key: {problem}; {NOBODY}")).into());
        }
        if let Some(row) = file.rows.iter().find(|row| row.wish.is_some()) {
            let problem = "the nickname looks like that of another line; write another one";
            return Err(Problems::of(row.line, problem.to_owned()).refusal(&file.name, NOBODY).into());
        }
        warn_of(&file);
        let follows = self.follows.users(microblog).await?;
        let rules =
            ListRules { list: self.source.clone(), leave: self.deactivate_missing.then_some(self.at_most) };
        let listed = file.rows.iter().map(|row| says(row, &file)).collect::<Vec<_>>();
        let plan = operations.plan_people(&listed, &rules).await?;
        let plan = plan.map_err(|problem| self.refusal(problem, &file))?;
        let leaving = plan.moves.iter().filter_map(|step| match step {
            Move::Leave { user } => Some(user.id),
            _ => None,
        });
        Follows::refuse_leaver(&follows, leaving.chain(plan.bots.iter().map(|bot| bot.id)), NOBODY)?;
        let synced = synced(&plan, &file, self.dry_run);
        if !self.dry_run {
            self.apply(operations, plan.moves, &follows).await?;
        }
        Ok(output.show(&synced)?)
    }

    /// Makes the moves step by step. What is done stays done: the same command goes on where this one was broken off.
    async fn apply(
        &self,
        operations: &Operations,
        moves: Vec<Move>,
        follows: &[UserId],
    ) -> anyhow::Result<()> {
        let mut keys_file = self.keys_to.file()?;
        let mut moves = moves.into_iter().peekable();
        while moves.peek().is_some() {
            let mut step = Vec::with_capacity(SYNC_STEP);
            for next in moves.by_ref().take(SYNC_STEP) {
                let key =
                    if keys_file.is_some() && next.needs_key() { Some(ApiKey::generate()?) } else { None };
                step.push((next, key));
            }
            if let Some(keys_file) = &mut keys_file {
                write_keys(keys_file, &step)?;
            }
            let done = operations.move_people(step, &self.source, follows).await;
            if let Err(error) = done {
                if let Some(keys_file) = keys_file {
                    keys_file.keep();
                }
                return Err(anyhow::anyhow!(
                    "{error}; the steps before are done, and the same command does the rest"
                ));
            }
            if moves.peek().is_some() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        if let Some(keys_file) = keys_file {
            keys_file.keep();
        }
        Ok(())
    }

    fn refusal(&self, problem: Unplannable, file: &PeopleFile) -> Refusal {
        match problem {
            Unplannable::Conflicts(conflicts) => {
                let mut problems = Problems::default();
                for (entry, conflict) in conflicts {
                    problems.add(line(file, entry), conflict.to_string());
                }
                problems.refusal(&file.name, NOBODY)
            }
            Unplannable::TooManyLeave { leaving, all } => {
                let most = match self.at_most {
                    AtMost::People(most) => most.to_string(),
                    AtMost::Percent(percent) => format!("{percent}%"),
                };
                let problem = format!(
                    "{leaving} of {all} users would be deactivated, and {most} may be; look at the file, or raise the cap; \
                     {NOBODY}"
                );
                Refusal::world("--at-most", problem)
            }
        }
    }
}

fn write_keys(keys_file: &mut KeysFile, step: &[(Move, Option<ApiKey>)]) -> anyhow::Result<()> {
    let keys = step.iter().filter_map(|(step, key)| {
        let nickname = match step {
            Move::Join { nickname, .. } => nickname,
            Move::Change { user, changes, .. } => changes.nickname.as_ref().unwrap_or(&user.nickname),
            Move::Leave { user } => &user.nickname,
        };
        Some((nickname, key.as_ref()?))
    });
    keys_file.write(keys)
}

/// What a row says: of what has no column, nothing; an empty field is none.
fn says(row: &Row, file: &PeopleFile) -> Changes {
    let says = |column| file.columns.have(column);
    Changes {
        nickname: row.nickname.clone(),
        first_name: says(Column::FirstName).then(|| row.first_name.clone()),
        last_name: says(Column::LastName).then(|| row.last_name.clone()),
        login: says(Column::Login).then(|| row.login.clone()),
        email: says(Column::Email).then(|| row.email.clone()),
        external_id: says(Column::ExternalId).then(|| row.external_id.clone()),
        title: says(Column::Title).then(|| row.title.clone()),
        department: says(Column::Department).then(|| row.department.clone()),
        managed_by: None,
        role: says(Column::Role).then(|| row.role.unwrap_or_default()),
        owner: None,
    }
}

fn line(file: &PeopleFile, entry: usize) -> u64 {
    file.rows.get(entry).map_or(0, |row| row.line)
}

fn synced(plan: &Plan, file: &PeopleFile, dry_run: bool) -> Synced {
    let mut synced = Synced { dry_run, unchanged: plan.unchanged, ..Synced::default() };
    for step in &plan.moves {
        match step {
            Move::Leave { user } => synced.left.push(user.into()),
            Move::Change { entry, user, changes, returns, adopted } => synced.changed.push(Changed {
                line: line(file, *entry),
                user: user.into(),
                fields: changes.fields(),
                returns: *returns,
                adopted_by: adopted.map(name),
            }),
            Move::Join { entry, nickname, .. } => {
                let nickname = nickname.as_str().to_owned();
                synced.joined.push(Joined { line: line(file, *entry), nickname });
            }
        }
    }
    let managed_by = |user: &User| {
        user.particulars.managed_by.as_ref().map(ListName::as_str).unwrap_or_default().to_owned()
    };
    let left_alone = |(entry, user): &(usize, User)| LeftAlone {
        line: line(file, *entry),
        user: user.into(),
        managed_by: (!user.is_bot()).then(|| managed_by(user)),
    };
    synced.left_alone = plan.left_alone.iter().map(left_alone).collect();
    let lost = |bot: &User| LostBot { user: bot.into(), owner_id: bot.particulars.owner.map(UserId::get) };
    synced.bots = plan.bots.iter().map(lost).collect();
    synced.missing = plan.missing.iter().map(Known::from).collect();
    synced
}

fn name(by: FoundBy) -> &'static str {
    match by {
        FoundBy::ExternalId => "external id",
        FoundBy::Login => "login",
        FoundBy::Email => "e-mail",
        FoundBy::Nickname => "nickname",
    }
}
