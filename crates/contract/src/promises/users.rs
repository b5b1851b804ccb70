//! Creating and finding people.

use tweetty_domain::{Changes, Error, ExternalId, Identifier, Login, NewUser, UserId};

use crate::arrange::{key, new_user, nickname, noon, person_name};

promises! { users_entries of users:
    async fn users_get_rising_ids_in_the_order_given(store: Store) {
        let ids = store.users.add(["zoe", "ann", "Max"].map(new_user).into(), None).await.unwrap();
        assert!(ids.is_sorted() && ids[0] < ids[1] && ids[1] < ids[2]);
        for (id, name) in ids.iter().zip(["zoe", "ann", "Max"]) {
            assert_eq!(store.user(*id).await.nickname.as_str(), name);
        }
        assert!(store.person("later").await > ids[2]);
    }

    async fn a_user_is_found_as_she_was_added(store: Store) {
        let mut new = new_user("Анна Ω");
        (new.first_name, new.last_name) = (Some(person_name("Anna-Lena")), Some(person_name("d'Été")));
        let id = store.add(new.clone()).await;
        let user = store.user(id).await;
        assert_eq!((user.id, &user.nickname), (id, &new.nickname));
        assert_eq!((&user.first_name, &user.last_name), (&new.first_name, &new.last_name));
        assert_eq!((user.followers_count, user.following_count), (0, 0));
        assert_eq!(user.created_at, noon(), "to the millisecond");
        assert_eq!(store.users.find_by_nickname(&new.nickname).await.unwrap(), Some(user));
    }

    async fn the_longest_names_are_kept_and_found(store: Store) {
        let (long, longer) = ("🦀".repeat(50), "ж".repeat(100));
        let (first_name, last_name) = (Some(person_name(&longer)), Some(person_name(&longer)));
        let ann = store.add(NewUser { first_name, last_name, ..new_user(&long) }).await;
        let user = store.user(ann).await;
        assert_eq!((user.nickname.as_str(), user.last_name.unwrap().as_str()), (&*long, &*longer));
        assert_eq!(store.users.find_by_nickname(&nickname(&long)).await.unwrap().unwrap().id, ann);
        for text in [&*long, &longer, &"Ж".repeat(99)] {
            assert_eq!(store.found(text).await, [ann]);
        }
    }

    async fn nobody_is_found_who_never_was(store: Store) {
        let id = store.person("ann").await;
        for unknown in [id.get() + 1, 999_999, i64::MAX].map(UserId::stored) {
            assert_eq!(store.users.find(unknown).await.unwrap(), None);
        }
        for unknown in ["an", "anna", "%", "a_n", "nobody"] {
            assert_eq!(store.users.find_by_nickname(&nickname(unknown)).await.unwrap(), None, "{unknown}");
        }
    }

    async fn those_are_found_to_whom_a_nickname_a_login_or_an_id_belongs(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let login = Some(Some(Login::parse("Bob@corp.test").unwrap()));
        store.users.update(bob, Changes { login, ..Changes::default() }, None).await.unwrap();
        let external_id = Some(Some(ExternalId::parse("e7").unwrap()));
        store.users.update(eve, Changes { external_id, ..Changes::default() }, None).await.unwrap();
        let asked = vec![
            Identifier::ExternalId(ExternalId::parse("e7").unwrap()),
            Identifier::ExternalId(ExternalId::parse("E7").unwrap()),
            Identifier::Nickname(nickname("aNN")),
            Identifier::Nickname(nickname("nobody")),
            Identifier::Login(Login::parse("BOB@corp.test").unwrap()),
            Identifier::Nickname(nickname("bob")),
        ];
        let holders = store.users.holders(asked).await.unwrap();
        assert_eq!(holders, [store.user(ann).await, store.user(bob).await, store.user(eve).await]);
        assert_eq!(store.users.holders(vec![]).await.unwrap(), []);
        let many = (0..500).map(|number| Identifier::Nickname(nickname(&format!("user{number}")))).collect();
        let crowd = store.crowd("user", 500).await;
        let found = store.users.holders(many).await.unwrap();
        assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), crowd);
    }

    async fn adding_nobody_is_no_failure(store: Store) {
        assert_eq!(store.users.add(vec![], None).await.unwrap(), []);
        assert!(store.upkeep.is_empty().await.unwrap());
    }

    async fn a_nickname_is_unique_letter_case_aside_in_every_script(store: Store) {
        let pairs = [
            ("Ann", "aNN"),
            ("Жанна", "жАННА"),
            ("Ωmega", "ωMEGA"),
            ("ÉVA", "e\u{301}va"),
            ("Ｂob", "bob"),
            ("Zoe", "z\u{200D}oe"),
            ("نیم\u{200C}فاصله", "نیمفاصله"),
            ("Max Lee", "max  lee"),
        ];
        for (first, second) in pairs {
            let id = store.person(first).await;
            let refused = store.users.add(vec![new_user(second)], None).await;
            assert!(
                matches!(&refused, Err(Error::NicknameTaken(name)) if *name == nickname(second)),
                "{second}: {refused:?}"
            );
            let found = store.users.find_by_nickname(&nickname(second)).await.unwrap().unwrap();
            assert_eq!((found.id, found.nickname.as_str()), (id, first));
        }
    }

    async fn users_are_added_all_or_none(store: Store) {
        store.person("taken").await;
        let refused = store.users.add(["one", "two", "TAKEN", "three"].map(new_user).into(), None).await;
        assert!(
            matches!(&refused, Err(Error::NicknameTaken(name)) if name.as_str() == "TAKEN"),
            "{refused:?}"
        );
        for name in ["one", "two", "three"] {
            assert_eq!(store.users.find_by_nickname(&nickname(name)).await.unwrap(), None);
        }
        store.people(["one", "two", "three"]).await;
    }

    async fn new_users_must_not_collide_among_themselves(store: Store) {
        let refused = store.users.add(["one", "two", "three", "TWO", "One"].map(new_user).into(), None).await;
        assert!(matches!(&refused, Err(Error::NicknameTaken(name)) if name.as_str() == "TWO"), "{refused:?}");
        assert!(store.upkeep.is_empty().await.unwrap());
    }

    async fn a_key_that_is_in_use_is_refused_and_its_new_owner_named(store: Store) {
        let mut old = new_user("old");
        old.key = Some(key("secret").into());
        let old = store.add(old).await;
        let mut thief = new_user("thief");
        thief.key = Some(key("secret").into());
        let refused = store.users.add(vec![new_user("fine"), thief, new_user("fine too")], None).await;
        assert!(matches!(&refused, Err(Error::KeyTaken(name)) if name.as_str() == "thief"), "{refused:?}");
        assert_eq!(store.users.find_by_nickname(&nickname("fine")).await.unwrap(), None);
        assert_eq!(store.known_by("secret", noon()).await, Some(old));
    }

    async fn new_users_must_not_share_a_key(store: Store) {
        let mut users = ["one", "two", "three"].map(new_user);
        let taken = users[1].key.clone();
        users[2].key = taken;
        let refused = store.users.add(users.into(), None).await;
        assert!(matches!(&refused, Err(Error::KeyTaken(name)) if name.as_str() == "three"), "{refused:?}");
        assert!(store.upkeep.is_empty().await.unwrap());
    }

    async fn the_first_in_the_way_is_named_even_late_among_thousands(store: Store) {
        let mut users = (0..3000).map(|number| new_user(&format!("user{number}"))).collect::<Vec<_>>();
        users[2500].nickname = nickname("USER7");
        users[2700].nickname = nickname("USER8");
        let refused = store.users.add(users, None).await;
        assert!(
            matches!(&refused, Err(Error::NicknameTaken(name)) if name.as_str() == "USER7"),
            "{refused:?}"
        );
        assert!(store.upkeep.is_empty().await.unwrap());
    }

    async fn thousands_of_users_are_added_at_once(store: Store) {
        let ids = store.crowd("user", 11_000).await;
        assert_eq!(ids.len(), 11_000);
        assert!(ids.is_sorted_by(|one, next| one < next));
        for number in [0, 5500, 10_999] {
            assert_eq!(store.user(ids[number]).await.nickname.as_str(), format!("user{number}"));
        }
    }
}
