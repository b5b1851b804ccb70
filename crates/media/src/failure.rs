//! How failures of the system and of the codecs are named in the words of the microblog.

use std::io::{self, ErrorKind};

use image::ImageError;
use tweetty_domain::{Error, Invalid};

/// A failure of the file system: a full disk, one that fails (EIO), too many open files and a folder that is not mounted
/// heal without us, the rest is for somebody to see.
pub(crate) fn storage(error: io::Error) -> Error {
    // EIO, ENFILE and EMFILE have no kind of their own.
    let failing = matches!(error.raw_os_error(), Some(5 | 23 | 24));
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::NotFound
        | ErrorKind::ResourceBusy
        | ErrorKind::ReadOnlyFilesystem => Error::unavailable(error),
        _ if failing => Error::unavailable(error),
        _ => Error::internal(error),
    }
}

/// A failure while pixels were read: the picture is to blame. Where its time was up, [`crate::recode::Sink::stopped`] knows
/// better.
pub(crate) fn decoding(error: &ImageError) -> Error {
    match error {
        ImageError::Limits(_) => Invalid::TooCostlyImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}

/// A failure while pixels were written. Where the sink stopped the encoder, [`crate::recode::Sink::stopped`] knows
/// better; the rest is a defect of ours.
pub(crate) fn encoding(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_full_or_fails_is_unavailable_and_a_forbidden_one_is_internal() {
        use ErrorKind::{NotFound, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        for kind in [StorageFull, QuotaExceeded, NotFound, ReadOnlyFilesystem] {
            assert!(matches!(storage(kind.into()), Error::Unavailable(_)), "{kind}");
        }
        for number in [5, 23, 24] {
            assert!(
                matches!(storage(io::Error::from_raw_os_error(number)), Error::Unavailable(_)),
                "{number}"
            );
        }
        assert!(matches!(storage(ErrorKind::PermissionDenied.into()), Error::Internal(_)));
    }
}
