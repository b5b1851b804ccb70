//! The pictures by which users are recognised.

use std::fmt;

use crate::{ImageFiles, ImageFormat, ImageName, Result, Variant, Variants};

/// A user's avatar: two square copies of the middle of a picture, in one format. It never changes; another one has another
/// name. Written as the name of the large file, after which the small one is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Avatar(ImageName);

impl Avatar {
    /// The side of the large file in pixels.
    pub const LARGE: u32 = 256;
    /// The side of the small file in pixels.
    pub const SMALL: u32 = 96;

    /// A new one, under names that nobody can guess.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] where the system has no randomness.
    pub fn random(format: ImageFormat) -> Result<Self> {
        ImageName::random(format).map(Self)
    }

    /// The avatar that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        ImageName::parse(text).filter(|name| !name.is_of_variant()).map(Self)
    }

    /// The large file.
    pub fn large(self) -> ImageName {
        self.0
    }

    /// The small file.
    pub fn small(self) -> ImageName {
        self.0.of_variant(Self::SMALL, self.0.format())
    }

    /// Both files.
    pub fn files(self) -> ImageFiles {
        let (side, format) = (Self::SMALL, self.0.format());
        let small = Variant { width: side, height: side, format, is_still: false };
        ImageFiles { name: self.0, variants: Variants::new(vec![small]) }
    }
}

impl fmt::Display for Avatar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_avatar_is_read_as_it_is_written_and_has_two_files() {
        for format in ImageFormat::ALL {
            let avatar = Avatar::random(format).unwrap();
            assert_eq!(Avatar::parse(&avatar.to_string()), Some(avatar));
            assert_eq!(avatar.files().names().collect::<Vec<_>>(), [avatar.large(), avatar.small()]);
            assert_ne!(Avatar::random(format).unwrap(), avatar);
        }
        let avatar = Avatar::parse("0123456789abcdef0123456789abcdef.png").unwrap();
        assert_eq!(avatar.small().to_string(), "0123456789abcdef0123456789abcdef-96.png");
    }

    #[test]
    fn the_name_of_a_smaller_copy_and_other_texts_are_no_avatars() {
        for text in ["", "ann.png", "0123456789abcdef0123456789abcdef-96.png", "../0123456789abcdef.png"] {
            assert_eq!(Avatar::parse(text), None, "{text:?}");
        }
    }
}
