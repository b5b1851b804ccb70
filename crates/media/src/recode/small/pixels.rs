//! A picture while it is made smaller.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{ColorType, DynamicImage, ImageBuffer, Pixel};
use tweetty_domain::{Error, Result};

/// Samples of 8 bits. Colours are multiplied by their opacity, so that those of transparent pixels don't mix into
/// others.
pub(super) struct Pixels(Image<'static>);

impl Pixels {
    pub(super) fn of(picture: DynamicImage) -> Result<Self> {
        let (width, height) = (picture.width(), picture.height());
        let (samples, kind) = match picture.color() {
            ColorType::L8 | ColorType::L16 => (picture.into_luma8().into_raw(), PixelType::U8),
            ColorType::La8 | ColorType::La16 => (picture.into_luma_alpha8().into_raw(), PixelType::U8x2),
            ColorType::Rgb8 | ColorType::Rgb16 | ColorType::Rgb32F => {
                (picture.into_rgb8().into_raw(), PixelType::U8x3)
            }
            _ => (picture.into_rgba8().into_raw(), PixelType::U8x4),
        };
        let mut image = Image::from_vec_u8(width, height, samples, kind).map_err(Error::internal)?;
        if has_alpha(kind) {
            MulDiv::new().multiply_alpha_inplace(&mut image).map_err(Error::internal)?;
        }
        Ok(Self(image))
    }

    /// The same in a smaller size.
    pub(super) fn resized(self, width: u32, height: u32) -> Result<Self> {
        if (self.0.width(), self.0.height()) == (width, height) {
            return Ok(self);
        }
        self.drawn(width, height, &options())
    }

    /// The square in its middle, with that side.
    pub(super) fn square(&self, side: u32) -> Result<Self> {
        self.drawn(side, side, &options().fit_into_destination(None))
    }

    fn drawn(&self, width: u32, height: u32, options: &ResizeOptions) -> Result<Self> {
        let mut drawn = Image::new(width, height, self.0.pixel_type());
        Resizer::new().resize(&self.0, &mut drawn, options).map_err(Error::internal)?;
        Ok(Self(drawn))
    }

    /// As it is shown; an alpha channel that hides nothing is left out.
    pub(super) fn shown(&self) -> Result<DynamicImage> {
        let size = (self.0.width(), self.0.height());
        let samples = self.0.buffer();
        match self.0.pixel_type() {
            PixelType::U8 => of(size, samples.to_vec(), DynamicImage::ImageLuma8),
            PixelType::U8x3 => of(size, samples.to_vec(), DynamicImage::ImageRgb8),
            PixelType::U8x2 => match opaque::<2, 1>(samples) {
                Some(greys) => of(size, greys, DynamicImage::ImageLuma8),
                None => of(size, self.divided()?, DynamicImage::ImageLumaA8),
            },
            _ => match opaque::<4, 3>(samples) {
                Some(colors) => of(size, colors, DynamicImage::ImageRgb8),
                None => of(size, self.divided()?, DynamicImage::ImageRgba8),
            },
        }
    }

    /// The samples with colours that are not multiplied by their opacity.
    fn divided(&self) -> Result<Vec<u8>> {
        let mut image = self.0.copy();
        MulDiv::new().divide_alpha_inplace(&mut image).map_err(Error::internal)?;
        Ok(image.into_vec())
    }
}

fn options() -> ResizeOptions {
    // Colours are multiplied by their opacity already.
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).use_alpha(false)
}

fn of<P: Pixel<Subpixel = u8>>(
    (width, height): (u32, u32),
    samples: Vec<u8>,
    kind: impl FnOnce(ImageBuffer<P, Vec<u8>>) -> DynamicImage,
) -> Result<DynamicImage> {
    let pixels = ImageBuffer::from_raw(width, height, samples);
    pixels.map(kind).ok_or_else(|| Error::internal("a picture of another size"))
}

/// The colours of pixels of `N` samples, the last of which is opacity, where none is transparent.
fn opaque<const N: usize, const COLORS: usize>(samples: &[u8]) -> Option<Vec<u8>> {
    let (pixels, _) = samples.as_chunks::<N>();
    if pixels.iter().any(|pixel| pixel[N - 1] != u8::MAX) {
        return None;
    }
    let mut colors = Vec::with_capacity(pixels.len() * COLORS);
    for pixel in pixels {
        colors.extend_from_slice(&pixel[..COLORS]);
    }
    Some(colors)
}

fn has_alpha(kind: PixelType) -> bool {
    matches!(kind, PixelType::U8x2 | PixelType::U8x4)
}
