//! Nobody can spoil it for others: what one user sends takes nothing from those beside.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::blog::Blog;
use crate::client::Person;
use crate::support::Store;

on_both_stores!(
    others_read_and_write_while_one_asks_for_the_dearest_from_64_connections,
    a_page_behind_the_deepest_is_empty_and_costs_nothing,
);

const CONNECTIONS: usize = 64;

async fn others_read_and_write_while_one_asks_for_the_dearest_from_64_connections(store: Store) {
    let (blog, _) = Blog::seeded(store, 100, 1_100).await;
    let [greedy, other] = blog.people(["greedy", "other"]).await;
    let mut asking = JoinSet::new();
    for number in 0..CONNECTIONS {
        let paths = ["/api/tweets?scope=all", "/api/tweets?scope=all&sort=recent&limit=1000"];
        let (client, path) = (greedy.client.clone(), paths[number % 2]);
        asking.spawn(async move {
            loop {
                let status = client.get(path).await.status;
                assert!([200, 429, 503].contains(&status), "{status}");
            }
        });
    }
    let mut tweets = vec![];
    for number in 0..6 {
        other.get("/api/tweets?scope=all&limit=20").await.succeeds(200);
        other.get("/api/users/me").await.succeeds(200);
        tweets.push(other.publish(&format!("tweet {number}")).await);
        other.like(tweets[number]).await.succeeds(201);
    }
    asking.abort_all();
    while let Some(ended) = asking.join_next().await {
        assert!(ended.is_err_and(|error| error.is_cancelled()), "they asked all the time");
    }
}

async fn a_page_behind_the_deepest_is_empty_and_costs_nothing(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_DEEPEST_PAGE", "3")]).await;
    let ann = blog.person("ann").await;
    for number in 0..6 {
        ann.publish(&format!("tweet {number}")).await;
    }
    assert_eq!(blog.nobody.get("/api/limits").await.succeeds(200)["deepest_page"], 3);
    let page = async |number: i64| {
        let page = ann.get(&format!("/api/tweets?limit=1&offset={number}")).await.succeeds(200);
        (page["tweets"].as_array().unwrap().len(), page["next_cursor"].clone())
    };
    for number in 1..=3 {
        assert_eq!(page(number).await.0, 1, "{number}");
    }
    for number in [4, 5, 1_000_000_000_000, i64::MAX] {
        assert_eq!(page(number).await, (0, json!(null)), "{number}: not even right behind the one before it");
    }
    let (_, cursor) = page(3).await;
    let cursor = cursor.as_str().unwrap().to_owned();
    let behind = ann.get(&format!("/api/tweets?limit=10&cursor={cursor}")).await.succeeds(200);
    assert_eq!(behind["tweets"].as_array().unwrap().len(), 3, "a walk goes on");
}

/// The processor time of one upload, of which the service says what it thinks.
async fn cost(blog: &Blog, ann: &Person, body: &[u8]) -> Duration {
    let before = blog.processor_time();
    let kind = "multipart/form-data; boundary=b";
    let status = ann.call("POST", "/api/medias").body(kind, body).send().await.status;
    assert!([400, 415].contains(&status), "{status}");
    blog.processor_time().saturating_sub(before)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_costs_by_its_bytes_and_not_by_what_it_looks_like() {
    const SIZE: usize = 10 * 1024 * 1024 - 1_000;
    let blog = Blog::open(Store::Sqlite).await;
    let ann = blog.person("ann").await;
    let head = |name: &str| format!("\r\n--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    let filled = |unit: &[u8]| unit.iter().copied().cycle().take(SIZE).collect::<Vec<_>>();
    let file = |content: Vec<u8>| [head("file").as_bytes(), &content, b"\r\n--b--\r\n"].concat();
    let plain = file(filled(b"x"));
    cost(&blog, &ann, &plain).await;
    let mut usual = Duration::from_millis(50);
    for _ in 0..3 {
        usual = usual.max(cost(&blog, &ann, &plain).await);
    }
    for unit in [&b"\r--"[..], b"\r\n--X", b"\n\r", b"\r\n--", b"\r", head("x").as_bytes(), b"X: y\r\n"] {
        for body in [file(filled(unit)), [b"\r\n--b\r\n", &*filled(unit)].concat()] {
            let took = cost(&blog, &ann, &body).await;
            assert!(took <= 3 * usual, "{unit:?}: {took:?} instead of {usual:?}");
        }
    }
}
