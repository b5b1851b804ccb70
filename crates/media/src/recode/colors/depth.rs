//! Samples of 8 and of 16 bits.

use std::sync::Arc;

use moxcms::{ColorProfile, Layout, TransformExecutor, TransformOptions};
use moxcms::{InterpolationMethod, RenderingIntent};

pub(super) const OPTIONS: TransformOptions = TransformOptions {
    rendering_intent: RenderingIntent::Perceptual,
    allow_use_cicp_transfer: true,
    prefer_fixed_point: true,
    interpolation_method: InterpolationMethod::Linear,
    barycentric_weight_scale: moxcms::BarycentricWeightScale::Low,
};

/// A sample of a picture.
pub(super) trait Depth: Copy + Default {
    const MOST: Self;

    /// Every value there is, from the darkest on.
    fn all() -> Vec<Self>;

    /// Values all over the range, from the darkest to the brightest, closer in the dark.
    fn steps() -> Vec<Self>;

    fn index(self) -> usize;

    /// Whether the two are the same but for a rounding to 8 bits.
    fn is_close_to(self, other: Self) -> bool;

    /// What converts samples to sRGB; `None` where the profile does not allow for it.
    fn transform(
        from: &ColorProfile,
        before: Layout,
        after: Layout,
    ) -> Option<Arc<dyn TransformExecutor<Self> + Send + Sync>>;
}

impl Depth for u8 {
    const MOST: Self = Self::MAX;

    fn all() -> Vec<Self> {
        (0..=Self::MAX).collect()
    }

    fn steps() -> Vec<Self> {
        vec![0, 4, 9, 16, 28, 45, 70, 105, 145, 190, 225, Self::MAX]
    }

    fn index(self) -> usize {
        self.into()
    }

    fn is_close_to(self, other: Self) -> bool {
        self.abs_diff(other) <= 1
    }

    fn transform(
        from: &ColorProfile,
        before: Layout,
        after: Layout,
    ) -> Option<Arc<dyn TransformExecutor<Self> + Send + Sync>> {
        from.create_transform_8bit(before, &ColorProfile::new_srgb(), after, OPTIONS).ok()
    }
}

impl Depth for u16 {
    const MOST: Self = Self::MAX;

    fn all() -> Vec<Self> {
        (0..=Self::MAX).collect()
    }

    fn steps() -> Vec<Self> {
        u8::steps().into_iter().map(|step| Self::from(step) * 257).collect()
    }

    fn index(self) -> usize {
        self.into()
    }

    fn is_close_to(self, other: Self) -> bool {
        self.abs_diff(other) <= 257
    }

    fn transform(
        from: &ColorProfile,
        before: Layout,
        after: Layout,
    ) -> Option<Arc<dyn TransformExecutor<Self> + Send + Sync>> {
        from.create_transform_16bit(before, &ColorProfile::new_srgb(), after, OPTIONS).ok()
    }
}
