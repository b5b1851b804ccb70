//! Which bytes of an image are wanted.

use std::ops::Range;

use crate::{Error, Result};

/// The bytes of an image that somebody wants: a download that broke off goes on where it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excerpt {
    /// All of them.
    Whole,
    /// From the first to the last, or to the end of the image where that comes first. Both are counted from 0 and included.
    Between {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// The last so many, or all where the image has no more.
    Last(u64),
}

impl Excerpt {
    /// Where these bytes lie in an image of that size.
    ///
    /// # Errors
    /// [`Error::OutsideImage`] where the image has none of them.
    pub fn within(self, size: u64) -> Result<Range<u64>> {
        let range = match self {
            Self::Whole => return Ok(0..size),
            Self::Between { first, last } => first..last.saturating_add(1).min(size),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        if range.is_empty() { Err(Error::OutsideImage { size }) } else { Ok(range) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_where_the_image_ends() {
        let between = |first, last| Excerpt::Between { first, last };
        for (excerpt, range) in [
            (Excerpt::Whole, 0..10),
            (between(0, 0), 0..1),
            (between(3, 5), 3..6),
            (between(9, 9), 9..10),
            (between(3, 10), 3..10),
            (between(3, u64::MAX), 3..10),
            (Excerpt::Last(1), 9..10),
            (Excerpt::Last(10), 0..10),
            (Excerpt::Last(u64::MAX), 0..10),
        ] {
            assert_eq!(excerpt.within(10).unwrap(), range, "{excerpt:?}");
        }
        assert_eq!(Excerpt::Whole.within(0).unwrap(), 0..0, "nothing is the whole of nothing");
    }

    #[test]
    fn an_excerpt_of_which_the_image_has_nothing_is_outside() {
        let between = |first, last| Excerpt::Between { first, last };
        for excerpt in [between(10, 10), between(10, u64::MAX), between(u64::MAX, u64::MAX), Excerpt::Last(0)]
        {
            assert!(matches!(excerpt.within(10), Err(Error::OutsideImage { size: 10 })), "{excerpt:?}");
        }
        for excerpt in [between(0, 5), Excerpt::Last(5)] {
            assert!(matches!(excerpt.within(0), Err(Error::OutsideImage { size: 0 })), "{excerpt:?}");
        }
    }
}
