//! The file as decoders read it: it ends when the image has taken all that it may.

use std::io::{BufRead, Cursor, Read, Result, Seek, SeekFrom};

use super::Allowance;

/// Some decoders read a pixel at a time; so many of their calls share a look at the clock.
const CALLS: u32 = 64;

/// Reads from memory, and fails when the allowance is used up.
pub(super) struct Timed<'a> {
    bytes: Cursor<&'a [u8]>,
    allowance: &'a Allowance,
    calls: u32,
}

impl<'a> Timed<'a> {
    pub(super) fn new(bytes: &'a [u8], allowance: &'a Allowance) -> Self {
        Self { bytes: Cursor::new(bytes), allowance, calls: 0 }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        usize::try_from(self.bytes.position()).unwrap_or(usize::MAX)
    }

    fn check(&mut self) -> Result<()> {
        self.calls = self.calls.wrapping_add(1);
        if self.calls.is_multiple_of(CALLS) { self.allowance.check() } else { Ok(()) }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, piece: &mut [u8]) -> Result<usize> {
        self.check()?;
        self.bytes.read(piece)
    }
}

impl BufRead for Timed<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.check()?;
        self.bytes.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
    }
}

impl Seek for Timed<'_> {
    fn seek(&mut self, place: SeekFrom) -> Result<u64> {
        self.bytes.seek(place)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn nothing_is_read_for_long_when_the_time_is_up() {
        let bytes = vec![7; 10_000];
        let enough = Allowance::begin(Duration::from_mins(1), None);
        let in_time = Timed::new(&bytes, &enough).bytes().collect::<Result<Vec<_>>>();
        assert_eq!(in_time.unwrap(), bytes);
        let nothing = Allowance::begin(Duration::ZERO, None);
        let mut late = Timed::new(&bytes, &nothing);
        let read = late.by_ref().bytes().take_while(Result::is_ok).count();
        assert!(read < CALLS as usize, "{read}");
        assert_eq!(late.bytes.position(), read as u64);
    }
}
