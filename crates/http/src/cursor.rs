//! Cursors: where a list goes on, opaque to the client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use tweetty_domain::{Position, RemovalId, Start, Timestamp, TweetId, UserId};

use crate::error::ApiError;
use crate::query::parameter;

parameter! {
    /// Where to go on.
    pub(crate) Cursor(String) = {"maxLength": 100};
}

/// Where a page of tweets begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beginning {
    pub(crate) start: Start,
    /// When the time began whose tweets the walk shows, where it is on its way.
    pub(crate) since: Option<Timestamp>,
}

impl Cursor {
    /// Where the page of that list of tweets begins.
    pub(crate) fn start(&self, list: &str) -> Result<Beginning, ApiError> {
        let first = Beginning { start: Start::FIRST, since: None };
        self.0.as_deref().map_or(Ok(first), |cursor| to_tweets(list, cursor))
    }

    /// Behind whom the page of that list of people begins.
    pub(crate) fn after(&self, list: &str) -> Result<Option<UserId>, ApiError> {
        self.0.as_deref().map(|cursor| to_people(list, cursor)).transpose()
    }

    /// Behind which removal the page of that list begins.
    pub(crate) fn after_removal(&self, list: &str) -> Result<Option<RemovalId>, ApiError> {
        let id = self.0.as_deref().map(|cursor| to_id(list, cursor)).transpose()?;
        Ok(id.map(RemovalId::stored))
    }
}

/// A place in one list: base64url of some numbers and a checksum over them and the list's name, so that a cursor
/// of another list, another order or a garbled one is noticed. It is no secret and grants nothing.
fn encode(list: &str, numbers: &[i64]) -> String {
    let mut bytes = numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<_>>();
    let sum = checksum(list, &bytes);
    bytes.extend(sum.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// None of the numbers is negative.
fn decode(list: &str, cursor: &str) -> Option<Vec<i64>> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bytes, sum) = bytes.split_last_chunk()?;
    let (numbers, []) = bytes.as_chunks() else { return None };
    let numbers = numbers.iter().copied().map(i64::from_be_bytes).collect::<Vec<_>>();
    let plausible = numbers.iter().all(|number| *number >= 0);
    (plausible && u64::from_be_bytes(*sum) == checksum(list, bytes)).then_some(numbers)
}

/// FNV-1a with 64 bits: stable between builds and machines, as cursors must be among several instances.
fn checksum(list: &str, bytes: &[u8]) -> u64 {
    list.bytes()
        .chain([0])
        .chain(bytes.iter().copied())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The cursor of a place in a list of tweets; `list` names the list and its order. Where the list has the tweets of a time,
/// the cursor holds when that began: a walk shows the same time to its end.
pub(crate) fn of_tweets(list: &str, position: Position, since: Option<Timestamp>) -> String {
    let numbers = [i64::try_from(position.likes).unwrap_or(i64::MAX), position.id.get()];
    encode(list, &numbers.into_iter().chain(since.map(|since| since.timestamp_millis())).collect::<Vec<_>>())
}

/// The place that a cursor of that list names.
fn to_tweets(list: &str, cursor: &str) -> Result<Beginning, ApiError> {
    let place = || {
        let numbers = decode(list, cursor)?;
        let (likes, id, since) = match numbers[..] {
            [likes, id] => (likes, id, None),
            [likes, id, since] => (likes, id, Some(DateTime::from_timestamp_millis(since)?)),
            _ => return None,
        };
        let position = Position { likes: likes.unsigned_abs(), id: TweetId::stored(id) };
        (id > 0).then_some(Beginning { start: Start::After(position), since })
    };
    place().ok_or_else(foreign)
}

/// The cursor of a place in a list of people; `list` names the list.
pub(crate) fn of_people(list: &str, last: UserId) -> String {
    encode(list, &[0, last.get()])
}

/// The user behind whom a cursor of that list goes on.
fn to_people(list: &str, cursor: &str) -> Result<UserId, ApiError> {
    to_id(list, cursor).map(UserId::stored)
}

/// The cursor of a place in a list of removals.
pub(crate) fn of_removals(list: &str, last: RemovalId) -> String {
    encode(list, &[0, last.get()])
}

fn to_id(list: &str, cursor: &str) -> Result<i64, ApiError> {
    match decode(list, cursor).as_deref() {
        Some([_, id]) if *id > 0 => Ok(*id),
        _ => Err(foreign()),
    }
}

/// We did not make it, or made it for another list.
fn foreign() -> ApiError {
    ApiError::invalid("cursor", "not a cursor of this list")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(likes: u64, id: i64) -> Position {
        Position { likes, id: TweetId::stored(id) }
    }

    #[test]
    fn a_cursor_leads_back_to_its_place_and_to_the_time_of_its_walk() {
        for place in [position(0, 1), position(30_500_000, i64::MAX)] {
            for since in
                [None, Some(DateTime::UNIX_EPOCH), DateTime::from_timestamp_millis(1_795_435_200_000)]
            {
                let there = Beginning { start: Start::After(place), since };
                assert_eq!(to_tweets("feed", &of_tweets("feed", place, since)).unwrap(), there);
            }
        }
        let anna = UserId::stored(7);
        assert_eq!(to_people("users", &of_people("users", anna)).unwrap(), anna);
    }

    #[test]
    fn a_cursor_from_before_there_were_times_is_still_good() {
        let cursor = "AAAAAAAAAAMAAAAAAAAACS0MRABB8NbQ";
        assert_eq!(of_tweets("tweets popular", position(3, 9), None), cursor);
    }

    #[test]
    fn a_cursor_of_another_list_or_a_garbled_one_is_refused() {
        let cursor = of_tweets("tweets popular", position(3, 9), DateTime::from_timestamp_millis(7));
        let refused = |cursor| to_tweets("tweets popular", cursor).unwrap_err().to_string();
        assert_eq!(
            refused(&of_tweets("tweets recent", position(3, 9), None)),
            "cursor: not a cursor of this list"
        );
        for garbled in ["", "AAAA", "not base64!", &cursor[1..], &format!("{cursor}A"), &"A".repeat(32)] {
            assert!(to_tweets("tweets popular", garbled).is_err(), "{garbled}");
        }
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(to_tweets("tweets popular", &changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn a_forged_cursor_can_not_name_an_impossible_place() {
        for numbers in
            [&[0, 0][..], &[0, -1], &[-1, 1], &[0, 1, -1], &[0, 1, i64::MAX], &[0, 1, 2, 3], &[0], &[]]
        {
            let forged = encode("feed", numbers);
            assert!(to_tweets("feed", &forged).is_err(), "{numbers:?}");
            assert!(to_people("feed", &forged).is_err(), "{numbers:?}");
        }
    }
}
