//! `tweetty adopt`
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::collections::HashMap;
use std::io::{self, Read as _, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use tweetty_domain::{
    Action, Clock as _, Error, ImageFiles, ImageRecord, Limits, Operations, StoredImage, SystemClock,
    TweetId, UserId,
};
use tweetty_postgres::FormerPicture;
use tweetty_tables::compare;

use super::copy::{self, List};
use crate::config::{DatabaseSettings, DatabaseUrl, Environment, MediaSettings, Refusal, Secret, local_path};
use crate::output::{Answer, Output};
use crate::progress::{Counted, Watched};
use crate::wiring::{self, Place, Wired};

/// The server before is the one whose tables are user, follower, tweet, like and tweet_media. Users, tweets and pictures keep
/// their ids, keys keep working, and only their hashes are stored. Stop that server before; nothing of its database is
/// changed. All rows are loaded by one transaction and compared with the other database then: what is broken off leaves
/// the store empty, and is begun again. Pictures that are missing, or that are none, are named, and the rest is taken.
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// The database of that server, postgres://…; a URL with a password belongs into the environment, where others can't
    /// see it
    #[arg(env = "TWEETTY_FROM", value_name = "URL")]
    from: Secret,
    /// The folder of that server in which its folder `upload` is; without it no pictures are taken
    #[arg(long = "static", value_name = "FOLDER", value_parser = local_path())]
    folder: Option<PathBuf>,
    /// The time zone of that server, such as Europe/Berlin: its database has times without one. In a container it is UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
}

/// What came over, and what did not.
#[derive(Debug, Serialize)]
struct Adopted {
    from: String,
    to: String,
    equal: bool,
    lists: Vec<List>,
    /// What could not stay as it was.
    notes: Vec<String>,
    pictures_left: Vec<Left>,
    /// Who has the key that the server put into the place of `test`.
    test_user: Option<i64>,
}

/// A picture that was not taken.
#[derive(Debug, Serialize)]
struct Left {
    id: i64,
    path: String,
    problem: String,
}

impl Answer for Adopted {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        List::show(&self.lists, to)?;
        for note in &self.notes {
            writeln!(to, "{note}")?;
        }
        for Left { id, path, problem } in &self.pictures_left {
            writeln!(to, "picture #{id}, {path:?}, is left: {problem}")?;
        }
        if let Some(user) = self.test_user {
            writeln!(
                to,
                "user #{user} had the key that the server put into the place of the header `test`; while a page sends that: \
                 `echo test | tweetty users new-api-key '#{user}' --api-key-file -`"
            )?;
        }
        let (from, url) = (&self.from, &self.to);
        if self.equal {
            writeln!(to, "{url} has what {from} has, but for {} pictures", self.pictures_left.len())
        } else {
            writeln!(
                to,
                "{url} and {from} differ; was that server still running? Empty {url}, and begin again"
            )
        }
    }
}

impl Adopt {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let from = copy::url("TWEETTY_FROM", &self.from)?;
        let to = self.database.url(&Environment::of_process())?;
        if from == to {
            let problem = "a database can't be taken over into itself; name an empty one by --database-url";
            return Err(Refusal::usage("TWEETTY_FROM", problem).into());
        }
        let folder = self.folder.as_deref().map(folder).transpose()?;
        let at = SystemClock.now();
        let former = wiring::former_server(&from, &self.time_zone, at).await?;
        let database = wiring::database(to);
        let _lock = database.alone().await?;
        let (limits, tuning) = (Limits::default(), self.database.tuning());
        let target =
            wiring::open_at(database, tuning, Some(&self.media), limits.clone(), None, Place::Make).await?;
        target.verify_schema().await?;
        if !target.operations.is_empty().await? {
            let problem = format!("{} has users already; name an empty store", target.database.url());
            return Err(Refusal::world("TWEETTY_DATABASE_URL", problem).into());
        }
        let pictures = former.pictures().await.context("the pictures could not be read")?;
        let shelf = Shelf { operations: &target.operations, folder, limit: limits.upload_bytes };
        let (images, pictures_left) = shelf.keep(pictures).await?;
        let (notes, test_user) = (former.notes().to_vec(), former.test_user().map(UserId::get));
        let detail = format!("from {from}");
        let loaded = target.load(Box::new(former.with_images(images.clone())), Action::Adopt, detail).await;
        if let Err(refusal) = loaded {
            shelf.empty(&images).await;
            return Err(refusal.into());
        }
        let lists = self.verified(&from, at, images, &target).await?;
        let equal = lists.iter().all(List::is_equal);
        let to = target.database.url().to_string();
        output.show(&Adopted {
            from: from.to_string(),
            to,
            equal,
            lists,
            notes,
            pictures_left,
            test_user,
        })?;
        Ok(if equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Reads both anew and compares them.
    async fn verified(
        &self,
        from: &DatabaseUrl,
        at: tweetty_domain::Timestamp,
        images: Vec<ImageRecord>,
        target: &Wired,
    ) -> anyhow::Result<Vec<List>> {
        let former = wiring::former_server(from, &self.time_zone, at).await?;
        let mut ours = Watched::new(Box::new(former.with_images(images)));
        let mut theirs = target.whole.read().await?;
        Ok(compare(&mut ours, theirs.as_mut()).await?.into_iter().map(List::from).collect())
    }
}

/// The folder by its true name.
fn folder(path: &Path) -> Result<PathBuf, Refusal> {
    let refused = |problem: String| Refusal::world("--static", format!("{}: {problem}", path.display()));
    let folder = path.canonicalize().map_err(|error| refused(error.to_string()))?;
    if folder.is_dir() { Ok(folder) } else { Err(refused("this is no folder".to_owned())) }
}

/// Where the pictures are, and where they go.
struct Shelf<'a> {
    operations: &'a Operations,
    folder: Option<PathBuf>,
    limit: u64,
}

impl Shelf<'_> {
    /// Keeps all that can be kept; answers them as they are to be recorded, and the others.
    async fn keep(&self, pictures: Vec<FormerPicture>) -> anyhow::Result<(Vec<ImageRecord>, Vec<Left>)> {
        let bar = Counted::new("pictures", pictures.len() as u64);
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).min(4);
        let kept = stream::iter(pictures)
            .map(|picture| {
                let bar = &bar;
                async move {
                    let kept = self.keep_one(&picture).await;
                    bar.advance();
                    kept.map(|kept| (picture, kept))
                }
            })
            .buffered(at_once);
        let (mut images, mut left, mut places) = (Vec::new(), Vec::new(), HashMap::<TweetId, u32>::new());
        let mut kept = std::pin::pin!(kept);
        loop {
            let (picture, kept) = match kept.try_next().await {
                Ok(Some(next)) => next,
                Ok(None) => return Ok((images, left)),
                Err(error) => {
                    self.empty(&images).await;
                    return Err(error.into());
                }
            };
            match (kept, picture.owner) {
                (Ok(stored), Some(owner)) => {
                    let place = picture.tweet.map(|tweet| {
                        let next = places.entry(tweet).or_default();
                        *next += 1;
                        (tweet, *next - 1)
                    });
                    images.push(record(&picture, owner, place, stored));
                }
                (Err(problem), _) => {
                    left.push(Left { id: picture.id.get(), path: picture.path, problem });
                }
                (Ok(stored), None) => {
                    self.operations.remove_pictures(vec![files(&stored)]).await;
                    let problem = "no tweet has it, and its folder is no user's".to_owned();
                    left.push(Left { id: picture.id.get(), path: picture.path, problem });
                }
            }
        }
    }

    /// Removes what was kept.
    async fn empty(&self, images: &[ImageRecord]) {
        let files =
            images.iter().map(|image| ImageFiles { name: image.name, variants: image.variants.clone() });
        self.operations.remove_pictures(files.collect()).await;
    }

    /// Keeps one; else the problem with it.
    async fn keep_one(&self, picture: &FormerPicture) -> tweetty_domain::Result<Result<StoredImage, String>> {
        let Some(folder) = self.folder.clone() else { return Ok(Err("no --static was given".to_owned())) };
        let (path, limit) = (picture.path.clone(), self.limit);
        let reading = tokio::task::spawn_blocking(move || read(&folder, &path, limit));
        let content = match reading.await.map_err(Error::internal)? {
            Ok(content) => content,
            Err(problem) => return Ok(Err(problem)),
        };
        match self.operations.keep_picture(&content, self.limit).await {
            Ok(stored) => Ok(Ok(stored)),
            Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => Err(error),
            Err(refused) => Ok(Err(refused.to_string())),
        }
    }
}

/// The content of a file in that folder, and a byte more than may be.
fn read(folder: &Path, path: &str, limit: u64) -> Result<Vec<u8>, String> {
    let relative = Path::new(path.trim_start_matches('/'));
    let outside = || "the path leads out of the folder".to_owned();
    if !relative.components().all(|component| matches!(component, Component::Normal(_))) {
        return Err(outside());
    }
    let file = folder.join(relative).canonicalize().map_err(|error| error.to_string())?;
    if !file.starts_with(folder) {
        return Err(outside());
    }
    if !file.is_file() {
        return Err("this is no file".to_owned());
    }
    let mut content = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| error.to_string())?;
    opened.take(limit.saturating_add(1)).read_to_end(&mut content).map_err(|error| error.to_string())?;
    Ok(content)
}

fn files(stored: &StoredImage) -> ImageFiles {
    ImageFiles { name: stored.name, variants: Some(stored.variants.clone()) }
}

fn record(
    picture: &FormerPicture,
    owner: UserId,
    place: Option<(TweetId, u32)>,
    stored: StoredImage,
) -> ImageRecord {
    let StoredImage { name, width, height, bytes, variants } = stored;
    ImageRecord {
        id: picture.id,
        owner,
        name,
        width,
        height,
        bytes,
        place,
        uploaded_at: picture.uploaded_at,
        description: None,
        variants: Some(variants),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_outside_of_the_folder_is_read() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().canonicalize().unwrap().join("static");
        std::fs::create_dir_all(folder.join("upload/ann/medias")).unwrap();
        std::fs::write(folder.join("upload/ann/medias/a.png"), "inside").unwrap();
        std::fs::write(parent.path().join("secret"), "outside").unwrap();
        std::os::unix::fs::symlink(parent.path().join("secret"), folder.join("upload/planted")).unwrap();
        for path in ["upload/ann/medias/a.png", "/upload/ann/medias/a.png"] {
            assert_eq!(read(&folder, path, 100).unwrap(), b"inside");
        }
        assert_eq!(read(&folder, "upload/ann/medias/a.png", 3).unwrap(), b"insi", "enough to be refused");
        for path in ["../secret", "upload/../../secret", "upload/planted"] {
            assert_eq!(read(&folder, path, 100).unwrap_err(), "the path leads out of the folder", "{path}");
        }
        for path in ["upload", "", "upload/none.png", "upload/ann/medias/a.png/b"] {
            assert!(read(&folder, path, 100).is_err(), "{path:?}");
        }
    }
}
