//! Colours that are described in the place of being converted: a profile of our own says what that of the source says of
//! primaries and curves. Nothing else of it is kept, such as its name, which may be that of a screen.

use moxcms::{ColorProfile, DataColorSpace, Layout, LocalizableString, ProfileText, ToneReprCurve};

use super::depth::Depth;
use super::{Source, cube};

/// Where a profile says when it was made: year, month, day, hour, minute, second.
const DATE: std::ops::Range<usize> = 24..36;
const SOME_DATE: [u8; 12] = [0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0];

impl Source {
    /// A profile that means the same; `None` where primaries and curves can't say it, as what a printer mixes.
    pub(in super::super) fn described(&self) -> Option<Vec<u8>> {
        if self.profile.color_space != DataColorSpace::Rgb || !self.profile.is_matrix_shaper() {
            return None;
        }
        let mut own = ColorProfile::new_srgb();
        own.cicp = None;
        own.chromatic_adaptation = None;
        own.media_white_point = Some(own.white_point);
        own.red_colorant = self.profile.red_colorant;
        own.green_colorant = self.profile.green_colorant;
        own.blue_colorant = self.profile.blue_colorant;
        own.red_trc = Some(curve(self.profile.red_trc.as_ref()?)?);
        own.green_trc = Some(curve(self.profile.green_trc.as_ref()?)?);
        own.blue_trc = Some(curve(self.profile.blue_trc.as_ref()?)?);
        own.description = Some(text("Primaries and curves"));
        own.copyright = Some(text("None"));
        let mut bytes = own.encode().ok()?;
        bytes.get_mut(DATE)?.copy_from_slice(&SOME_DATE);
        means(&bytes, &self.profile)?.then_some(bytes)
    }
}

/// The curve in whole words of four bytes, in which the next tag has to begin; the encoder does not fill them up.
fn curve(came: &ToneReprCurve) -> Option<ToneReprCurve> {
    match came {
        // A gamma, in parts of 256.
        ToneReprCurve::Lut(table) if table.len() == 1 => {
            Some(ToneReprCurve::Parametric(vec![f32::from(*table.first()?) / 256.0]))
        }
        ToneReprCurve::Lut(table) if !table.len().is_multiple_of(2) => None,
        whole => Some(whole.clone()),
    }
}

/// A text of an even number of characters, which fills words, too.
fn text(words: &str) -> ProfileText {
    let words = LocalizableString::new("en".to_owned(), "US".to_owned(), words.to_owned());
    ProfileText::Localizable(vec![words])
}

/// Whether that profile turns colours all over the cube into those of the other.
fn means(bytes: &[u8], other: &ColorProfile) -> Option<bool> {
    let own = ColorProfile::new_from_slice(bytes).ok()?;
    let colors = cube::<u16>(Layout::Rgb);
    let [mut by_own, mut by_other] = [colors.clone(), colors.clone()];
    u16::transform(&own, Layout::Rgb, Layout::Rgb)?.transform(&colors, &mut by_own).ok()?;
    u16::transform(other, Layout::Rgb, Layout::Rgb)?.transform(&colors, &mut by_other).ok()?;
    Some(by_own.iter().zip(&by_other).all(|(own, other)| own.is_close_to(*other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(profile: ColorProfile) -> Source {
        Source { profile, is_measured: false }
    }

    #[test]
    fn a_profile_of_primaries_and_curves_is_written_anew_without_its_texts() {
        for mut profile in
            [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb(), ColorProfile::new_pro_photo_rgb()]
        {
            profile.description = Some(text("The screen of Ann"));
            let came = profile.encode().unwrap();
            let described = source(ColorProfile::new_from_slice(&came).unwrap()).described().unwrap();
            assert!(described.len() <= came.len(), "{} bytes, then {}", came.len(), described.len());
            assert!(!described.windows(4).any(|window| window == b"\0A\0n"));
            let again = source(ColorProfile::new_from_slice(&described).unwrap()).described().unwrap();
            assert!(again == described);
        }
    }

    #[test]
    fn greys_tables_of_odd_length_and_printers_are_not_described() {
        let mut odd = ColorProfile::new_display_p3();
        odd.cicp = None;
        odd.red_trc = Some(ToneReprCurve::Lut(vec![0, 9_000, u16::MAX]));
        let mut no_curve = ColorProfile::new_display_p3();
        no_curve.blue_trc = None;
        for profile in [ColorProfile::new_gray_with_gamma(1.0), odd, no_curve] {
            assert_eq!(source(profile).described(), None);
        }
    }
}
