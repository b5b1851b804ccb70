//! Users with the people around them.

use tweetty_domain::{Person, UserId};

fn ids(people: &[Person]) -> Vec<UserId> {
    people.iter().map(|person| person.id).collect()
}

promises! { profiles_entries of profiles:
    async fn a_profile_shows_the_viewer_first_then_the_others_by_id(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        for other in [zoe, bob, eve] {
            store.follow(other, ann).await;
            store.follow(ann, other).await;
        }
        for (viewer, order) in [(zoe, [zoe, bob, eve]), (eve, [eve, bob, zoe]), (ann, [bob, eve, zoe])] {
            let profile = store.profile(ann, viewer).await;
            assert_eq!((profile.person.id, profile.person.nickname.as_str()), (ann, "Ann"));
            assert_eq!((ids(&profile.followers), ids(&profile.following)), (order.into(), order.into()));
            assert_eq!(profile.followers[0].nickname, store.user(order[0]).await.nickname);
        }
    }

    async fn the_viewer_is_first_only_in_the_list_she_is_in(store: Store) {
        let [ann, bob, zoe] = store.people(["Ann", "Bob", "Zoe"]).await;
        store.follow(zoe, ann).await;
        store.follow(bob, ann).await;
        store.follow(ann, bob).await;
        let profile = store.profile(ann, zoe).await;
        assert_eq!((ids(&profile.followers), ids(&profile.following)), (vec![zoe, bob], vec![bob]));
        assert_eq!((profile.followers_count, profile.following_count), (2, 1));
    }

    async fn a_profile_without_people_is_empty(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let profile = store.profile(ann, bob).await;
        assert_eq!((profile.followers, profile.following), (vec![], vec![]));
        assert_eq!((profile.followers_count, profile.following_count), (0, 0));
    }

    async fn a_profile_names_only_so_many_and_counts_truly(store: Store) {
        let ann = store.person("Ann").await;
        let crowd = store.crowd("fan", 12).await;
        for fan in &crowd {
            store.follow(*fan, ann).await;
            store.follow(ann, *fan).await;
        }
        let last = crowd[11];
        for (viewer, most, named) in [
            (ann, 5, crowd[..5].to_vec()),
            (last, 3, vec![last, crowd[0], crowd[1]]),
            (crowd[1], 3, vec![crowd[1], crowd[0], crowd[2]]),
            (last, 1, vec![last]),
            (ann, 12, crowd.clone()),
        ] {
            let profile = store.users.profile(ann, viewer, most).await.unwrap().unwrap();
            assert_eq!((ids(&profile.followers), ids(&profile.following)), (named.clone(), named));
            assert_eq!((profile.followers_count, profile.following_count), (12, 12));
        }
    }

    async fn a_profile_may_name_nobody_and_still_count(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let profile = store.users.profile(ann, bob, 0).await.unwrap().unwrap();
        assert_eq!((profile.followers, profile.followers_count), (vec![], 1));
    }

    async fn whoever_never_was_has_no_profile(store: Store) {
        let ann = store.person("Ann").await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            assert_eq!(store.users.profile(nobody, ann, 10).await.unwrap(), None);
        }
    }

    async fn a_viewer_who_never_was_sees_a_profile_as_any_stranger(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        assert_eq!(store.profile(ann, UserId::stored(i64::MAX)).await, store.profile(ann, ann).await);
    }
}
