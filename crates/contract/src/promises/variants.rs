//! The variants of images: recorded with the upload or later, once.

use chrono::TimeDelta;
use tweetty_domain::{ImageFiles, ImageName, MediaId, NewImage, Order, Scope, Start, UserId, Variants};

use crate::Store;
use crate::arrange::{noon, picture};

fn variants(text: &str) -> Variants {
    Variants::parse(text).unwrap()
}

/// An image from before there were variants.
async fn old_image(store: &Store, owner: UserId) -> (MediaId, ImageName) {
    let image = NewImage { variants: None, uploaded_at: noon() - TimeDelta::days(9), ..picture(owner) };
    let name = image.name;
    (store.record(image).await, name)
}

promises! { variants_entries of variants:
    async fn variants_are_shown_as_they_were_recorded(store: Store) {
        let ann = store.person("Ann").await;
        let lists = ["320x240.jpg", "", "1x65535.webp 640x1.png 65535x1.gif", "still:640x480.png"].map(variants);
        let mut images = Vec::new();
        for list in &lists {
            images.push(store.record(NewImage { variants: Some(list.clone()), ..picture(ann) }).await);
        }
        images.push(old_image(&store, ann).await.0);
        let tweet = store.tweet_with(ann, "look", &images).await;
        let shown = store.see(tweet, ann).await.unwrap().attachments;
        let expected = lists.iter().cloned().chain([Variants::NONE]).collect::<Vec<_>>();
        assert_eq!(shown.iter().map(|image| image.variants.clone()).collect::<Vec<_>>(), expected);
        let page = store.page(ann, Scope::All, Order::POPULAR, Start::FIRST, 5).await;
        assert_eq!(page.tweets[0].attachments, shown);
        let records = store.tweets.uploads_of(ann, None, 10).await.unwrap();
        let recorded = lists.into_iter().map(Some).chain([None]).collect::<Vec<_>>();
        assert_eq!(records.into_iter().map(|image| image.variants).collect::<Vec<_>>(), recorded);
    }

    async fn images_without_variants_are_counted_and_come_in_pages(store: Store) {
        let ann = store.person("Ann").await;
        assert_eq!(store.upkeep.count_without_variants().await.unwrap(), 0);
        let mut old = Vec::new();
        for _ in 0..5 {
            store.image(ann).await;
            store.record(NewImage { variants: Some(Variants::NONE), ..picture(ann) }).await;
            old.push(old_image(&store, ann).await);
        }
        assert_eq!(store.upkeep.count_without_variants().await.unwrap(), 5);
        let page = async |after, limit| store.upkeep.without_variants(after, limit).await.unwrap();
        assert_eq!(page(None, 2).await, old[..2]);
        assert_eq!(page(Some(old[1].0), 9).await, old[2..]);
        assert_eq!(page(Some(old[4].0), 9).await, []);
    }

    async fn variants_are_recorded_once(store: Store) {
        let ann = store.person("Ann").await;
        let (image, _) = old_image(&store, ann).await;
        let (other, name) = old_image(&store, ann).await;
        let tweet = store.tweet_with(ann, "look", &[image]).await;
        let [first, second] = ["320x240.jpg 640x480.jpg", "320x240.png"].map(variants);
        assert!(store.upkeep.record_variants(image, first.clone()).await.unwrap());
        assert!(!store.upkeep.record_variants(image, second).await.unwrap());
        assert_eq!(store.see(tweet, ann).await.unwrap().attachments[0].variants, first);
        assert_eq!(store.upkeep.without_variants(None, 9).await.unwrap(), [(other, name)]);
        assert!(store.upkeep.record_variants(other, Variants::NONE).await.unwrap());
        assert_eq!(store.upkeep.count_without_variants().await.unwrap(), 0);
    }

    async fn variants_that_were_forgotten_are_made_again(store: Store) {
        let ann = store.person("Ann").await;
        let (image, name) = old_image(&store, ann).await;
        let (other, _) = old_image(&store, ann).await;
        let list = variants("320x240.jpg");
        for variants in [list.clone(), Variants::NONE] {
            assert!(!store.upkeep.forget_variants(image).await.unwrap());
            assert!(store.upkeep.record_variants(image, variants).await.unwrap());
            assert!(store.upkeep.record_variants(other, list.clone()).await.is_ok());
            assert!(store.upkeep.forget_variants(image).await.unwrap());
            assert_eq!(store.upkeep.without_variants(None, 9).await.unwrap(), [(image, name)]);
            let known = store.upkeep.known_images(vec![name]).await.unwrap();
            assert_eq!(known, [ImageFiles { name, variants: None }]);
        }
        assert!(!store.upkeep.forget_variants(MediaId::stored(i64::MAX)).await.unwrap());
    }

    async fn an_image_that_is_gone_gets_no_variants(store: Store) {
        let ann = store.person("Ann").await;
        let (image, _) = old_image(&store, ann).await;
        let tweet = store.tweet_with(ann, "gone", &[image]).await;
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        for nothing in [image, MediaId::stored(i64::MAX)] {
            assert!(!store.upkeep.record_variants(nothing, variants("320x240.jpg")).await.unwrap());
        }
    }

    async fn variants_that_came_later_go_with_their_image(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let list = variants("320x240.jpg 640x480.png");
        let recorded = async |owner| {
            let (image, name) = old_image(&store, owner).await;
            assert!(store.upkeep.record_variants(image, list.clone()).await.unwrap());
            (image, ImageFiles { name, variants: Some(list.clone()) })
        };
        let (shown, shown_files) = recorded(ann).await;
        let tweet = store.tweet_with(ann, "look", &[shown]).await;
        assert_eq!(store.tweets.delete(tweet, ann).await.unwrap().unwrap(), [shown_files]);
        let (_, swept_files) = recorded(ann).await;
        let known = store.upkeep.known_images(vec![swept_files.name]).await.unwrap();
        assert_eq!(known, std::slice::from_ref(&swept_files));
        assert_eq!(store.upkeep.forget_unattached(noon(), 9).await.unwrap(), [swept_files]);
        let (_, removed_files) = recorded(bob).await;
        assert_eq!(store.users.remove(bob, None).await.unwrap().unwrap(), [removed_files]);
    }

    async fn the_name_of_a_variant_is_that_of_no_image(store: Store) {
        let ann = store.person("Ann").await;
        let image = picture(ann);
        let variant = image.variants.clone().unwrap().as_slice()[0].file_of(image.name);
        store.record(image).await;
        assert_eq!(store.upkeep.known_images(vec![variant]).await.unwrap(), []);
    }
}
