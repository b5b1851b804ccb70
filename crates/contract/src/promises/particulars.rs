//! What a company says of its people besides names.

use tweetty_domain::{Changes, Designation, Email, Error, ExternalId, ListName, Login, NewUser, Particulars, Role, User, UserId};

use crate::Store;
use crate::arrange::new_user;

/// Everything that can be said of somebody, with that word in it.
fn particulars(word: &str) -> Particulars {
    Particulars {
        login: Some(login(&format!("{word}@Corp.Test"))),
        email: Some(Email::parse("Office@corp.test").unwrap()),
        external_id: Some(external_id(word)),
        title: Some(Designation::parse("Инженер, R&D").unwrap()),
        department: Some(Designation::parse("IT \\ 1").unwrap()),
        managed_by: Some(ListName::parse("hr").unwrap()),
        role: Role::Moderator,
        owner: None,
    }
}

fn login(text: &str) -> Login {
    Login::parse(text).unwrap()
}

fn external_id(text: &str) -> ExternalId {
    ExternalId::parse(text).unwrap()
}

fn described(nickname: &str) -> NewUser {
    NewUser { particulars: particulars(nickname), ..new_user(nickname) }
}

fn with_login(nickname: &str, text: &str) -> NewUser {
    NewUser { particulars: Particulars { login: Some(login(text)), ..Particulars::default() }, ..new_user(nickname) }
}

fn with_id(nickname: &str, text: &str) -> NewUser {
    let particulars = Particulars { external_id: Some(external_id(text)), ..Particulars::default() };
    NewUser { particulars, ..new_user(nickname) }
}

async fn all_of(store: &Store, user: UserId) -> Particulars {
    store.user(user).await.particulars
}

promises! { particulars_entries of particulars:
    async fn what_is_said_of_a_user_is_kept_as_it_was_given(store: Store) {
        let ids = store.users.add(vec![described("Ann"), new_user("Bob"), described("Eve")], None).await.unwrap();
        assert_eq!(all_of(&store, ids[0]).await, particulars("Ann"));
        assert_eq!(all_of(&store, ids[1]).await, Particulars::default());
        assert_eq!(all_of(&store, ids[2]).await, particulars("Eve"));
        let profile = store.profile(ids[0], ids[1]).await;
        assert_eq!((profile.title, profile.department), (particulars("x").title, particulars("x").department));
        assert_eq!(profile.role, Role::Moderator);
    }

    async fn each_of_it_changes_by_itself_and_can_be_taken_away(store: Store) {
        let ann = store.add(described("Ann")).await;
        let before = store.user(ann).await;
        let title = Some(Designation::parse("Boss").unwrap());
        let changes = Changes { title: Some(title.clone()), login: Some(None), ..Changes::default() };
        assert!(store.users.update(ann, changes, None).await.unwrap());
        let expected = Particulars { title, login: None, ..before.particulars.clone() };
        assert_eq!(store.user(ann).await, User { particulars: expected, ..before });
        let none = Changes {
            login: Some(None),
            email: Some(None),
            external_id: Some(None),
            title: Some(None),
            department: Some(None),
            managed_by: Some(None),
            role: Some(Role::Member),
            ..Changes::default()
        };
        assert!(store.users.update(ann, none, None).await.unwrap());
        assert_eq!(all_of(&store, ann).await, Particulars::default());
        store.add(described("Ann2")).await;
        let given_up = NewUser { particulars: particulars("Ann"), ..new_user("Heir") };
        store.add(given_up).await;
    }

    async fn a_login_is_that_of_one_user_letter_case_aside(store: Store) {
        store.add(with_login("Ann", "Anna@corp.test")).await;
        let bob = store.person("Bob").await;
        let refused = store.users.add(vec![new_user("fine"), with_login("Eve", "ANNA@CORP.TEST")], None).await;
        assert!(matches!(&refused, Err(Error::LoginTaken(taken)) if taken.as_str() == "ANNA@CORP.TEST"), "{refused:?}");
        let changes = Changes { login: Some(Some(login("aNNA@corp.test"))), ..Changes::default() };
        let refused = store.users.update(bob, changes, None).await;
        assert!(matches!(&refused, Err(Error::LoginTaken(taken)) if taken.as_str() == "aNNA@corp.test"), "{refused:?}");
        let twins = vec![with_login("one", "x"), with_login("two", "X")];
        assert!(matches!(store.users.add(twins, None).await, Err(Error::LoginTaken(_))));
        assert_eq!(store.found("fine").await, []);
        store.people(["no login", "none either"]).await;
    }

    async fn an_external_id_is_that_of_one_user_and_letter_case_counts(store: Store) {
        store.add(with_id("Ann", "a7")).await;
        let bob = store.add(with_id("Bob", "A7")).await;
        let refused = store.users.add(vec![with_id("Eve", "a7")], None).await;
        assert!(matches!(&refused, Err(Error::ExternalIdTaken(taken)) if taken.as_str() == "a7"), "{refused:?}");
        let changes = Changes { external_id: Some(Some(external_id("a7"))), ..Changes::default() };
        let refused = store.users.update(bob, changes, None).await;
        assert!(matches!(&refused, Err(Error::ExternalIdTaken(_))), "{refused:?}");
        let twins = vec![with_id("one", "x"), with_id("two", "x")];
        assert!(matches!(store.users.add(twins, None).await, Err(Error::ExternalIdTaken(_))));
    }

    async fn a_user_without_a_key_is_added_like_others(store: Store) {
        let keyless = NewUser { key: None, ..described("Ann") };
        let ids = store.users.add(vec![keyless, new_user("Bob")], None).await.unwrap();
        let held = store.keys.keys_of(ids[0], crate::arrange::noon()).await.unwrap();
        assert_eq!(held, []);
        assert_eq!(store.keys.keys_of(ids[1], crate::arrange::noon()).await.unwrap().len(), 1);
    }
}
