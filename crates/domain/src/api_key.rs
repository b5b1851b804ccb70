//! The secret by which a user is known.

use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{Error, Invalid, Result};

/// Keys shorter than this can be guessed; who hands one out is warned.
pub const SHORT_KEY: usize = 30;

const LONGEST: usize = 256;
/// What a made key begins with, so that a finder knows what it is.
const PREFIX: &str = "tweetty_";
/// The hexadecimal digits of a made key: 256 random bits, then 32 bits of their checksum.
const RANDOM: usize = 64;
const CHECKSUM: usize = 8;

/// A user's key in the clear. It exists only between the request and its hash, or until it is printed once.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes a key that somebody gives: 1 to 256 visible ASCII characters. One that looks as if it had been made here must
    /// have the right checksum, so that a mistyped key is known without a look into the store.
    ///
    /// # Errors
    /// [`Invalid::Key`], [`Invalid::KeyChecksum`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let acceptable =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !acceptable {
            return Err(Invalid::Key);
        }
        match made_digits(text).and_then(|digits| digits.split_at_checked(RANDOM)) {
            Some((random, sum)) if sum.len() == CHECKSUM && sum != checksum(random) => {
                Err(Invalid::KeyChecksum)
            }
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Makes a new key from 256 random bits and their checksum.
    ///
    /// # Errors
    /// [`Error::Internal`] where the system has no randomness.
    pub fn generate() -> Result<Self> {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(Error::internal)?;
        let mut digits = String::with_capacity(RANDOM);
        push_hex(&mut digits, &random);
        Ok(Self(format!("{PREFIX}{digits}{}", checksum(&digits))))
    }

    /// What is stored in the key's place.
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret, to show it to its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the key is so short that it could be guessed.
    pub fn is_short(&self) -> bool {
        self.0.len() < SHORT_KEY
    }

    /// What the key is known by once its text is gone.
    pub fn credential(&self) -> Credential {
        let is_made = |digits: &str| [RANDOM, RANDOM + CHECKSUM].contains(&digits.len());
        Credential { hash: self.hash(), unguessable: made_digits(&self.0).is_some_and(is_made) }
    }
}

/// What follows the prefix of a made key, where it is nothing but digits.
fn made_digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(PREFIX)?;
    digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
}

/// The beginning of the hash of a made key's random part.
fn checksum(random: &str) -> String {
    let mut sum = String::with_capacity(2 * RANDOM);
    push_hex(&mut sum, Sha256::digest(random.as_bytes()).as_slice());
    sum.truncate(CHECKSUM);
    sum
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey(hidden)")
    }
}

/// SHA-256 of a key. Equality takes the same time wherever the first difference lies.
#[derive(Clone, Copy, Eq)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// For adapters: a hash that a store holds.
    pub fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Hash for KeyHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyHash(hidden)")
    }
}

/// What a request shows so that its sender is known: hashed once, and never again the secret itself.
#[derive(Debug, Clone, Copy)]
pub struct Credential {
    hash: KeyHash,
    unguessable: bool,
}

impl Credential {
    /// By which a store knows it.
    pub fn hash(&self) -> KeyHash {
        self.hash
    }

    /// Whether it has the form of a made key: nobody finds another's by guessing. Older ones have no checksum.
    pub fn is_unguessable(&self) -> bool {
        self.unguessable
    }
}

/// By which the log knows a key that was refused: the same for the same key, and nothing of the key or of what a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFingerprint([u8; 4]);

impl KeyFingerprint {
    /// That of whatever came in the place of a key. Beyond the longest key it looks at no more than that there is more.
    pub fn of(text: &[u8]) -> Self {
        let hash = Sha256::digest(text.get(..=LONGEST).unwrap_or(text));
        let digest = Sha256::new().chain_update(b"fingerprint").chain_update(hash).finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        push_hex(&mut text, &self.0);
        formatter.write_str(&text)
    }
}

/// Appends the bytes in lower-case hexadecimal.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_long_prefixed_and_never_the_same() {
        let (one, two) = (ApiKey::generate().unwrap(), ApiKey::generate().unwrap());
        assert!(one.reveal().starts_with("tweetty_"));
        assert_eq!(one.reveal().len(), 8 + 64 + 8);
        assert_ne!(one.reveal(), two.reveal());
        assert!(!one.is_short());
        assert_eq!(ApiKey::parse(one.reveal()).unwrap().hash(), one.hash());
    }

    #[test]
    fn a_made_key_with_a_wrong_character_anywhere_is_known_by_its_checksum() {
        let key = ApiKey::generate().unwrap();
        assert!(key.credential().is_unguessable());
        for place in PREFIX.len()..key.reveal().len() {
            let mut text = key.reveal().to_owned();
            let other = if text.get(place..=place) == Some("0") { "1" } else { "0" };
            text.replace_range(place..=place, other);
            assert_eq!(ApiKey::parse(&text).unwrap_err(), Invalid::KeyChecksum, "{place}");
        }
    }

    #[test]
    fn a_fingerprint_is_the_same_for_the_same_key_and_nothing_of_its_hash() {
        let of = |text: &str| KeyFingerprint::of(text.as_bytes()).to_string();
        assert_eq!((of("sesame"), of("sesame").len()), (of("sesame"), 8));
        assert_ne!(of("sesame"), of("sesamf"));
        let mut hash = String::new();
        push_hex(&mut hash, ApiKey::parse("sesame").unwrap().hash().as_bytes());
        assert!(!hash.contains(&of("sesame")));
        assert_eq!(of(&"x".repeat(300)), of(&"x".repeat(300_000)), "a long one takes no longer");
        assert_ne!(of(&"x".repeat(256)), of(&"x".repeat(257)));
    }

    #[test]
    fn keys_without_a_checksum_are_taken_as_they_are() {
        let older = format!("tweetty_{}", "0a".repeat(32));
        assert!(
            ApiKey::parse(&older).unwrap().credential().is_unguessable(),
            "made before there were checksums"
        );
        for given in ["test", "tweetty_", "tweetty_key-of-ann", &format!("{older}0"), &older.to_uppercase()] {
            assert!(!ApiKey::parse(given).unwrap().credential().is_unguessable(), "{given}");
        }
    }

    #[test]
    fn keys_that_are_empty_long_or_not_visible_ascii_are_refused() {
        for text in ["", "a b", "clé", "tab\t", &"x".repeat(257)] {
            assert_eq!(ApiKey::parse(text).unwrap_err(), Invalid::Key, "{text:?}");
        }
        assert!(ApiKey::parse(&"x".repeat(256)).is_ok());
        assert!(ApiKey::parse("test").unwrap().is_short());
    }

    #[test]
    fn neither_a_key_nor_its_hash_shows_itself_in_debug_output() {
        let key = ApiKey::parse("very-secret").unwrap();
        assert_eq!(format!("{key:?} {:?}", key.hash()), "ApiKey(hidden) KeyHash(hidden)");
    }

    #[test]
    fn the_hash_is_sha_256_of_the_key() {
        let mut text = String::new();
        push_hex(&mut text, ApiKey::parse("test").unwrap().hash().as_bytes());
        assert_eq!(text, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    }
}
