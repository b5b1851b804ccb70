//! The fewest bits that a picture needs for each pixel: a palette, or greys of few bits, where it has no other colours.

use std::borrow::Cow;

use image::DynamicImage;
use png::{BitDepth, ColorType};

use super::palette::{MOST, Palette};

/// A colour that has a place in the palette should save as many bytes as that takes, twice over.
const PIXELS_FOR_A_COLOR: usize = 8;

/// Of more bytes of samples there is no second copy: the memory that an image is reckoned to has no room for it.
const MOST_COPIED: usize = 8 * 1024 * 1024;

/// A picture as a PNG has it.
pub(super) struct Raster<'a> {
    pub(super) color: ColorType,
    pub(super) depth: BitDepth,
    /// The colours of the palette, and how opaque the first of them are; the others are wholly.
    pub(super) palette: Option<(Vec<u8>, Vec<u8>)>,
    /// The rows, each beginning with a byte of its own.
    pub(super) samples: Cow<'a, [u8]>,
}

impl<'a> Raster<'a> {
    /// The picture; one that came with a palette has one again.
    pub(super) fn new(picture: &'a DynamicImage, had_palette: bool) -> Self {
        let across = picture.width() as usize;
        let most = if had_palette { MOST } else { across * picture.height() as usize / PIXELS_FOR_A_COLOR };
        match picture {
            DynamicImage::ImageLuma8(pixels) => Self::grey(Cow::Borrowed(pixels), across),
            DynamicImage::ImageLumaA8(pixels) => Self::colors::<2>(pixels, across, most),
            DynamicImage::ImageRgb8(pixels) => Self::colors::<3>(pixels, across, most),
            DynamicImage::ImageRgba8(pixels) => Self::colors::<4>(pixels, across, most),
            DynamicImage::ImageLuma16(pixels) => Self::deep(ColorType::Grayscale, pixels),
            DynamicImage::ImageLumaA16(pixels) => Self::deep(ColorType::GrayscaleAlpha, pixels),
            DynamicImage::ImageRgb16(pixels) => Self::deep(ColorType::Rgb, pixels),
            DynamicImage::ImageRgba16(pixels) => Self::deep(ColorType::Rgba, pixels),
            // No decoder of ours makes another kind.
            other => Self::plain(ColorType::Rgba, Cow::Owned(other.to_rgba8().into_raw())),
        }
    }

    /// The picture without a palette: where it was made smaller, colours lie between colours, and pack better side by side
    /// than as numbers.
    pub(super) fn without_palette(picture: &'a DynamicImage) -> Self {
        match picture {
            DynamicImage::ImageLuma8(pixels) => Self::plain(ColorType::Grayscale, Cow::Borrowed(pixels)),
            DynamicImage::ImageLumaA8(pixels) => {
                Self::plain(ColorType::GrayscaleAlpha, Cow::Borrowed(pixels))
            }
            DynamicImage::ImageRgb8(pixels) => Self::plain(ColorType::Rgb, Cow::Borrowed(pixels)),
            DynamicImage::ImageRgba8(pixels) => Self::plain(ColorType::Rgba, Cow::Borrowed(pixels)),
            other => Self::new(other, false),
        }
    }

    /// Whether a pixel is the number of a colour, or shares its byte with others.
    pub(super) fn has_few_bits(&self) -> bool {
        self.palette.is_some() || (self.depth as u8) < 8
    }

    fn plain(color: ColorType, samples: Cow<'a, [u8]>) -> Self {
        Self { color, depth: BitDepth::Eight, palette: None, samples }
    }

    fn deep(color: ColorType, samples: &[u16]) -> Self {
        let samples = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
        Self { color, depth: BitDepth::Sixteen, palette: None, samples: Cow::Owned(samples) }
    }

    /// Greys: of few bits where each is one of those that they can mean.
    fn grey(samples: Cow<'a, [u8]>, across: usize) -> Self {
        let mut seen = [false; 256];
        samples.iter().for_each(|sample| seen[usize::from(*sample)] = true);
        let has_only = |step: usize| (0..256).all(|grey| !seen[grey] || grey % step == 0);
        let Some((depth, step)) = [(BitDepth::One, 255), (BitDepth::Two, 85), (BitDepth::Four, 17)]
            .into_iter()
            .find(|(_, step)| has_only(*step))
        else {
            return Self::plain(ColorType::Grayscale, samples);
        };
        let step = u8::try_from(step).unwrap_or(u8::MAX);
        let samples = packed(samples.iter().map(|sample| sample / step), samples.len(), across, depth);
        Self { color: ColorType::Grayscale, depth, palette: None, samples: Cow::Owned(samples) }
    }

    /// Pixels of so many samples, in a palette of so many colours at most.
    fn colors<const N: usize>(samples: &'a [u8], across: usize, most: usize) -> Self {
        let (pixels, _) = samples.as_chunks::<N>();
        let Some((palette, mut numbers)) = Palette::of(pixels.iter().map(rgba), most) else {
            return Self::many_colors::<N>(samples);
        };
        if let Some(greys) = palette.greys() {
            for number in &mut numbers {
                *number = greys[usize::from(*number)];
            }
            return Self::grey(Cow::Owned(numbers), across);
        }
        let depth = match palette.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=16 => BitDepth::Four,
            _ => BitDepth::Eight,
        };
        let samples = match depth {
            BitDepth::Eight => numbers,
            _ => packed(numbers.iter().copied(), numbers.len(), across, depth),
        };
        let palette = Some((palette.colors(), palette.opacities()));
        Self { color: ColorType::Indexed, depth, palette, samples: Cow::Owned(samples) }
    }

    /// More colours than a palette has; their opacity is left out where it says nothing.
    fn many_colors<const N: usize>(samples: &'a [u8]) -> Self {
        let (pixels, _) = samples.as_chunks::<N>();
        let (color, opaque) = match N {
            2 => (ColorType::GrayscaleAlpha, ColorType::Grayscale),
            3 => return Self::plain(ColorType::Rgb, Cow::Borrowed(samples)),
            _ => (ColorType::Rgba, ColorType::Rgb),
        };
        if samples.len() > MOST_COPIED || pixels.iter().any(|pixel| pixel[N - 1] != u8::MAX) {
            return Self::plain(color, Cow::Borrowed(samples));
        }
        let mut colors = Vec::with_capacity(pixels.len() * (N - 1));
        for pixel in pixels {
            colors.extend_from_slice(&pixel[..N - 1]);
        }
        Self::plain(opaque, Cow::Owned(colors))
    }
}

fn rgba<const N: usize>(pixel: &[u8; N]) -> [u8; 4] {
    match pixel[..] {
        [grey, alpha] => [grey, grey, grey, alpha],
        [red, green, blue] => [red, green, blue, u8::MAX],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

/// Numbers of few bits, several in a byte, the first in its highest bits.
fn packed(numbers: impl Iterator<Item = u8>, count: usize, across: usize, depth: BitDepth) -> Vec<u8> {
    let bits = depth as usize;
    let bytes = across.max(1).div_ceil(8 / bits);
    let mut rows = vec![0; count.div_ceil(across.max(1)) * bytes];
    for (place, number) in numbers.enumerate() {
        let (row, column) = (place / across, place % across);
        rows[row * bytes + column * bits / 8] |= number << (8 - bits - column * bits % 8);
    }
    rows
}

#[cfg(test)]
mod tests {
    use image::{GrayAlphaImage, GrayImage, LumaA, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn kind(picture: impl Into<DynamicImage>) -> (ColorType, BitDepth, usize) {
        let picture = picture.into();
        let raster = Raster::new(&picture, true);
        (raster.color, raster.depth, raster.samples.len())
    }

    /// 300 pixels of so many colours.
    fn colorful(count: u8) -> RgbImage {
        RgbImage::from_fn(60, 5, |x, y| Rgb([u8::try_from((x + 60 * y) % u32::from(count)).unwrap(), 7, 0]))
    }

    #[test]
    fn a_picture_takes_no_more_bits_than_its_colours_need() {
        use BitDepth::{Eight, Four, One, Sixteen, Two};
        use ColorType::{Grayscale, GrayscaleAlpha, Indexed};
        assert_eq!(kind(colorful(2)), (Indexed, One, 8 * 5));
        assert_eq!(kind(colorful(3)), (Indexed, Two, 15 * 5));
        assert_eq!(kind(colorful(16)), (Indexed, Four, 30 * 5));
        assert_eq!(kind(colorful(17)), (Indexed, Eight, 300));
        for (step, expected) in [(255, (One, 3)), (85, (Two, 6)), (17, (Four, 9)), (3, (Eight, 18))] {
            let greys = GrayImage::from_raw(6, 3, vec![step; 18]).unwrap();
            assert_eq!(kind(greys.clone()), (Grayscale, expected.0, expected.1));
            assert_eq!(kind(DynamicImage::from(greys).to_rgba8()), (Grayscale, expected.0, expected.1));
        }
        let soft =
            GrayAlphaImage::from_fn(40, 40, |x, y| LumaA([x, y].map(|part| u8::try_from(part).unwrap())));
        assert_eq!(kind(soft), (GrayscaleAlpha, Eight, 2 * 40 * 40));
        assert_eq!(kind(image::ImageBuffer::from_pixel(2, 2, image::Luma([7_u16]))), (Grayscale, Sixteen, 8));
    }

    #[test]
    fn a_palette_of_its_own_pays_where_each_colour_has_many_pixels() {
        for (colors, color) in [(37, ColorType::Indexed), (38, ColorType::Rgb)] {
            assert_eq!(Raster::new(&colorful(colors).into(), false).color, color);
        }
    }

    #[test]
    fn opacity_that_says_nothing_is_left_out() {
        let mut picture = RgbaImage::from_fn(20, 20, |x, y| {
            Rgba([x * 9, y * 9, 0, 255].map(|part| u8::try_from(part).unwrap()))
        });
        assert_eq!(kind(picture.clone()), (ColorType::Rgb, BitDepth::Eight, 3 * 400));
        picture.put_pixel(3, 3, Rgba([0, 0, 0, 254]));
        assert_eq!(kind(picture), (ColorType::Rgba, BitDepth::Eight, 4 * 400));
    }
}
