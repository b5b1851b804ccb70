//! Feeds page by page.

use tweetty_domain::{Order, Position, Scope, Start, Tweet, TweetId, UserId};

use crate::Store;
use crate::store::position;

/// Two authors and their reader, with so many tweets of few different popularities.
async fn company(store: &Store, tweets: usize) -> [UserId; 3] {
    let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
    store.follow(eve, ann).await;
    store.follow(eve, bob).await;
    for number in 0..tweets {
        let author = if number % 3 == 0 { bob } else { ann };
        store.liked_tweet(author, "hi", &[ann, bob, eve][..number * 7 % 4]).await;
    }
    [ann, bob, eve]
}

/// What the reader can look at.
fn views(author: UserId) -> Vec<(Scope, Order)> {
    let scopes = [Scope::Following, Scope::All, Scope::By(author)];
    scopes.into_iter().flat_map(|scope| [(scope, Order::POPULAR), (scope, Order::Recent)]).collect()
}

/// The tweets in the order asked for.
fn sorted(mut tweets: Vec<Tweet>, order: Order) -> Vec<Tweet> {
    let likes = |tweet: &Tweet| if order == Order::Recent { 0 } else { tweet.likes_count };
    tweets.sort_by_key(|tweet| std::cmp::Reverse((likes(tweet), tweet.id)));
    tweets
}

promises! { pages_entries of pages:
    async fn a_walk_by_cursor_shows_each_tweet_once_in_order(store: Store) {
        let [ann, _, eve] = company(&store, 23).await;
        for (scope, order) in views(ann) {
            let whole = store.page(eve, scope, order, Start::FIRST, 1000).await.tweets;
            assert_eq!(whole.len(), if scope == Scope::By(ann) { 15 } else { 23 });
            assert_eq!(sorted(whole.clone(), order), whole);
            for size in [1, 2, 5, 14, 15, 22, 23, 24] {
                assert_eq!(store.walk(eve, scope, order, size).await, whole, "{scope:?} {order:?} by {size}");
            }
        }
    }

    async fn a_walk_by_page_numbers_shows_the_same(store: Store) {
        let [ann, _, eve] = company(&store, 23).await;
        for (scope, order) in views(ann) {
            let whole = store.page(eve, scope, order, Start::FIRST, 1000).await.tweets;
            for size in [1, 2, 5, 14, 15, 22, 23, 24] {
                assert_eq!(
                    store.numbered(eve, scope, order, size).await,
                    whole,
                    "{scope:?} {order:?} by {size}"
                );
            }
        }
    }

    async fn a_next_page_is_announced_exactly_where_there_is_one(store: Store) {
        let [ann, _, eve] = company(&store, 12).await;
        for (scope, order) in views(ann) {
            let all = store.page(eve, scope, order, Start::FIRST, 1000).await.tweets;
            let most = u32::try_from(all.len()).unwrap();
            for (number, size, more) in [
                (1, most - 1, true),
                (1, most, false),
                (1, most + 1, false),
                (2, most - 1, false),
                (2, most, false),
                (most.into(), 1, false),
                (u64::from(most) - 1, 1, true),
                (2, most / 2, most % 2 == 1),
            ] {
                let page = store.page(eve, scope, order, Start::Page(number), size).await;
                assert_eq!(page.next.is_some(), more, "{scope:?} {order:?}: page {number} of {size}");
                assert_eq!(page.next, page.tweets.last().map(position).filter(|_| more));
            }
            let last = Start::After(position(&all[all.len() - 2]));
            assert_eq!(store.page(eve, scope, order, last, 1).await.next, None);
        }
    }

    async fn a_page_beyond_the_end_is_empty_whatever_its_number(store: Store) {
        let [ann, _, eve] = company(&store, 12).await;
        for (scope, order) in views(ann) {
            for number in [2, 1_000_000, i64::MAX.unsigned_abs(), u64::MAX] {
                let page = store.page(eve, scope, order, Start::Page(number), 1000).await;
                assert_eq!((page.tweets, page.next), (vec![], None), "{scope:?} {order:?} page {number}");
            }
        }
    }

    async fn any_position_that_a_client_makes_up_is_a_place_in_the_order(store: Store) {
        let [ann, _, eve] = company(&store, 12).await;
        for (scope, order) in views(ann) {
            let whole = store.page(eve, scope, order, Start::FIRST, 1000).await.tweets;
            for likes in [0, 1, 2, 3, 4, u64::from(u32::MAX), i64::MAX.unsigned_abs(), u64::MAX] {
                for id in [1, whole[3].id.get(), whole[3].id.get() + 1, i64::MAX].map(TweetId::stored) {
                    let page =
                        store.page(eve, scope, order, Start::After(Position { likes, id }), 1000).await;
                    let is_behind = |tweet: &&Tweet| match order {
                        Order::Popular { .. } => (tweet.likes_count, tweet.id) < (likes, id),
                        Order::Recent => tweet.id < id,
                    };
                    let behind = whole.iter().filter(is_behind).cloned().collect::<Vec<_>>();
                    assert_eq!(page.tweets, behind, "{scope:?} {order:?} behind {likes} likes, tweet {id}");
                }
            }
        }
    }

    async fn a_walk_goes_on_behind_a_tweet_that_was_deleted(store: Store) {
        let [ann, _, eve] = company(&store, 12).await;
        for (scope, order) in views(ann) {
            let before = store.page(eve, scope, order, Start::FIRST, 1000).await.tweets;
            let gone = &before[before.len() / 2];
            store.tweets.delete(gone.id, gone.author.id).await.unwrap().unwrap();
            let page = store.page(eve, scope, order, Start::After(position(gone)), 1000).await;
            assert_eq!(page.tweets, before[before.len() / 2 + 1..]);
        }
    }

    async fn the_recent_order_does_not_look_at_the_likes_of_a_position(store: Store) {
        let [ann, _, eve] = company(&store, 12).await;
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            let whole = store.ids(eve, scope, Order::Recent).await;
            for likes in [0, 2, 1000] {
                let start = Start::After(Position { likes, id: whole[4] });
                let page = store.page(eve, scope, Order::Recent, start, 1000).await;
                assert_eq!(page.tweets.iter().map(|tweet| tweet.id).collect::<Vec<_>>(), whole[5..]);
            }
        }
    }

    async fn a_thousand_tweets_fit_on_a_page_with_all_their_details(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let mut tweets = Vec::new();
        for number in 0..1005 {
            let images = if number % 100 == 0 { vec![store.image(ann).await] } else { vec![] };
            tweets.push(store.tweet_with(ann, &format!("tweet {number}"), &images).await);
        }
        store.like(tweets[3], bob).await;
        let page = store.page(bob, Scope::Following, Order::POPULAR, Start::FIRST, 1000).await;
        assert_eq!((page.tweets.len(), page.tweets[0].id), (1000, tweets[3]));
        assert!(page.tweets[0].liked && page.tweets[0].likers[0].id == bob);
        assert_eq!(page.tweets.iter().filter(|tweet| !tweet.attachments.is_empty()).count(), 10);
        assert!(
            page.tweets
                .iter()
                .all(|tweet| tweet.text.as_str() == format!("tweet {}", number_of(tweet, &tweets)))
        );
        let rest =
            store.page(bob, Scope::Following, Order::POPULAR, Start::After(page.next.unwrap()), 1000).await;
        assert_eq!((rest.tweets.len(), rest.next), (5, None));
    }
}

fn number_of(tweet: &Tweet, tweets: &[TweetId]) -> usize {
    tweets.iter().position(|id| *id == tweet.id).unwrap()
}
