//! Smaller copies of images, which a client loads where the whole image is larger than it needs.

use std::fmt;

use crate::image_name::side;
use crate::{ImageFormat, ImageName};

/// Written before a variant that stands for an animation.
const STILL: &str = "still:";

/// A smaller copy of an image, in a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Variant {
    /// Width in pixels, from 1 to [`crate::IMAGE_SIDE`].
    pub width: u32,
    /// Height in pixels, likewise.
    pub height: u32,
    /// The format of the file.
    pub format: ImageFormat,
    /// Whether it is one picture of an image that moves.
    pub is_still: bool,
}

impl Variant {
    /// The name of its file, where it is one of that image.
    pub fn file_of(&self, image: ImageName) -> ImageName {
        image.of_variant(self.width, self.format)
    }

    fn parse(text: &str) -> Option<Self> {
        let (is_still, text) = match text.strip_prefix(STILL) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (size, extension) = text.split_once('.')?;
        let (width, height) = size.split_once('x')?;
        let (width, height) = (side(width)?.get(), side(height)?.get());
        Some(Self { width, height, format: ImageFormat::of_extension(extension)?, is_still })
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, height, format, is_still } = self;
        let still = if *is_still { STILL } else { "" };
        write!(formatter, "{still}{width}x{height}.{}", format.extension())
    }
}

/// The variants of an image, from narrow to wide, each of another width. Written `320x240.jpg 640x480.jpg`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Variants(Vec<Variant>);

impl Variants {
    /// The most that an image has.
    pub const MOST: usize = 3;

    /// No variants: the image is small as it is.
    pub const NONE: Self = Self(Vec::new());

    /// Those variants; none where they are too many, or not in the order of their widths.
    pub fn new(variants: Vec<Variant>) -> Option<Self> {
        let is_ordered = variants.is_sorted_by(|one, next| one.width < next.width);
        (is_ordered && variants.len() <= Self::MOST).then_some(Self(variants))
    }

    /// The variants that are written so; there is exactly one way to write each list.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::NONE);
        }
        Self::new(text.split(' ').map(Variant::parse).collect::<Option<_>>()?)
    }

    /// From narrow to wide.
    pub fn as_slice(&self) -> &[Variant] {
        &self.0
    }
}

impl fmt::Display for Variants {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, variant) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(formatter, "{space}{variant}")?;
        }
        Ok(())
    }
}

/// An image as far as its files go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageFiles {
    /// The name of the image.
    pub name: ImageName,
    /// Its variants; none until they are made.
    pub variants: Option<Variants>,
}

impl ImageFiles {
    /// The names of all its files.
    pub fn names(&self) -> impl Iterator<Item = ImageName> {
        let variants = self.variants.iter().flat_map(Variants::as_slice);
        [self.name].into_iter().chain(variants.map(|variant| variant.file_of(self.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: [&str; 5] = [
        "",
        "320x240.jpg",
        "320x1.webp 640x2.webp 1280x65535.png",
        "still:640x480.png",
        "1x1.gif still:2x1.jpg",
    ];

    #[test]
    fn variants_are_read_as_they_are_written() {
        for text in WRITTEN {
            assert_eq!(Variants::parse(text).unwrap().to_string(), text);
        }
        let variants = Variants::parse("320x240.jpg still:640x480.png").unwrap();
        let narrow = Variant { width: 320, height: 240, format: ImageFormat::Jpeg, is_still: false };
        let still = Variant { width: 640, height: 480, format: ImageFormat::Png, is_still: true };
        assert_eq!(variants.as_slice(), [narrow, still]);
    }

    #[test]
    fn nothing_but_a_list_of_variants_is_read_as_one() {
        for text in [
            " ",
            "320",
            "320x240",
            "320x240.svg",
            "0320x240.jpg",
            "320x0.jpg",
            "320x-1.jpg",
            "65536x1.jpg",
            "320x240.jpg ",
            " 320x240.jpg",
            "320x240.jpg  640x480.jpg",
            "320x240.jpg,640x480.jpg",
            "moving:320x240.jpg",
            "still:still:320x240.jpg",
        ] {
            assert_eq!(Variants::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn variants_are_few_and_go_from_narrow_to_wide() {
        for text in ["640x480.jpg 320x240.jpg", "320x240.jpg 320x240.png", "1x1.jpg 2x1.jpg 3x1.jpg 4x1.jpg"]
        {
            assert_eq!(Variants::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_files_of_an_image_are_its_own_and_those_of_its_variants() {
        let name = ImageName::parse("0123456789abcdef0123456789abcdef.png").unwrap();
        let named = |variants: Option<&str>| {
            let variants = variants.map(|text| Variants::parse(text).unwrap());
            let files = ImageFiles { name, variants };
            files.names().map(|name| name.to_string()).collect::<Vec<_>>()
        };
        let stem = "0123456789abcdef0123456789abcdef";
        assert_eq!(named(None), [format!("{stem}.png")]);
        assert_eq!(named(Some("")), [format!("{stem}.png")]);
        let all = ["", "-320", "-640"]
            .map(|width| format!("{stem}{width}.{}", if width == "-320" { "jpg" } else { "png" }));
        assert_eq!(named(Some("320x240.jpg 640x480.png")), all);
    }
}
