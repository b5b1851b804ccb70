//! How a list of tweets is sorted, and of which time its tweets are.

use tweetty_domain::{Order, Period, Timestamp};

use crate::error::ApiError;
use crate::query::{Word, Words};

/// The word for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Popular,
    Recent,
}

/// The indexes of the words that stand where none is given.
pub(crate) const POPULAR: usize = 0;
pub(crate) const RECENT: usize = 1;
pub(crate) const ALWAYS: usize = 4;

impl Words for Sort {
    const ALL: &'static [(&'static str, Self)] = &[("popular", Self::Popular), ("recent", Self::Recent)];
}

impl Words for Period {
    const ALL: &'static [(&'static str, Self)] = &[
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("year", Self::Year),
        ("all", Self::All),
    ];
}

/// An order that there is, and its name among the lists of the same tweets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sorting {
    sort: Sort,
    pub(crate) period: Period,
    words: (&'static str, &'static str),
}

impl Sorting {
    /// The newest have no time: that is refused, since those who ask for it expect something else.
    pub(crate) fn of<const DEFAULT: usize>(
        Word(word, sort): Word<Sort, DEFAULT>,
        Word(length, period): Word<Period, ALWAYS>,
    ) -> Result<Self, ApiError> {
        if sort == Sort::Recent && period != Period::All {
            return Err(ApiError::invalid("period", "only sort=popular has one"));
        }
        Ok(Self { sort, period, words: (word, length) })
    }

    /// The list of those tweets in this order, as its cursors know it. That of all times is called as it was before there
    /// were others.
    pub(crate) fn list(self, tweets: &str) -> String {
        let (sort, period) = self.words;
        if self.period == Period::All {
            format!("{tweets} {sort}")
        } else {
            format!("{tweets} {sort} {period}")
        }
    }

    /// What a store is asked for, where its time began then.
    pub(crate) fn order(self, since: Option<Timestamp>) -> Order {
        match self.sort {
            Sort::Popular => Order::Popular { since },
            Sort::Recent => Order::Recent,
        }
    }
}

#[cfg(test)]
impl Sorting {
    pub(crate) const POPULAR: Self =
        Self { sort: Sort::Popular, period: Period::All, words: ("popular", "all") };
    pub(crate) const OF_A_WEEK: Self =
        Self { sort: Sort::Popular, period: Period::Week, words: ("popular", "week") };
    pub(crate) const RECENT: Self =
        Self { sort: Sort::Recent, period: Period::All, words: ("recent", "all") };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_time_are_refused_and_those_of_all_times_are_not() {
        let newest =
            |word, period| Sorting::of(Word::<_, POPULAR>("recent", Sort::Recent), Word(word, period));
        let refused = newest("week", Period::Week).unwrap_err().to_string();
        assert_eq!(refused, "period: only sort=popular has one");
        assert_eq!(newest("all", Period::All).unwrap(), Sorting::RECENT);
    }

    #[test]
    fn each_time_is_a_list_of_its_own_and_that_of_all_times_is_called_as_ever() {
        assert_eq!(Sorting::POPULAR.list("tweets all"), "tweets all popular");
        assert_eq!(Sorting::OF_A_WEEK.list("tweets all"), "tweets all popular week");
        assert_eq!(Sorting::RECENT.list("tweets all"), "tweets all recent");
    }

    #[test]
    fn the_word_that_stands_for_none_is_the_one_that_is_meant() {
        assert_eq!(Sort::ALL[POPULAR].1, Sort::Popular);
        assert_eq!(Sort::ALL[RECENT].1, Sort::Recent);
        assert_eq!(Period::ALL[ALWAYS].1, Period::All);
    }
}
