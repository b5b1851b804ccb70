//! Where encoders write to.

use std::io::{self, ErrorKind, Write};

use tweetty_domain::{Error, Invalid, Result};

use super::Allowance;
use crate::failure;

/// Counts what an encoder writes, and stops it beyond so many bytes, when its allowance is used up, or where the disk fails.
///
/// It remembers why, since some encoders turn a failure to write into a text.
pub(crate) struct Sink<'a, W> {
    inner: W,
    written: u64,
    limit: u64,
    allowance: &'a Allowance,
    stopped: Option<Error>,
}

impl<'a, W: Write> Sink<'a, W> {
    pub(crate) fn new(inner: W, limit: u64, allowance: &'a Allowance) -> Self {
        Self { inner, written: 0, limit, allowance, stopped: None }
    }

    /// How many bytes there are so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Hands everything on and answers how many bytes it was. Fails if anything was stopped, also where an encoder
    /// swallowed that failure, as some do with the last bytes.
    pub(crate) fn finish(mut self) -> Result<u64> {
        if let Some(reason) = self.reason() {
            return Err(reason);
        }
        self.inner.flush().map_err(failure::storage)?;
        Ok(self.written)
    }

    /// Why the encoder was stopped, or its decoder, where one was.
    pub(crate) fn stopped(mut self) -> Option<Error> {
        self.reason()
    }

    fn reason(&mut self) -> Option<Error> {
        self.stopped.take().or_else(|| self.allowance.exceeded())
    }

    fn stop(&mut self, reason: Error) -> io::Error {
        self.stopped = Some(reason);
        ErrorKind::Other.into()
    }
}

impl<W: Write> Write for Sink<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.allowance.check()?;
        if self.written + bytes.len() as u64 > self.limit {
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

/// What is written, unless it is more than so many bytes.
pub(super) fn bounded(
    most: u64,
    allowance: &Allowance,
    encode: impl FnOnce(&mut Sink<'_, &mut Vec<u8>>) -> Result<()>,
) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut sink = Sink::new(&mut bytes, most, allowance);
    let encoded = encode(&mut sink);
    match sink.stopped() {
        None => encoded.map(|()| Some(bytes)),
        Some(Error::Invalid(Invalid::TooCostlyImage)) => Ok(None),
        Some(reason) => Err(reason),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn enough() -> Allowance {
        Allowance::begin(Duration::from_mins(1), None)
    }

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
        let enough = enough();
        let mut sink = Sink::new(Vec::new(), 4, &enough);
        sink.write_all(b"abc").unwrap();
        sink.write_all(b"d").unwrap();
        assert_eq!(sink.finish().unwrap(), 4);
        let mut sink = Sink::new(Vec::new(), 4, &enough);
        assert!(sink.write_all(b"abcde").is_err());
        assert!(matches!(sink.stopped(), Some(Error::Invalid(Invalid::TooCostlyImage))));
    }

    #[test]
    fn a_failure_that_an_encoder_swallowed_comes_out_at_the_end() {
        let enough = enough();
        let mut sink = Sink::new(Vec::new(), 4, &enough);
        sink.write_all(b"abcde").ok();
        assert!(matches!(sink.finish(), Err(Error::Invalid(Invalid::TooCostlyImage))));
    }

    #[test]
    fn a_sink_takes_nothing_when_its_time_is_up() {
        let nothing = Allowance::begin(Duration::ZERO, None);
        let mut sink = Sink::new(Vec::new(), 4, &nothing);
        assert!(sink.write_all(b"a").is_err());
        assert!(matches!(sink.finish(), Err(Error::Invalid(Invalid::TooSlowImage { .. }))));
    }

    #[test]
    fn a_full_disk_is_remembered_whatever_the_encoder_makes_of_it() {
        let enough = enough();
        let mut sink = Sink::new(FullDisk, 4, &enough);
        let written = image::DynamicImage::new_rgb8(1, 1)
            .write_with_encoder(image::codecs::png::PngEncoder::new(&mut sink));
        assert!(written.is_err());
        assert!(matches!(sink.stopped(), Some(Error::Unavailable(_))));
    }
}
