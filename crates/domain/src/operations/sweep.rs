//! Sweeping: what nobody needs any more goes.

use chrono::TimeDelta;

use super::Operations;
use crate::idempotency::REMEMBERED;
use crate::{ImageName, Removal, Result, StoredFile, Timestamp, crash_point};

/// How long an upload may wait for its tweet, and a file for its row, before they are swept.
pub(super) const GRACE: TimeDelta = TimeDelta::hours(24);
/// A file without a row younger than this may be an upload under way.
pub(super) const UNDER_WAY: TimeDelta = TimeDelta::hours(1);
/// More files than these that no row knows, and more than rows know, are too many to be leftovers: the database may be
/// an old copy of itself.
const FEW_STRAYS: u64 = 100;
/// How long an announcement that has ended is kept, for those who want to see who has read it.
const ENDED: TimeDelta = TimeDelta::days(30);
/// How long files without a row stay in the trash.
const IN_TRASH: TimeDelta = TimeDelta::days(30);
pub(super) const BATCH: u32 = 500;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that no tweet took within a day.
    pub uploads: u64,
    /// Files that no row knows, older than a day: moved to the trash.
    pub files: u64,
    /// Files that no row knows and that were left alone, since they are more than a hundred and most of the folder, or
    /// since they can't be moved.
    pub files_left: u64,
    /// Files that were in the trash for thirty days and are erased now.
    pub erased: u64,
    /// Idempotency guards, keys and announcements that had ended, and removals that their authors are shown no longer.
    pub expired: u64,
}

impl Operations {
    /// Removes what nobody needs any more: old unattached uploads, ended guards and keys, old removals; moves old files without a row
    /// to the trash, and erases what was there long enough.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`]: then no upload and no file is touched.
    pub async fn sweep(&self) -> Result<Swept> {
        let now = self.now();
        // First, since a slow or broken folder must not keep it from being done.
        let mut swept = Swept::default();
        loop {
            let count = self.stores.upkeep.forget_expired(now - REMEMBERED, now, BATCH).await?;
            swept.expired += count;
            crash_point("what has ended is forgotten");
            if count < BATCH.into() {
                break;
            }
        }
        loop {
            let count = self.stores.upkeep.forget_removals(now - Removal::SHOWN, BATCH).await?;
            swept.expired += count;
            crash_point("old removals are forgotten");
            if count < BATCH.into() {
                break;
            }
        }
        // One at a time: each takes with it what thousands have said of it.
        while self.stores.announcements.forget_announcements(now - ENDED, 1).await? > 0 {
            swept.expired += 1;
        }
        self.verify_images().await?;
        loop {
            let images = self.stores.upkeep.forget_unattached(now - GRACE, BATCH).await?;
            let count = images.len();
            swept.uploads += count as u64;
            crash_point("uploads without a tweet are forgotten");
            self.stores.remove_files(images).await;
            crash_point("their files are removed");
            if count < BATCH as usize {
                break;
            }
        }
        (swept.files, swept.files_left) = self.sweep_strays(now - GRACE).await?;
        crash_point("files without a row are in the trash");
        swept.erased = self.stores.images.empty_trash(now - IN_TRASH).await?;
        Ok(swept)
    }

    /// A name is never used twice, so a file that is old and unknown stays unknown, unless the database itself is an older
    /// copy: hence the trash, from where an operator can take files back.
    /// Answers how many files were moved there, and how many were left because they are too many or can't be moved.
    pub(super) async fn sweep_strays(&self, written_before: Timestamp) -> Result<(u64, u64)> {
        let (mut after, mut unknown, mut others) = (None, 0, 0);
        while let Some(files) = self.files_behind(&mut after).await? {
            let strays = self.strays(&files, written_before).await?.len();
            unknown += strays as u64;
            others += (files.len() - strays) as u64;
        }
        if unknown > FEW_STRAYS && unknown > others {
            return Ok((0, unknown));
        }
        let now = self.now();
        let (mut after, mut moved, mut left) = (None, 0, 0);
        while moved + left < unknown {
            let Some(files) = self.files_behind(&mut after).await? else { break };
            let strays = self.strays(&files, written_before).await?;
            let count = strays.len() as u64;
            if strays.is_empty() || self.stores.images.discard(strays, now).await.is_ok() {
                moved += count;
            } else {
                left += count;
            }
        }
        Ok((moved, left))
    }

    pub(super) async fn files_behind(
        &self,
        after: &mut Option<ImageName>,
    ) -> Result<Option<Vec<StoredFile>>> {
        let files = self.stores.images.list(*after, BATCH as usize).await?;
        let Some(last) = files.last() else { return Ok(None) };
        *after = Some(last.name);
        Ok(Some(files))
    }

    pub(super) async fn strays(
        &self,
        files: &[StoredFile],
        written_before: Timestamp,
    ) -> Result<Vec<ImageName>> {
        let old = files.iter().filter(|file| file.written_at < written_before);
        let mut names = old.map(|file| file.name).collect::<Vec<_>>();
        if !names.is_empty() {
            let known = self.stores.known_files(&names).await?;
            names.retain(|name| !known.contains(name));
        }
        Ok(names)
    }

    /// Brings a restored store into order: files of uploads that came while the backup was made, and that it has no rows
    /// of, go to the trash at once. Answers how many.
    pub async fn settle(&self) -> Result<u64> {
        self.verify_images().await?;
        Ok(self.sweep_strays(self.now() + UNDER_WAY).await?.0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::stores::test::{Ports, noon};
    use crate::{Claim, Error, ImageFiles, ImageFormat, StoreId};

    /// Stores that belong together.
    pub(crate) fn paired() -> Ports {
        let (mut ports, store) = (Ports::default(), StoreId::random().unwrap());
        ports.upkeep.expect_store_id().returning(move || Ok(store));
        ports.images.expect_claimed_by().returning(move || Ok(Some(Claim { store, images_lost: false })));
        ports.images.expect_is_empty().returning(|| Ok(false));
        let long_enough = |before: &Timestamp| *before == noon() - IN_TRASH;
        ports.images.expect_empty_trash().withf(long_enough).returning(|_| Ok(7));
        let long_ago = |before: &Timestamp, _: &u32| *before == noon() - TimeDelta::days(30);
        ports.upkeep.expect_forget_removals().withf(long_ago).returning(|_, _| Ok(2));
        ports
    }

    pub(crate) fn file(age: TimeDelta) -> StoredFile {
        StoredFile { name: ImageName::random(ImageFormat::Gif).unwrap(), written_at: noon() - age }
    }

    fn image(name: ImageName) -> ImageFiles {
        ImageFiles { name, variants: None }
    }

    #[tokio::test]
    async fn a_sweep_takes_only_old_files_that_no_row_knows() {
        let mut ports = paired();
        let mut forgotten = vec![0, 1, 1];
        ports
            .announcements
            .expect_forget_announcements()
            .withf(|before, _| *before == noon() - ENDED)
            .times(3)
            .returning(move |_, _| Ok(forgotten.pop().unwrap()));
        let (old_stray, old_known, young) =
            (file(TimeDelta::hours(25)), file(TimeDelta::hours(25)), file(TimeDelta::hours(23)));
        ports
            .upkeep
            .expect_forget_unattached()
            .withf(|before, _| *before == noon() - GRACE)
            .returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_forget_expired().returning(|_, _, _| Ok(3));
        ports.images.expect_list().returning(move |after, _| {
            Ok(if after.is_none() { vec![old_stray, old_known, young] } else { vec![] })
        });
        ports
            .upkeep
            .expect_known_images()
            .withf(move |names| {
                names.len() == 2 && names.contains(&old_stray.name) && names.contains(&old_known.name)
            })
            .returning(move |_| Ok(vec![image(old_known.name)]));
        ports
            .images
            .expect_discard()
            .withf(move |names, at| names == &[old_stray.name] && *at == noon())
            .times(1)
            .returning(|_, _| Ok(()));
        let swept = ports.service().sweep().await.unwrap();
        assert_eq!(swept, Swept { uploads: 0, files: 1, files_left: 0, erased: 7, expired: 7 });
    }

    #[tokio::test]
    async fn a_folder_full_of_files_that_no_row_knows_is_left_alone() {
        let mut ports = paired();
        ports.announcements.expect_forget_announcements().returning(|_, _| Ok(0));
        let files = (0..101).map(|_| file(TimeDelta::days(9))).collect::<Vec<_>>();
        ports.upkeep.expect_forget_unattached().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_forget_expired().returning(|_, _, _| Ok(0));
        ports.upkeep.expect_known_images().returning(|_| Ok(vec![]));
        ports
            .images
            .expect_list()
            .returning(move |after, _| Ok(if after.is_none() { files.clone() } else { vec![] }));
        ports.images.expect_discard().never();
        let swept = ports.service().sweep().await.unwrap();
        assert_eq!((swept.files, swept.files_left), (0, 101));
    }

    #[tokio::test]
    async fn a_sweep_goes_on_until_nothing_old_is_left() {
        let mut ports = paired();
        ports.announcements.expect_forget_announcements().returning(|_, _| Ok(0));
        // At most a batch of guards and one of keys at a time.
        let mut expired = vec![499_u64, 500, 1000];
        ports.upkeep.expect_forget_expired().times(3).returning(move |_, _, _| Ok(expired.pop().unwrap()));
        let mut batches = vec![7_usize, 500, 500];
        ports.upkeep.expect_forget_unattached().times(3).returning(move |_, _| {
            Ok((0..batches.pop().unwrap()).map(|_| image(file(TimeDelta::zero()).name)).collect())
        });
        ports.images.expect_remove().times(3).returning(|_| Ok(()));
        ports.images.expect_list().returning(|_, _| Ok(vec![]));
        let swept = ports.service().sweep().await.unwrap();
        assert_eq!((swept.uploads, swept.expired), (1007, 2001));
    }

    /// A store beside the images of another one.
    fn unpaired() -> Ports {
        let mut ports = Ports::default();
        let [ours, theirs] = [(); 2].map(|()| StoreId::random().unwrap());
        ports.upkeep.expect_store_id().returning(move || Ok(ours));
        let claim = Claim { store: theirs, images_lost: false };
        ports.images.expect_claimed_by().returning(move || Ok(Some(claim)));
        ports.images.expect_is_empty().returning(|| Ok(false));
        ports.images.expect_ready().returning(|| Ok(()));
        ports.upkeep.expect_forget_expired().returning(|_, _, _| Ok(0));
        ports.upkeep.expect_forget_removals().returning(|_, _| Ok(0));
        ports.announcements.expect_forget_announcements().returning(|_, _| Ok(0));
        ports
    }

    #[tokio::test]
    async fn images_of_another_store_are_neither_swept_nor_repaired_nor_called_ready() {
        let another = || unpaired().service();
        assert!(matches!(another().sweep().await, Err(Error::Mismatch(_))));
        assert!(matches!(another().repair().await, Err(Error::Mismatch(_))));
        assert!(matches!(another().settle().await, Err(Error::Mismatch(_))));
        assert!(matches!(unpaired().microblog().images_ready().await, Err(Error::Mismatch(_))));
    }

    #[tokio::test]
    async fn what_was_in_the_trash_for_thirty_days_is_erased() {
        let mut ports = paired();
        ports.announcements.expect_forget_announcements().returning(|_, _| Ok(0));
        ports.upkeep.expect_forget_unattached().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_forget_expired().returning(|_, _, _| Ok(0));
        ports.images.expect_list().returning(|_, _| Ok(vec![]));
        assert_eq!(ports.service().sweep().await.unwrap().erased, 7);
    }
}
