//! Making a backup, while people write.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use chrono::SecondsFormat;
use serde::Serialize;
use tempfile::TempDir;
use tweetty_domain::{Clock as _, Excerpt, ImageName, StoreId, SystemClock};
use tweetty_media::Storage;

use super::earlier::Earlier;
use super::sums::{self, Sum, Summing, Writing, image_file};
use super::{FORMAT, MEDIA, SUMMARY, SUMS, Summary, sync_all};
use crate::config::Refusal;
use crate::wiring::Database;

/// Images that are listed at a time.
const PAGE: usize = 1000;

/// What is to be backed up where.
pub(crate) struct Backup<'a> {
    pub(crate) database: &'a dyn Database,
    pub(crate) media: &'a dyn Storage,
    /// Which store the database holds.
    pub(crate) store: Option<StoreId>,
    /// The folder that is made.
    pub(crate) to: &'a Path,
    /// An earlier backup: images that it has whole are linked, since an image never changes.
    pub(crate) earlier: Option<&'a Path>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Made {
    pub(crate) folder: String,
    pub(crate) database_bytes: u64,
    pub(crate) images: u64,
    pub(crate) image_bytes: u64,
    /// How many of the images are those of the earlier backup.
    pub(crate) linked: u64,
}

impl Backup<'_> {
    /// Makes the backup. It has its name only when it is whole and durable.
    pub(crate) async fn make(&self) -> anyhow::Result<Made> {
        if self.to.try_exists()? {
            let problem = format!("{} is there already; a backup is a folder of its own", self.to.display());
            return Err(Refusal::world("--to", problem).into());
        }
        let earlier = self.earlier.map(Earlier::open).transpose()?;
        let begun_at = SystemClock.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        // From here on nobody removes an image, until the last one is copied.
        let hold = self.media.hold().await?;
        let made_in = partial(self.to).with_context(|| self.to.display().to_string())?;
        let partial = made_in.path();
        let file = self.database.backup_file();
        let copy = partial.join(file);
        self.database.back_up(&copy).await?;
        let mut sums = Writing::begin(&partial.join(SUMS))?;
        sums.add(&sums::of(&copy)?, file)?;
        let mut made = Made {
            folder: self.to.display().to_string(),
            database_bytes: fs::metadata(&copy)?.len(),
            images: 0,
            image_bytes: 0,
            linked: 0,
        };
        self.copy_images(partial, earlier, &mut sums, &mut made).await?;
        drop(hold);
        let summary = Summary {
            format: FORMAT,
            tweetty: env!("CARGO_PKG_VERSION").to_owned(),
            begun_at,
            database: self.database.kind().to_owned(),
            images: made.images,
            image_bytes: made.image_bytes,
            sums: sums::hex(&sums.finish()?),
            store: self.store.map(|id| id.to_string()),
            images_lost: self.media.claimed_by().await?.is_some_and(|claim| claim.images_lost),
        };
        let mut file = File::create_new(partial.join(SUMMARY))?;
        serde_json::to_writer_pretty(&mut file, &summary)?;
        writeln!(file)?;
        sync_all(partial)?;
        rename_new(partial, self.to)?;
        // It has another name now, under which it stays.
        drop(made_in.keep());
        sync_all(parent(self.to))?;
        Ok(made)
    }

    async fn copy_images(
        &self,
        into: &Path,
        mut earlier: Option<Earlier>,
        sums: &mut Writing,
        made: &mut Made,
    ) -> anyhow::Result<()> {
        make_folder(&into.join(MEDIA))?;
        let mut after = None;
        loop {
            let page = self.media.list(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.name);
            for image in page {
                let file = image_file(image.name);
                let to = into.join(&file);
                make_folder(parent(&to))?;
                let linked = match &mut earlier {
                    Some(earlier) => earlier.link(image.name, &to)?,
                    None => None,
                };
                let (sum, bytes) = match linked {
                    Some(linked) => {
                        made.linked += 1;
                        linked
                    }
                    None => self.copy_image(image.name, &to).await?,
                };
                sums.add(&sum, &file)?;
                made.images += 1;
                made.image_bytes += bytes;
            }
        }
    }

    async fn copy_image(&self, name: ImageName, to: &Path) -> anyhow::Result<(Sum, u64)> {
        let opened = self.media.open(name, Excerpt::Whole).await?;
        let mut image = opened
            .with_context(|| format!("the file of image {name} vanished; somebody removed it by hand"))?;
        let mut copy = Summing::new(File::create_new(to)?);
        while let Some(piece) = image.content.next().await? {
            copy.write_all(&piece)?;
        }
        Ok((copy.sum(), image.bytes))
    }
}

/// Where a backup lies until it is whole: a new folder beside its place, which nobody can have made before. It is removed
/// with the value.
fn partial(to: &Path) -> io::Result<TempDir> {
    make_folder(parent(to))?;
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(to.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix(&prefix).suffix(".partial").tempdir_in(parent(to))
}

/// Gives it its name, unless something has that name by now.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;

        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // A file system that doesn't know how.
            Err(Errno::INVAL | Errno::NOSYS) => {}
            outcome => return Ok(outcome?),
        }
    }
    fs::rename(from, to)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// For its owner's eyes only: a backup is as secret as what it is of.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
