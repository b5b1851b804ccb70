//! The avatars of users.

use tweetty_domain::{
    Action, Avatar, Entry, Error, ImageFiles, Operator, Order, Outcome, PeopleStart, Scope, Start, UserId, Whom,
};

use crate::Store;
use crate::arrange::{avatar, noon, picture};

/// Gives a user an avatar; answers it.
async fn dressed(store: &Store, user: UserId) -> Avatar {
    let avatar = avatar();
    store.users.set_avatar(user, Some(avatar), None).await.unwrap();
    avatar
}

fn entry(user: UserId) -> Entry {
    let operator = Operator { os_user: "root".to_owned(), sudo_user: None };
    Entry {
        at: noon(),
        by: operator.into(),
        action: Action::SetAvatar,
        user: Some(user),
        outcome: Outcome::Done,
        detail: None,
    }
}

promises! { avatars_entries of avatars:
    async fn an_avatar_stays_until_another_one_takes_its_place(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        assert_eq!(store.user(ann).await.avatar, None);
        let [one, two] = [avatar(), avatar()];
        assert_eq!(store.users.set_avatar(ann, Some(one), None).await.unwrap(), None);
        assert_eq!(store.user(ann).await.avatar, Some(one));
        assert_eq!(store.users.set_avatar(ann, Some(two), None).await.unwrap(), Some(one));
        assert_eq!(store.user(ann).await.avatar, Some(two));
        assert_eq!(store.users.set_avatar(ann, None, None).await.unwrap(), Some(two));
        assert_eq!(store.users.set_avatar(ann, None, None).await.unwrap(), None);
        assert_eq!((store.user(ann).await.avatar, store.user(bob).await.avatar), (None, None));
    }

    async fn an_avatar_is_forgotten_only_while_it_is_the_users(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let [one, two] = [dressed(&store, ann).await, dressed(&store, ann).await];
        let his = dressed(&store, bob).await;
        for avatar in [one, his] {
            assert!(!store.upkeep.forget_avatar(ann, avatar).await.unwrap());
        }
        assert!(store.upkeep.forget_avatar(ann, two).await.unwrap());
        assert!(!store.upkeep.forget_avatar(ann, two).await.unwrap());
        assert_eq!((store.user(ann).await.avatar, store.user(bob).await.avatar), (None, Some(his)));
        assert_eq!(store.profile(ann, bob).await.person.avatar, None);
    }

    async fn an_avatar_is_shown_wherever_somebody_is_and_at_once(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[bob]).await;
        store.follow(ann, bob).await;
        store.follow(bob, ann).await;
        // All of them are known from a moment ago.
        store.see(tweet, eve).await.unwrap();
        store.profile(ann, eve).await;
        for expected in [Some(avatar()), Some(avatar()), None] {
            for user in [ann, bob] {
                // Each has an avatar of their own.
                let own = expected.filter(|_| user == ann).or_else(|| expected.map(|_| avatar()));
                store.users.set_avatar(user, own, None).await.unwrap();
                let tweets = store.page(eve, Scope::All, Order::Recent, Start::FIRST, 9).await.tweets;
                let one = store.see(tweet, eve).await.unwrap();
                assert_eq!(tweets, std::slice::from_ref(&one));
                let likers = store.feeds.likers(tweet, eve, None, 9).await.unwrap().unwrap().people;
                let profile = store.profile(ann, eve).await;
                let mut seen = vec![one.author, profile.person.clone()];
                seen.extend(likers);
                seen.extend(profile.followers);
                seen.extend(profile.following);
                seen.extend(store.followers(ann, None, 9).await.people);
                seen.extend(store.following(ann, None, 9).await.people);
                seen.extend(store.tweets.liked_by(bob, None, 9).await.unwrap().into_iter().map(|liked| liked.author));
                let seen = seen.into_iter().filter(|person| person.id == user).collect::<Vec<_>>();
                assert!(seen.len() >= 3 && seen.iter().all(|person| person.avatar == own), "{seen:?}");
                let found = store.users.search(None, Whom::Active, PeopleStart::After(None), 9).await.unwrap().people;
                assert!(found.iter().any(|found| found.id == user && found.avatar == own), "{found:?}");
            }
        }
    }

    async fn an_avatar_stays_when_other_things_of_a_user_change(store: Store) {
        let ann = store.person("Ann").await;
        let avatar = dressed(&store, ann).await;
        store.users.update(ann, tweetty_domain::Changes::default(), None).await.unwrap();
        store.users.deactivate(ann, noon(), None).await.unwrap();
        assert_eq!(store.user(ann).await.avatar, Some(avatar));
    }

    async fn nobody_has_no_avatar(store: Store) {
        let ann = store.person("Ann").await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            for given in [Some(avatar()), None] {
                let refused = store.users.set_avatar(nobody, given, Some(entry(nobody))).await;
                assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
            }
        }
        assert_eq!(store.audit.records(None, None, 9).await.unwrap(), []);
    }

    async fn the_files_of_avatars_are_known_until_they_are_replaced(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let image = picture(ann);
        store.record(image.clone()).await;
        let old = dressed(&store, ann).await;
        let (anns, bobs) = (dressed(&store, ann).await, dressed(&store, bob).await);
        let names = vec![old.large(), bobs.small(), bobs.large(), image.name, anns.large()];
        let mut known = store.upkeep.known_images(names).await.unwrap();
        known.sort_unstable_by_key(|files| files.name);
        let mut expected =
            [ImageFiles { name: image.name, variants: image.variants }, anns.files(), bobs.files()];
        expected.sort_unstable_by_key(|files| files.name);
        assert_eq!(known, expected);
        assert_eq!(store.upkeep.images(None, 9).await.unwrap().len(), 1, "an avatar is no image of a tweet");
        let eves = dressed(&store, eve).await;
        let page = async |after, limit| store.upkeep.avatars(after, limit).await.unwrap();
        assert_eq!(page(None, 2).await, [(ann, anns), (bob, bobs)]);
        assert_eq!(page(Some(bob), 2).await, [(eve, eves)]);
        assert_eq!(page(Some(eve), 2).await, []);
    }

    async fn a_store_names_images_where_somebody_has_an_avatar(store: Store) {
        let ann = store.person("Ann").await;
        dressed(&store, ann).await;
        assert!(store.upkeep.names_images().await.unwrap());
        store.users.set_avatar(ann, None, None).await.unwrap();
        assert!(!store.upkeep.names_images().await.unwrap());
    }

    async fn the_files_of_a_removed_user_are_those_of_the_avatar_too(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (anns, bobs) = (dressed(&store, ann).await, dressed(&store, bob).await);
        assert_eq!(store.users.remove(ann, None).await.unwrap().unwrap(), [anns.files()]);
        assert_eq!(store.upkeep.avatars(None, 9).await.unwrap(), [(bob, bobs)]);
    }

    async fn a_change_of_an_avatar_is_recorded_with_it(store: Store) {
        let ann = store.person("Ann").await;
        for (given, records) in [(None, 0), (Some(avatar()), 1), (Some(avatar()), 2), (None, 3), (None, 3)] {
            store.users.set_avatar(ann, given, Some(entry(ann))).await.unwrap();
            assert_eq!(store.audit.records(None, None, 9).await.unwrap().len(), records, "{given:?}");
        }
    }

    async fn of_avatars_that_come_at_the_same_time_one_stays_and_each_other_is_replaced_once(store: Store) {
        let ann = store.person("Ann").await;
        let given = (0..12).map(|_| avatar()).collect::<Vec<_>>();
        let setting = given.iter().copied().map(|avatar| {
            let store = store.clone();
            tokio::spawn(async move { store.users.set_avatar(ann, Some(avatar), None).await.unwrap() })
        });
        let mut replaced = Vec::new();
        for setting in setting.collect::<Vec<_>>() {
            replaced.extend(setting.await.unwrap());
        }
        replaced.extend(store.user(ann).await.avatar);
        let sorted = |avatars: Vec<Avatar>| {
            let mut names = avatars.into_iter().map(Avatar::large).collect::<Vec<_>>();
            names.sort_unstable();
            names
        };
        assert_eq!(sorted(replaced), sorted(given));
    }
}
