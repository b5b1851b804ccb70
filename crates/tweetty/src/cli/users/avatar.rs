//! `tweetty users avatar`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tweetty_domain::{Avatar, Error, Operations, User};

use super::who;
use crate::config::{LimitSettings, MediaSettings, Refusal, local_path};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

/// What is read of a file at a time.
const PIECE: usize = 64 * 1024;

#[derive(Debug, Args)]
pub(super) struct GivenAvatar {
    /// Whose avatar: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// The picture, of which the square in the middle is taken: JPEG, PNG, GIF or WebP
    #[arg(value_name = "FILE", required_unless_present = "remove", conflicts_with = "remove",
          value_parser = local_path())]
    file: Option<PathBuf>,
    /// Take the avatar away
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    pub(super) media: MediaSettings,
    #[command(flatten)]
    pub(super) limits: LimitSettings,
}

/// What a user looks like now.
#[derive(Debug, Serialize)]
struct Now {
    id: i64,
    nickname: String,
    avatar: Option<String>,
}

impl Answer for Now {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, nickname, avatar } = self;
        let has = if avatar.is_some() { "has a new avatar" } else { "has no avatar" };
        writeln!(to, "user #{id}, {nickname}, {has}")
    }
}

impl GivenAvatar {
    pub(super) async fn run(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let Wired { microblog, operations, .. } = wired;
        let User { id, nickname, .. } = who::find(microblog, &self.user).await?;
        let avatar = if let Some(file) = &self.file {
            let upload = received(operations, file, microblog.limits().upload_bytes).await;
            let refused = |error: Error| Refusal::world(file.display().to_string(), error);
            let avatar = match upload? {
                Ok(upload) => operations.set_avatar(id, upload).await,
                Err(error) => Err(error),
            };
            Some(avatar.map_err(refused)?)
        } else {
            operations.remove_avatar(id).await?;
            None
        };
        let avatar = avatar.as_ref().map(Avatar::to_string);
        Ok(output.show(&Now { id: id.get(), nickname: nickname.as_str().to_owned(), avatar })?)
    }
}

/// The file as an upload; or why it is none.
async fn received(
    operations: &Operations,
    path: &Path,
    most: u64,
) -> anyhow::Result<Result<tweetty_domain::Upload, Error>> {
    let unreadable = |error: io::Error| Refusal::world(path.display().to_string(), error);
    let mut file = File::open(path).await.map_err(unreadable)?;
    let mut upload = operations.receive_upload(most).await?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).await.map_err(unreadable)?;
        if read == 0 {
            return Ok(Ok(upload));
        }
        if let Err(error) = upload.write(&piece[..read]).await {
            return Ok(Err(error));
        }
    }
}
