//! The file by which the folder says to which store its images belong.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::PathBuf;

use tweetty_domain::{Claim, StoreId};

use crate::shelf::{Shelf, sync_folder};

const MARK: &str = "store-id";
/// The second line of a folder whose images are lost; see [`Claim::images_lost`].
const LOST: &str = "images lost";

impl Shelf {
    fn mark(&self) -> PathBuf {
        self.root().join(MARK)
    }

    /// Whether the folder says whose it is: else it may be an empty place where a volume is not mounted.
    pub(crate) fn is_marked(&self) -> bool {
        self.mark().is_file()
    }

    /// To which store the images belong.
    pub(crate) fn claimed_by(&self) -> io::Result<Option<Claim>> {
        let text = match fs::read_to_string(self.mark()) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            read => read?,
        };
        let mut lines = text.lines();
        let store = lines.next().and_then(StoreId::parse).ok_or_else(|| {
            let problem = format!(
                "{} holds no store id; restore it from a backup of the folder",
                self.mark().display()
            );
            io::Error::new(ErrorKind::InvalidData, problem)
        })?;
        Ok(Some(Claim { store, images_lost: lines.next() == Some(LOST) }))
    }

    /// Writes durably to which store the images belong.
    pub(crate) fn claim(&self, claim: Claim) -> io::Result<()> {
        let mut file = self.make_incoming().and_then(|()| self.temporary())?;
        writeln!(file, "{}", claim.store)?;
        if claim.images_lost {
            writeln!(file, "{LOST}")?;
        }
        file.as_file().sync_all()?;
        file.persist(self.mark()).map_err(|failure| failure.error)?;
        sync_folder(self.root())
    }

    /// Forgets to which store the images belong, before others take their place.
    pub(crate) fn unclaim(&self) -> io::Result<()> {
        match fs::remove_file(self.mark()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => sync_folder(self.root()),
        }
    }
}
