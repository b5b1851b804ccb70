//! The microblog as handlers call it: reading is bounded in time, writing is never cut short.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use tweetty_adapter::{Party, Sharing};
use tweetty_domain::{Announcement, Credential, Error, Holder, Limits, Microblog, Period, Result, Timestamp};

use crate::Options;
use crate::error::ApiError;
use crate::key_uses::KeyUses;
use crate::known_keys::{Known, KnownKeys};
use crate::measures;
use crate::part::Part;
use crate::places::{Place, Places};
use crate::standing::Standing;

/// The microblog behind the API.
#[derive(Clone)]
pub(crate) struct Blog {
    microblog: Microblog,
    patience: Duration,
    write_patience: Duration,
    in_flight: Arc<Places>,
    /// The same for those without a key, who ask for images.
    unknown: Arc<Places>,
    known_keys: Arc<KnownKeys>,
    key_uses: Arc<KeyUses>,
    standing: Arc<Standing>,
}

impl Blog {
    pub(crate) fn new(microblog: Microblog, options: &Options) -> Self {
        let places = options.requests_in_flight;
        let sharing = Sharing { places, share: places.div_ceil(4), room: 0, patient: 0 };
        let in_flight = |work| Arc::new(Places::new(work, sharing, Duration::ZERO));
        Self {
            microblog,
            patience: options.request_timeout,
            write_patience: options.write_timeout,
            in_flight: in_flight("requests"),
            unknown: in_flight("requests without a key"),
            known_keys: Arc::new(KnownKeys::new()),
            key_uses: Arc::default(),
            standing: Arc::default(),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        self.microblog.limits()
    }

    /// When a period began that ends now; `None` where it has no beginning.
    pub(crate) fn beginning(&self, period: Period) -> Option<Timestamp> {
        self.microblog.beginning(period)
    }

    /// A refusal where the stores have as much to do as they may have.
    pub(crate) fn has_room(&self) -> Result<(), ApiError> {
        self.in_flight.any()
    }

    /// A place at the stores.
    fn place(&self) -> Result<Place, ApiError> {
        match Party::current() {
            Party::User(_) | Party::Key(_) | Party::Service => self.in_flight.take(),
            Party::Address(_) => self.unknown.take(),
        }
    }

    /// What is known of that credential, where it was good a short while ago.
    pub(crate) fn known(&self, credential: &Credential) -> Option<Known> {
        self.known_keys.get(credential.hash())
    }

    /// Whose credential that is, of which so much is known; `None` where it is nobody's.
    pub(crate) async fn holder(
        &self,
        credential: &Credential,
        known: Option<Known>,
    ) -> Result<Option<Holder>, ApiError> {
        let known = known.and_then(Known::holder);
        measures::key_looked_up(known.is_some());
        if known.is_some() {
            return Ok(known);
        }
        let asked = Instant::now();
        let found = self.read(async |blog| match blog.authenticate(credential).await {
            Err(Error::UnknownKey) => Ok(None),
            found => found.map(Some),
        });
        // Whose it is has yet to be seen: each key is looked up in a turn of its own.
        let hash = credential.hash();
        let part = hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let found = Party::Key(part).on_behalf(found);
        let Some(holder) = found.await? else { return Ok(None) };
        self.known_keys.remember(credential.hash(), holder, asked);
        if self.microblog.is_first_use_today(&holder) {
            self.key_uses.record(holder.key, &self.microblog);
            if let Some(ends_at) = self.near_end(&holder) {
                tracing::warn!(user = %holder.user, key = %holder.key, %ends_at, "a key in use ends soon");
            }
        }
        Ok(Some(holder))
    }

    /// The end of that key, where it is so near that its holder is warned.
    pub(crate) fn near_end(&self, holder: &Holder) -> Option<Timestamp> {
        self.microblog.near_end(holder)
    }

    /// The announcements that stand, as they were a moment ago.
    pub(crate) async fn standing(&self) -> Result<Arc<[Announcement]>, ApiError> {
        if let Some(standing) = self.standing.get() {
            return Ok(standing);
        }
        let asked = Instant::now();
        let standing = Arc::<[Announcement]>::from(self.read(async |blog| blog.standing().await).await?);
        self.standing.remember(Arc::clone(&standing), asked);
        Ok(standing)
    }

    /// Something was announced or withdrawn here, which is shown at once.
    pub(crate) fn announcements_changed(&self) {
        self.standing.forget();
    }

    /// The parts that can't work now, each with its reason; none is waited for longer than that.
    pub(crate) async fn unready(&self, patience: Duration) -> Vec<(Part, String)> {
        let (database, images) = tokio::join!(
            tokio::time::timeout(patience, self.microblog.database_ready()),
            tokio::time::timeout(patience, self.microblog.images_ready()),
        );
        let parts = [(Part::Database, database), (Part::Media, images)];
        let problems = parts.map(|(part, outcome)| match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some((part, error.to_string())),
            Err(_) => Some((part, "no answer in time".to_owned())),
        });
        problems.into_iter().flatten().collect()
    }

    /// Does something that may be given up: after a while the answer is 503.
    pub(crate) async fn read<T, F>(&self, act: impl FnOnce(Microblog) -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T>>,
    {
        let _place = self.place()?;
        match tokio::time::timeout(self.patience, act(self.microblog.clone())).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(ApiError::unavailable("reading took too long")),
        }
    }

    /// Does something that changes a store, in a task of its own: a client that goes away drops the handler, and a
    /// write that was cut in the middle would leave the client unable to know what happened. A client that waits is answered 503
    /// after a while, though nobody knows then whether it will be done: their `Idempotency-Key` makes it safe to repeat.
    pub(crate) async fn write<T, F>(&self, act: impl FnOnce(Microblog) -> F) -> Result<T, ApiError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let place = self.place()?;
        let work = Party::current().on_behalf(holding(place, act(self.microblog.clone())));
        let work = tokio::spawn(work.in_current_span());
        match tokio::time::timeout(self.write_patience, work).await {
            Ok(Ok(outcome)) => Ok(outcome?),
            Ok(Err(error)) => Err(ApiError::internal(error.to_string())),
            Err(_) => Err(ApiError::unavailable("writing took too long; it goes on")),
        }
    }
}

/// Does the work while it holds the place, however soon the client goes away.
async fn holding<T>(_place: Place, work: impl Future<Output = T>) -> T {
    work.await
}
