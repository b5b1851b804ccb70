//! A zip archive that is written piece by piece.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::{NamedTempFile, TempPath};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The archive; it has its name only when it is whole. Until then it is a new file beside that name, for its owner's eyes
/// only, which nobody can have put there before; dropped, it is removed.
pub(super) struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    partial: TempPath,
    to: PathBuf,
}

impl Archive {
    pub(super) fn begin(to: &Path) -> io::Result<Self> {
        let (file, partial) = NamedTempFile::new_in(folder_of(to))?.into_parts();
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), partial, to: to.to_owned() })
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
        // Gone with the process, whatever happens.
        let file = tempfile::tempfile_in(folder_of(&self.to))?;
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

    /// Makes the archive durable and gives it its name, unless something has that name by now.
    pub(super) fn finish(self) -> io::Result<()> {
        let written = self.zip.finish()?;
        written.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        self.partial.persist_noclobber(&self.to).map_err(|refused| refused.error)
    }

    fn start(&mut self, name: &str, compression: CompressionMethod) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(compression)
            .unix_permissions(0o600)
            .large_file(true);
        Ok(self.zip.start_file(name, options)?)
    }
}

impl Write for Archive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
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

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
