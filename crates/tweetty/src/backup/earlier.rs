//! The backup before, whose images need not be copied again.

use std::fs::{self, File};
use std::io;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tweetty_domain::ImageName;

use super::SUMS;
use super::sums::{self, Line, Sum, image_file};

/// Its folder, and its list of sums as far as it has been read: it is in the order in which images are asked for.
pub(super) struct Earlier {
    folder: PathBuf,
    lines: Peekable<Box<dyn Iterator<Item = Line>>>,
}

impl Earlier {
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let file = File::open(folder.join(SUMS));
        let file = file.with_context(|| format!("--since {}: no backup", folder.display()))?;
        // A line that has rotted ends the list: the images behind it are copied.
        let lines: Box<dyn Iterator<Item = _>> = Box::new(sums::lines(file).map_while(Result::ok));
        Ok(Self { folder: folder.to_owned(), lines: lines.peekable() })
    }

    /// Links the image, where the backup has it as it was: what rotted there since, or was cut off, must not be handed
    /// on with a sum of its own. Names are asked for in ascending order.
    pub(super) fn link(&mut self, name: ImageName, to: &Path) -> io::Result<Option<(Sum, u64)>> {
        let Some(promised) = self.sum_of(name) else { return Ok(None) };
        match fs::hard_link(self.folder.join(image_file(name)), to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            linked => linked?,
        }
        // A disk may also say that it can't read it.
        if sums::of(to).is_ok_and(|sum| sum == promised) {
            return Ok(Some((promised, fs::metadata(to)?.len())));
        }
        fs::remove_file(to)?;
        Ok(None)
    }

    fn sum_of(&mut self, name: ImageName) -> Option<Sum> {
        let is_before = |line: &Line| !matches!(line, Line::Image(listed, _) if *listed >= name);
        while self.lines.next_if(is_before).is_some() {}
        match self.lines.next_if(|line| matches!(line, Line::Image(listed, _) if *listed == name)) {
            Some(Line::Image(_, sum)) => Some(sum),
            _ => None,
        }
    }
}
