//! `tweetty users …`: one file a command or two. They work beside a running server.

mod add;
mod avatar;
mod export;
mod follow;
mod follows;
mod import;
mod keys;
mod list;
mod listed;
mod new_api_key;
mod particulars;
mod people_file;
mod presence;
mod remove;
mod sync;
mod update;
mod view;
mod who;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use tweetty_domain::Limits;

use crate::cli::lost_keys::NewKeys;
use crate::config::{DatabaseSettings, KeyLifetime, MediaSettings};
use crate::output::Output;
use crate::wiring::{self, Place, Wired};

/// A bare word is a nickname, letter case aside, also where it is a number; an id is written '#7', in quotes, since shells
/// take what follows a # for a comment.
#[derive(Debug, Args)]
pub(crate) struct Users {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    key_lifetime: KeyLifetime,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a user and print the key, which is shown only this once
    Add(add::Add),
    /// List the users by ascending id
    List(list::List),
    /// Show one user
    Get(list::Get),
    /// List the users in whose names, login and department all words of a text are, letter case, accents and order aside
    Search(list::Search),
    /// Change what is known of a user: names, login, e-mail, ids, title, department, role
    Update(update::Update),
    /// Give a user an avatar made of a picture, or take it away
    Avatar(Box<avatar::GivenAvatar>),
    /// Write a user's data into one archive, without their keys
    Export(export::Export),
    /// Deactivate a user who has left: their keys end, nobody finds or follows them, what they wrote stays
    Deactivate(presence::Presence),
    /// Activate a user again; the keys from before stay ended
    Activate(presence::Presence),
    /// Erase a user with their tweets, likes, follows, keys and images, for good; asks first
    Remove(remove::Remove),
    /// Give a user a new key and print it, once, or many into a file; the old keys end
    #[command(alias = "new_api_key")]
    NewApiKey(new_api_key::NewApiKey),
    /// List the keys of a user, give one more, or end one
    Keys(keys::Keys),
    /// Add the users of a file, all or none, and print the keys that were made, once
    Import(import::Import),
    /// Make the store's people those of a file: who joins, changes, leaves and comes back
    Sync(Box<sync::Sync>),
    /// Let one user follow another
    Follow(follow::Pair),
    /// Let one user follow another no longer
    Unfollow(follow::Pair),
    /// Show whether one user follows another
    Followed(follow::Pair),
}

impl Users {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let media: Option<&MediaSettings> = match &self.command {
            Command::Remove(remove) => Some(&remove.media),
            Command::Export(export) => Some(&export.media),
            Command::Avatar(avatar) => Some(&avatar.media),
            _ => None,
        };
        let limits = match &self.command {
            Command::Avatar(avatar) => avatar.limits.limits()?,
            _ => Limits::default(),
        };
        let wired = wiring::open(&self.database, media, limits, Place::Existing).await?;
        let wired = wired.with_key_lifetime(self.key_lifetime.get());
        let Wired { microblog, operations, .. } = &wired;
        let new_keys = &NewKeys::with(&self.database, output);
        match self.command {
            Command::Add(add) => add.run(&wired, output, new_keys).await,
            Command::List(list) => list.run(operations, output).await,
            Command::Get(get) => get.run(microblog, output).await,
            Command::Search(search) => search.run(operations, output).await,
            Command::Update(update) => update.run(&wired, output).await,
            Command::Avatar(avatar) => avatar.run(&wired, output).await,
            Command::Export(export) => export.run(&wired, output).await,
            Command::Deactivate(presence) => presence.deactivate(&wired, output).await,
            Command::Activate(presence) => presence.activate(&wired, output).await,
            Command::Remove(remove) => remove.run(&wired, output).await,
            Command::NewApiKey(new) => new.run(&wired, output, new_keys).await,
            Command::Keys(keys) => keys.run(&wired, output, new_keys).await,
            Command::Import(import) => import.run(&wired, output, new_keys).await,
            Command::Sync(sync) => sync.run(&wired, output).await,
            Command::Follow(pair) => pair.follow(&wired, output).await,
            Command::Unfollow(pair) => pair.unfollow(&wired, output).await,
            Command::Followed(pair) => pair.followed(microblog, output).await,
        }?;
        Ok(ExitCode::SUCCESS)
    }
}
