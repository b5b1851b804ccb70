//! What loading at once leaves behind, beyond what the contract asks.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use tweetty_contract::arrange::{new_user, noon};
use tweetty_domain::{
    Error, NamePart, Order, PeopleStart, Scope, TweetId, TweetText, Upkeep as _, UserId, Users as _, Whom,
};
use tweetty_sqlite::{Options, Store};
use tweetty_tables::{
    Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser, Invented, WholeStore as _,
};

const USERS: i64 = 501;
const TWEETS: i64 = 2003;

/// Users who follow the one before them and write in turn; every third tweet is liked by the first user.
struct Chain {
    breaks: bool,
}

impl Company for Chain {
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_> {
        Box::new((1..=USERS).map(|id| CompanyUser {
            id: UserId::stored(id),
            user: new_user(&format!("user{id}")),
            followers_count: u32::from(id < USERS),
            following_count: u32::from(id > 1),
        }))
    }

    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_> {
        let follow = |id| CompanyFollow { follower: UserId::stored(id), followee: UserId::stored(id - 1) };
        Box::new((2..=USERS).map(follow))
    }

    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_> {
        Box::new((1..=TWEETS).map(|id| CompanyTweet {
            id: TweetId::stored(id),
            author: UserId::stored(id % USERS + 1),
            text: TweetText::stored(format!("tweet {id}")),
            like_count: u32::from(id % 3 == 0),
            created_at: noon(),
        }))
    }

    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_> {
        assert!(!self.breaks, "a company that breaks off");
        let likes = (1..=TWEETS).filter(|id| id % 3 == 0);
        Box::new(likes.map(|id| CompanyLike { tweet: TweetId::stored(id), user: UserId::stored(1) }))
    }
}

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("t.db"), &Options::default()).unwrap();
    store.migrate().await.unwrap();
    (folder, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_store_is_indexed_searched_and_goes_on_behind_the_last_ids() {
    let (folder, store) = open().await;
    store.load(Box::new(Invented(Chain { breaks: false }))).await.unwrap();
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
    assert!(matches!(store.load(Box::new(Invented(Chain { breaks: false }))).await, Err(Error::NotEmpty)));
    let part = NamePart::parse("ser501").unwrap();
    let found = store.search(Some(part), Whom::Active, PeopleStart::After(None), 10).await.unwrap();
    assert_eq!(found.people.iter().map(|user| user.id.get()).collect::<Vec<_>>(), [USERS]);
    let company = tweetty_contract::Store::new(store, folder);
    let newcomer = company.person("newcomer").await;
    assert_eq!(newcomer.get(), USERS + 1);
    let tweet = company.tweet(newcomer, "hi").await;
    assert_eq!(tweet.get(), TWEETS + 1);
    assert_eq!(company.found("newcomer").await, [newcomer]);
    // Both walk indexes that the load dropped and built.
    assert_eq!(company.ids(newcomer, Scope::All, Order::POPULAR).await[0].get(), TWEETS - TWEETS % 3);
    assert_eq!(company.ids(newcomer, Scope::By(newcomer), Order::POPULAR).await, [tweet]);
    company.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_breaks_off_leaves_an_empty_store_that_can_be_loaded() {
    let (_folder, store) = open().await;
    let broken = tokio::spawn({
        let store = store.clone();
        async move { store.load(Box::new(Invented(Chain { breaks: true }))).await }
    });
    assert!(broken.await.is_err(), "the company's own panic");
    assert!(store.is_empty().await.unwrap());
    store.load(Box::new(Invented(Chain { breaks: false }))).await.unwrap();
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
}
