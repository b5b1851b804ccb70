//! What an encoder writes, in memory: until it is known whether it is to be kept.

use std::io::{self, ErrorKind, Write};

use super::Allowance;

/// Takes so many bytes and no more, and fails when the allowance is used up.
pub(super) struct Buffer<'a> {
    bytes: Vec<u8>,
    most: usize,
    allowance: &'a Allowance,
}

impl<'a> Buffer<'a> {
    pub(super) fn new(most: usize, allowance: &'a Allowance) -> Self {
        Self { bytes: Vec::new(), most, allowance }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Buffer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.allowance.check()?;
        if bytes.len() > self.most - self.bytes.len() {
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
        let mut buffer = Buffer::new(4, &enough);
        buffer.write_all(b"abcd").unwrap();
        assert!(buffer.write_all(b"e").is_err());
        assert_eq!(buffer.into_bytes(), b"abcd");
        let nothing = Allowance::begin(Duration::ZERO, None);
        assert!(Buffer::new(4, &nothing).write_all(b"a").is_err());
    }
}
