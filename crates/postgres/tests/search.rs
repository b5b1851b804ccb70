//! How long a search takes among 100,000 people. Takes a while, so it runs by hand:
//! `cargo test -p tweetty-postgres --release --test search -- --ignored --nocapture`.

use std::time::Duration;

use tweetty_cluster::Cluster;
use tweetty_contract::SearchTime;
use tweetty_postgres::{Options, Store};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a while, and says something of a release build alone"]
async fn the_first_page_of_a_search_takes_at_most_five_milliseconds_but_for_many_who_come_last() {
    let database = Cluster::shared().database();
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let store = tweetty_contract::Store::new(store, database);
    for SearchTime { what, typed, found, median } in tweetty_contract::search_times(&store).await {
        println!("{what}: {typed:?}, {found} found, {:.2} ms", median.as_secs_f64() * 1e3);
        // The index is read twice as far as the part is frequent, and here it is part of 40,000 texts.
        let most = Duration::from_millis(if what.starts_with("frequent, far") { 25 } else { 5 });
        assert!(median < most, "{what}: {typed}");
    }
}
