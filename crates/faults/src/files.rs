//! A small file system of its own that can be filled. Needs root.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tweetty_trial::Result;

/// A tmpfs of a given size; unmounted with this value.
pub(crate) struct Small {
    folder: PathBuf,
    fillers: Vec<PathBuf>,
}

impl Small {
    /// Mounts it there; `size` is what mount knows: `size=4m`, `nr_inodes=200`.
    pub(crate) fn mount(folder: &Path, size: &str) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", size, "tmpfs"]).arg(folder).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("a tmpfs can't be mounted, which needs root: {}", said.trim()).into());
        }
        Ok(Self { folder: folder.to_owned(), fillers: vec![] })
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&mut self) -> Result<()> {
        let filler = self.folder.join("filler");
        let mut file = File::create(&filler)?;
        self.fillers.push(filler);
        let (mut piece, zeros) = (64 * 1024, vec![0; 64 * 1024]);
        while piece > 0 {
            if file.write_all(&zeros[..piece]).is_err() {
                piece /= 2;
            }
        }
        Ok(())
    }

    /// Takes all the inodes that are left.
    pub(crate) fn fill_inodes(&mut self) {
        for number in self.fillers.len().. {
            let filler = self.folder.join(format!("filler-{number}"));
            if File::create(&filler).is_err() {
                return;
            }
            self.fillers.push(filler);
        }
    }

    /// Gives back what was taken.
    pub(crate) fn empty(&mut self) -> Result<()> {
        for filler in self.fillers.drain(..) {
            std::fs::remove_file(filler)?;
        }
        Ok(())
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: a server that failed may still have files open there.
        Command::new("umount").arg("-l").arg(&self.folder).status().ok();
    }
}
