//! The promises of the storage ports, kept on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::time::Duration;

use tweetty_cluster::Cluster;
use tweetty_postgres::{Options, Store};

tweetty_contract::suite!(open);

/// A database of its own for every promise; it waits longer than a loaded machine keeps it waiting.
async fn open() -> tweetty_contract::Store {
    let database = Cluster::shared().database();
    let patient = Duration::from_secs(30);
    let options = Options { wait: patient, statement_timeout: patient, ..Options::default() };
    let store = Store::connect(&database.url(), &options).await.unwrap();
    store.migrate().await.unwrap();
    tweetty_contract::Store::new(store, database)
}
