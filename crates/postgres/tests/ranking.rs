//! Whatever way a feed is found, by a probe, a scan, heads, or one after the other in vain, it is the same feed.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use chrono::{TimeDelta, TimeZone as _, Utc};
use tweetty_cluster::{Cluster, Database};
use tweetty_domain::{FeedQuery, Feeds as _, Order, PageSize, Scope, Start, Timestamp, UserId};
use tweetty_postgres::{Options, Store};

/// Users from 1 to 2,500 with three tweets each, the more liked the lower the author's id; many tweets share a count.
/// In their middle, and newer than all, lie the 40,000 tweets of somebody whom nobody follows. One is written a minute.
const COMPANY: &str = "
    INSERT INTO users (nickname, nickname_folded, searchable, created_at)
    SELECT 'user' || n, 'user' || n, 'user' || n, now() FROM generate_series(1, 2500) AS n;
    INSERT INTO tweets (author_id, content, like_count, created_at)
    SELECT n % 2500 + 1, 'hi', (2500 - n % 2500) / 10 + n % 3, '2026-01-01Z'::timestamptz + n * interval '1 minute'
    FROM generate_series(1, 7500) AS n;
    INSERT INTO users (nickname, nickname_folded, searchable, created_at) VALUES ('loud', 'loud', 'loud', now());
    INSERT INTO tweets (author_id, content, like_count, created_at)
    SELECT 2501, 'me', 125, '2026-01-01Z'::timestamptz + n * interval '1 minute' FROM generate_series(7501, 47500) AS n;";

/// Each viewer, whom they follow, and by what way their feed should be found.
const VIEWERS: [(i64, &str, &str); 8] = [
    (101, "n BETWEEN 102 AND 106", "heads of few"),
    (102, "n BETWEEN 1 AND 60", "a scan that finds enough"),
    (103, "n BETWEEN 2300 AND 2400", "a scan in vain, then heads"),
    (104, "n BETWEEN 530 AND 570", "a scan that finds some, then heads"),
    (105, "n BETWEEN 1 AND 1200", "a probe that finds enough"),
    (106, "n BETWEEN 100 AND 1200", "a probe in vain, then a scan"),
    (107, "n BETWEEN 1300 AND 2500", "a probe and a scan in vain, then heads"),
    (108, "n < 0", "own tweets alone"),
];

async fn company() -> (Store, Database<'static>) {
    let database = Cluster::shared().database();
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    database.execute(COMPANY);
    for (viewer, followees, _) in VIEWERS {
        database.execute(&format!(
            "INSERT INTO follows SELECT {viewer}, n FROM generate_series(1, 2500) AS n WHERE {followees} AND n <> {viewer};
             UPDATE users SET following_count = (SELECT count(*) FROM follows WHERE follower_id = {viewer})
             WHERE id = {viewer}"
        ));
    }
    database.execute("VACUUM ANALYZE");
    (store, database)
}

/// When the tweet of that id was written.
fn written_at(id: i64) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::minutes(id)
}

/// The whole feed, or everybody's tweets, sorted naively.
fn expected(database: &Database<'_>, viewer: i64, scope: Scope, order: Order) -> Vec<i64> {
    let since = if let Order::Popular { since: Some(since) } = order { since } else { written_at(0) };
    let everybodys = scope == Scope::All;
    let key = if order == Order::Recent { "id DESC" } else { "like_count DESC, id DESC" };
    let ids = database.execute(&format!(
        "SELECT id FROM tweets
         WHERE ({everybodys} OR author_id = {viewer}
                OR author_id IN (SELECT followee_id FROM follows WHERE follower_id = {viewer}))
           AND created_at >= '{since}'
         ORDER BY {key}"
    ));
    ids.lines().map(|id| id.parse().unwrap()).collect()
}

/// Up to eight pages of some sizes are pieces of the whole, by position and by number.
async fn assert_pages(store: &Store, viewer: i64, scope: Scope, order: Order, expected: &[i64], way: &str) {
    for size in [1_usize, 7, 20, 45, 1000] {
        let page = async |start| {
            let size = PageSize::parse(Some(i64::try_from(size).unwrap()), 1000).unwrap();
            let viewer = UserId::stored(viewer);
            let query = FeedQuery { viewer, scope, order, start, size, embedded_likers: 3 };
            let page = store.page(query).await.unwrap();
            (page.tweets.iter().map(|tweet| tweet.id.get()).collect::<Vec<_>>(), page.next)
        };
        let mut start = Start::FIRST;
        for (number, whole) in expected.chunks(size).take(8).enumerate() {
            let what = format!("{way}, {order:?}, page {} of {size}", number + 1);
            let (behind, next) = page(start).await;
            assert_eq!(behind, whole, "{what}, by position");
            assert_eq!(next.is_some(), (number + 1) * size < expected.len(), "{what}");
            let (numbered, _) = page(Start::page(i64::try_from(number).unwrap() + 1).unwrap()).await;
            assert_eq!(numbered, whole, "{what}, by number");
            let Some(next) = next else { break };
            start = Start::After(next);
        }
        let beyond = page(Start::page(i64::MAX).unwrap()).await;
        assert_eq!(beyond, (vec![], None), "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_leads_to_the_same_feed() {
    let (store, database) = company().await;
    for (viewer, _, way) in VIEWERS {
        for order in [Order::POPULAR, Order::Recent] {
            let expected = expected(&database, viewer, Scope::Following, order);
            assert_pages(&store, viewer, Scope::Following, order, &expected, way).await;
        }
    }
}

/// A time of some tweets is read, a longer one walked for before, and of the longest the heads are found; 46,000 reach to
/// where others than the loud one wrote.
#[tokio::test(flavor = "multi_thread")]
async fn every_way_leads_to_the_same_tweets_of_a_time() {
    let (store, database) = company().await;
    for inside in [300, 5_000, 20_000, 41_000, 46_000, 47_500] {
        let order = Order::Popular { since: Some(written_at(47_501 - inside)) };
        for (viewer, _, way) in VIEWERS {
            let expected = expected(&database, viewer, Scope::Following, order);
            assert_pages(&store, viewer, Scope::Following, order, &expected, way).await;
        }
        let expected = expected(&database, 101, Scope::All, order);
        assert_pages(&store, 101, Scope::All, order, &expected, "everybody's").await;
    }
}
