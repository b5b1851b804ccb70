//! Requests that may be repeated without being done twice.

use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::{Invalid, Timestamp};

/// How long an idempotency key is remembered.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::hours(24);

/// A client's name for one request: 1 to 128 visible ASCII characters, unique per user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes what a client named the request.
    ///
    /// # Errors
    /// [`Invalid::IdempotencyKey`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let acceptable = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if acceptable { Ok(Self(text.to_owned())) } else { Err(Invalid::IdempotencyKey) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of what a request asks for, which distinguishes a repetition from another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of an operation and the parts of its body, each counted so that they can't run into one another.
    pub(crate) fn of<'a>(operation: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        for part in std::iter::once(operation.as_bytes()).chain(parts) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// For adapters: a fingerprint that a store holds.
    pub fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Guards a write against being done twice; a store keeps it in the transaction of that write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The client's key.
    pub key: IdempotencyKey,
    /// What the request asks for.
    pub fingerprint: Fingerprint,
    /// When it came.
    pub at: Timestamp,
}

impl Guard {
    /// Guards of this moment or older are forgotten: their key may be used anew.
    pub fn horizon(&self) -> Timestamp {
        self.at - REMEMBERED
    }
}

/// The outcome of a guarded write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once<T> {
    /// It was done now.
    Done(T),
    /// It had been done before, with this outcome; nothing was done now.
    Before(T),
}

impl<T> Once<T> {
    /// The outcome, whenever it came about.
    pub fn outcome(self) -> T {
        match self {
            Self::Done(outcome) | Self::Before(outcome) => outcome,
        }
    }
}
