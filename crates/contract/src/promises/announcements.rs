//! Tweets that everybody is shown first, and who has read them.

use chrono::TimeDelta;
use tweetty_domain::{
    Acknowledged, Action, Announcement, AnnouncementId, By, Change, Entry, Error, Invalid, NewAnnouncement, Outcome, Result, Timestamp, TweetId, UserId,
};

use crate::Store;
use crate::arrange::noon;

const MOST: u32 = 5;

fn later(hours: i64) -> Timestamp {
    noon() + TimeDelta::hours(hours)
}

fn asking(tweet: TweetId, until: Timestamp) -> NewAnnouncement {
    NewAnnouncement { tweet, until, acknowledge: true, at: noon() }
}

async fn announce(store: &Store, new: NewAnnouncement) -> AnnouncementId {
    store.announcements.announce(new, MOST, None).await.unwrap().unwrap()
}

async fn acknowledge(store: &Store, announcement: AnnouncementId, user: UserId) -> Result<Option<Change>> {
    store.announcements.acknowledge(announcement, user, later(1)).await
}

async fn missing(store: &Store, announcement: AnnouncementId) -> Vec<UserId> {
    let missing = store.announcements.missing(announcement, None, 100).await.unwrap().unwrap();
    missing.people.iter().map(|person| person.id).collect()
}

async fn standing(store: &Store, now: Timestamp) -> Vec<TweetId> {
    let standing = store.announcements.standing(now, MOST).await.unwrap();
    standing.iter().map(|announcement| announcement.tweet).collect()
}

promises! { announcements_entries of announcements:
    async fn an_announcement_stands_until_its_end_the_latest_first(store: Store) {
        let ann = store.person("Ann").await;
        let [one, other] = [store.tweet(ann, "one").await, store.tweet(ann, "other").await];
        let first = announce(&store, asking(one, later(2))).await;
        let second = announce(&store, NewAnnouncement { acknowledge: false, ..asking(other, later(1)) }).await;
        let expected = [
            Announcement { id: second, tweet: other, until: later(1), acknowledge: false },
            Announcement { id: first, tweet: one, until: later(2), acknowledge: true },
        ];
        assert_eq!(store.announcements.standing(noon(), MOST).await.unwrap(), expected);
        assert_eq!(store.announcements.standing(noon(), 1).await.unwrap(), expected[..1]);
        assert_eq!(standing(&store, later(1)).await, [one]);
        assert_eq!(standing(&store, later(2)).await, []);
        assert_eq!(store.ids(ann, tweetty_domain::Scope::All, tweetty_domain::Order::Recent).await, [other, one], "the order of tweets stays");
    }

    async fn who_announces_and_withdraws_is_in_the_log_and_what_changes_nothing_is_not(store: Store) {
        let com = store.person("Com").await;
        let tweet = store.tweet(com, "read this").await;
        let entry = |action, detail: Option<&str>| {
            let detail = detail.map(str::to_owned);
            Some(Entry { at: noon(), by: By::User(com), action, user: None, outcome: Outcome::Done, detail })
        };
        let announce = async |tweet| {
            store.announcements.announce(asking(tweet, later(1)), MOST, entry(Action::Announce, Some("for all"))).await
        };
        let id = announce(tweet).await.unwrap().unwrap();
        announce(tweet).await.unwrap_err();
        assert_eq!(announce(TweetId::stored(999_999)).await.unwrap(), None);
        let withdraw = async || {
            let entry = entry(Action::Withdraw, None).map(|entry| entry.of_announcement(id));
            store.announcements.withdraw(id, entry).await.unwrap()
        };
        assert_eq!((withdraw().await, withdraw().await), (true, false));
        let records = store.audit.records(None, None, 10).await.unwrap();
        let recorded = records.into_iter().map(|record| (record.entry.by, record.entry.action, record.entry.detail.unwrap()));
        let expected = [(Action::Announce, format!("announcement {id}: for all")), (Action::Withdraw, format!("announcement {id}"))];
        assert_eq!(recorded.collect::<Vec<_>>(), expected.map(|(action, detail)| (By::User(com), action, detail)));
    }

    async fn no_tweet_is_announced_twice_at_the_same_time(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.tweet(ann, "hi").await;
        announce(&store, asking(tweet, later(1))).await;
        let refused = store.announcements.announce(asking(tweet, later(2)), MOST, None).await;
        assert!(matches!(refused, Err(Error::AlreadyAnnounced(id)) if id == tweet), "{refused:?}");
        announce(&store, NewAnnouncement { at: later(1), ..asking(tweet, later(2)) }).await;
        assert_eq!(standing(&store, later(1)).await, [tweet]);
    }

    async fn no_more_stand_at_a_time_than_there_may_be(store: Store) {
        let ann = store.person("Ann").await;
        let mut tweets = Vec::new();
        for number in 0..4 {
            tweets.push(store.tweet(ann, &format!("tweet {number}")).await);
        }
        announce(&store, asking(tweets[0], later(1))).await;
        let announcers = tweets[1..].iter().map(|tweet| {
            let (store, tweet) = (store.clone(), *tweet);
            tokio::spawn(async move { store.announcements.announce(asking(tweet, later(2)), 2, None).await })
        });
        let mut announced = 0;
        for announcer in announcers.collect::<Vec<_>>() {
            match announcer.await.unwrap() {
                Ok(id) => announced += usize::from(id.is_some()),
                Err(error) => assert!(matches!(error, Error::TooManyAnnouncements { limit: 2 }), "{error:?}"),
            }
        }
        assert_eq!((announced, standing(&store, noon()).await.len()), (1, 2));
        let after_one = NewAnnouncement { at: later(1), ..asking(store.tweet(ann, "more").await, later(3)) };
        store.announcements.announce(after_one, 2, None).await.unwrap().unwrap();
    }

    async fn what_never_was_is_neither_announced_nor_withdrawn_nor_acknowledged(store: Store) {
        let ann = store.person("Ann").await;
        let nothing = store.announcements.announce(asking(TweetId::stored(999_999), later(1)), MOST, None).await;
        assert_eq!(nothing.unwrap(), None);
        let never = AnnouncementId::stored(999_999);
        assert!(!store.announcements.withdraw(never, None).await.unwrap());
        assert_eq!(acknowledge(&store, never, ann).await.unwrap(), None);
        assert_eq!(store.announcements.missing(never, None, 10).await.unwrap(), None);
    }

    async fn somebody_has_read_an_announcement_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.tweet(ann, "hi").await;
        let id = announce(&store, asking(tweet, later(2))).await;
        for expected in [Change::Made, Change::AlreadySo] {
            assert_eq!(acknowledge(&store, id, bob).await.unwrap(), Some(expected));
        }
        assert_eq!(store.announcements.acknowledged(bob, vec![id]).await.unwrap(), [id]);
        assert_eq!(store.announcements.acknowledged(ann, vec![id]).await.unwrap(), []);
        assert_eq!(store.announcements.acknowledge(id, ann, later(2)).await.unwrap(), None, "it has ended");
        let gone = acknowledge(&store, id, UserId::stored(999_999)).await;
        assert!(matches!(gone, Err(Error::UnknownKey)), "{gone:?}");
        let own = store.announcements.acknowledged_by(bob, None, 10).await.unwrap();
        assert_eq!(own, [Acknowledged { announcement: id, tweet, at: later(1) }]);
        assert_eq!(store.announcements.acknowledged_by(bob, Some(id), 10).await.unwrap(), []);
    }

    async fn many_acknowledgements_at_once_count_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let id = announce(&store, asking(store.tweet(ann, "hi").await, later(2))).await;
        let readers = (0..16).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { acknowledge(&store, id, bob).await.unwrap().unwrap() })
        });
        let mut made = 0;
        for reader in readers.collect::<Vec<_>>() {
            made += usize::from(reader.await.unwrap() == Change::Made);
        }
        assert_eq!(made, 1);
        assert_eq!(missing(&store, id).await, [ann]);
    }

    async fn what_asks_for_nothing_is_not_acknowledged(store: Store) {
        let ann = store.person("Ann").await;
        let new = NewAnnouncement { acknowledge: false, ..asking(store.tweet(ann, "hi").await, later(2)) };
        let id = announce(&store, new).await;
        let refused = acknowledge(&store, id, ann).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::UnaskedAcknowledgement))), "{refused:?}");
        let refused = store.announcements.missing(id, None, 10).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::UnaskedAcknowledgement))), "{refused:?}");
    }

    async fn who_has_not_read_an_announcement_is_a_list_in_pages_without_those_who_left(store: Store) {
        let ann = store.person("Ann").await;
        let crowd = store.crowd("reader", 7).await;
        let id = announce(&store, asking(store.tweet(ann, "hi").await, later(2))).await;
        assert_eq!(missing(&store, id).await, [&[ann][..], &crowd].concat());
        acknowledge(&store, id, crowd[1]).await.unwrap();
        store.users.deactivate(crowd[4], noon(), None).await.unwrap();
        let expected = [ann, crowd[0], crowd[2], crowd[3], crowd[5], crowd[6]];
        assert_eq!(missing(&store, id).await, expected);
        for size in [1, 2, 5, 6] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = store.announcements.missing(id, after, size).await.unwrap().unwrap();
                assert!(page.people.len() <= size as usize);
                seen.extend(page.people.iter().map(|person| person.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{size} a page");
        }
        store.users.activate(crowd[4], None).await.unwrap();
        assert!(missing(&store, id).await.contains(&crowd[4]));
    }

    async fn a_withdrawn_announcement_and_that_of_a_deleted_tweet_are_gone_with_all_that_was_said(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let [one, other] = [store.tweet(ann, "one").await, store.tweet(ann, "other").await];
        let [first, second] = [announce(&store, asking(one, later(2))).await, announce(&store, asking(other, later(2))).await];
        for id in [first, second] {
            acknowledge(&store, id, bob).await.unwrap();
        }
        assert!(store.announcements.withdraw(first, None).await.unwrap());
        assert!(!store.announcements.withdraw(first, None).await.unwrap());
        assert!(store.see(one, bob).await.is_some(), "the tweet stays");
        store.tweets.delete(other, ann).await.unwrap().unwrap();
        assert_eq!(standing(&store, noon()).await, []);
        assert_eq!(store.announcements.acknowledged_by(bob, None, 10).await.unwrap(), []);
        assert_eq!(acknowledge(&store, second, bob).await.unwrap(), None);
    }

    async fn what_a_removed_user_said_is_gone(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let id = announce(&store, asking(store.tweet(ann, "hi").await, later(2))).await;
        acknowledge(&store, id, bob).await.unwrap();
        store.users.remove(bob, None).await.unwrap().unwrap();
        assert_eq!(missing(&store, id).await, [ann]);
        assert_eq!(store.announcements.acknowledged_by(bob, None, 10).await.unwrap(), []);
    }

    async fn ended_announcements_are_forgotten_and_counted(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mut ids = Vec::new();
        for hours in [2, 3, 4] {
            ids.push(announce(&store, asking(store.tweet(ann, "hi").await, later(hours))).await);
        }
        acknowledge(&store, ids[0], bob).await.unwrap();
        assert_eq!(store.announcements.forget_announcements(later(2), 10).await.unwrap(), 0);
        assert_eq!(store.announcements.forget_announcements(later(4), 1).await.unwrap(), 1);
        assert_eq!(store.announcements.forget_announcements(later(4), 10).await.unwrap(), 1);
        assert_eq!(store.announcements.acknowledged_by(bob, None, 10).await.unwrap(), []);
        assert_eq!(standing(&store, later(3)).await.len(), 1);
    }

    async fn several_tweets_are_shown_as_each_by_itself_in_the_order_asked_for(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let image = store.image(ann).await;
        let one = store.tweet_with(ann, "one", &[image]).await;
        let other = store.liked_tweet(bob, "other", &[ann, bob]).await;
        let shown = store.feeds.tweets(vec![other, TweetId::stored(999_999), one], bob, 100).await.unwrap();
        let alone = [store.see(other, bob).await.unwrap(), store.see(one, bob).await.unwrap()];
        assert_eq!(shown, alone);
        assert_eq!(store.feeds.tweets(vec![], bob, 100).await.unwrap(), []);
    }
}
