//! Where images lie in the folder, and how one gets there whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tweetty_domain::{ImageName, StoredFile, Timestamp, crash_point};

/// Bytes without which a disk counts as full: some pictures fit.
const LEAST_FREE: u64 = 1024 * 1024;

/// The places of the media folder: `incoming/` for what is on its way, `00/` to `ff/` for what is kept.
pub(crate) struct Shelf {
    root: PathBuf,
}

impl Shelf {
    /// Makes the folder and its `incoming/` where they are missing.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        let shelf = Self::existing(root);
        shelf.make_incoming()?;
        Ok(shelf)
    }

    /// The folder as it is, be it there or not; makes nothing.
    pub(crate) fn existing(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn make_incoming(&self) -> io::Result<()> {
        make_folder(&self.incoming())
    }

    /// A new file on the file system of the kept ones; gone when it is dropped. The media folder itself is never made
    /// anew, nor is anything in one that does not say whose it is: where a volume is not mounted, images must not land
    /// beside it.
    pub(crate) fn temporary(&self) -> io::Result<NamedTempFile> {
        match NamedTempFile::new_in(self.incoming()) {
            Err(error) if error.kind() == ErrorKind::NotFound && self.is_marked() => {
                self.make_incoming()?;
                NamedTempFile::new_in(self.incoming())
            }
            made => made,
        }
    }

    /// What keeps images from being written, as far as the file system knows: nothing is written to find it out.
    pub(crate) fn look(&self) -> io::Result<()> {
        if !self.root.is_dir() {
            return Err(io::Error::new(ErrorKind::NotFound, "the media folder is gone"));
        }
        let system = statvfs(&self.root)?;
        if system.f_flag.contains(StatVfsMountFlags::RDONLY) {
            return Err(ErrorKind::ReadOnlyFilesystem.into());
        }
        // Some file systems make inodes as they are needed, and report none.
        let no_inodes = system.f_files > 0 && system.f_favail == 0;
        if no_inodes || system.f_bavail.saturating_mul(system.f_frsize) < LEAST_FREE {
            return Err(ErrorKind::StorageFull.into());
        }
        match access(self.incoming(), Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Ok(()),
            // It is made anew when it is needed.
            Err(Errno::NOENT) if self.is_marked() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the finished files of an image durable and visible under their names, or none of them.
    pub(crate) fn place(&self, files: Vec<(NamedTempFile, ImageName)>) -> io::Result<()> {
        let names = files.iter().map(|(_, name)| *name).collect::<Vec<_>>();
        self.place_each(files).inspect_err(|_| {
            for name in names {
                fs::remove_file(self.path(name)).ok();
            }
        })
    }

    fn place_each(&self, files: Vec<(NamedTempFile, ImageName)>) -> io::Result<()> {
        for (file, _) in &files {
            file.as_file().sync_all()?;
        }
        crash_point("the files are durable");
        let folders = files.iter().map(|(_, name)| self.shard(shard_of(*name))).collect::<BTreeSet<_>>();
        for folder in &folders {
            if !folder.is_dir() {
                make_folder(folder)?;
                sync_folder(&self.root)?;
            }
        }
        crash_point("they have a folder");
        for (file, name) in files {
            file.persist(self.path(name)).map_err(|failure| failure.error)?;
            crash_point("the file has its name");
        }
        // Without this a power loss could forget the name of a file whose row is durable.
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }

    /// Makes a copy of that file visible under its name, where its bytes sum up to what they should.
    pub(crate) fn adopt(&self, name: ImageName, from: &Path, sum: [u8; 32]) -> io::Result<bool> {
        let mut arriving = self.temporary()?;
        io::copy(&mut File::open(from)?, arriving.as_file_mut())?;
        arriving.as_file_mut().rewind()?;
        if sum_of(arriving.as_file_mut())? != sum {
            return Ok(false);
        }
        make_folder(&self.shard(shard_of(name)))?;
        arriving.persist(self.path(name)).map_err(|failure| failure.error)?;
        Ok(true)
    }

    /// Makes all that lies here durable, at once.
    pub(crate) fn sync(&self) -> io::Result<()> {
        let root = File::open(&self.root)?;
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&root)?;
        root.sync_all()
    }

    /// The file of that name, to read it, and its size.
    pub(crate) fn read(&self, name: ImageName) -> io::Result<Option<(File, u64)>> {
        match File::open(self.path(name)) {
            Ok(file) => {
                let bytes = file.metadata()?.len();
                Ok(Some((file, bytes)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a file of that name.
    pub(crate) fn contains(&self, name: ImageName) -> io::Result<bool> {
        self.path(name).try_exists()
    }

    /// Keeps everybody from removing images as long as the answer lives, and waits for a removal under way. The system
    /// ends it with the process.
    pub(crate) fn hold(&self) -> io::Result<Option<File>> {
        if !self.root.is_dir() {
            return Ok(None);
        }
        let file = self.removals()?;
        file.lock()?;
        Ok(Some(file))
    }

    fn removals(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.root.join("removals.lock"))
    }

    /// Removes all that can be removed; answers the first failure. While the images are held none can be.
    pub(crate) fn remove(&self, names: &[ImageName]) -> io::Result<()> {
        self.take_away(names, |path, _| {
            fs::remove_file(path)?;
            crash_point("one of the files is removed");
            Ok(())
        })
    }

    /// Takes images away by whatever `taking` does to one; those that are not there count as taken.
    pub(crate) fn take_away(
        &self,
        names: &[ImageName],
        taking: impl Fn(&Path, ImageName) -> io::Result<()>,
    ) -> io::Result<()> {
        let leave = self.removals()?;
        match leave.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(ErrorKind::ResourceBusy, "a backup is reading the images"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut outcome = Ok(());
        for name in names {
            match taking(&self.path(*name), *name) {
                Err(error) if error.kind() != ErrorKind::NotFound && outcome.is_ok() => outcome = Err(error),
                _ => (),
            }
        }
        outcome
    }

    /// Whether there is no kept file at all.
    pub(crate) fn is_empty(&self) -> io::Result<bool> {
        for shard in 0..=u8::MAX {
            if self.read_names(shard)?.next().transpose()?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The kept files behind `after` in the order of their names. One shard at a time is read and sorted.
    pub(crate) fn list(&self, after: Option<ImageName>, limit: usize) -> io::Result<Vec<StoredFile>> {
        let mut files = Vec::new();
        for shard in after.map_or(0, shard_of)..=u8::MAX {
            let mut names = self.read_names(shard)?.collect::<io::Result<Vec<_>>>()?;
            names.retain(|name| after.is_none_or(|after| *name > after));
            names.sort_unstable();
            for name in names {
                if files.len() == limit {
                    return Ok(files);
                }
                match fs::metadata(self.path(name)) {
                    Ok(metadata) if metadata.is_file() => {
                        files.push(StoredFile { name, written_at: Timestamp::from(metadata.modified()?) });
                    }
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    // No image, or removed meanwhile.
                    _ => (),
                }
            }
        }
        Ok(files)
    }

    /// Removes what lies in `incoming/` since before that moment: left there by a crash.
    pub(crate) fn clear_incoming(&self, before: Timestamp) -> io::Result<()> {
        for entry in fs::read_dir(self.incoming())? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_file() && Timestamp::from(metadata.modified()?) < before {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn read_names(&self, shard: u8) -> io::Result<impl Iterator<Item = io::Result<ImageName>>> {
        let entries = match fs::read_dir(self.shard(shard)) {
            Ok(entries) => Some(entries),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(error) => return Err(error),
        };
        let named = move |entry: io::Result<fs::DirEntry>| match entry {
            Ok(entry) => {
                let name = entry.file_name().to_str().and_then(ImageName::parse);
                name.filter(|name| shard_of(*name) == shard).map(Ok)
            }
            Err(error) => Some(Err(error)),
        };
        Ok(entries.into_iter().flatten().filter_map(named))
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn shard(&self, shard: u8) -> PathBuf {
        self.root.join(format!("{shard:02x}"))
    }

    fn path(&self, name: ImageName) -> PathBuf {
        self.shard(shard_of(name)).join(name.to_string())
    }
}

/// The first two hexadecimal digits of a name.
fn shard_of(name: ImageName) -> u8 {
    let text = name.to_string();
    text.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// SHA-256 of what is left to read of a file.
fn sum_of(file: &mut File) -> io::Result<[u8; 32]> {
    let (mut digest, mut piece) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(digest.finalize().into());
        }
        digest.update(&piece[..read]);
    }
}

pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
