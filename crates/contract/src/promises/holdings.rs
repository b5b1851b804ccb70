//! Reading a whole store, and loading what was read.

use chrono::TimeDelta;
use futures_util::TryStreamExt as _;
use tweetty_domain::{
    Action, By, Changes, Designation, Email, Entry, ExternalId, ListName, Login, MediaId, NewAnnouncement, NewImage, NewRemoval, NewTweet, NewUser, Operator, Outcome, Particulars, PersonName, Reason, Role, UserId,
};
use tweetty_tables::{Compared, Row, Source, TABLES, compare};

use crate::arrange::{avatar, described, draft, guard, key, labelled, new_user, noon, picture};
use crate::{Memory, Store};

/// Everything of a store with something in every table, with gaps in the ids, and with highest ids that are gone.
pub async fn furnished() -> Box<dyn Source> {
    let model = Store::new(Memory::default(), ());
    furnish(&model).await;
    model.whole.read().await.unwrap()
}

async fn furnish(store: &Store) {
    let particulars = Particulars {
        login: Some(Login::stored("Ann\\@corp.test".to_owned())),
        email: Some(Email::stored("Ann@corp.test".to_owned())),
        external_id: Some(ExternalId::stored("\\N".to_owned())),
        title: Some(Designation::stored("Boss".to_owned())),
        department: Some(Designation::stored("R&D".to_owned())),
        managed_by: Some(ListName::stored("hr".to_owned())),
        role: Role::Communicator,
        owner: None,
    };
    let first_name = Some(PersonName::stored("Жанна"));
    let named = NewUser { first_name, particulars, ..new_user("Ann \\ \u{1F44B}") };
    let ann = store.add(named).await;
    store.users.set_avatar(ann, Some(avatar()), None).await.unwrap();
    let [bob, eve, gone] = store.people(["Bob", "Eve", "Gone"]).await;
    store.keys.replace_key(bob, key("bob").into(), noon(), Some(noon() + TimeDelta::days(1)), None).await.unwrap();
    let labelled = labelled("another", "laptop \u{1F44B}", Some(noon() + TimeDelta::days(2)));
    let another = store.one_more_key(bob, labelled).await;
    store.keys.record_use(vec![another], noon().date_naive()).await.unwrap();
    for (follower, followee) in [(ann, bob), (eve, bob), (bob, ann), (gone, ann)] {
        store.follow(follower, followee).await;
    }
    let image = store.record(picture(ann)).await;
    let other = store.image(ann).await;
    // From before there were variants.
    store.record(NewImage { variants: None, ..picture(bob) }).await;
    let images = [(other, ""), (image, "a cat\t\n\\N \u{1F44B}")];
    store.publish(described(ann, "tab\tline\nback\\slash \\N \u{1F44B}", &images)).await;
    store.liked_tweet(bob, "liked", &[ann, eve, gone]).await;
    let guarded = NewTweet { guard: Some(guard("Key-b", 1)), ..draft(eve, "guarded") };
    store.publish(guarded).await;
    let guarded_too = store.publish(NewTweet { guard: Some(guard("key-A", 2)), ..draft(eve, "guarded too") }).await;
    let announced = NewAnnouncement { tweet: guarded_too, until: noon() + TimeDelta::days(3), acknowledge: true, at: noon() };
    let announcement = store.announcements.announce(announced, 5, None).await.unwrap().unwrap();
    store.announcements.acknowledge(announcement, ann, noon()).await.unwrap();
    let operator = Operator { os_user: "root".to_owned(), sudo_user: None };
    let entry = Entry {
        at: noon(),
        by: operator.into(),
        action: Action::Copy,
        user: Some(eve),
        outcome: Outcome::Done,
        detail: Some("a\tb".to_owned()),
    };
    store.audit.record(Entry { by: By::User(bob), ..entry.clone() }).await.unwrap();
    store.audit.record(entry).await.unwrap();
    let owned = Particulars { owner: Some(bob), ..Particulars::default() };
    let ci = store.add(NewUser { particulars: owned, ..new_user("CI") }).await;
    let kim = store.person("Kim").await;
    // An owner younger than the bot.
    store.users.update(ci, Changes { owner: Some(Some(kim)), ..Changes::default() }, None).await.unwrap();
    store.users.deactivate(eve, noon(), None).await.unwrap();
    for text in ["taken down\t\\", "taken down, too"] {
        let tweet = store.tweet(bob, text).await;
        let reason = Reason::parse("'unkind' \\N \u{1F44B}").unwrap();
        let removal = NewRemoval { tweet, reason, at: noon(), moderator: None };
        store.tweets.remove(removal, None).await.unwrap().unwrap();
    }
    let last = store.tweet(gone, "the highest id of all").await;
    store.like(last, ann).await;
    store.image(gone).await;
    store.users.remove(gone, None).await.unwrap().unwrap();
}

fn whole(compared: &[Compared]) -> bool {
    compared.iter().all(|list| list.differs_at.is_none())
}

async fn compared(mut ours: Box<dyn Source>, mut theirs: Box<dyn Source>) -> Vec<Compared> {
    compare(ours.as_mut(), theirs.as_mut()).await.unwrap()
}

/// All rows of the table of that name.
async fn rows(source: &mut dyn Source, table: &str) -> Vec<Row> {
    let table = TABLES.iter().find(|known| known.name == table).unwrap();
    source.rows(table).unwrap().try_concat().await.unwrap()
}

promises! { holdings_entries of holdings:
    async fn a_store_is_read_whole_and_loaded_whole(store: Store) {
        furnish(&store).await;
        let model = Store::new(Memory::default(), ());
        model.whole.load(store.whole.read().await.unwrap()).await.unwrap();
        let lists = compared(store.whole.read().await.unwrap(), model.whole.read().await.unwrap()).await;
        assert!(whole(&lists), "{lists:?}");
        for list in lists {
            assert!(list.rows > 0, "nothing is in {}", list.table.name);
        }
    }

    async fn what_another_store_held_is_loaded_whole_and_lives_on(store: Store) {
        let model = Store::new(Memory::default(), ());
        furnish(&model).await;
        store.whole.load(model.whole.read().await.unwrap()).await.unwrap();
        let lists = compared(model.whole.read().await.unwrap(), store.whole.read().await.unwrap()).await;
        assert!(whole(&lists), "{lists:?}");
        assert_eq!(store.known_by("bob", noon()).await, Some(UserId::stored(2)));
        let [ann, bob] = [1, 2].map(UserId::stored);
        assert_eq!(store.found("жанна").await, [ann]);
        assert_eq!(store.person("New").await, UserId::stored(7), "an id that is gone is not given again");
        assert_eq!(store.tweet(bob, "new").await.get(), 8);
        assert_eq!(store.image(bob).await, MediaId::stored(5));
        let again = NewTweet { guard: Some(guard("Key-b", 1)), ..draft(UserId::stored(3), "guarded") };
        assert_eq!(store.publish(again).await.get(), 3);
        assert_eq!(store.feed(ann).await.len(), 3);
    }

    async fn what_happens_later_is_not_read(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.tweet(ann, "before").await;
        let mut before = store.whole.read().await.unwrap();
        store.person("Bob").await;
        store.like(tweet, ann).await;
        store.tweet(ann, "after").await;
        assert_eq!(rows(before.as_mut(), "users").await.len(), 1);
        assert_eq!(rows(before.as_mut(), "likes").await, Vec::<Row>::new());
        let tweets = rows(before.as_mut(), "tweets").await;
        assert_eq!(tweets.iter().map(|row| row[3].clone()).collect::<Vec<_>>(), [0_i64.into()]);
    }

    async fn a_difference_is_found_in_its_place(store: Store) {
        let model = Store::new(Memory::default(), ());
        for side in [&store, &model] {
            let [ann, bob] = [new_user("Ann"), new_user("Bob")].map(|user| NewUser { key: Some(key(user.nickname.as_str()).into()), ..user });
            let ids = side.users.add(vec![ann, bob], None).await.unwrap();
            side.liked_tweet(ids[0], "hi", &[ids[0]]).await;
        }
        let both = async || compared(model.whole.read().await.unwrap(), store.whole.read().await.unwrap()).await;
        let differing = async || {
            let lists = both().await.into_iter();
            lists.filter_map(|list| Some((list.table.title, list.differs_at?))).collect::<Vec<_>>()
        };
        assert_eq!(differing().await, [("store id", 1)], "two stores are never one");
        let [ann, bob] = [1, 2].map(UserId::stored);
        store.follow(bob, ann).await;
        store.tweet(bob, "one more").await;
        assert_eq!(differing().await, [("users", 1), ("follows", 1), ("tweets", 2), ("store id", 1)]);
    }
}
