//! A progress bar on the terminal while a company is loaded.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tweetty_domain::{BulkFollow, BulkLike, BulkTweet, BulkUser, Company};

/// The bar moves after so many rows: drawing it costs more than a row does.
const STEP: u64 = 4096;

/// A company whose telling is shown; where there is no terminal nothing is.
pub(crate) struct Watched<C> {
    company: C,
    bar: ProgressBar,
    totals: [u64; 4],
}

impl<C: Company> Watched<C> {
    /// Watches a company of so many users, follows, tweets and likes.
    pub(crate) fn new(company: C, totals: [u64; 4]) -> Self {
        let bar = ProgressBar::new(0);
        let style =
            ProgressStyle::with_template("{msg:10} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { company, bar, totals }
    }

    fn next_part(&self, name: &'static str, part: usize) -> Counting {
        self.bar.reset();
        self.bar.set_length(self.totals[part]);
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

impl<C: Company> Company for Watched<C> {
    fn users(&mut self) -> Box<dyn Iterator<Item = BulkUser> + Send + '_> {
        let mut counting = self.next_part("users", 0);
        Box::new(self.company.users().inspect(move |_| counting.row()))
    }

    fn follows(&mut self) -> Box<dyn Iterator<Item = BulkFollow> + Send + '_> {
        let mut counting = self.next_part("follows", 1);
        Box::new(self.company.follows().inspect(move |_| counting.row()))
    }

    fn tweets(&mut self) -> Box<dyn Iterator<Item = BulkTweet> + Send + '_> {
        let mut counting = self.next_part("tweets", 2);
        Box::new(self.company.tweets().inspect(move |_| counting.row()))
    }

    fn likes(&mut self) -> Box<dyn Iterator<Item = BulkLike> + Send + '_> {
        let mut counting = self.next_part("likes", 3);
        Box::new(self.company.likes().inspect(move |_| counting.row()))
    }
}

impl<C> Drop for Watched<C> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
