//! Making the variants of images that have none yet: those from before there were any.

use super::Operations;
use super::sweep::BATCH;
use crate::{Action, Error, ImageFiles, ImageName, MediaId, Result, Subject, crash_point};

/// What came of making variants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VariantsMade {
    /// Images that have their variants now.
    pub images: u64,
    /// Images that stay without, since they can't be read.
    pub failed: u64,
}

impl Operations {
    /// How many images have no variants yet.
    pub async fn count_without_variants(&self) -> Result<u64> {
        self.stores.upkeep.count_without_variants().await
    }

    /// Makes the variants of all images that have none yet, one image after the other, and reports each to `seen`.
    /// What is made is recorded at once, so that it can be broken off and begun again at any time.
    ///
    /// # Errors
    /// [`Error::Mismatch`]: then nothing is touched. Where the stores fail it ends; an image that can't be read does
    /// not end it.
    pub async fn make_variants(
        &self,
        mut seen: impl FnMut(ImageName, Result<(), &Error>),
    ) -> Result<VariantsMade> {
        self.long_action(Action::MakeVariants, async || {
            self.verify_images().await?;
            let (mut made, mut after) = (VariantsMade::default(), None);
            loop {
                let images = self.stores.upkeep.without_variants(after, BATCH).await?;
                let Some((last, _)) = images.last() else { break };
                after = Some(*last);
                for (image, name) in images {
                    match self.make_variants_of(image, name).await {
                        Ok(is_recorded) => {
                            made.images += u64::from(is_recorded);
                            seen(name, Ok(()));
                        }
                        Err(error) if is_of_the_image(&error) => {
                            made.failed += 1;
                            seen(name, Err(&error));
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
            let detail = format!("{} images, {} failed", made.images, made.failed);
            Ok((made, detail))
        })
        .await
    }

    /// Answers whether they are recorded. They are not where the image is deleted meanwhile, or another run was faster.
    async fn make_variants_of(&self, image: MediaId, name: ImageName) -> Result<bool> {
        let Some(variants) = self.stores.images.make_variants(name).await? else {
            let is_known = !self.stores.known_files(&[name]).await?.is_empty();
            return if is_known { Err(Error::NotFound(Subject::Image)) } else { Ok(false) };
        };
        crash_point("the variants are made");
        let files = ImageFiles { name, variants: Some(variants.clone()) };
        if self.stores.upkeep.record_variants(image, variants).await? {
            return Ok(true);
        }
        let mut files = files.names().filter(|file| *file != name).collect::<Vec<_>>();
        let known = self.stores.known_files(&files).await?;
        files.retain(|file| !known.contains(file));
        if !files.is_empty() {
            // What can't be removed now is the sweeper's.
            self.stores.images.remove(files).await.ok();
        }
        Ok(false)
    }
}

/// Whether the image is to blame, not the disk or the database.
fn is_of_the_image(error: &Error) -> bool {
    matches!(
        error,
        Error::Invalid(_)
            | Error::UnsupportedImage
            | Error::ForeignImage(_)
            | Error::NotFound(Subject::Image)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::sweep::tests::paired;
    use super::*;
    use crate::stores::test::Ports;
    use crate::{ImageFormat, Invalid, Variants};

    fn names<const N: usize>() -> [ImageName; N] {
        [(); N].map(|()| ImageName::random(ImageFormat::Png).unwrap())
    }

    fn variants() -> Variants {
        Variants::parse("320x240.jpg 640x480.png").unwrap()
    }

    fn files(name: ImageName, variants: Option<Variants>) -> ImageFiles {
        ImageFiles { name, variants }
    }

    /// Images without variants, with the ids 1, 2, …
    fn without_variants<const N: usize>(names: [ImageName; N]) -> Ports {
        let mut ports = paired();
        ports.upkeep.expect_without_variants().returning(move |after, _| {
            let all = (1..).map(MediaId::stored).zip(names);
            Ok(all.filter(|(id, _)| Some(*id) > after).collect())
        });
        ports
    }

    #[tokio::test]
    async fn the_variants_of_each_image_are_recorded_and_one_that_cannot_be_read_is_passed_over() {
        let [good, broken, missing, last] = names();
        let mut ports = without_variants([good, broken, missing, last]);
        ports.images.expect_make_variants().returning(move |name| match name {
            name if name == broken => Err(Invalid::UndecodableImage.into()),
            name if name == missing => Ok(None),
            _ => Ok(Some(variants())),
        });
        ports.upkeep.expect_known_images().returning(move |_| Ok(vec![files(missing, None)]));
        for image in [1, 4].map(MediaId::stored) {
            let recorded = move |id: &MediaId, made: &Variants| *id == image && *made == variants();
            ports.upkeep.expect_record_variants().withf(recorded).times(1).returning(|_, _| Ok(true));
        }
        let mut seen = BTreeMap::new();
        let see = |name, made: Result<(), &Error>| seen.extend([(name, made.is_ok())]);
        let made = ports.service().make_variants(see).await;
        assert_eq!(made.unwrap(), VariantsMade { images: 2, failed: 2 });
        assert_eq!(seen, [(good, true), (broken, false), (missing, false), (last, true)].into());
    }

    #[tokio::test]
    async fn the_variants_of_an_image_that_is_deleted_meanwhile_are_removed() {
        let [gone] = names();
        let mut ports = without_variants([gone]);
        ports.images.expect_make_variants().returning(|_| Ok(Some(variants())));
        ports.upkeep.expect_record_variants().returning(|_, _| Ok(false));
        ports.upkeep.expect_known_images().returning(|_| Ok(vec![]));
        let made = files(gone, Some(variants())).names().skip(1).collect::<Vec<_>>();
        ports.images.expect_remove().withf(move |names| *names == made).times(1).returning(|_| Ok(()));
        let made = ports.service().make_variants(|_, _| ()).await.unwrap();
        assert_eq!(made, VariantsMade::default());
    }

    #[tokio::test]
    async fn the_variants_that_another_run_has_recorded_stay() {
        let [name] = names();
        let mut ports = without_variants([name]);
        ports.images.expect_make_variants().returning(|_| Ok(Some(variants())));
        ports.upkeep.expect_record_variants().returning(|_, _| Ok(false));
        ports.upkeep.expect_known_images().returning(move |_| Ok(vec![files(name, Some(variants()))]));
        ports.images.expect_remove().never();
        assert_eq!(ports.service().make_variants(|_, _| ()).await.unwrap(), VariantsMade::default());
    }

    #[tokio::test]
    async fn an_image_that_is_deleted_before_it_is_read_has_not_failed() {
        let mut ports = without_variants(names::<1>());
        ports.images.expect_make_variants().returning(|_| Ok(None));
        ports.upkeep.expect_known_images().returning(|_| Ok(vec![]));
        assert_eq!(ports.service().make_variants(|_, _| ()).await.unwrap(), VariantsMade::default());
    }

    #[tokio::test]
    async fn a_full_disk_ends_it() {
        let mut ports = without_variants(names::<2>());
        ports.images.expect_make_variants().times(1).returning(|_| Err(Error::unavailable("full")));
        let ended = ports.service().make_variants(|_, _| ()).await;
        assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
    }
}
