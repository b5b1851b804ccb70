//! Programs that have an owner.

use chrono::TimeDelta;
use tweetty_domain::{
    Action, Change, Changes, Deactivated, Entry, Error, Invalid, NewAnnouncement, NewUser, Operator, Outcome, Owner,
    Particulars, PersonChange, Result, Role, Timestamp, UserId,
};

use crate::Store;
use crate::arrange::{key, new_user, nickname, noon};

fn later() -> Timestamp {
    noon() + TimeDelta::hours(1)
}

fn bot(name: &str, owner: UserId) -> NewUser {
    let particulars = Particulars { owner: Some(owner), ..Particulars::default() };
    NewUser { particulars, key: Some(key(name).into()), ..new_user(name) }
}

fn owned_by(owner: Option<UserId>) -> Changes {
    Changes { owner: Some(owner), ..Changes::default() }
}

async fn deactivate(store: &Store, user: UserId) -> Deactivated {
    store.users.deactivate(user, later(), None).await.unwrap().unwrap()
}

fn entry(action: Action) -> Entry {
    let by = Operator { os_user: "root".to_owned(), sudo_user: None }.into();
    Entry { at: noon(), by, action, user: None, outcome: Outcome::Done, detail: Some("left".to_owned()) }
}

/// The users and details of the log's records.
async fn recorded(store: &Store) -> Vec<(Option<UserId>, String)> {
    let records = store.audit.records(None, None, 100).await.unwrap();
    records.into_iter().map(|record| (record.entry.user, record.entry.detail.unwrap())).collect()
}

fn is_no_owner<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Invalid(Invalid::BotOwner)))
}

promises! { bots_entries of bots:
    async fn a_bot_is_marked_wherever_it_is_named_and_its_profile_names_the_owner(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let ci = store.add(bot("CI", ann)).await;
        store.follow(ci, bob).await;
        store.follow(bob, ci).await;
        let tweet = store.liked_tweet(ci, "built", &[ci]).await;
        let (its, his) = (store.profile(ci, bob).await, store.profile(bob, bob).await);
        assert_eq!(its.owner, Some(Owner { id: ann, nickname: nickname("Ann") }));
        assert_eq!((his.owner, his.person.bot), (None, false));
        let likers = store.feeds.likers(tweet, bob, None, 10).await.unwrap().unwrap();
        let named = [
            its.person,
            his.followers[0].clone(),
            his.following[0].clone(),
            store.see(tweet, bob).await.unwrap().author,
            store.followers(bob, None, 10).await.people[0].clone(),
            store.following(bob, None, 10).await.people[0].clone(),
            likers.people[0].clone(),
            store.tweets.liked_by(ci, None, 10).await.unwrap()[0].author.clone(),
        ];
        for person in named {
            assert_eq!((person.id, person.bot), (ci, true));
        }
        assert_eq!(store.user(ci).await.particulars.owner, Some(ann));
        assert_eq!(store.found("ci").await, [ci]);
        assert!(!its.followers[0].bot);
    }

    async fn only_an_active_person_owns_bots_and_a_bot_has_no_role(store: Store) {
        let [ann, bob, gone] = store.people(["Ann", "Bob", "Gone"]).await;
        deactivate(&store, gone).await;
        let ci = store.add(bot("CI", ann)).await;
        for owner in [gone, ci] {
            assert!(is_no_owner(&store.users.add(vec![bot("New", owner)], None).await), "{owner}");
            assert!(is_no_owner(&store.users.update(ci, owned_by(Some(owner)), None).await), "{owner}");
            assert!(is_no_owner(&store.users.update(bob, owned_by(Some(owner)), None).await), "{owner}");
        }
        assert!(is_no_owner(&store.users.update(bob, owned_by(Some(bob)), None).await), "oneself");
        let nobody = UserId::stored(999);
        let refused = store.users.add(vec![bot("New", nobody)], None).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
        let moderator = || Changes { role: Some(Role::Moderator), ..Changes::default() };
        let refused = store.users.update(ci, moderator(), None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::BotRole))), "{refused:?}");
        let mut speaker = bot("New", ann);
        speaker.particulars.role = Role::Communicator;
        let refused = store.users.add(vec![speaker], None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::BotRole))), "{refused:?}");
        store.users.update(bob, moderator(), None).await.unwrap();
        let refused = store.users.update(bob, owned_by(Some(ann)), None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::BotRole))), "{refused:?}");
        assert_eq!((store.user(ci).await.particulars.owner, store.user(bob).await.is_bot()), (Some(ann), false));
        assert_eq!(store.found("new").await, []);
    }

    async fn a_person_becomes_a_bot_gets_another_owner_and_is_a_person_again(store: Store) {
        let [ann, bob, ci] = store.people(["Ann", "Bob", "CI"]).await;
        let tweet = store.tweet(ci, "hi").await;
        for owner in [Some(ann), Some(bob), None] {
            assert!(store.users.update(ci, owned_by(owner), None).await.unwrap());
            assert_eq!(store.user(ci).await.particulars.owner, owner);
            assert_eq!(store.see(tweet, ann).await.unwrap().author.bot, owner.is_some());
        }
    }

    async fn whose_bots_there_are_is_neither_removed_nor_made_a_bot(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let ci = store.add(bot("CI", ann)).await;
        let refused = store.users.update(ann, owned_by(Some(bob)), None).await;
        assert!(matches!(refused, Err(Error::OwnsBots)), "{refused:?}");
        deactivate(&store, ann).await;
        let refused = store.users.remove(ann, None).await;
        assert!(matches!(refused, Err(Error::OwnsBots)), "{refused:?}");
        store.users.update(ci, owned_by(Some(bob)), None).await.unwrap();
        assert!(store.users.remove(ann, None).await.unwrap().is_some());
        assert!(store.users.remove(ci, None).await.unwrap().is_some());
        assert!(store.users.remove(bob, None).await.unwrap().is_some());
    }

    async fn bots_leave_with_their_owner_and_come_back_one_by_one(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let [ci, gone, his] = [
            store.add(bot("CI", ann)).await,
            store.add(bot("Gone", ann)).await,
            store.add(bot("His", bob)).await,
        ];
        store.users.deactivate(gone, noon(), None).await.unwrap();
        let done = store.users.deactivate(ann, later(), Some(Entry { user: Some(ann), ..entry(Action::DeactivateUser) })).await;
        let done = done.unwrap().unwrap();
        let bots = done.bots.iter().map(|bot| (bot.id, bot.bot)).collect::<Vec<_>>();
        assert_eq!((done.change, bots), (Change::Made, vec![(ci, true)]));
        assert_eq!(store.user(ci).await.deactivated_at, Some(later()));
        assert_eq!(store.user(gone).await.deactivated_at, Some(noon()), "since before");
        assert_eq!((store.known_by("CI", later()).await, store.known_by("His", later()).await), (None, Some(his)));
        let with_owner = (Some(ci), format!("with the owner, user {ann}"));
        assert_eq!(recorded(&store).await, [with_owner, (Some(ann), "left".to_owned())]);

        assert!(is_no_owner(&store.users.activate(ci, None).await), "the owner is away");
        assert_eq!(deactivate(&store, ann).await, Deactivated { change: Change::AlreadySo, bots: vec![] });
        assert_eq!(store.users.activate(ann, None).await.unwrap(), Some(Change::Made));
        assert!(!store.user(ci).await.is_active());
        assert_eq!(store.users.activate(ci, None).await.unwrap(), Some(Change::Made));
        deactivate(&store, ann).await;
        store.users.update(ci, owned_by(Some(bob)), None).await.unwrap();
        assert_eq!(store.users.activate(ci, None).await.unwrap(), Some(Change::Made));
        store.assert_sound().await;
    }

    async fn bots_of_leavers_among_many_changes_leave_too(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let ci = store.add(bot("CI", ann)).await;
        let refused = vec![PersonChange::Leave(ann), PersonChange::Leave(UserId::stored(999))];
        let with = |changes: Vec<PersonChange>| {
            changes.into_iter().map(|one| (one, Some(entry(Action::SyncUsers)))).collect::<Vec<_>>()
        };
        store.users.apply(with(refused), later()).await.unwrap_err();
        assert!(store.user(ci).await.is_active());
        store.users.apply(with(vec![PersonChange::Leave(ann), PersonChange::Leave(bob)]), later()).await.unwrap();
        assert_eq!((store.user(ci).await.is_active(), store.known_by("CI", later()).await), (false, None));
        let users = recorded(&store).await.into_iter().map(|(user, _)| user).collect::<Vec<_>>();
        assert_eq!(users, [ci, ann, bob].map(Some));
    }

    async fn nobody_waits_for_a_bot_to_read(store: Store) {
        let ann = store.person("Ann").await;
        store.add(bot("CI", ann)).await;
        let tweet = store.tweet(ann, "read this").await;
        let new = NewAnnouncement { tweet, until: later(), acknowledge: true, at: noon() };
        let announcement = store.announcements.announce(new, 5, None).await.unwrap().unwrap();
        let missing = store.announcements.missing(announcement, None, 10).await.unwrap().unwrap();
        assert_eq!(missing.people.iter().map(|person| person.id).collect::<Vec<_>>(), [ann]);
    }
}
