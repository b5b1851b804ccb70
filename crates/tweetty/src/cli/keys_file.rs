//! Keys in a file of their own, which is written before they are good.
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use clap::Args;
use tweetty_domain::{ApiKey, Error, Nickname};

use super::cells::guarded;
use super::private_file;
use crate::config::{Refusal, local_path};
use crate::output::complain;

/// Where keys go.
#[derive(Debug, Args)]
pub(super) struct KeysTo {
    /// Write the keys that are made into this new file, nickname,api_key a line, which only its owner can read, instead of
    /// printing them
    #[arg(long, value_name = "FILE", value_parser = local_path())]
    keys_to: Option<PathBuf>,
}

/// A new file of keys. Where nothing says that they are good, it is removed.
pub(super) struct KeysFile {
    path: PathBuf,
    file: File,
    keep: bool,
}

impl KeysTo {
    /// The file; none where the keys are to be printed.
    pub(super) fn file(&self) -> anyhow::Result<Option<KeysFile>> {
        self.keys_to.as_deref().map(KeysFile::create).transpose()
    }

    /// Where the keys go; `None` where they are printed.
    pub(super) fn path(&self) -> Option<&Path> {
        self.keys_to.as_deref()
    }
}

impl KeysFile {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = private_file::create_new(path).map_err(|error| refused(path, &error))?;
        Ok(Self { path: path.to_owned(), file, keep: false })
    }

    /// Writes keys behind those that are there, on the disk before they are made good.
    pub(super) fn write<'a>(
        &mut self,
        keys: impl IntoIterator<Item = (&'a Nickname, &'a ApiKey)>,
    ) -> anyhow::Result<()> {
        let write = |file: &mut File| {
            let is_new = file.metadata()?.len() == 0;
            let mut csv = csv::Writer::from_writer(&*file);
            if is_new {
                csv.write_record(["nickname", "api_key"])?;
            }
            for (nickname, key) in keys {
                csv.write_record([&*guarded(nickname.as_str()), &*guarded(key.reveal())])?;
            }
            csv.flush()?;
            drop(csv);
            file.sync_all()?;
            private_file::sync_folder_of(&self.path)
        };
        write(&mut self.file).map_err(|error| refused(&self.path, &error))
    }

    /// Keeps the file, since the keys in it are good.
    pub(super) fn keep(mut self) {
        self.keep = true;
    }

    /// What becomes of the file where the store answered so: it stays unless the keys are surely good for nothing.
    pub(super) fn keep_unless_refused<T>(mut self, answer: &Result<T, Error>) {
        match answer {
            Err(Error::Unavailable(_) | Error::Internal(_)) => {
                self.keep = true;
                let path = self.path.display();
                complain(&format!(
                    "warning: nobody knows whether the keys in {path} are good; look before removing it"
                ));
            }
            answer => self.keep = answer.is_ok(),
        }
    }
}

impl Drop for KeysFile {
    fn drop(&mut self) {
        if !self.keep {
            std::fs::remove_file(&self.path).ok();
        }
    }
}

fn refused(path: &Path, error: &io::Error) -> anyhow::Error {
    let path = path.display();
    let problem = match error.kind() {
        ErrorKind::AlreadyExists => {
            format!("{path} is there already; name a new file, so that no keys are lost")
        }
        _ => format!("{path}: {error}"),
    };
    Refusal::world("--keys-to", problem).into()
}
