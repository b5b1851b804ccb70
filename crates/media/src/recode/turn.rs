//! How a picture has to be turned, as its EXIF says.

use image::metadata::Orientation;

/// The name that EXIF has in a JPEG. Many programs leave it before that of a WebP or PNG, where it does not belong.
const NAME: &[u8] = b"Exif\0\0";

/// The turn; `None` where the metadata is broken or says nothing of it, which is no reason to refuse a picture.
pub(super) fn by_exif(exif: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(exif.strip_prefix(NAME).unwrap_or(exif))
}
