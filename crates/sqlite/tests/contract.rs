//! The promises of the ports, kept by SQLite.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::time::Duration;

use tweetty_sqlite::{Options, Store};

tweetty_contract::suite!(open);

async fn open() -> tweetty_contract::Store {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { wait: Duration::from_mins(1), ..Options::default() };
    let store = Store::open(&folder.path().join("tweetty.db"), &options).unwrap();
    store.migrate().await.unwrap();
    tweetty_contract::Store::new(store, folder)
}
