//! What is read of one person for their export.

use tweetty_domain::{ImageDescription, Liked, MediaId, TweetId};

use crate::arrange::{described, picture};

promises! { export_entries of export:
    async fn what_she_likes_comes_in_pages_with_its_authors(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let mut liked = Vec::new();
        for author in [bob, eve, ann, bob] {
            liked.push((store.liked_tweet(author, "liked", &[ann, eve]).await, author));
        }
        store.liked_tweet(bob, "not by them", &[eve]).await;
        let page = async |after, limit| {
            let page = store.tweets.liked_by(ann, after, limit).await.unwrap();
            page.into_iter().map(|Liked { tweet, author }| (tweet, author.id)).collect::<Vec<(TweetId, _)>>()
        };
        assert_eq!(page(None, 3).await, liked[..3]);
        assert_eq!(page(Some(liked[2].0), 3).await, liked[3..]);
        assert_eq!(page(Some(liked[3].0), 3).await, []);
        assert_eq!(store.tweets.liked_by(eve, None, 1).await.unwrap()[0].author.nickname.as_str(), "Bob");
        assert_eq!(store.tweets.liked_by(bob, None, 10).await.unwrap(), []);
    }

    async fn her_uploads_come_in_pages_with_their_places(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let pictures = [picture(ann), picture(ann), picture(bob), picture(ann)];
        let mut ids = Vec::<MediaId>::new();
        for image in &pictures {
            ids.push(store.record(image.clone()).await);
        }
        let tweet = store.publish(described(ann, "two", &[(ids[3], "the last"), (ids[0], "")])).await;
        let uploads = store.tweets.uploads_of(ann, None, 2).await.unwrap();
        assert_eq!(uploads.iter().map(|image| image.id).collect::<Vec<_>>(), ids[..2]);
        let rest = store.tweets.uploads_of(ann, Some(ids[1]), 2).await.unwrap();
        assert_eq!(rest.iter().map(|image| image.id).collect::<Vec<_>>(), [ids[3]]);
        let places = [uploads[0].place, uploads[1].place, rest[0].place];
        assert_eq!(places, [Some((tweet, 1)), None, Some((tweet, 0))]);
        let descriptions = [&uploads[0], &uploads[1], &rest[0]].map(|image| image.description.clone());
        assert_eq!(descriptions, [None, None, Some(ImageDescription::stored("the last".to_owned()))]);
        let first = &uploads[0];
        assert_eq!((first.name, first.owner), (pictures[0].name, ann));
        assert_eq!((first.width, first.height, first.bytes), (640, 480, 12_345));
        assert_eq!(first.uploaded_at, pictures[0].uploaded_at);
    }
}
