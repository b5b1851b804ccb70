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
    list: PathBuf,
    lines: Peekable<Box<dyn Iterator<Item = io::Result<Line>>>>,
}

impl Earlier {
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let list = folder.join(SUMS);
        let file = File::open(&list).with_context(|| format!("--since {}: no backup", folder.display()))?;
        let lines: Box<dyn Iterator<Item = _>> = Box::new(sums::lines(file));
        Ok(Self { folder: folder.to_owned(), list, lines: lines.peekable() })
    }

    /// Links the image, where the backup has it as it was: what rotted there since, or was cut off, must not be handed
    /// on with a sum of its own. Names are asked for in ascending order.
    pub(super) fn link(&mut self, name: ImageName, to: &Path) -> anyhow::Result<Option<(Sum, u64)>> {
        let Some(promised) = self.sum_of(name).with_context(|| self.list.display().to_string())? else {
            return Ok(None);
        };
        match fs::hard_link(self.folder.join(image_file(name)), to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            linked => linked?,
        }
        if sums::of(to)? == promised {
            return Ok(Some((promised, fs::metadata(to)?.len())));
        }
        fs::remove_file(to)?;
        Ok(None)
    }

    fn sum_of(&mut self, name: ImageName) -> io::Result<Option<Sum>> {
        let is_before = |line: &io::Result<Line>| match line {
            Ok(Line::Image(listed, _)) => *listed < name,
            Ok(Line::Other(..)) => true,
            Err(_) => false,
        };
        while self.lines.next_if(is_before).is_some() {}
        let is_it = |line: &io::Result<Line>| !matches!(line, Ok(Line::Image(listed, _)) if *listed != name);
        Ok(match self.lines.next_if(is_it).transpose()? {
            Some(Line::Image(_, sum)) => Some(sum),
            _ => None,
        })
    }
}
