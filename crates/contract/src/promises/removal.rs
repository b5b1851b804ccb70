//! Removing people with everything that is theirs.

use tweetty_domain::{Order, Scope, UserId};

use crate::arrange::{files_of, nickname, noon, picture};

promises! { removal_entries of removal:
    async fn a_removed_user_is_found_nowhere(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        assert_eq!(store.users.remove(ann, None).await.unwrap(), Some(vec![]));
        assert_eq!(store.users.find(ann).await.unwrap(), None);
        assert_eq!(store.users.find_by_nickname(&nickname("Ann")).await.unwrap(), None);
        assert_eq!(store.users.profile(ann, bob, 10).await.unwrap(), None);
        assert_eq!(store.users.followers(ann, None, 10).await.unwrap(), None);
        assert_eq!(store.found("ann").await, []);
    }

    async fn whoever_never_was_or_is_gone_cannot_be_removed(store: Store) {
        let ann = store.person("Ann").await;
        assert_eq!(store.users.remove(UserId::stored(999_999), None).await.unwrap(), None);
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert_eq!(store.users.remove(ann, None).await.unwrap(), None);
    }

    async fn her_tweets_go_with_her_and_their_likes_with_them(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let (hers, his) = (store.liked_tweet(ann, "hers", &[bob]).await, store.tweet(bob, "his").await);
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert_eq!(store.see(hers, bob).await, None);
        assert_eq!(store.tweets.like(hers, bob).await.unwrap(), None);
        for scope in [Scope::All, Scope::Following, Scope::By(bob)] {
            assert_eq!(store.ids(bob, scope, Order::POPULAR).await, [his]);
        }
        assert_eq!(store.ids(bob, Scope::By(ann), Order::Recent).await, []);
    }

    async fn her_likes_go_with_her_and_the_counters_follow(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let one = store.liked_tweet(bob, "one", &[ann]).await;
        let two = store.liked_tweet(bob, "two", &[ann, bob, eve]).await;
        let three = store.liked_tweet(eve, "three", &[ann, eve]).await;
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert_eq!([store.likes(one).await, store.likes(two).await, store.likes(three).await], [0, 2, 1]);
        assert_eq!(store.ids(bob, Scope::All, Order::POPULAR).await, [two, three, one]);
        let likers = store.see(two, ann).await.unwrap().likers;
        assert_eq!(likers.iter().map(|liker| liker.id).collect::<Vec<_>>(), [bob, eve]);
    }

    async fn her_follows_go_with_her_and_the_counters_follow(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        for (follower, followee) in [(ann, bob), (bob, ann), (eve, ann), (eve, bob), (ann, eve)] {
            store.follow(follower, followee).await;
        }
        store.users.remove(ann, None).await.unwrap().unwrap();
        let (bob, eve) = (store.user(bob).await, store.user(eve).await);
        assert_eq!((bob.followers_count, bob.following_count), (1, 0));
        assert_eq!((eve.followers_count, eve.following_count), (0, 1));
        assert_eq!(store.followers(bob.id, None, 10).await.people[0].id, eve.id);
    }

    async fn the_files_of_all_her_images_are_answered(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let pictures = [picture(ann), picture(ann), picture(ann), picture(bob)];
        let mut images = Vec::new();
        for image in &pictures {
            images.push(store.record(image.clone()).await);
        }
        store.tweet_with(ann, "two", &images[..2]).await;
        store.tweet_with(bob, "his", &images[3..]).await;
        let mut files = store.users.remove(ann, None).await.unwrap().unwrap();
        let mut hers = [0, 1, 2].map(|place| files_of(&pictures[place]));
        files.sort_unstable_by_key(|image| image.name);
        hers.sort_unstable_by_key(|image| image.name);
        assert_eq!(files, hers, "attached or not, and nobody else's");
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), [(images[3], files_of(&pictures[3]))]);
    }

    async fn her_nickname_is_free_but_her_id_is_not(store: Store) {
        let [_, ann] = store.people(["Bob", "Ann"]).await;
        store.users.remove(ann, None).await.unwrap().unwrap();
        let again = store.person("ANN").await;
        assert!(again > ann, "the highest id of all is never given again either");
        assert_eq!(store.users.find(ann).await.unwrap(), None);
    }

    async fn the_ids_of_her_tweets_and_images_are_never_given_again(store: Store) {
        let [bob, ann] = store.people(["Bob", "Ann"]).await;
        let (tweet, image) = (store.tweet(ann, "the newest").await, store.image(ann).await);
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert!(store.tweet(bob, "newer").await > tweet);
        assert!(store.image(bob).await > image);
    }

    async fn a_store_whose_last_user_is_removed_is_empty(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(ann, bob).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        let image = store.image(bob).await;
        store.tweet_with(bob, "picture", &[image]).await;
        store.users.remove(bob, None).await.unwrap().unwrap();
        assert_eq!(store.likes(tweet).await, 1);
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert!(store.upkeep.is_empty().await.unwrap());
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), []);
    }

    async fn the_removal_of_a_busy_user_reaches_all_she_touched(store: Store) {
        let crowd = store.crowd("user", 40).await;
        let mut tweets = Vec::new();
        for (number, author) in crowd.iter().enumerate() {
            tweets.push(store.liked_tweet(*author, "hi", &crowd[..=number % 5]).await);
        }
        for other in &crowd[1..] {
            store.users.follow(crowd[0], *other, noon(), None).await.unwrap();
            store.users.follow(*other, crowd[0], noon(), None).await.unwrap();
        }
        store.users.remove(crowd[0], None).await.unwrap().unwrap();
        for (number, tweet) in tweets.iter().enumerate().skip(1) {
            assert_eq!(store.likes(*tweet).await, (number % 5) as u64);
            let author = store.user(crowd[number]).await;
            assert_eq!((author.followers_count, author.following_count), (0, 0));
        }
    }
}
