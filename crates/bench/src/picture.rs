//! The form in which a picture of a megapixel is uploaded.

use std::path::{Path, PathBuf};

use tweetty_trial::photograph;

use crate::Result;

const BOUNDARY: &str = "----------------benchmark";

/// The content type of [`form`].
pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// Writes the form of an upload into the folder.
pub(crate) fn form(folder: &Path) -> Result<PathBuf> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend(photograph(1_152, 864)?);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let file = folder.join("upload.form");
    std::fs::write(&file, body)?;
    Ok(file)
}
