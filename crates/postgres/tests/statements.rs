//! How many statements a page takes, counted where diesel sends them. One test only: the count is the process's.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{TimeZone as _, Utc};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tweetty_cluster::Cluster;
use tweetty_domain::{
    ApiKey, Attachments, FeedQuery, Feeds as _, Keys as _, NewTweet, NewUser, Nickname, Order, PageSize,
    Particulars, Quota, Scope, Start, Timestamp, TweetText, Tweets as _, UserId, Users as _,
};
use tweetty_postgres::{Options, Store};

static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::unnecessary_wraps, reason = "diesel wants it so")]
fn counting() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
        }
    }))
}

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn user(number: usize) -> NewUser {
    NewUser {
        nickname: Nickname::parse(&format!("user{number}")).unwrap(),
        first_name: None,
        last_name: None,
        particulars: Particulars::default(),
        key: Some(ApiKey::parse(&format!("key{number}")).unwrap().hash().into()),
        follows: Vec::new(),
        created_at: noon(),
    }
}

async fn statements(work: impl Future) -> usize {
    let before = STATEMENTS.load(Ordering::Relaxed);
    work.await;
    STATEMENTS.load(Ordering::Relaxed) - before
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_takes_one_statement_and_at_most_four_for_what_is_not_known() {
    set_default_instrumentation(counting).unwrap();
    let database = Cluster::shared().database();
    let options = Options { connections: 1, ..Options::default() };
    let store = Store::connect(&database.url(), &options).await.unwrap();
    store.migrate().await.unwrap();
    let ids = store.add((0..60).map(user).collect(), None).await.unwrap();
    let me = ids[0];
    for author in &ids {
        if *author != me {
            store.follow(me, *author, noon(), None).await.unwrap();
        }
        let text = TweetText::parse("hi", 280).unwrap();
        let tweet = NewTweet {
            author: *author,
            text,
            attachments: Attachments::default(),
            created_at: noon(),
            quota: Quota::of(1000),
            guard: None,
        };
        let tweet = store.publish(tweet).await.unwrap().outcome();
        for liker in &ids[..20] {
            store.like(tweet, *liker).await.unwrap();
        }
    }
    let few = ids[1];
    store.follow(few, me, noon(), None).await.unwrap();

    // 59 followees are scanned for, also deeper where the page reaches far; one has heads.
    for viewer in [me, few] {
        for size in [1, 20, 50, 1000] {
            // Where a time begins is asked for once.
            let lately = Order::Popular { since: Some(noon()) };
            for (order, beginning) in [(Order::POPULAR, 0), (Order::Recent, 0), (lately, 1)] {
                for (scope, unknown) in [(Scope::Following, 4), (Scope::All, 3), (Scope::By(me), 3)] {
                    let size = PageSize::parse(Some(size), 1000).unwrap();
                    let query =
                        FeedQuery { viewer, scope, order, start: Start::FIRST, size, embedded_likers: 10 };
                    let fresh = Store::connect(&database.url(), &options).await.unwrap();
                    for expected in [unknown + beginning, 1] {
                        let counted = statements(async { fresh.page(query).await.unwrap() }).await;
                        assert_eq!(counted, expected, "{query:?}");
                    }
                }
            }
        }
    }
    let tweet = tweetty_domain::TweetId::stored(1);
    let follower = UserId::stored(2);
    for expected in [3, 1] {
        assert_eq!(statements(async { store.tweet(tweet, me, 10).await.unwrap() }).await, expected);
    }
    assert_eq!(statements(async { store.profile(me, follower, 10).await.unwrap() }).await, 2);
    assert_eq!(statements(async { store.profile(me, follower, 10).await.unwrap() }).await, 1);
    assert_eq!(
        statements(async { store.find_by_key(user(0).key.unwrap().hash, noon()).await.unwrap() }).await,
        1
    );
    assert_eq!(statements(async { store.like(tweet, me).await.unwrap() }).await, 1);
    assert_eq!(statements(async { store.unlike(tweet, me).await.unwrap() }).await, 1);
    assert_eq!(
        statements(async { store.tweet(tweet, me, 10).await.unwrap() }).await,
        2,
        "others like it now"
    );
    assert_eq!(statements(async { store.tweet(tweet, me, 0).await.unwrap() }).await, 1);
    assert_eq!(statements(async { store.follow(me, follower, noon(), None).await.unwrap() }).await, 1);
    assert_eq!(statements(async { store.unfollow(me, follower, None).await.unwrap() }).await, 1);
}
