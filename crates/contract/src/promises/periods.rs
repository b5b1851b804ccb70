//! The popular tweets of a time.

use chrono::TimeDelta;
use tweetty_domain::{Order, Scope, Start, Timestamp, TweetId, UserId};

use crate::Store;
use crate::arrange::{draft, noon};
use crate::store::position;

/// So many hours after noon.
fn hour(number: usize) -> Timestamp {
    noon() + TimeDelta::hours(i64::try_from(number).unwrap())
}

fn popular(since: Timestamp) -> Order {
    Order::Popular { since: Some(since) }
}

async fn tweet_at(store: &Store, author: UserId, moment: Timestamp, likers: &[UserId]) -> TweetId {
    let tweet = store.publish(tweetty_domain::NewTweet { created_at: moment, ..draft(author, "hi") }).await;
    for liker in likers {
        store.like(tweet, *liker).await;
    }
    tweet
}

/// An author, a reader who follows, and a tweet an hour: the older, the more it is liked, up to three times.
async fn company(store: &Store, tweets: usize) -> (UserId, UserId, Vec<TweetId>) {
    let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
    store.follow(eve, ann).await;
    let mut written = Vec::new();
    for number in 0..tweets {
        let likers = &[ann, bob, eve][..3 - (number * 3 / tweets).min(3)];
        written.push(tweet_at(store, ann, hour(number), likers).await);
    }
    (ann, eve, written)
}

promises! { periods_entries of periods:
    async fn only_what_was_written_since_then_is_shown_and_what_at_that_moment_is(store: Store) {
        let (ann, eve, tweets) = company(&store, 9).await;
        let eighth = [8, 7, 6, 5, 4, 3];
        for (since, expected) in [
            (hour(3), &eighth[..]),
            (hour(3) + TimeDelta::milliseconds(1), &eighth[..5]),
            (hour(4) - TimeDelta::milliseconds(1), &eighth[..5]),
            (hour(8), &eighth[..1]),
        ] {
            let mut expected = expected.iter().map(|number| tweets[*number]).collect::<Vec<_>>();
            for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
                let mut shown = store.ids(eve, scope, popular(since)).await;
                shown.sort_unstable();
                expected.sort_unstable();
                assert_eq!(shown, expected, "{scope:?} since {since}");
            }
        }
    }

    async fn among_them_more_likes_come_first_and_among_equals_the_newer(store: Store) {
        let (ann, eve, tweets) = company(&store, 9).await;
        let expected = [5, 4, 3, 8, 7, 6].map(|number| tweets[number]);
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            assert_eq!(store.ids(eve, scope, popular(hour(3))).await, expected, "{scope:?}");
        }
    }

    async fn a_time_before_the_first_tweet_has_all_and_one_behind_the_last_has_none(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        assert_eq!(store.ids(ann, Scope::All, popular(hour(0))).await, []);
        let tweet = tweet_at(&store, ann, hour(1), &[bob]).await;
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            assert_eq!(store.ids(ann, scope, popular(hour(0))).await, [tweet], "{scope:?}");
            assert_eq!(store.ids(ann, scope, popular(hour(2))).await, [], "{scope:?}");
        }
        let newer = tweet_at(&store, ann, hour(3), &[]).await;
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            assert_eq!(store.ids(ann, scope, popular(hour(2))).await, [newer], "{scope:?}, at once");
        }
    }

    async fn whose_tweets_makes_no_difference_to_the_time(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        store.follow(eve, bob).await;
        tweet_at(&store, bob, hour(0), &[ann, bob, eve]).await;
        let anns = tweet_at(&store, ann, hour(1), &[bob, eve]).await;
        let bobs = tweet_at(&store, bob, hour(2), &[]).await;
        let own = tweet_at(&store, eve, hour(3), &[ann]).await;
        let since = popular(hour(1));
        assert_eq!(store.ids(eve, Scope::All, since).await, [anns, own, bobs]);
        assert_eq!(store.ids(eve, Scope::Following, since).await, [own, bobs]);
        assert_eq!(store.ids(eve, Scope::By(bob), since).await, [bobs]);
    }

    async fn a_walk_stays_whole_while_tweets_arrive_and_later_walks_begin_later(store: Store) {
        let (ann, eve, mut tweets) = company(&store, 12).await;
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            let since = popular(hour(2));
            let whole = store.ids(eve, scope, since).await;
            let (mut shown, mut start) = (Vec::new(), Start::FIRST);
            loop {
                let page = store.page(eve, scope, since, start, 3).await;
                shown.extend(page.tweets.iter().map(|tweet| tweet.id));
                let Some(next) = page.next else { break };
                start = Start::After(next);
                // Later by more than the walk's time, so that another walk would begin behind what this one shows.
                let moment = hour(tweets.len() + 1);
                tweets.push(tweet_at(&store, ann, moment, &[ann]).await);
                assert!(store.ids(eve, scope, popular(moment)).await.len() == 1, "{scope:?}");
            }
            shown.retain(|tweet| whole.contains(tweet));
            assert_eq!(shown, whole, "{scope:?}");
        }
    }

    async fn a_like_moves_a_tweet_among_those_of_the_time(store: Store) {
        let (_, eve, tweets) = company(&store, 6).await;
        let since = popular(hour(2));
        assert_eq!(store.ids(eve, Scope::All, since).await, [3, 2, 5, 4].map(|number| tweets[number]));
        store.like(tweets[4], eve).await;
        for viewer in store.crowd("fan", 2).await {
            store.like(tweets[4], viewer).await;
        }
        assert_eq!(store.ids(eve, Scope::All, since).await, [4, 3, 2, 5].map(|number| tweets[number]));
        store.unlike(tweets[4], eve).await;
        assert_eq!(store.ids(eve, Scope::All, since).await, [4, 3, 2, 5].map(|number| tweets[number]));
    }

    async fn deleted_tweets_around_the_beginning_change_nothing_else(store: Store) {
        let (ann, eve, mut tweets) = company(&store, 12).await;
        // Each hour is asked for twice: where its tweet and the one before are there, and where they are not.
        for gone in [4, 5, 3, 11] {
            let tweet = tweets[gone];
            for (number, since) in (0..12).map(|number| (number, popular(hour(number)))) {
                let mut left = tweets[number..].iter().copied().filter(|id| id.get() > 0).collect::<Vec<_>>();
                let mut shown = store.ids(eve, Scope::Following, since).await;
                left.sort_unstable();
                shown.sort_unstable();
                assert_eq!(shown, left, "since hour {number}, before {gone} is deleted");
            }
            store.tweets.delete(tweet, ann).await.unwrap().unwrap();
            tweets[gone] = TweetId::stored(0);
        }
    }

    async fn what_an_earlier_clock_wrote_belongs_to_the_time_in_which_it_was_written(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        for number in 0..4 {
            tweet_at(&store, ann, hour(number), &[bob]).await;
        }
        let first = tweet_at(&store, ann, hour(10), &[]).await;
        let late = tweet_at(&store, ann, hour(10) - TimeDelta::minutes(1), &[bob]).await;
        let last = tweet_at(&store, ann, hour(11), &[]).await;
        assert_eq!(store.ids(ann, Scope::All, popular(hour(8))).await, [late, last, first]);
    }

    async fn pages_of_a_time_go_on_behind_any_of_its_tweets(store: Store) {
        let (ann, eve, _) = company(&store, 12).await;
        for scope in [Scope::Following, Scope::All, Scope::By(ann)] {
            let since = popular(hour(5));
            let whole = store.page(eve, scope, since, Start::FIRST, 1000).await.tweets;
            assert_eq!(whole.len(), 7);
            for size in [1, 2, 6, 7, 8] {
                assert_eq!(store.walk(eve, scope, since, size).await, whole, "{scope:?} by {size}");
                assert_eq!(store.numbered(eve, scope, since, size).await, whole, "{scope:?}, page {size}");
            }
            for (place, tweet) in whole.iter().enumerate() {
                let page = store.page(eve, scope, since, Start::After(position(tweet)), 1000).await;
                assert_eq!(page.tweets, whole[place + 1..], "{scope:?}");
            }
        }
    }
}
