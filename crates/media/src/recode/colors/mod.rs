//! Colours: what the numbers of a picture mean, and the numbers that mean the same in sRGB, which is what everybody takes
//! for granted where nothing is said.

mod depth;
mod described;
mod png;

use image::DynamicImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, ParsingOptions, TransformExecutor};

use depth::{Depth, OPTIONS};

/// More tags than any profile has: each is read, known or not.
const MOST_TAGS: u32 = 100;

/// What the numbers of a picture mean.
pub(super) struct Source {
    profile: ColorProfile,
    /// Whether it is made of a PNG's gamma and chromaticities.
    is_measured: bool,
}

/// How the picture names its colours, which a profile has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Grey,
    Rgb,
    Inks,
}

impl Source {
    /// What an ICC profile says; `None` where it can't be read, has more than so many bytes, or is for pictures of another
    /// kind. Browsers ignore it then, too.
    pub(super) fn profile(bytes: &[u8], model: Model, most: usize) -> Option<Self> {
        let tags = bytes.get(128..132)?.try_into().ok().map(u32::from_be_bytes)?;
        if bytes.len() > most || tags > MOST_TAGS {
            return None;
        }
        let options =
            ParsingOptions { max_profile_size: most.saturating_add(1), ..ParsingOptions::default() };
        let profile = ColorProfile::new_from_slice_with_options(bytes, options).ok()?;
        let source = Self { profile, is_measured: false };
        source.is_for(model).then_some(source)
    }

    fn is_for(&self, model: Model) -> bool {
        let layout = match (self.profile.color_space, model) {
            // Grey is red, green and blue alike.
            (DataColorSpace::Rgb, Model::Rgb | Model::Grey) => Layout::Rgb,
            (DataColorSpace::Gray, Model::Grey) => Layout::Gray,
            (DataColorSpace::Cmyk, Model::Inks) => Layout::Rgba,
            _ => return false,
        };
        let srgb = ColorProfile::new_srgb();
        self.profile.create_transform_8bit(layout, &srgb, Layout::Rgb, OPTIONS).is_ok()
    }

    /// Whether converting a picture of 8 bits changes more than a rounding does.
    pub(super) fn changes_colors(&self) -> bool {
        let transform = u8::transform(&self.profile, Layout::Rgb, Layout::Rgb);
        transform.and_then(|transform| changes_nothing(transform.as_ref(), Layout::Rgb)) == Some(false)
    }

    /// Converts the picture in place, where that changes more than a rounding does, and answers whether it was done;
    /// opacity stays as it is.
    pub(super) fn convert(&self, picture: &mut DynamicImage) -> bool {
        let across = picture.width() as usize;
        let converted = match picture {
            DynamicImage::ImageLuma8(pixels) => self.grey(pixels, Layout::Gray),
            DynamicImage::ImageLumaA8(pixels) => self.grey(pixels, Layout::GrayAlpha),
            DynamicImage::ImageRgb8(pixels) => self.rgb(pixels, Layout::Rgb, across),
            DynamicImage::ImageRgba8(pixels) => self.rgb(pixels, Layout::Rgba, across),
            DynamicImage::ImageLuma16(pixels) => self.grey(pixels, Layout::Gray),
            DynamicImage::ImageLumaA16(pixels) => self.grey(pixels, Layout::GrayAlpha),
            DynamicImage::ImageRgb16(pixels) => self.rgb(pixels, Layout::Rgb, across),
            DynamicImage::ImageRgba16(pixels) => self.rgb(pixels, Layout::Rgba, across),
            // No decoder of ours makes another kind.
            _ => None,
        };
        converted.is_some()
    }

    /// Converts the pixels row by row, where that changes more than a rounding does.
    fn rgb<D: Depth>(&self, samples: &mut [D], layout: Layout, across: usize) -> Option<()> {
        if self.profile.color_space != DataColorSpace::Rgb {
            return None;
        }
        let transform = D::transform(&self.profile, layout, layout)?;
        if changes_nothing(transform.as_ref(), layout)? {
            return None;
        }
        let mut before = vec![D::default(); across * layout.channels()];
        for row in samples.chunks_exact_mut(before.len().max(1)) {
            before.copy_from_slice(row);
            transform.transform(&before, row).ok()?;
            if layout == Layout::Rgba {
                row.iter_mut().zip(&before).skip(3).step_by(4).for_each(|(after, before)| *after = *before);
            }
        }
        Some(())
    }

    /// Converts greys by a table of all that there are.
    fn grey<D: Depth>(&self, samples: &mut [D], layout: Layout) -> Option<()> {
        let ramp = D::all();
        let (from, ramp) = match self.profile.color_space {
            DataColorSpace::Gray => (Layout::Gray, ramp),
            DataColorSpace::Rgb => (Layout::Rgb, ramp.iter().flat_map(|grey| [*grey; 3]).collect()),
            _ => return None,
        };
        let mut colors = vec![D::default(); ramp.len() / from.channels() * 3];
        D::transform(&self.profile, from, Layout::Rgb)?.transform(&ramp, &mut colors).ok()?;
        let table = colors.iter().skip(1).step_by(3).copied().collect::<Vec<_>>();
        let is_kept = |(before, after): (&D, &D)| before.is_close_to(*after);
        if ramp.iter().step_by(from.channels()).zip(&table).all(is_kept) {
            return None;
        }
        for sample in samples.iter_mut().step_by(layout.channels()) {
            *sample = table.get(sample.index()).copied().unwrap_or(*sample);
        }
        Some(())
    }

    /// Converts inks, 255 for all of one, to red, green and blue in the same place. `None` where the profile is not for
    /// inks; nothing has changed then.
    pub(super) fn mix(&self, pixels: &mut Vec<u8>, across: usize) -> Option<()> {
        if self.profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let transform = u8::transform(&self.profile, Layout::Rgba, Layout::Rgb)?;
        let mut inks = vec![0; across * 4];
        let mut light = vec![0; across * 3];
        let rows = pixels.len().checked_div(inks.len()).unwrap_or(0);
        for row in 0..rows {
            // What is written never reaches what is still to be read.
            let (read, written) = (row * across * 4, row * across * 3);
            inks.copy_from_slice(pixels.get(read..read + across * 4)?);
            transform.transform(&inks, &mut light).ok()?;
            pixels.get_mut(written..written + across * 3)?.copy_from_slice(&light);
        }
        pixels.truncate(rows * light.len());
        pixels.shrink_to_fit();
        Some(())
    }
}

/// Colours all over the cube.
fn cube<D: Depth>(layout: Layout) -> Vec<D> {
    let steps = D::steps();
    let mut colors = Vec::new();
    for red in &steps {
        for green in &steps {
            for blue in &steps {
                colors.extend([*red, *green, *blue, D::MOST].iter().take(layout.channels()));
            }
        }
    }
    colors
}

/// Whether the transform leaves colours all over the cube where they are, but for a rounding.
fn changes_nothing<D: Depth>(
    transform: &(dyn TransformExecutor<D> + Send + Sync),
    layout: Layout,
) -> Option<bool> {
    let before = cube::<D>(layout);
    let mut after = vec![D::default(); before.len()];
    transform.transform(&before, &mut after).ok()?;
    Some(before.iter().zip(&after).all(|(before, after)| before.is_close_to(*after)))
}
