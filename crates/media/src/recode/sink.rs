//! Where encoders write to.

use std::io::{self, ErrorKind, Write};
use std::time::Instant;

use tweetty_domain::{Error, Invalid, Result};

use crate::failure;

/// Counts what an encoder writes, and stops it beyond so many bytes, behind a moment, or where the disk fails.
///
/// It remembers why, since some encoders turn a failure to write into a text.
pub(crate) struct Sink<W> {
    inner: W,
    written: u64,
    limit: u64,
    deadline: Option<Instant>,
    stopped: Option<Error>,
}

impl<W: Write> Sink<W> {
    pub(crate) fn new(inner: W, limit: u64, deadline: Option<Instant>) -> Self {
        Self { inner, written: 0, limit, deadline, stopped: None }
    }

    /// Hands everything on and answers how many bytes it was. Fails if anything was stopped, also where an encoder
    /// swallowed that failure, as some do with the last bytes.
    pub(crate) fn finish(mut self) -> Result<u64> {
        if let Some(reason) = self.stopped {
            return Err(reason);
        }
        self.inner.flush().map_err(failure::storage)?;
        Ok(self.written)
    }

    /// Why the encoder was stopped, where it was.
    pub(crate) fn stopped(self) -> Option<Error> {
        self.stopped
    }

    fn stop(&mut self, reason: Error) -> io::Error {
        self.stopped = Some(reason);
        ErrorKind::Other.into()
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_late = self.deadline.is_some_and(|deadline| Instant::now() > deadline);
        if is_late || self.written + bytes.len() as u64 > self.limit {
            return Err(self.stop(Invalid::TooCostlyImage.into()));
        }
        match self.inner.write(bytes) {
            Ok(written) => {
                self.written += written as u64;
                Ok(written)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => Err(self.stop(failure::storage(error))),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct FullDisk;

    impl Write for FullDisk {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_sink_counts_and_stops_at_its_limit() {
        let mut sink = Sink::new(Vec::new(), 4, None);
        sink.write_all(b"abc").unwrap();
        sink.write_all(b"d").unwrap();
        assert_eq!(sink.finish().unwrap(), 4);
        let mut sink = Sink::new(Vec::new(), 4, None);
        assert!(sink.write_all(b"abcde").is_err());
        assert!(matches!(sink.stopped(), Some(Error::Invalid(Invalid::TooCostlyImage))));
    }

    #[test]
    fn a_failure_that_an_encoder_swallowed_comes_out_at_the_end() {
        let mut sink = Sink::new(Vec::new(), 4, None);
        sink.write_all(b"abcde").ok();
        assert!(matches!(sink.finish(), Err(Error::Invalid(Invalid::TooCostlyImage))));
    }

    #[test]
    fn a_sink_takes_nothing_when_its_time_is_up() {
        let mut sink = Sink::new(Vec::new(), 4, Some(Instant::now()));
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(sink.write_all(b"a").is_err());
        assert!(matches!(sink.stopped(), Some(Error::Invalid(Invalid::TooCostlyImage))));
    }

    #[test]
    fn a_full_disk_is_remembered_whatever_the_encoder_makes_of_it() {
        let mut sink = Sink::new(FullDisk, 4, None);
        let told = image::DynamicImage::new_rgb8(1, 1)
            .write_with_encoder(image::codecs::png::PngEncoder::new(&mut sink));
        assert!(told.is_err());
        assert!(matches!(sink.stopped(), Some(Error::Unavailable(_))));
    }
}
