//! The records of images, from the upload to the end of their tweet.

use tweetty_domain::{
    Attachment, Error, ImageDescription, ImageFormat, ImageName, Invalid, MediaId, NewImage, Once, Order, Scope,
    Start, UserId, Variants,
};

use crate::arrange::{described, files_of, picture, with_images};

/// The images with what they are said to show; an empty text says nothing.
fn described_as(shown: &[Attachment]) -> Vec<(MediaId, &str)> {
    let texts = shown.iter().map(|image| image.description.as_ref().map_or("", ImageDescription::as_str));
    shown.iter().map(|image| image.id).zip(texts).collect()
}

promises! { images_entries of images:
    async fn each_upload_becomes_known_under_a_rising_id(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let pictures = [picture(ann), picture(bob), picture(ann)];
        let mut known = Vec::new();
        for image in &pictures {
            let recorded = store.tweets.record_upload(image.clone()).await.unwrap();
            assert!(matches!(recorded, Once::Done(id) if known.last().is_none_or(|(last, _)| *last < id)));
            known.push((recorded.outcome(), files_of(image)));
        }
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), known);
    }

    async fn images_of_every_format_and_size_are_shown_as_they_were_recorded(store: Store) {
        let ann = store.person("Ann").await;
        let sizes = [(1, 1, 35), (40_000_000, 1, 1 << 40), (1, 40_000_000, 1), (7680, 4320, 10 << 20)];
        for (format, (width, height, bytes)) in ImageFormat::ALL.into_iter().zip(sizes) {
            let name = ImageName::random(format).unwrap();
            let image = NewImage { name, width, height, bytes, variants: None, ..picture(ann) };
            let id = store.record(image).await;
            let tweet = store.tweet_with(ann, "look", &[id]).await;
            let shown = store.see(tweet, ann).await.unwrap().attachments;
            assert_eq!(shown, [Attachment { id, name, width, height, description: None, variants: Variants::NONE }]);
        }
    }

    async fn each_image_is_shown_with_its_own_description_kept_verbatim(store: Store) {
        let ann = store.person("Ann").await;
        let long = "ж👋".repeat(5_000);
        let texts = ["a cat", "", "line\r\nline\ttab \\ \\N {NULL} \"'", "", "王 e\u{301} \u{202e}", "NULL", &long, "a cat"];
        let mut images = Vec::new();
        for text in texts {
            images.push((store.image(ann).await, text));
        }
        images.rotate_left(3);
        images.swap(0, 5);
        let tweet = store.publish(described(ann, "look", &images)).await;
        let shown = store.see(tweet, ann).await.unwrap().attachments;
        assert_eq!(described_as(&shown), images);
        let page = store.page(ann, Scope::All, Order::POPULAR, Start::FIRST, 5).await;
        assert_eq!(described_as(&page.tweets[0].attachments), images);
    }

    async fn a_refused_tweet_describes_nothing(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (mine, foreign) = (store.image(ann).await, store.image(bob).await);
        let refused = store.tweets.publish(described(ann, "no", &[(mine, "mine"), (foreign, "stolen")])).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::UnusableAttachment(_)))), "{refused:?}");
        for owner in [ann, bob] {
            assert_eq!(store.tweets.uploads_of(owner, None, 10).await.unwrap()[0].description, None);
        }
        let tweet = store.publish(described(ann, "yes", &[(mine, "")])).await;
        assert_eq!(store.see(tweet, ann).await.unwrap().attachments[0].description, None);
    }

    async fn a_user_who_is_gone_uploads_nothing(store: Store) {
        let [ann, _] = store.people(["Ann", "Bob"]).await;
        store.users.remove(ann, None).await.unwrap().unwrap();
        for nobody in [ann, UserId::stored(i64::MAX)] {
            let refused = store.tweets.record_upload(picture(nobody)).await;
            assert!(matches!(refused, Err(Error::UnknownKey)), "{refused:?}");
        }
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), []);
    }

    async fn a_deleted_tweet_answers_its_files_and_no_others(store: Store) {
        let ann = store.person("Ann").await;
        let pictures = [picture(ann), picture(ann), picture(ann), picture(ann)];
        let mut images = Vec::new();
        for image in &pictures {
            images.push(store.record(image.clone()).await);
        }
        let gone = store.tweet_with(ann, "gone", &[images[2], images[0]]).await;
        let kept = store.tweet_with(ann, "kept", &images[1..2]).await;
        let mut files = store.tweets.delete(gone, ann).await.unwrap().unwrap();
        let mut expected = [0, 2].map(|place| files_of(&pictures[place]));
        files.sort_unstable_by_key(|image| image.name);
        expected.sort_unstable_by_key(|image| image.name);
        assert_eq!(files, expected);
        let left = [1, 3].map(|place| (images[place], files_of(&pictures[place])));
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), left);
        assert_eq!(store.see(kept, ann).await.unwrap().attachments[0].name, pictures[1].name);
    }

    async fn an_image_of_a_deleted_tweet_cannot_be_attached_again(store: Store) {
        let ann = store.person("Ann").await;
        let image = store.image(ann).await;
        let tweet = store.tweet_with(ann, "first", &[image]).await;
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        let refused = store.tweets.publish(with_images(ann, "second", &[image])).await;
        assert!(
            matches!(refused, Err(Error::Invalid(Invalid::UnusableAttachment(id))) if id == image),
            "{refused:?}"
        );
    }

    async fn the_id_of_a_deleted_image_is_never_given_again(store: Store) {
        let ann = store.person("Ann").await;
        let image = store.image(ann).await;
        let tweet = store.tweet_with(ann, "the newest", &[image]).await;
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        assert!(store.image(ann).await > image);
    }
}
