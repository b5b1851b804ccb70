//! How many statements a page costs. A program of its own: it counts those of all connections.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use tweetty_contract::arrange::noon;
use tweetty_domain::{
    FeedQuery, Feeds as _, Keys as _, Order, PageSize, Scope, Start, Upkeep as _, Users as _,
};
use tweetty_sqlite::{Options, Store};

/// BEGIN, the viewer's count of followees, a walk in vain, the ranking, tweets with likers, attachments, COMMIT; names
/// that are not known from a moment ago take one more.
const STATEMENTS_A_PAGE: usize = 7;
/// BEGIN, the user, their followers, their followees, COMMIT.
const STATEMENTS_A_PROFILE: usize = 5;

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_7_statements_whatever_its_size_and_one_for_new_names() {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                STATEMENTS.fetch_add(1, Ordering::Relaxed);
            }
        }))
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = Options { readers: 1, ..Options::default() };
    let store = Store::open(&folder.path().join("t.db"), &options).unwrap();
    store.migrate().await.unwrap();
    let company = tweetty_contract::Store::new(store.clone(), folder);
    let viewer = company.person("viewer").await;
    let followees = company.crowd("followee", 40).await;
    let strangers = company.crowd("stranger", 60).await;
    for followee in &followees {
        company.follow(viewer, *followee).await;
    }
    for author in followees.iter().chain(&strangers) {
        let image = company.image(*author).await;
        let tweet = company.tweet_with(*author, "with an image", &[image]).await;
        company.like(tweet, viewer).await;
        company.like(tweet, strangers[0]).await;
    }
    // The first read also opens the connection.
    store.is_empty().await.unwrap();
    let everybody = FeedQuery {
        viewer,
        scope: Scope::All,
        order: Order::Recent,
        start: Start::FIRST,
        size: PageSize::parse(None, 1000).unwrap(),
        embedded_likers: 100,
    };
    // BEGIN, the ranking, tweets, names, attachments, COMMIT; the names are known from then on.
    for expected in [6, 5] {
        assert_eq!(counted(store.page(everybody)).await.1, expected);
    }
    // The strangers' tweets are newer and hence first, so that the walk down all tweets is in vain.
    for (size, expected) in [(1, 1), (2, 2), (20, 20), (30, 30), (1000, 40)] {
        let lately = Order::Popular { since: Some(noon()) };
        for order in [Order::POPULAR, Order::Recent, lately] {
            let query = FeedQuery {
                viewer,
                scope: Scope::Following,
                order,
                start: Start::FIRST,
                size: PageSize::parse(Some(size), 1000).unwrap(),
                embedded_likers: 100,
            };
            // Where a time begins is asked for once.
            let beginning = usize::from(order == lately && size == 1);
            let (page, statements) = counted(store.page(query)).await;
            let tweets = page.unwrap().tweets;
            assert_eq!(tweets.len(), expected);
            assert!(tweets.iter().all(|tweet| tweet.attachments.len() == 1 && tweet.likers.len() == 2));
            // For a longer page the walk goes far enough, and for the longest of all it would be in vain.
            // A time of so few tweets is read without a walk.
            let spared = usize::from(size >= 20 || order == lately);
            assert_eq!(statements, STATEMENTS_A_PAGE - spared + beginning, "{size} tweets, {order:?}");
        }
    }
    let (profile, statements) = counted(store.profile(viewer, strangers[0], 1000)).await;
    assert_eq!(profile.unwrap().unwrap().following.len(), 40);
    assert_eq!(statements, STATEMENTS_A_PROFILE);
    let (found, statements) =
        counted(store.find_by_key(tweetty_contract::arrange::key("nobody's"), noon())).await;
    assert_eq!((found.unwrap(), statements), (None, 1));
}

async fn counted<T>(work: impl Future<Output = T>) -> (T, usize) {
    let before = STATEMENTS.load(Ordering::Relaxed);
    let outcome = work.await;
    (outcome, STATEMENTS.load(Ordering::Relaxed) - before)
}
