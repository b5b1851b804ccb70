//! How images and their files are named.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;

use crate::{Error, IMAGE_SIDE, Result};

/// A format in which images are kept and served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF, animated or not.
    Gif,
    /// WebP.
    WebP,
}

impl ImageFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Gif, Self::WebP];

    /// The media type, as browsers know it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// The ending of a file name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }
}

/// The name of a file of an image: 128 random bits and the format, so that it can't be guessed and is never used twice.
/// Written `0123456789abcdef0123456789abcdef.jpg`, and that of a variant `0123456789abcdef0123456789abcdef-640.jpg`,
/// with its width; names are ordered as that text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImageName {
    random: u128,
    /// Of a variant.
    width: Option<NonZeroU32>,
    format: ImageFormat,
}

impl ImageName {
    /// A new name.
    ///
    /// # Errors
    /// [`Error::Internal`] where the system has no randomness.
    pub fn random(format: ImageFormat) -> Result<Self> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(Error::internal)?;
        Ok(Self { random: u128::from_be_bytes(random), width: None, format })
    }

    /// The name that is written so; there is exactly one way to write each.
    pub fn parse(text: &str) -> Option<Self> {
        let (stem, extension) = text.split_once('.')?;
        let format = ImageFormat::of_extension(extension)?;
        let (random, width) = match stem.split_once('-') {
            Some((random, width)) => (random, Some(side(width)?)),
            None => (stem, None),
        };
        let written_so =
            random.len() == 32 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let random = u128::from_str_radix(random, 16).ok()?;
        written_so.then_some(Self { random, width, format })
    }

    /// The format of the file.
    pub fn format(self) -> ImageFormat {
        self.format
    }

    /// Whether it is that of a variant.
    pub(crate) fn is_of_variant(self) -> bool {
        self.width.is_some()
    }

    /// The name of the variant of this image that has that width and format.
    pub(crate) fn of_variant(self, width: u32, format: ImageFormat) -> Self {
        Self { random: self.random, width: NonZeroU32::new(width), format }
    }

    /// The names that the image of this file may have: its own or, of a variant, one in each format.
    pub(crate) fn of_image(self) -> impl Iterator<Item = Self> {
        let formats = ImageFormat::ALL.into_iter();
        let formats = formats.filter(move |format| self.width.is_some() || *format == self.format);
        formats.map(move |format| Self { random: self.random, width: None, format })
    }

    /// What follows the random digits.
    fn ending(self) -> String {
        match self.width {
            Some(width) => format!("-{width}.{}", self.format.extension()),
            None => format!(".{}", self.format.extension()),
        }
    }
}

/// A side of an image in pixels, as it is written: without leading zeros.
pub(crate) fn side(text: &str) -> Option<NonZeroU32> {
    let is_written_so = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let side = text.parse::<NonZeroU32>().ok()?;
    (is_written_so && side.get() <= IMAGE_SIDE).then_some(side)
}

impl Ord for ImageName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.random.cmp(&other.random).then_with(|| self.ending().cmp(&other.ending()))
    }
}

impl PartialOrd for ImageName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}{}", self.random, self.ending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEM: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for format in ImageFormat::ALL {
            let name = ImageName::random(format).unwrap();
            assert_eq!(ImageName::parse(&name.to_string()), Some(name));
            for width in [1, 320, 65_535] {
                let narrow = name.of_variant(width, ImageFormat::Jpeg);
                assert_eq!(ImageName::parse(&narrow.to_string()), Some(narrow));
                assert_ne!(narrow, name);
            }
        }
    }

    #[test]
    fn a_variant_is_named_after_its_image_by_its_width_and_format() {
        let name = ImageName::parse(&format!("{STEM}.png")).unwrap();
        let narrow = name.of_variant(320, ImageFormat::Jpeg);
        assert_eq!(narrow.to_string(), format!("{STEM}-320.jpg"));
        assert_eq!(narrow.format(), ImageFormat::Jpeg);
    }

    #[test]
    fn the_image_of_a_variant_is_sought_in_every_format() {
        let name = ImageName::parse(&format!("{STEM}.webp")).unwrap();
        assert_eq!(name.of_image().collect::<Vec<_>>(), [name]);
        let sought = name.of_variant(320, ImageFormat::Png).of_image().collect::<Vec<_>>();
        assert_eq!(sought.len(), ImageFormat::ALL.len());
        assert!(sought.contains(&name));
    }

    #[test]
    fn nothing_but_a_name_is_read_as_a_name() {
        assert!(ImageName::parse(&format!("{STEM}.png")).is_some());
        assert!(ImageName::parse(&format!("{STEM}-320.png")).is_some());
        for text in [
            "",
            "..",
            "../../etc/passwd",
            STEM,
            "0123.png",
            &format!("{STEM}.svg"),
            &format!("{STEM}.png.jpg"),
            &format!("{}.png", STEM.to_uppercase()),
            &format!("+{}.png", &STEM[1..]),
            &format!("/{STEM}.png"),
            &format!("{STEM}-.png"),
            &format!("{STEM}-0.png"),
            &format!("{STEM}-0320.png"),
            &format!("{STEM}-+320.png"),
            &format!("{STEM}--320.png"),
            &format!("{STEM}-320-640.png"),
            &format!("{STEM}-65536.png"),
            &format!("{STEM}-4294967616.png"),
            &format!("{STEM}-320"),
            &format!("{STEM}-３２０.png"),
            &format!("{}-320.png", &STEM[1..]),
        ] {
            assert_eq!(ImageName::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_ordered_as_their_texts() {
        let other = "1123456789abcdef0123456789abcdef";
        let mut names = [STEM, other]
            .iter()
            .flat_map(|stem| ["", "-1280", "-320", "-640"].map(|width| format!("{stem}{width}")))
            .flat_map(|stem| ImageFormat::ALL.map(|format| format!("{stem}.{}", format.extension())))
            .map(|text| ImageName::parse(&text).unwrap())
            .collect::<Vec<_>>();
        names.sort_unstable();
        let texts = names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(texts.is_sorted(), "{texts:#?}");
    }
}
