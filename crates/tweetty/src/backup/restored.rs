//! Restoring a backup into an empty place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tweetty_domain::{Claim, StoreId};
use tweetty_media::Storage;

use super::sums::{self, Line, image_file};
use super::{FORMAT, SUMMARY, SUMS, Summary};
use crate::config::Refusal;
use crate::wiring::Database;

/// Images that are listed at a time.
const PAGE: usize = 1000;

/// A backup that is to be restored.
pub(crate) struct Source {
    folder: PathBuf,
    summary: Summary,
}

impl Source {
    /// Reads what the folder says of itself.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let refused = |problem: String| Refusal::world("--from", format!("{}: {problem}", folder.display()));
        let text = fs::read(folder.join(SUMMARY)).map_err(|error| {
            refused(format!("{SUMMARY}: {error}; name a folder that `tweetty backup` made"))
        })?;
        let summary = serde_json::from_slice::<Summary>(&text)
            .map_err(|error| refused(format!("{SUMMARY} can't be read: {error}")))?;
        if summary.format != FORMAT {
            return Err(refused(
                "it was made by another version of tweetty; restore it with that one".to_owned(),
            )
            .into());
        }
        if sums::hex(&sums::of(&folder.join(SUMS))?) != summary.sums {
            return Err(refused(format!("{SUMS} was changed since the backup was made")).into());
        }
        Ok(Self { folder: folder.to_owned(), summary })
    }

    /// When it was begun: everything that was acknowledged before is in it.
    pub(crate) fn begun_at(&self) -> &str {
        &self.summary.begun_at
    }

    pub(crate) fn images(&self) -> u64 {
        self.summary.images
    }

    fn store(&self) -> Option<StoreId> {
        self.summary.store.as_deref().and_then(StoreId::parse)
    }

    /// Refuses a place where something would be lost, before anything is changed.
    pub(crate) async fn refuse_a_full_place(
        &self,
        database: &dyn Database,
        media: &dyn Storage,
    ) -> anyhow::Result<()> {
        let url = database.url();
        if database.kind() != self.summary.database {
            let problem = format!(
                "{url}: the backup is of another kind of database; restore it to one of its own kind, then use `tweetty copy`"
            );
            return Err(Refusal::world("TWEETTY_DATABASE_URL", problem).into());
        }
        if !database.is_vacant().await? {
            let problem = format!("{url}: there is something in it already; restore into an empty database");
            return Err(Refusal::world("TWEETTY_DATABASE_URL", problem).into());
        }
        if let Some(claim) = media.claimed_by().await?
            && Some(claim.store) != self.store()
            && !media.is_empty().await?
        {
            let problem =
                format!("the images belong to another store, {}; name an empty folder", claim.store);
            return Err(Refusal::world("TWEETTY_MEDIA", problem).into());
        }
        let mut after = None;
        loop {
            let page = media.list(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.name);
            // Those that an attempt left that was broken off are welcome: they are the same, or are written anew.
            if let Some(other) = page.iter().find(|image| !self.folder.join(image_file(image.name)).exists())
            {
                let problem = format!(
                    "the folder has images of another store, such as {}; name an empty one",
                    other.name
                );
                return Err(Refusal::world("TWEETTY_MEDIA", problem).into());
            }
        }
    }

    /// Restores everything: the images first, so that no row is ever without its file; then the database, at once.
    pub(crate) async fn restore(&self, database: &dyn Database, media: &dyn Storage) -> anyhow::Result<()> {
        // First, so that what is broken off is known again.
        match self.store() {
            Some(store) => media.claim(Claim { store, images_lost: self.summary.images_lost }).await?,
            None => media.unclaim().await?,
        }
        let copy = self.folder.join(database.backup_file());
        let (mut images, mut whole) = (0, false);
        for line in sums::lines(File::open(self.folder.join(SUMS))?) {
            match line? {
                Line::Image(name, sum) => {
                    let from = self.folder.join(image_file(name));
                    let equal = media.adopt(name, from.clone(), sum).await;
                    if !equal.with_context(|| from.display().to_string())? {
                        return Err(damaged(&from));
                    }
                    images += 1;
                }
                Line::Other(file, sum) if file == database.backup_file() => {
                    if sums::of(&copy)? != sum {
                        return Err(damaged(&copy));
                    }
                    whole = true;
                }
                Line::Other(file, _) => return Err(damaged(&self.folder.join(file))),
            }
        }
        if images != self.summary.images || !whole {
            return Err(damaged(&self.folder.join(SUMS)));
        }
        media.sync().await?;
        database.restore(&copy).await
    }
}

fn damaged(path: &Path) -> anyhow::Error {
    let problem = format!("{}: not what was backed up; take another backup", path.display());
    Refusal::world("--from", problem).into()
}
