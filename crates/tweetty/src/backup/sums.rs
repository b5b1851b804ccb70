//! The list of sums, in the form of `sha256sum`.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tweetty_domain::ImageName;

use super::MEDIA;

pub(crate) type Sum = [u8; 32];

/// The list while it is written.
pub(super) struct Writing(Summing<BufWriter<File>>);

impl Writing {
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        Ok(Self(Summing { to: BufWriter::new(File::create_new(path)?), digest: Sha256::new() }))
    }

    pub(super) fn add(&mut self, sum: &Sum, file: &str) -> io::Result<()> {
        writeln!(self.0, "{}  {file}", hex(sum))
    }

    /// Ends the list; answers its own sum.
    pub(super) fn finish(mut self) -> io::Result<Sum> {
        self.0.flush()?;
        Ok(self.0.digest.finalize().into())
    }
}

/// What is written, summed up on its way.
pub(super) struct Summing<W> {
    to: W,
    digest: Sha256,
}

impl<W: Write> Summing<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, digest: Sha256::new() }
    }

    pub(super) fn sum(self) -> Sum {
        self.digest.finalize().into()
    }
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The sum of a file.
pub(super) fn of(path: &Path) -> io::Result<Sum> {
    let mut summing = Summing::new(io::sink());
    io::copy(&mut File::open(path)?, &mut summing)?;
    Ok(summing.sum())
}

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Image(ImageName, Sum),
    /// A file beside the images.
    Other(String, Sum),
}

/// The lines of a list; a path that no backup has is refused, so that nothing outside is ever read.
pub(super) fn lines(list: impl Read) -> impl Iterator<Item = io::Result<Line>> {
    BufReader::new(list).lines().map(|line| {
        let line = line?;
        parsed(&line).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{line:?} is no sum of a backup's file"))
        })
    })
}

fn parsed(line: &str) -> Option<Line> {
    let (digits, file) = line.split_once("  ")?;
    let mut sum = Sum::default();
    if digits.len() != 2 * sum.len() || !digits.is_ascii() {
        return None;
    }
    for (place, byte) in sum.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).ok()?;
    }
    match file.strip_prefix(MEDIA).and_then(|rest| rest.strip_prefix('/')) {
        Some(rest) => {
            let name = ImageName::parse(rest.rsplit('/').next()?)?;
            (file == image_file(name)).then_some(Line::Image(name, sum))
        }
        None => (!file.contains(['/', '\\'])).then(|| Line::Other(file.to_owned(), sum)),
    }
}

/// Where an image lies in a backup.
pub(super) fn image_file(name: ImageName) -> String {
    let name = name.to_string();
    format!("{MEDIA}/{}/{name}", &name[..2])
}

/// In lower-case hexadecimal.
pub(crate) fn hex(sum: &Sum) -> String {
    use std::fmt::Write as _;

    sum.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string can't fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("SUMS");
        let name = ImageName::parse("0123456789abcdef0123456789abcdef.png").unwrap();
        let mut writing = Writing::begin(&path).unwrap();
        writing.add(&[7; 32], &image_file(name)).unwrap();
        writing.add(&[255; 32], "database.dump").unwrap();
        assert_eq!(writing.finish().unwrap(), of(&path).unwrap());
        let read = lines(File::open(&path).unwrap()).map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(read, [Line::Image(name, [7; 32]), Line::Other("database.dump".to_owned(), [255; 32])]);
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        let sum = "00".repeat(32);
        for file in [
            "media/../../etc/passwd",
            "media/ff/0123456789abcdef0123456789abcdef.png",
            "/etc/passwd",
            "../database.dump",
            "media/01/x.png",
        ] {
            assert!(parsed(&format!("{sum}  {file}")).is_none(), "{file}");
        }
        for line in
            ["", "00  database.dump", &format!("{sum} database.dump"), &format!("{}  x", "é".repeat(32))]
        {
            assert!(parsed(line).is_none(), "{line}");
        }
    }
}
