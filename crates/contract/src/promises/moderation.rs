//! Removing tweets that somebody else wrote, and what their authors are shown of that.

use chrono::TimeDelta;
use tweetty_domain::{
    Action, By, Changes, Entry, Error, NewRemoval, NewUser, Operator, Outcome, Particulars, Reason, Role, Timestamp,
    TweetId, UserId,
};

use crate::Store;
use crate::arrange::{files_of, new_user, noon, picture};

async fn moderator(store: &Store, nickname: &str) -> UserId {
    let particulars = Particulars { role: Role::Moderator, ..Particulars::default() };
    store.add(NewUser { particulars, ..new_user(nickname) }).await
}

fn removal(tweet: TweetId, moderator: Option<UserId>) -> NewRemoval {
    NewRemoval { tweet, reason: Reason::parse("names a customer").unwrap(), at: noon(), moderator }
}

fn entry(by: By) -> Entry {
    let (action, detail) = (Action::RemoveTweet, Some("why".to_owned()));
    Entry { at: noon(), by, action, user: None, outcome: Outcome::Done, detail }
}

/// Of which tweets the author is shown that they were removed.
async fn shown(store: &Store, author: UserId, since: Timestamp) -> Vec<TweetId> {
    let page = store.tweets.removals(author, since, None, 1000).await.unwrap();
    page.removals.iter().map(|removal| removal.tweet).collect()
}

promises! { moderation_entries of moderation:
    async fn a_removed_tweet_is_gone_with_its_likes_and_its_author_is_shown_why(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mo = moderator(&store, "Mo").await;
        let image = picture(ann);
        let files = files_of(&image);
        let id = store.record(image).await;
        let tweet = store.tweet_with(ann, "a secret", &[id]).await;
        store.like(tweet, bob).await;
        let removed = store.tweets.remove(removal(tweet, Some(mo)), Some(entry(By::User(mo)))).await.unwrap();
        assert_eq!(removed, Some(vec![files]));
        assert_eq!(store.see(tweet, bob).await, None);
        assert_eq!(store.tweets.liked_by(bob, None, 10).await.unwrap(), []);
        let page = store.tweets.removals(ann, noon(), None, 10).await.unwrap();
        assert_eq!(page.removals.len(), 1);
        let removal = &page.removals[0];
        assert_eq!((removal.tweet, removal.text.as_str(), removal.removed_at), (tweet, "a secret", noon()));
        assert_eq!((removal.reason.as_str(), page.next), ("names a customer", None));
        for other in [bob, mo] {
            assert_eq!(shown(&store, other, noon()).await, []);
        }
        let records = store.audit.records(None, None, 10).await.unwrap();
        let expected = Entry { user: Some(ann), ..entry(By::User(mo)) };
        assert_eq!(records.into_iter().map(|record| record.entry).collect::<Vec<_>>(), [expected], "about the author");
        store.assert_sound().await;
    }

    async fn only_an_active_moderator_or_an_operator_removes(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let [mo, left] = [moderator(&store, "Mo").await, moderator(&store, "Left").await];
        let speaker = Particulars { role: Role::Communicator, ..Particulars::default() };
        let speaker = store.add(NewUser { particulars: speaker, ..new_user("Speaker") }).await;
        store.users.deactivate(left, noon(), None).await.unwrap();
        let tweet = store.liked_tweet(ann, "stays", &[bob]).await;
        for other in [ann, bob, speaker, left, UserId::stored(999_999)] {
            let refused = store.tweets.remove(removal(tweet, Some(other)), Some(entry(By::User(other)))).await;
            assert!(matches!(refused, Err(Error::NotTheAuthor(of)) if of == tweet), "{refused:?}");
        }
        let member = Changes { role: Some(Role::Member), ..Changes::default() };
        store.users.update(mo, member, None).await.unwrap();
        assert!(store.tweets.remove(removal(tweet, Some(mo)), None).await.is_err(), "no moderator any more");
        assert_eq!(store.likes(tweet).await, 1);
        assert_eq!(shown(&store, ann, noon()).await, []);
        assert_eq!(store.audit.records(None, None, 10).await.unwrap(), []);
        let operator = Operator { os_user: "root".to_owned(), sudo_user: None };
        let removed = store.tweets.remove(removal(tweet, None), Some(entry(operator.into()))).await.unwrap();
        assert_eq!(removed, Some(vec![]));
        assert_eq!(shown(&store, ann, noon()).await, [tweet]);
    }

    async fn what_is_gone_can_not_be_removed_and_leaves_no_trace(store: Store) {
        let ann = store.person("Ann").await;
        let mo = moderator(&store, "Mo").await;
        let tweet = store.tweet(ann, "deleted").await;
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        for gone in [tweet, TweetId::stored(999_999)] {
            let removed = store.tweets.remove(removal(gone, Some(mo)), Some(entry(By::User(mo)))).await.unwrap();
            assert_eq!(removed, None);
        }
        assert_eq!(shown(&store, ann, noon()).await, []);
        assert_eq!(store.audit.records(None, None, 10).await.unwrap(), []);
    }

    async fn removals_come_in_pages_the_latest_first_and_since_a_moment(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mut tweets = Vec::new();
        for hour in 0..5 {
            let tweet = store.tweet(ann, "hi").await;
            let other = store.tweet(bob, "other").await;
            for tweet in [tweet, other] {
                let at = noon() + TimeDelta::hours(hour);
                store.tweets.remove(NewRemoval { at, ..removal(tweet, None) }, None).await.unwrap().unwrap();
            }
            tweets.insert(0, tweet);
        }
        for size in [1, 2, 5, 6] {
            let (mut walked, mut after) = (Vec::new(), None);
            loop {
                let page = store.tweets.removals(ann, noon(), after, size).await.unwrap();
                assert!(page.removals.len() <= size as usize && walked.len() < 10);
                walked.extend(page.removals.iter().map(|removal| removal.tweet));
                after = page.next;
                if after.is_none() {
                    break;
                }
                assert_eq!(after, page.removals.last().map(|last| last.id));
            }
            assert_eq!(walked, tweets, "{size} a page");
        }
        assert_eq!(shown(&store, ann, noon() + TimeDelta::hours(3)).await, tweets[..2]);
    }

    async fn old_removals_are_forgotten_and_counted(store: Store) {
        let ann = store.person("Ann").await;
        let mut tweets = Vec::new();
        for age in [3, 2, 1, 0] {
            let tweet = store.tweet(ann, "hi").await;
            let at = noon() - TimeDelta::milliseconds(age);
            store.tweets.remove(NewRemoval { at, ..removal(tweet, None) }, None).await.unwrap().unwrap();
            tweets.push(tweet);
        }
        for expected in [2, 1, 0] {
            assert_eq!(store.upkeep.forget_removals(noon(), 2).await.unwrap(), expected);
        }
        assert_eq!(shown(&store, ann, Timestamp::UNIX_EPOCH).await, tweets[3..]);
    }

    async fn removals_go_with_their_author_and_outlive_the_moderator(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mo = moderator(&store, "Mo").await;
        for author in [ann, bob] {
            let tweet = store.tweet(author, "hi").await;
            store.tweets.remove(removal(tweet, Some(mo)), Some(entry(By::User(mo)))).await.unwrap().unwrap();
        }
        store.users.remove(mo, None).await.unwrap().unwrap();
        store.users.remove(ann, None).await.unwrap().unwrap();
        assert_eq!(shown(&store, ann, noon()).await, []);
        assert_eq!(shown(&store, bob, noon()).await.len(), 1);
        let records = store.audit.records(None, None, 10).await.unwrap();
        assert!(records.iter().all(|record| record.entry.by == By::User(mo)), "the log keeps who it was");
        store.assert_sound().await;
    }

    async fn of_many_who_remove_a_tweet_at_once_one_does(store: Store) {
        let ann = store.person("Ann").await;
        let moderators = [moderator(&store, "Mo").await, moderator(&store, "Max").await];
        for _ in 0..10 {
            let tweet = store.tweet(ann, "contested").await;
            let remove = async |by| store.tweets.remove(removal(tweet, Some(by)), None).await.unwrap().is_some();
            let own = async { matches!(store.tweets.delete(tweet, ann).await, Ok(Some(_))) };
            let (one, other, own) = tokio::join!(remove(moderators[0]), remove(moderators[1]), own);
            assert_eq!([one, other, own].into_iter().filter(|done| *done).count(), 1);
            let count = shown(&store, ann, noon()).await.iter().filter(|shown| **shown == tweet).count();
            assert_eq!(count, usize::from(!own));
        }
    }
}
