//! Cursors: where a list goes on, opaque to the client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tweetty_domain::{Position, Start, TweetId, UserId};

use crate::error::ApiError;
use crate::query::parameter;

parameter! {
    /// Where to go on.
    pub(crate) Cursor(String) = {"maxLength": 100};
}

impl Cursor {
    /// Where the page of that list of tweets begins.
    pub(crate) fn start(&self, list: &str) -> Result<Start, ApiError> {
        self.0.as_deref().map_or(Ok(Start::FIRST), |cursor| to_tweets(list, cursor).map(Start::After))
    }

    /// Behind whom the page of that list of people begins.
    pub(crate) fn after(&self, list: &str) -> Result<Option<UserId>, ApiError> {
        self.0.as_deref().map(|cursor| to_people(list, cursor)).transpose()
    }
}

/// A place in one list: base64url of two numbers and a checksum over them and the list's name, so that a cursor
/// of another list, another order or a garbled one is noticed. It is no secret and grants nothing.
fn encode(list: &str, likes: u64, id: i64) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&likes.to_be_bytes());
    bytes[8..16].copy_from_slice(&id.to_be_bytes());
    let sum = checksum(list, &bytes[..16]);
    bytes[16..].copy_from_slice(&sum.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(list: &str, cursor: &str) -> Option<(u64, i64)> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let bytes = <[u8; 24]>::try_from(bytes).ok()?;
    let number =
        |part: usize| bytes[part * 8..].iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    let id = i64::try_from(number(1)).ok()?;
    // A count beyond `i64` can't come from us: no store holds it.
    let plausible = i64::try_from(number(0)).is_ok() && id > 0;
    (plausible && number(2) == checksum(list, &bytes[..16])).then(|| (number(0), id))
}

/// FNV-1a with 64 bits: stable between builds and machines, as cursors must be among several instances.
fn checksum(list: &str, bytes: &[u8]) -> u64 {
    list.bytes()
        .chain([0])
        .chain(bytes.iter().copied())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The cursor of a place in a list of tweets; `list` names the list and its order.
pub(crate) fn of_tweets(list: &str, position: Position) -> String {
    encode(list, position.likes, position.id.get())
}

/// The place that a cursor of that list names.
fn to_tweets(list: &str, cursor: &str) -> Result<Position, ApiError> {
    let (likes, id) = decode(list, cursor).ok_or_else(foreign)?;
    Ok(Position { likes, id: TweetId::stored(id) })
}

/// The cursor of a place in a list of people; `list` names the list.
pub(crate) fn of_people(list: &str, last: UserId) -> String {
    encode(list, 0, last.get())
}

/// The user behind whom a cursor of that list goes on.
fn to_people(list: &str, cursor: &str) -> Result<UserId, ApiError> {
    decode(list, cursor).map(|(_, id)| UserId::stored(id)).ok_or_else(foreign)
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
    fn a_cursor_leads_back_to_its_place() {
        for place in [position(0, 1), position(30_500_000, i64::MAX)] {
            assert_eq!(to_tweets("feed", &of_tweets("feed", place)).unwrap(), place);
        }
        let anna = UserId::stored(7);
        assert_eq!(to_people("users", &of_people("users", anna)).unwrap(), anna);
    }

    #[test]
    fn a_cursor_of_another_list_or_a_garbled_one_is_refused() {
        let cursor = of_tweets("tweets popular", position(3, 9));
        let refused = |cursor| to_tweets("tweets popular", cursor).unwrap_err().to_string();
        assert_eq!(refused(&of_tweets("tweets recent", position(3, 9))), "cursor: not a cursor of this list");
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
        for (likes, id) in [(0, 0), (0, -1), (u64::MAX, 1)] {
            assert_eq!(decode("feed", &encode("feed", likes, id)), None);
        }
    }
}
