//! A picture while it is made smaller.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{ColorType, DynamicImage};
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
        let mut smaller = Image::new(width, height, self.0.pixel_type());
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
            // It is multiplied already.
            .use_alpha(false);
        Resizer::new().resize(&self.0, &mut smaller, &options).map_err(Error::internal)?;
        Ok(Self(smaller))
    }

    /// As it is shown; an alpha channel that hides nothing is left out.
    pub(super) fn shown(&self) -> Result<Shown> {
        let kind = self.0.pixel_type();
        let (width, height) = (self.0.width(), self.0.height());
        let (channels, samples) = match kind {
            PixelType::U8 => (Channels::Grey, self.0.buffer().to_vec()),
            PixelType::U8x3 => (Channels::Rgb, self.0.buffer().to_vec()),
            _ if self.is_opaque() => self.without_alpha(),
            _ => {
                let mut image = self.0.copy();
                MulDiv::new().divide_alpha_inplace(&mut image).map_err(Error::internal)?;
                let channels = if kind == PixelType::U8x2 { Channels::GreyAlpha } else { Channels::RgbAlpha };
                (channels, image.into_vec())
            }
        };
        Ok(Shown { width, height, channels, samples })
    }

    fn is_opaque(&self) -> bool {
        let size = self.0.pixel_type().size();
        self.0.buffer().chunks_exact(size).all(|pixel| pixel.last() == Some(&u8::MAX))
    }

    fn without_alpha(&self) -> (Channels, Vec<u8>) {
        let size = self.0.pixel_type().size();
        let pixels = self.0.buffer().chunks_exact(size);
        let samples = pixels.flat_map(|pixel| pixel.iter().copied().take(size - 1)).collect();
        (if size == 2 { Channels::Grey } else { Channels::Rgb }, samples)
    }
}

fn has_alpha(kind: PixelType) -> bool {
    matches!(kind, PixelType::U8x2 | PixelType::U8x4)
}

/// A picture to be encoded.
pub(super) struct Shown {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: Channels,
    /// Row by row, 8 bits each.
    pub(super) samples: Vec<u8>,
}

/// What the samples of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    GreyAlpha,
    Rgb,
    RgbAlpha,
}
