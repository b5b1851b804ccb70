//! Pictures that are known, but not accepted.

/// A format in which phones and cameras write pictures, and which is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ForeignFormat {
    /// HEIC, and HEIF in general.
    #[error(
        "a HEIC picture is not accepted, since many browsers can't show it; send a JPEG: an iPhone takes photos as JPEG \
         with Settings, Camera, Formats, Most Compatible, an Android phone with high efficiency pictures turned off in \
         the settings of its camera"
    )]
    Heic,
    /// AVIF.
    #[error(
        "an AVIF picture is not accepted; send a JPEG or PNG: most picture viewers can export or save it so"
    )]
    Avif,
}
