//! Progress bars on the terminal. Where there is no terminal nothing is shown.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use tweetty_domain::Result;
use tweetty_tables::{Row, Rows, Source, Table};

const WITH_TOTAL: &str = "{msg:10} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
const WITHOUT_TOTAL: &str = "{msg:10} {spinner} {human_pos} {per_sec}";

/// A source whose rows move a bar.
pub(crate) struct Watched {
    source: Box<dyn Source>,
    bar: ProgressBar,
}

impl Watched {
    pub(crate) fn new(source: Box<dyn Source>) -> Self {
        Self { source, bar: ProgressBar::new(0) }
    }

    fn begin(&self, table: &'static Table) -> Counting {
        self.bar.reset();
        let total = self.source.expected_rows(table);
        let template = if total.is_some() { WITH_TOTAL } else { WITHOUT_TOTAL };
        self.bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_message(table.title);
        Counting { bar: self.bar.clone(), rows: 0 }
    }
}

/// Counts rows onto the bar.
struct Counting {
    bar: ProgressBar,
    rows: u64,
}

impl Counting {
    fn count(&mut self, page: &Result<Vec<Row>>) {
        self.rows += page.as_ref().map_or(0, Vec::len) as u64;
        self.bar.set_position(self.rows);
    }
}

impl Drop for Counting {
    /// After the last table the store is busy for a while: with its indexes, for example.
    fn drop(&mut self) {
        self.bar.set_position(self.rows);
        self.bar.set_message("storing");
        self.bar.enable_steady_tick(Duration::from_secs(1));
    }
}

#[async_trait]
impl Source for Watched {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let mut counting = self.begin(table);
        Some(self.source.rows(table)?.inspect(move |page| counting.count(page)).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        self.source.last_id(table).await
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that counts up to a total that is known; it goes with the value.
pub(crate) struct Counted(ProgressBar);

impl Counted {
    pub(crate) fn new(title: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        bar.set_style(
            ProgressStyle::with_template(WITH_TOTAL).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(title);
        Self(bar)
    }

    /// One more is done.
    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    /// Writes something else to the terminal.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
