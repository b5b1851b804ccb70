//! The scans of a JPEG: what they cost, and whether all of them have come.

use tweetty_domain::Invalid;

use super::jpeg::Frame;
use super::walk::Walk;

/// What every scan costs at least, in pixels: its tables are built however small the picture is.
const OVERHEAD: u64 = 1_000_000;

/// What was seen of the scans so far.
#[derive(Default)]
pub(super) struct Scans {
    pub(super) count: u32,
    /// The fewest components of a scan; 0 before the first.
    pub(super) smallest: usize,
    /// The components of the last one, by name.
    last: Vec<u8>,
    /// A bit for each coefficient of a component that came with all its digits.
    come: Vec<(u8, u64)>,
    /// So many units lie between two marks in the scans to come; 0 where there are no marks.
    interval: u64,
    /// The same for the last scan.
    last_interval: u64,
    /// The marks in the last scan.
    marks: u64,
}

impl Scans {
    /// Takes the header of a scan.
    pub(super) fn begin(&mut self, segment: &[u8]) -> Result<(), Invalid> {
        let mut walk = Walk::within(segment);
        let mut names = vec![0; walk.byte()?.into()];
        for name in &mut names {
            [*name, _] = walk.array()?;
        }
        let [first, last, digits] = walk.array()?;
        // The lower four bits say how many digits are still to come.
        let is_complete = digits.trailing_zeros() >= 4 && first <= last && last < 64;
        let band = if is_complete { u64::MAX >> (63 - (last - first)) << first } else { 0 };
        for name in &names {
            match self.come.iter_mut().find(|(known, _)| known == name) {
                Some((_, come)) => *come |= band,
                None => self.come.push((*name, band)),
            }
        }
        self.smallest = if self.count == 0 { names.len() } else { self.smallest.min(names.len()) };
        self.count += 1;
        self.marks = 0;
        self.last_interval = self.interval;
        self.last = names;
        Ok(())
    }

    /// Takes the segment that says how many units lie between two marks.
    pub(super) fn divide(&mut self, segment: &[u8]) -> Result<(), Invalid> {
        self.interval = u16::from_be_bytes(Walk::within(segment).array()?).into();
        Ok(())
    }

    /// Takes a mark that divides a scan.
    pub(super) fn mark(&mut self) {
        self.marks += 1;
    }

    /// The pixels that decoding passes over.
    pub(super) fn work(&self, pixels: u64) -> u64 {
        pixels.max(OVERHEAD) * u64::from(self.count)
    }

    /// Whether there may be nothing behind the last scan: every coefficient of every component has come, and so have the
    /// marks. Whether the last bits have come is for a decoder to say.
    pub(super) fn are_all_there(&self, frame: &Frame) -> bool {
        let has_come = |name| self.come.iter().any(|(known, come)| *known == name && *come == u64::MAX);
        frame.names().all(has_come) && !self.lacks_marks(frame)
    }

    /// Whether the last scan has fewer marks than its units need: a piece of it is lost, and decoders leave all that
    /// follows grey.
    pub(super) fn lacks_marks(&self, frame: &Frame) -> bool {
        let needed = frame.units(&self.last).saturating_sub(1).checked_div(self.last_interval);
        needed.is_some_and(|needed| self.marks < needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three components, the first twice as fine both ways, in 100 by 50 pixels.
    fn frame() -> Frame {
        Frame::read(&[8, 0, 50, 0, 100, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0], 0xC2).unwrap()
    }

    fn scans(headers: &[&[u8]]) -> Scans {
        let mut scans = Scans::default();
        for header in headers {
            scans.begin(header).unwrap();
        }
        scans
    }

    const LIGHT: [u8; 6] = [1, 1, 0, 0, 63, 0];

    #[test]
    fn all_scans_are_there_when_every_coefficient_of_every_component_has_its_last_digit() {
        let colors: [&[u8]; 2] = [&[1, 2, 0, 0, 63, 0], &[1, 3, 0, 0, 63, 0]];
        assert!(scans(&[&LIGHT, colors[0], colors[1]]).are_all_there(&frame()));
        assert!(!scans(&[&LIGHT, colors[0]]).are_all_there(&frame()));
        let coarse: [&[u8]; 3] = [&[1, 1, 0, 0, 0, 0], &[1, 1, 0, 1, 62, 0x01], &[1, 1, 0, 63, 63, 0]];
        let mut progressive = scans(&[colors[0], colors[1], coarse[0], coarse[1], coarse[2]]);
        assert!(!progressive.are_all_there(&frame()), "a digit is to come");
        progressive.begin(&[1, 1, 0, 1, 62, 0x10]).unwrap();
        assert!(progressive.are_all_there(&frame()));
        assert_eq!((progressive.count, progressive.smallest, progressive.work(5)), (6, 1, 6_000_000));
    }

    #[test]
    fn a_scan_lacks_something_as_long_as_it_lacks_marks() {
        // 7 by 4 units of 16 by 16 pixels together, 13 by 7 of 8 by 8 for the light alone.
        for (header, interval, marks) in [
            (&[3, 1, 0, 2, 0, 3, 0, 0, 63, 0][..], 7, 3),
            (&[3, 1, 0, 2, 0, 3, 0, 0, 63, 0], 28, 0),
            (&[3, 1, 0, 2, 0, 3, 0, 0, 63, 0], 27, 1),
            (&LIGHT, 45, 2),
            (&LIGHT, 91, 0),
        ] {
            let mut scans = scans(&[&[2, 2, 0, 3, 0, 0, 63, 0]]);
            scans.divide(&[0, interval]).unwrap();
            scans.mark();
            scans.begin(header).unwrap();
            for _ in 0..marks {
                assert!(!scans.are_all_there(&frame()), "{header:?} {interval}");
                scans.mark();
            }
            assert!(scans.are_all_there(&frame()), "{header:?} {interval}");
        }
    }

    #[test]
    fn coefficients_that_do_not_exist_bring_nothing_and_half_a_header_is_broken() {
        for header in [[1, 1, 0, 0, 64, 0], [1, 1, 0, 9, 8, 0]] {
            assert_eq!(scans(&[&header]).come, [(1, 0)]);
        }
        for header in [&[1, 1, 0, 0][..], &[2, 1, 0, 0, 63, 0]] {
            assert_eq!(Scans::default().begin(header), Err(Invalid::UndecodableImage), "{header:?}");
        }
    }
}
