//! Walks over the bytes of a file.

use tweetty_domain::Invalid;

/// A place in a file, or in a piece of it.
pub(super) struct Walk<'a> {
    rest: &'a [u8],
    length: usize,
    /// What is wrong where more is wanted than there is.
    lack: Invalid,
}

impl<'a> Walk<'a> {
    /// Over a whole file: a read beyond its end says that the file was cut off.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: bytes.len(), lack: Invalid::CutOffImage }
    }

    /// Over a piece of known length: a read beyond its end says that the file is broken.
    pub(super) fn within(piece: &'a [u8]) -> Self {
        Self { rest: piece, length: piece.len(), lack: Invalid::UndecodableImage }
    }

    /// How many bytes lie behind.
    pub(super) fn position(&self) -> usize {
        self.length - self.rest.len()
    }

    /// What lies ahead.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Invalid> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.lack.clone())?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Invalid> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.lack.clone())?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Invalid> {
        self.array().map(|[byte]| byte)
    }

    /// Goes behind the next byte of that value.
    pub(super) fn find(&mut self, byte: u8) -> Result<(), Invalid> {
        let found = self.rest.iter().position(|candidate| *candidate == byte);
        self.take(found.ok_or_else(|| self.lack.clone())? + 1).map(drop)
    }
}
