//! The naive model keeps the promises too: so the suite itself is tested, and the oracle is honest.

use tweetty_contract::{Memory, Store};

tweetty_contract::suite!(open);

async fn open() -> Store {
    Store::new(Memory::default(), ())
}
