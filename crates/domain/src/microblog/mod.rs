//! What people can do with the microblog: one method per use case.

mod acting;
mod belonging;
mod images;
mod order;
mod people;
mod tweets;

use std::sync::{Arc, OnceLock};

use crate::{Audit, Clock, Feeds, Images, Limits, Operator, StoreId, Tweets, Upkeep, Users};

pub use order::{Checked, Repaired, Swept};
pub use people::Removed;

/// The adapters behind the ports.
#[derive(Clone)]
pub struct Stores {
    /// People.
    pub users: Arc<dyn Users>,
    /// Tweets and likes.
    pub tweets: Arc<dyn Tweets>,
    /// Reading.
    pub feeds: Arc<dyn Feeds>,
    /// Sweeping and checking.
    pub upkeep: Arc<dyn Upkeep>,
    /// The images' bytes.
    pub images: Arc<dyn Images>,
    /// The log of what operators do.
    pub audit: Arc<dyn Audit>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The microblog of one company. Cheap to clone.
#[derive(Clone)]
pub struct Microblog {
    stores: Stores,
    limits: Arc<Limits>,
    /// It never changes while a process uses the store.
    store_id: Arc<OnceLock<StoreId>>,
    operator: Option<Arc<Operator>>,
}

impl Microblog {
    /// Puts the microblog on those stores, under those limits.
    pub fn new(stores: Stores, limits: Limits) -> Self {
        Self { stores, limits: Arc::new(limits), store_id: Arc::default(), operator: None }
    }

    /// The same in the hands of an operator: what she changes is told in the log.
    #[must_use]
    pub fn operated_by(self, operator: Operator) -> Self {
        Self { operator: Some(Arc::new(operator)), ..self }
    }

    /// What this microblog accepts and shows.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

#[cfg(test)]
pub(crate) mod test {
    //! A microblog on mocked ports: each test says what its ports are asked and answer.

    use chrono::{TimeZone as _, Utc};

    use super::*;
    use crate::audit::MockAudit;
    use crate::clock::MockClock;
    use crate::feed::MockFeeds;
    use crate::image::MockImages;
    use crate::tweet::MockTweets;
    use crate::upkeep::MockUpkeep;
    use crate::user::MockUsers;
    use crate::{Nickname, Person, Timestamp, UserId};

    #[derive(Default)]
    pub(crate) struct Ports {
        pub(crate) users: MockUsers,
        pub(crate) tweets: MockTweets,
        pub(crate) feeds: MockFeeds,
        pub(crate) upkeep: MockUpkeep,
        pub(crate) images: MockImages,
        pub(crate) audit: MockAudit,
    }

    impl Ports {
        /// The microblog at [`noon`]; a port that is asked what it does not expect fails the test.
        pub(crate) fn microblog(self) -> Microblog {
            let mut clock = MockClock::new();
            clock.expect_now().returning(noon);
            let stores = Stores {
                users: Arc::new(self.users),
                tweets: Arc::new(self.tweets),
                feeds: Arc::new(self.feeds),
                upkeep: Arc::new(self.upkeep),
                images: Arc::new(self.images),
                audit: Arc::new(self.audit),
                clock: Arc::new(clock),
            };
            Microblog::new(stores, Limits::default())
        }
    }

    pub(crate) fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    pub(crate) fn user(id: i64) -> UserId {
        UserId::stored(id)
    }

    pub(crate) fn person(id: i64, nickname: &str) -> Person {
        Person { id: user(id), nickname: Nickname::stored(nickname.to_owned()) }
    }
}
