//! What a user may add within a day, so that nobody fills the disk.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use chrono::TimeDelta;

use crate::Timestamp;

/// How long what was added counts.
const DAY: TimeDelta = TimeDelta::days(1);

/// The most of one kind that a user may add within 24 hours, counted from what is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota(Option<NonZeroU64>);

impl Quota {
    /// Any number.
    pub const NONE: Self = Self(None);

    /// So many; any number where it is 0.
    pub const fn of(most: u64) -> Self {
        Self(NonZeroU64::new(most))
    }

    /// How many; `None` for any number.
    pub fn most(self) -> Option<u64> {
        self.0.map(NonZeroU64::get)
    }

    /// What was added later than this counts at that moment.
    pub fn since(at: Timestamp) -> Timestamp {
        at - DAY
    }

    /// Whether another one fits at that moment. `decisive` is when the newest was added behind which the quota was used
    /// up: as soon as it stops counting, another one fits.
    fn fits(self, counted: Counted, decisive: Option<Timestamp>, at: Timestamp) -> Result<(), UsedUp> {
        let (Some(most), Some(decisive)) = (self.most(), decisive) else { return Ok(()) };
        match (decisive + DAY - at).to_std() {
            Ok(wait) if !wait.is_zero() => Err(UsedUp { counted, most, wait }),
            _ => Ok(()),
        }
    }

    /// Whether another tweet fits. `decisive` is when the author's tweet was published that is the [`Quota::most`]-th
    /// newest.
    ///
    /// # Errors
    /// [`UsedUp`] until that one is a day old.
    pub fn fits_tweet(self, decisive: Option<Timestamp>, at: Timestamp) -> Result<(), UsedUp> {
        self.fits(Counted::Tweets, decisive, at)
    }
}

/// The quotas of uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UploadQuotas {
    /// Images.
    pub images: Quota,
    /// The bytes of their files, without their variants. The image that passes it is still taken.
    pub bytes: Quota,
    /// Images that no tweet shows yet.
    pub unattached: Quota,
}

/// When those of a user's images came at which each quota is used up, counted from the newest; `None` where it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecisiveUploads {
    /// For [`UploadQuotas::images`].
    pub images: Option<Timestamp>,
    /// For [`UploadQuotas::bytes`].
    pub bytes: Option<Timestamp>,
    /// For [`UploadQuotas::unattached`].
    pub unattached: Option<Timestamp>,
}

impl UploadQuotas {
    /// Any number of any size.
    pub const NONE: Self = Self { images: Quota::NONE, bytes: Quota::NONE, unattached: Quota::NONE };

    /// Whether another upload fits at that moment.
    ///
    /// # Errors
    /// [`UsedUp`] for the quota that takes longest to come free.
    pub fn fit(&self, decisive: &DecisiveUploads, at: Timestamp) -> Result<(), UsedUp> {
        let each = [
            self.unattached.fits(Counted::Unattached, decisive.unattached, at),
            self.images.fits(Counted::Images, decisive.images, at),
            self.bytes.fits(Counted::Bytes, decisive.bytes, at),
        ];
        match each.into_iter().filter_map(Result::err).max_by_key(|used_up| used_up.wait) {
            Some(used_up) => Err(used_up),
            None => Ok(()),
        }
    }
}

/// What a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Tweets.
    Tweets,
    /// Images.
    Images,
    /// The bytes of images.
    Bytes,
    /// Images that no tweet shows yet.
    Unattached,
}

/// A quota is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct UsedUp {
    /// What it counts.
    pub counted: Counted,
    /// How many of them there may be.
    pub most: u64,
    /// How long it takes until another one fits.
    pub wait: Duration,
}

impl UsedUp {
    /// The same in whole seconds, at least one: after them another one fits.
    pub fn seconds(&self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

impl fmt::Display for UsedUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most;
        match self.counted {
            Counted::Tweets => write!(formatter, "{most} tweets within 24 hours are the most"),
            Counted::Images => write!(formatter, "{most} images within 24 hours are the most"),
            Counted::Bytes => write!(formatter, "{most} bytes of images within 24 hours are the most"),
            Counted::Unattached => {
                write!(
                    formatter,
                    "{most} images that no tweet shows are the most; publish one of them, or wait"
                )
            }
        }?;
        let minutes = self.seconds().div_ceil(60);
        write!(formatter, "; the next one fits in {} h {} min", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use chrono::Utc;

    use super::*;

    fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    #[test]
    fn another_one_fits_as_soon_as_the_decisive_one_is_a_day_old() {
        let decisive = Some(noon());
        for (minutes, wait) in
            [(0, Some(1440)), (60, Some(1380)), (1439, Some(1)), (1440, None), (9999, None)]
        {
            let outcome = Quota::of(5).fits_tweet(decisive, noon() + TimeDelta::minutes(minutes));
            let waited = outcome.err().map(|used_up| used_up.seconds() / 60);
            assert_eq!(waited, wait, "after {minutes} minutes");
        }
        assert!(Quota::of(5).fits_tweet(None, noon()).is_ok(), "it is not used up");
        assert!(Quota::of(0).fits_tweet(decisive, noon()).is_ok(), "0 is any number");
    }

    #[test]
    fn of_several_used_up_quotas_the_one_that_takes_longest_is_named() {
        let quotas = UploadQuotas { images: Quota::of(9), bytes: Quota::of(99), unattached: Quota::of(3) };
        let decisive = DecisiveUploads {
            images: Some(noon() - TimeDelta::hours(3)),
            bytes: Some(noon() - TimeDelta::hours(1)),
            unattached: Some(noon() - TimeDelta::hours(2)),
        };
        let refused = quotas.fit(&decisive, noon()).unwrap_err();
        assert_eq!((refused.counted, refused.most, refused.seconds()), (Counted::Bytes, 99, 23 * 3600));
        assert!(UploadQuotas::NONE.fit(&decisive, noon()).is_ok());
        assert!(quotas.fit(&DecisiveUploads::default(), noon()).is_ok());
    }

    #[test]
    fn a_refusal_says_what_is_used_up_and_when_the_next_one_fits() {
        let wait = Duration::from_millis(11_999_500);
        let refused = |counted| UsedUp { counted, most: 7, wait }.to_string();
        assert_eq!(
            refused(Counted::Tweets),
            "7 tweets within 24 hours are the most; the next one fits in 3 h 20 min"
        );
        assert!(
            refused(Counted::Unattached)
                .starts_with("7 images that no tweet shows are the most; publish one")
        );
        assert_eq!(UsedUp { counted: Counted::Images, most: 7, wait }.seconds(), 12_000);
    }
}
