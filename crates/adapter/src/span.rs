//! A range of ids, which rise by one or more.

/// The rows since some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    first: i64,
    last: i64,
}

impl Span {
    /// From the first row's id to the highest one there was a while ago; `None` where there is nothing between.
    pub fn between(first: i64, last: i64) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The id of the first.
    pub fn first(self) -> i64 {
        self.first
    }

    /// How many rows there are about, at least 1: as many as ids.
    pub fn inside(self) -> u64 {
        self.last.saturating_sub(self.first).unsigned_abs().saturating_add(1)
    }

    /// How many there are about of all times.
    pub fn ever(self) -> u64 {
        self.last.unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_least_one_row_or_is_none() {
        let counted = |first, last| Span::between(first, last).map(|span| (span.inside(), span.ever()));
        assert_eq!(counted(3, 7), Some((5, 7)));
        assert_eq!(counted(7, 7), Some((1, 7)));
        assert_eq!(counted(8, 7), None);
    }
}
