//! Sizes and durations as people write them: `10MiB`, `500kB`, `2s`, `1h30m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::TimeDelta;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

const SIZES: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
    ("", 1),
];

impl Size {
    /// Reads a size that may be 0.
    pub(crate) fn or_none(text: &str) -> Result<Self, String> {
        if text.trim() == "0" { Ok(Self(0)) } else { text.parse() }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = split(text.trim());
        let factor =
            SIZES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim())).map(|(_, factor)| factor);
        let bytes =
            number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(*factor));
        bytes
            .filter(|bytes| *bytes > 0)
            .map(Self)
            .ok_or_else(|| "a size is written such as 10MiB or 500kB".to_owned())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return formatter.write_str("0");
        }
        let (unit, factor) =
            SIZES.into_iter().find(|(_, factor)| self.0.is_multiple_of(*factor)).unwrap_or(("", 1));
        write!(formatter, "{}{unit}", self.0 / factor)
    }
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

const SPANS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Span {
    /// The same length for calculations with moments; longer than anybody waits where it is out of range.
    pub(crate) fn delta(self) -> TimeDelta {
        TimeDelta::from_std(self.0).unwrap_or(TimeDelta::MAX)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        milliseconds(text.trim())
            .map(|milliseconds| Self(Duration::from_millis(milliseconds)))
            .ok_or_else(|| "a duration is written such as 500ms, 2s, 36h, 7d or 1h30m".to_owned())
    }
}

fn milliseconds(text: &str) -> Option<u64> {
    let (mut rest, mut sum) = (text, 0_u64);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, tail) = split(rest);
        let end = tail.find(|character: char| character.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, behind) = tail.split_at(end);
        let (_, factor) = SPANS.into_iter().find(|(name, _)| *name == unit.trim())?;
        sum = number.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(sum)?;
        rest = behind;
    }
    Some(sum)
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let fits = |factor: u64| milliseconds >= factor && milliseconds.is_multiple_of(factor);
        let (unit, factor) = SPANS.into_iter().find(|(_, factor)| fits(*factor)).unwrap_or(("ms", 1));
        write!(formatter, "{}{unit}", milliseconds / factor)
    }
}

/// The digits at the start, and what follows them.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_decimal_and_binary_units() {
        for (text, bytes) in [
            ("10MiB", 10 << 20),
            ("10 mib", 10 << 20),
            ("500kB", 500_000),
            ("7", 7),
            ("7B", 7),
            ("2GB", 2_000_000_000),
        ] {
            assert_eq!(text.parse::<Size>().unwrap().0, bytes, "{text}");
        }
        for text in ["", "MiB", "-1", "1.5MiB", "10 parsecs", "0", "99999999999GiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_in_one_unit_or_several() {
        for (text, milliseconds) in [
            ("2s", 2_000),
            ("500ms", 500),
            ("36h", 129_600_000),
            ("1h30m", 5_400_000),
            ("0s", 0),
            ("7 d", 604_800_000),
        ] {
            assert_eq!(text.parse::<Span>().unwrap().0.as_millis(), milliseconds, "{text}");
        }
        for text in ["", "2", "s", "-2s", "1.5h", "2 weeks", "99999999999999999d"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn both_are_shown_as_they_are_read() {
        for text in ["10MiB", "500kB", "7B", "1GiB"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
        for text in ["2s", "500ms", "36h", "90m", "7d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
    }
}
