//! Declaring to which database the images belong.

use super::Operations;
use crate::{Action, Claim, Result};

impl Operations {
    /// Makes sure that images and database belong together; changes nothing.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`].
    pub async fn verify_images(&self) -> Result<()> {
        self.stores.verified(self.stores.upkeep.store_id().await?).await.map(drop)
    }

    /// The same, and records whose the images are where they don't carry it yet: those of a new store, and of one from
    /// before there were ids.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`].
    pub async fn claim_images(&self) -> Result<()> {
        let store = self.stores.upkeep.store_id().await?;
        if self.stores.verified(store).await?.is_none() {
            self.stores.images.claim(Claim { store, images_lost: false }).await?;
        }
        Ok(())
    }

    /// Declares that the images are this database's, on an operator's word: images were lost, or somebody moved them.
    pub async fn force_claim(&self) -> Result<()> {
        let store = self.stores.upkeep.store_id().await?;
        let images_lost = self.stores.images.is_empty().await? && self.stores.upkeep.names_images().await?;
        let detail = if images_lost { "there is no image" } else { "there are images" };
        self.stores.images.claim(Claim { store, images_lost }).await?;
        self.record(Action::ClaimMedia, None, Some(detail.to_owned())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, noon};
    use crate::{Error, ImageFiles, ImageFormat, ImageName, Mismatch, StoreId, StoredFile};

    const STORE: &str = "0123456789abcdef0123456789abcdef";

    fn store() -> StoreId {
        StoreId::parse(STORE).unwrap()
    }

    fn names(count: usize) -> Vec<ImageName> {
        (0..count).map(|_| ImageName::random(ImageFormat::Png).unwrap()).collect()
    }

    /// A store whose images carry that claim; of `files` a row names the first `known`, and rows name `rows` images.
    fn stores(claim: Option<Claim>, files: usize, known: usize, rows: usize) -> Ports {
        let (mut ports, names) = (Ports::default(), names(files));
        ports.upkeep.expect_store_id().returning(|| Ok(store()));
        ports.images.expect_claimed_by().returning(move || Ok(claim));
        ports.images.expect_is_empty().returning(move || Ok(files == 0));
        ports.upkeep.expect_names_images().returning(move || Ok(rows > 0));
        let image = |name: &ImageName| ImageFiles { name: *name, variants: None };
        let known = names[..known].iter().map(image).collect::<Vec<_>>();
        ports.upkeep.expect_known_images().returning(move |_| Ok(known.clone()));
        let files = names.into_iter().map(|name| StoredFile { name, written_at: noon() }).collect::<Vec<_>>();
        ports
            .images
            .expect_list()
            .returning(move |after, _| Ok(if after.is_none() { files.clone() } else { Vec::new() }));
        ports
    }

    fn own(images_lost: bool) -> Claim {
        Claim { store: store(), images_lost }
    }

    async fn mismatch(ports: Ports) -> Option<Mismatch> {
        match ports.service().verify_images().await {
            Ok(()) => None,
            Err(Error::Mismatch(mismatch)) => Some(mismatch),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn images_that_carry_the_id_of_another_store_are_not_ours() {
        let another = Claim { store: StoreId::random().unwrap(), images_lost: false };
        let found = mismatch(stores(Some(another), 3, 3, 3)).await;
        assert_eq!(found, Some(Mismatch::Another { images: another.store, database: store() }));
    }

    #[tokio::test]
    async fn images_that_carry_our_id_are_ours_however_few_are_known() {
        assert_eq!(mismatch(stores(Some(own(false)), 39, 0, 0)).await, None);
    }

    #[tokio::test]
    async fn no_images_beside_rows_that_name_some_are_a_mismatch_until_an_operator_says_they_are_lost() {
        for claim in [None, Some(own(false))] {
            assert_eq!(mismatch(stores(claim, 0, 0, 2)).await, Some(Mismatch::NoImages));
        }
        assert_eq!(mismatch(stores(Some(own(true)), 0, 0, 2)).await, None);
        assert_eq!(mismatch(stores(None, 0, 0, 0)).await, None, "a new store has neither");
    }

    #[tokio::test]
    async fn images_without_an_id_are_ours_where_rows_name_at_least_half_of_them() {
        assert_eq!(mismatch(stores(None, 39, 0, 0)).await, Some(Mismatch::Unknown { known: 0, files: 39 }));
        assert_eq!(mismatch(stores(None, 3, 1, 1)).await, Some(Mismatch::Unknown { known: 1, files: 3 }));
        assert_eq!(mismatch(stores(None, 2, 1, 1)).await, None);
    }

    #[tokio::test]
    async fn images_are_claimed_once_and_only_where_they_are_ours() {
        let mut ours = stores(None, 2, 2, 2);
        ours.images.expect_claim().withf(|claim| *claim == own(false)).times(1).returning(|_| Ok(()));
        ours.service().claim_images().await.unwrap();
        for mut ports in [stores(Some(own(false)), 2, 2, 2), stores(None, 39, 0, 0), stores(None, 0, 0, 2)] {
            ports.images.expect_claim().never();
            ports.service().claim_images().await.ok();
        }
    }

    #[tokio::test]
    async fn an_operator_s_word_claims_whatever_is_there() {
        for (files, rows, images_lost) in [(39, 0, false), (0, 2, true), (0, 0, false)] {
            let mut ports = stores(None, files, 0, rows);
            let claimed = move |claim: &Claim| *claim == own(images_lost);
            ports.images.expect_claim().withf(claimed).times(1).returning(|_| Ok(()));
            ports.service().force_claim().await.unwrap();
        }
    }
}
