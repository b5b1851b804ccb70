//! A zip archive that is written piece by piece.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The archive; it has its name only when it is whole. Dropped before that, it is removed.
pub(super) struct Archive {
    zip: Option<ZipWriter<BufWriter<File>>>,
    partial: PathBuf,
    to: PathBuf,
}

impl Archive {
    pub(super) fn begin(to: &Path) -> io::Result<Self> {
        let mut partial = to.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let zip = ZipWriter::new(BufWriter::new(private(&partial)?));
        Ok(Self { zip: Some(zip), partial, to: to.to_owned() })
    }

    /// A file of text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.start(name, CompressionMethod::Deflated)?;
        self.write_all(text.as_bytes())
    }

    /// A file with one JSON document.
    pub(super) fn document(&mut self, name: &str, document: &impl Serialize) -> io::Result<()> {
        self.start(name, CompressionMethod::Deflated)?;
        serde_json::to_writer_pretty(&mut *self, document)?;
        self.write_all(b"\n")
    }

    /// A file with a JSON array.
    pub(super) fn list(&mut self, name: &str) -> io::Result<List<&mut Self>> {
        self.start(name, CompressionMethod::Deflated)?;
        Ok(List { to: self, items: 0 })
    }

    /// A JSON array that becomes a file of the archive later.
    pub(super) fn waiting_list(&self) -> io::Result<List<BufWriter<File>>> {
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty());
        // Gone with the process, whatever happens.
        let file = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(List { to: BufWriter::new(file), items: 0 })
    }

    /// Takes that array; answers how many items it has.
    pub(super) fn take(&mut self, name: &str, list: List<BufWriter<File>>) -> io::Result<u64> {
        let (items, written) = list.close()?;
        let mut file = written.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.start(name, CompressionMethod::Deflated)?;
        io::copy(&mut file, self)?;
        Ok(items)
    }

    /// A file with a picture, which is compressed already; its bytes are written next.
    pub(super) fn picture(&mut self, name: &str) -> io::Result<()> {
        self.start(name, CompressionMethod::Stored)
    }

    /// Makes the archive durable and gives it its name.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let zip = self.zip.take().ok_or_else(|| io::Error::other("the archive is finished"))?;
        let written = zip.finish()?;
        written.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&self.partial, &self.to)
    }

    fn start(&mut self, name: &str, compression: CompressionMethod) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(compression)
            .unix_permissions(0o600)
            .large_file(true);
        Ok(self.zip()?.start_file(name, options)?)
    }

    fn zip(&mut self) -> io::Result<&mut ZipWriter<BufWriter<File>>> {
        self.zip.as_mut().ok_or_else(|| io::Error::other("the archive is finished"))
    }
}

impl Write for Archive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip()?.flush()
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        if self.zip.take().is_some() {
            std::fs::remove_file(&self.partial).ok();
        }
    }
}

/// A JSON array, an item a line.
pub(super) struct List<W> {
    to: W,
    items: u64,
}

impl<W: Write> List<W> {
    pub(super) fn add(&mut self, item: &impl Serialize) -> io::Result<()> {
        self.to.write_all(if self.items == 0 { b"[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.to, item)?;
        self.items += 1;
        Ok(())
    }

    /// Ends the array; answers how many items it has.
    pub(super) fn finish(self) -> io::Result<u64> {
        Ok(self.close()?.0)
    }

    fn close(mut self) -> io::Result<(u64, W)> {
        self.to.write_all(if self.items == 0 { b"[]\n" } else { b"\n]\n" })?;
        Ok((self.items, self.to))
    }
}

/// A new file for its owner's eyes only.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
