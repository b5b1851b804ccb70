//! What an encoder writes, in memory: until it is known whether it is to be kept.

use std::cell::Cell;
use std::io::{self, ErrorKind, Write};

use super::Allowance;

/// Some encoders write a few bytes at a time; so many of them share a look at the clock.
const BETWEEN_LOOKS: usize = 1024;

/// Takes so many bytes and no more, which may change, and fails when the allowance is used up.
pub(super) struct Buffer<'a> {
    bytes: Vec<u8>,
    most: &'a Cell<usize>,
    allowance: &'a Allowance,
}

impl<'a> Buffer<'a> {
    pub(super) fn new(most: &'a Cell<usize>, allowance: &'a Allowance) -> Self {
        Self { bytes: Vec::new(), most, allowance }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Buffer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (before, after) = (self.bytes.len(), self.bytes.len() + bytes.len());
        if before == 0 || before / BETWEEN_LOOKS < after / BETWEEN_LOOKS {
            self.allowance.check()?;
        }
        if after > self.most.get() {
            return Err(ErrorKind::StorageFull.into());
        }
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_buffer_takes_no_byte_beyond_its_size_and_none_when_the_time_is_up() {
        let enough = Allowance::begin(Duration::from_mins(1), None);
        let most = Cell::new(4);
        let mut buffer = Buffer::new(&most, &enough);
        buffer.write_all(b"abcd").unwrap();
        assert!(buffer.write_all(b"e").is_err());
        assert_eq!(buffer.into_bytes(), b"abcd");
        let nothing = Allowance::begin(Duration::ZERO, None);
        assert!(Buffer::new(&most, &nothing).write_all(b"a").is_err());
    }
}
