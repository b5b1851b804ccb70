//! Where files without a row go: `trash/2026-11-29/ab….png`, a folder a day. A file that is missed can be moved back by hand.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use chrono::NaiveDate;
use tweetty_domain::{ImageName, Timestamp, crash_point};

use crate::shelf::{Shelf, make_folder};

impl Shelf {
    fn trash(&self) -> PathBuf {
        self.root().join("trash")
    }

    /// Moves all that can be moved; answers the first failure. While the images are held none can be.
    pub(crate) fn discard(&self, names: &[ImageName], at: Timestamp) -> io::Result<()> {
        let day = self.trash().join(at.date_naive().to_string());
        make_folder(&day)?;
        self.take_away(names, |path, name| {
            fs::rename(path, day.join(name.to_string()))?;
            crash_point("one of the files is in the trash");
            Ok(())
        })
    }

    /// Erases the days before that one; answers how many files there were.
    pub(crate) fn empty_trash(&self, before: Timestamp) -> io::Result<u64> {
        let days = match fs::read_dir(self.trash()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            days => days?,
        };
        let mut erased = 0;
        for day in days {
            let day = day?;
            let date = day.file_name().to_str().and_then(|name| name.parse::<NaiveDate>().ok());
            if date.is_some_and(|date| date < before.date_naive()) {
                erased += fs::read_dir(day.path())?.count() as u64;
                fs::remove_dir_all(day.path())?;
            }
        }
        Ok(erased)
    }
}
