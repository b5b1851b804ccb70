//! What people can do with the microblog: one method per use case.

mod announcements;
mod avatars;
mod images;
mod keys;
mod moderation;
mod people;
mod readiness;
mod tweets;

use std::sync::{Arc, OnceLock};

use crate::{Clock, Limits, StoreId, Stores};

/// The microblog of one company. Cheap to clone.
#[derive(Clone)]
pub struct Microblog {
    stores: Stores,
    limits: Arc<Limits>,
    /// It never changes while a process uses the store.
    store_id: Arc<OnceLock<StoreId>>,
}

impl Microblog {
    /// Puts the microblog on those stores, under those limits.
    pub fn new(stores: Stores, limits: Limits) -> Self {
        Self { stores, limits: Arc::new(limits), store_id: Arc::default() }
    }

    /// The same microblog with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { stores: Stores { clock, ..self.stores.clone() }, ..self.clone() }
    }

    /// The same microblog without quotas, for what the service itself adds.
    #[must_use]
    pub fn without_quotas(&self) -> Self {
        Self { limits: Arc::new(Limits::clone(&self.limits).without_quotas()), ..self.clone() }
    }

    /// What this microblog accepts and shows.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
