//! Checking and repairing.

use super::Operations;
use super::sweep::{BATCH, GRACE, UNDER_WAY};
use crate::{Action, Discrepancy, ImageName, Result};

const MOST_FINDINGS: u32 = 1000;

/// What a repair mended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Counters that were wrong.
    pub counters: u64,
    /// Files that no row knows, older than a day, now in the trash.
    pub files: u64,
    /// Such files that were left alone, for the reasons of [`crate::Swept::files_left`].
    pub files_left: u64,
    /// Images a variant of which was missing, and that have none now: [`Operations::make_variants`] makes them anew.
    pub variants: u64,
    /// Avatars that lacked a file, whose users have none now.
    pub avatars: u64,
}

/// What a check found; nothing is the good answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Counters and rows that contradict each other.
    pub discrepancies: Vec<Discrepancy>,
    /// Files of images, of their variants and of avatars that a row names and that are not there.
    pub missing_files: Vec<ImageName>,
    /// Files older than an hour that no row knows.
    pub stray_files: Vec<ImageName>,
}

impl Checked {
    /// Whether all is as it should be.
    pub fn is_clean(&self) -> bool {
        self.discrepancies.is_empty() && self.missing_files.is_empty() && self.stray_files.is_empty()
    }
}

impl Operations {
    /// Proves the invariants; reads the whole store. At most a thousand findings of each kind are named.
    pub async fn check(&self) -> Result<Checked> {
        let now = self.now();
        let mut checked = Checked {
            discrepancies: self.stores.upkeep.discrepancies(MOST_FINDINGS).await?,
            ..Checked::default()
        };
        let mut after = None;
        while checked.missing_files.len() < MOST_FINDINGS as usize {
            let images = self.stores.upkeep.images(after, BATCH).await?;
            let Some((last, _)) = images.last() else { break };
            after = Some(*last);
            let files = images.iter().flat_map(|(_, image)| image.names());
            self.note_missing(files, &mut checked.missing_files).await?;
        }
        let mut after = None;
        while checked.missing_files.len() < MOST_FINDINGS as usize {
            let avatars = self.stores.upkeep.avatars(after, BATCH).await?;
            let Some((last, _)) = avatars.last() else { break };
            after = Some(*last);
            for (_, avatar) in avatars {
                self.note_missing(avatar.files().names(), &mut checked.missing_files).await?;
            }
        }
        let mut after = None;
        while checked.stray_files.len() < MOST_FINDINGS as usize {
            let Some(files) = self.files_behind(&mut after).await? else { break };
            checked.stray_files.extend(self.strays(&files, now - UNDER_WAY).await?);
        }
        Ok(checked)
    }

    async fn note_missing(
        &self,
        files: impl Iterator<Item = ImageName>,
        missing: &mut Vec<ImageName>,
    ) -> Result<()> {
        for file in files {
            // Asked twice: a tweet may be deleted between the list and the look, or an avatar be replaced.
            let is_missing = !self.stores.images.contains(file).await?;
            if is_missing && self.stores.known_files(&[file]).await?.contains(&file) {
                missing.push(file);
            }
        }
        Ok(())
    }

    /// Mends what can be mended: counters are counted anew, files without a row older than a day go to the trash, unless
    /// they are more than a hundred and most of the folder; images a variant of which is missing have none until they are
    /// made anew, and users have no avatar a file of which is missing.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`]: then nothing is touched.
    pub async fn repair(&self) -> Result<Repaired> {
        self.long_action(Action::Repair, async || {
            self.verify_images().await?;
            let counters = self.stores.upkeep.repair_counters().await?;
            let (files, files_left) = self.sweep_strays(self.now() - GRACE).await?;
            let variants = self.forget_broken_variants().await?;
            let avatars = self.forget_broken_avatars().await?;
            let always = [(counters, "counters"), (files, "files to the trash"), (files_left, "files left")];
            let seldom = [(variants, "images without variants"), (avatars, "avatars taken away")];
            let seldom = seldom.into_iter().filter(|(count, _)| *count > 0);
            let parts = always.into_iter().chain(seldom).map(|(count, what)| format!("{count} {what}"));
            let detail = parts.collect::<Vec<_>>().join(", ");
            Ok((Repaired { counters, files, files_left, variants, avatars }, detail))
        })
        .await
    }

    /// Forgets all variants of images that are there and lack the file of one; answers of how many.
    async fn forget_broken_variants(&self) -> Result<u64> {
        let (mut after, mut forgotten) = (None, 0);
        loop {
            let images = self.stores.upkeep.images(after, BATCH).await?;
            let Some((last, _)) = images.last() else { return Ok(forgotten) };
            after = Some(*last);
            for (image, files) in images {
                let variants = files.names().filter(|file| *file != files.name).collect::<Vec<_>>();
                if self.lacks_one_of(&variants).await?
                    && self.stores.images.contains(files.name).await?
                    && self.stores.upkeep.forget_variants(image).await?
                {
                    forgotten += 1;
                    // What can't be removed now is the sweeper's.
                    self.stores.images.remove(variants).await.ok();
                }
            }
        }
    }

    /// Takes away all avatars that lack a file; answers how many.
    async fn forget_broken_avatars(&self) -> Result<u64> {
        let (mut after, mut forgotten) = (None, 0);
        loop {
            let avatars = self.stores.upkeep.avatars(after, BATCH).await?;
            let Some((last, _)) = avatars.last() else { return Ok(forgotten) };
            after = Some(*last);
            for (user, avatar) in avatars {
                let files = avatar.files().names().collect::<Vec<_>>();
                if self.lacks_one_of(&files).await? && self.stores.upkeep.forget_avatar(user, avatar).await? {
                    forgotten += 1;
                    // What can't be removed now is the sweeper's.
                    self.stores.images.remove(files).await.ok();
                }
            }
        }
    }

    async fn lacks_one_of(&self, files: &[ImageName]) -> Result<bool> {
        for file in files {
            if !self.stores.images.contains(*file).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::sweep::tests::{file, paired};
    use super::*;
    use crate::{Avatar, Error, ImageFiles, ImageFormat, MediaId, StoredFile, UserId, Variants};

    #[tokio::test]
    async fn a_check_names_files_that_are_not_there_and_files_that_no_row_knows() {
        let mut ports = paired();
        let image = ImageFiles {
            name: file(TimeDelta::zero()).name,
            variants: Variants::parse("320x240.jpg 640x480.jpg"),
        };
        let named = image.names().collect::<Vec<_>>();
        let lost = named[1];
        // A variant that its image's row doesn't name, and a file of no image.
        let unnamed = Variants::parse("1280x960.jpg").unwrap().as_slice()[0].file_of(image.name);
        let strays = [unnamed, file(TimeDelta::zero()).name];
        let there = named.iter().copied().filter(|name| *name != lost).chain(strays);
        let there = there.map(|name| StoredFile { name, ..file(TimeDelta::hours(2)) }).collect::<Vec<_>>();
        ports.upkeep.expect_discrepancies().returning(|_| Ok(vec![]));
        let (listed, known) = (image.clone(), image);
        ports.upkeep.expect_images().returning(move |after, _| {
            Ok(if after.is_none() { vec![(MediaId::stored(1), listed.clone())] } else { vec![] })
        });
        ports.upkeep.expect_avatars().returning(|_, _| Ok(vec![]));
        ports.images.expect_contains().returning(move |name| Ok(name != lost));
        ports
            .images
            .expect_list()
            .returning(move |after, _| Ok(if after.is_none() { there.clone() } else { vec![] }));
        ports.upkeep.expect_known_images().returning(move |names| {
            Ok(names.contains(&known.name).then(|| known.clone()).into_iter().collect())
        });
        let checked = ports.service().check().await.unwrap();
        assert_eq!(checked.missing_files, [lost]);
        assert_eq!(checked.stray_files, strays);
        assert!(!checked.is_clean());
    }

    #[tokio::test]
    async fn a_file_that_can_not_be_moved_does_not_count_as_moved() {
        let mut ports = paired();
        let stray = file(TimeDelta::hours(25));
        ports.upkeep.expect_repair_counters().returning(|| Ok(2));
        ports.upkeep.expect_known_images().returning(|_| Ok(vec![]));
        ports
            .images
            .expect_list()
            .returning(move |after, _| Ok(if after.is_none() { vec![stray] } else { vec![] }));
        ports.images.expect_discard().times(1).returning(|_, _| Err(Error::unavailable("read-only")));
        ports.upkeep.expect_images().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_avatars().returning(|_, _| Ok(vec![]));
        let repaired = ports.service().repair().await.unwrap();
        assert_eq!(repaired, Repaired { counters: 2, files_left: 1, ..Repaired::default() });
    }

    #[tokio::test]
    async fn a_repair_forgets_the_variants_of_an_image_that_lacks_one_unless_it_is_missing_itself() {
        let mut ports = paired();
        let image =
            |variants| ImageFiles { name: file(TimeDelta::zero()).name, variants: Variants::parse(variants) };
        let images = ["320x240.jpg 640x480.jpg", "320x240.jpg", "320x240.png", ""].map(image);
        let [lacking, missing, ..] = images.clone().map(|image| image.names().collect::<Vec<_>>());
        let gone = [lacking[1], missing[0], missing[1]];
        ports.upkeep.expect_repair_counters().returning(|| Ok(0));
        ports.images.expect_list().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_images().returning(move |after, _| {
            let all = (1..).map(MediaId::stored).zip(images.clone());
            Ok(if after.is_none() { all.collect() } else { vec![] })
        });
        ports.images.expect_contains().returning(move |name| Ok(!gone.contains(&name)));
        ports
            .upkeep
            .expect_forget_variants()
            .withf(|id| *id == MediaId::stored(1))
            .times(1)
            .returning(|_| Ok(true));
        ports
            .images
            .expect_remove()
            .withf(move |names| *names == lacking[1..])
            .times(1)
            .returning(|_| Ok(()));
        ports.upkeep.expect_avatars().returning(|_, _| Ok(vec![]));
        let repaired = ports.service().repair().await.unwrap();
        assert_eq!(repaired, Repaired { variants: 1, ..Repaired::default() });
    }

    #[tokio::test]
    async fn a_repair_takes_an_avatar_away_that_lacks_a_file_unless_it_was_replaced_meanwhile() {
        let mut ports = paired();
        let avatars = [(); 3].map(|()| Avatar::random(ImageFormat::Jpeg).unwrap());
        let [whole, broken, replaced] = avatars;
        ports.upkeep.expect_repair_counters().returning(|| Ok(0));
        ports.images.expect_list().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_images().returning(|_, _| Ok(vec![]));
        ports.upkeep.expect_avatars().returning(move |after, _| {
            let all = (1..).map(UserId::stored).zip(avatars);
            Ok(if after.is_none() { all.collect() } else { vec![] })
        });
        let there = [whole.large(), whole.small(), broken.large(), replaced.small()];
        ports.images.expect_contains().returning(move |name| Ok(there.contains(&name)));
        ports
            .upkeep
            .expect_forget_avatar()
            .times(2)
            .withf(move |_, avatar| *avatar != whole)
            .returning(move |_, avatar| Ok(avatar == broken));
        let files = broken.files().names().collect::<Vec<_>>();
        ports.images.expect_remove().withf(move |names| *names == files).times(1).returning(|_| Ok(()));
        let repaired = ports.service().repair().await.unwrap();
        assert_eq!(repaired, Repaired { avatars: 1, ..Repaired::default() });
    }
}
