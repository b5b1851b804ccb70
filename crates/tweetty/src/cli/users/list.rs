//! `tweetty users list`, `get` and `search`

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Microblog, NamePart, Operations, PageSize, PeopleStart};

use super::view::UserView;
use super::who;
use crate::config::Refusal;
use crate::output::{Answer, Output};

/// Which page, and how large.
#[derive(Debug, Args)]
pub(super) struct Paging {
    /// The number of the page
    #[arg(short, long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    page: u64,
    /// How many users a page has, 1 to 1000
    #[arg(short, long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Args)]
pub(super) struct Search {
    /// Parts of names, login and department, in any order
    #[arg(value_name = "TEXT", value_parser = NamePart::parse)]
    part: NamePart,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Args)]
pub(super) struct Get {
    /// Whom to show: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
}

#[derive(Debug, Serialize)]
struct Listed {
    users: Vec<UserView>,
    page: u64,
    next_page: Option<u64>,
}

impl Answer for Listed {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        for user in &self.users {
            user.line(to)?;
        }
        match (self.users.len(), self.next_page) {
            (0, _) => writeln!(to, "no users"),
            (_, Some(next)) => writeln!(to, "there are more: --page {next}"),
            (_, None) => Ok(()),
        }
    }
}

impl Paging {
    async fn show(
        &self,
        part: Option<NamePart>,
        operations: &Operations,
        output: Output,
    ) -> anyhow::Result<()> {
        let size =
            PageSize::parse(Some(self.limit), 1000).map_err(|invalid| Refusal::usage("--limit", invalid))?;
        let found = operations.search(part, PeopleStart::Page(self.page), size).await?;
        let next_page = found.next.map(|_| self.page + 1);
        let users = found.people.into_iter().map(UserView::from).collect();
        Ok(output.show(&Listed { users, page: self.page, next_page })?)
    }
}

impl List {
    pub(super) async fn run(self, operations: &Operations, output: Output) -> anyhow::Result<()> {
        self.paging.show(None, operations, output).await
    }
}

impl Search {
    pub(super) async fn run(self, operations: &Operations, output: Output) -> anyhow::Result<()> {
        self.paging.show(Some(self.part), operations, output).await
    }
}

impl Get {
    pub(super) async fn run(self, microblog: &Microblog, output: Output) -> anyhow::Result<()> {
        Ok(output.show(&UserView::from(who::find(microblog, &self.user).await?))?)
    }
}
