//! A progress bar on the terminal while a store's holdings are told.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tweetty_domain::{
    BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Entry, Holdings, LastIds, Record,
    RecordId, Result, Rows, StoreId, User,
};

/// The bar moves after so many rows: drawing it costs more than a row does.
const STEP: u64 = 4096;
const WITH_TOTAL: &str = "{msg:10} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
const WITHOUT_TOTAL: &str = "{msg:10} {spinner} {human_pos} {per_sec}";

/// How many rows the large lists will have, where that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) users: Option<u64>,
    pub(crate) follows: Option<u64>,
    pub(crate) tweets: Option<u64>,
    pub(crate) likes: Option<u64>,
}

/// Holdings whose telling is shown; where there is no terminal nothing is.
pub(crate) struct Watched {
    holdings: Box<dyn Holdings>,
    bar: ProgressBar,
    totals: Totals,
    closing: Option<Record>,
}

impl Watched {
    /// Watches those holdings.
    pub(crate) fn new(holdings: Box<dyn Holdings>, totals: Totals) -> Self {
        Self { holdings, bar: ProgressBar::new(0), totals, closing: None }
    }

    /// The same with an entry behind their log: what tells of the loading is loaded with the rest.
    pub(crate) fn told_by(mut self, entry: Option<Entry>) -> Result<Self> {
        if let Some(entry) = entry {
            let id = RecordId::stored(self.holdings.last_ids()?.records + 1);
            self.closing = Some(Record { id, entry });
        }
        Ok(self)
    }

    fn next_part(&self, name: &'static str, total: Option<u64>) -> Counting {
        self.bar.reset();
        let template = if total.is_some() { WITH_TOTAL } else { WITHOUT_TOTAL };
        self.bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_message(name);
        Counting { bar: self.bar.clone(), rows: 0 }
    }
}

/// Counts rows onto the bar.
struct Counting {
    bar: ProgressBar,
    rows: u64,
}

impl Counting {
    fn over<'a, T: 'a>(mut self, rows: Rows<'a, T>) -> Rows<'a, T> {
        Box::new(rows.inspect(move |_| self.row()))
    }

    fn row(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(STEP) {
            self.bar.inc(STEP);
        }
    }
}

impl Drop for Counting {
    /// After the last part the store is busy for a while: with its indexes, for example.
    fn drop(&mut self) {
        self.bar.set_position(self.rows);
        self.bar.set_message("storing");
        self.bar.enable_steady_tick(Duration::from_secs(1));
    }
}

impl Holdings for Watched {
    fn users(&mut self) -> Rows<'_, User> {
        self.next_part("users", self.totals.users).over(self.holdings.users())
    }

    fn keys(&mut self) -> Rows<'_, BulkKey> {
        self.next_part("keys", None).over(self.holdings.keys())
    }

    fn follows(&mut self) -> Rows<'_, BulkFollow> {
        self.next_part("follows", self.totals.follows).over(self.holdings.follows())
    }

    fn tweets(&mut self) -> Rows<'_, BulkTweet> {
        self.next_part("tweets", self.totals.tweets).over(self.holdings.tweets())
    }

    fn likes(&mut self) -> Rows<'_, BulkLike> {
        self.next_part("likes", self.totals.likes).over(self.holdings.likes())
    }

    fn images(&mut self) -> Rows<'_, BulkImage> {
        self.next_part("images", None).over(self.holdings.images())
    }

    fn guards(&mut self) -> Rows<'_, BulkGuard> {
        self.next_part("guards", None).over(self.holdings.guards())
    }

    fn records(&mut self) -> Rows<'_, Record> {
        let closing = self.closing.clone().map(Ok);
        let counting = self.next_part("records", None);
        Box::new(counting.over(self.holdings.records()).chain(closing))
    }

    fn last_ids(&mut self) -> Result<LastIds> {
        let mut last = self.holdings.last_ids()?;
        if let Some(closing) = &self.closing {
            last.records = closing.id.get();
        }
        Ok(last)
    }

    fn store_id(&mut self) -> Result<Option<StoreId>> {
        self.holdings.store_id()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
