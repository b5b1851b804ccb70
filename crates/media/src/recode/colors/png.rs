//! What a PNG says of its colours: one of four ways counts, in the order that its standard sets.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients,
    ToneReprCurve, TransferCharacteristics, XyY,
};
use png::{CodingIndependentCodePoints, ColorType, Info, ScaledFloat, SourceChromaticities};

use super::{Model, Source};

/// Gammas of 1/2.2, as programs write them and mean sRGB, whose curve is no power; times 100,000.
const USUAL_GAMMAS: std::ops::RangeInclusive<u32> = 45_000..=46_000;
const USUAL_GAMMA: u32 = 45_455;
/// Other gammas are no picture's; times 100,000.
const GAMMAS: std::ops::RangeInclusive<u32> = 10_000..=1_000_000;
/// The light of white paper in a picture that can be brighter, in candela per square metre.
const WHITE: f64 = 203.0;
/// The name of a profile in a PNG, which nobody shows, and its way of packing.
const PROFILE_HEAD: &[u8] = b"RGB\0\0";

impl Source {
    /// What the numbers of a PNG mean; `None` for sRGB. A profile of more than so many bytes is ignored.
    pub(in super::super) fn png(info: &Info<'_>, model: Model, most: usize) -> Option<Self> {
        let plain = |profile| Self { profile, is_measured: false };
        let code_points = info.coding_independent_code_points.and_then(of_code_points);
        let profile = || Self::profile(info.icc_profile.as_deref()?, model, most);
        let measured = || match info.srgb {
            Some(_) => None,
            None => of_measures(info.gama_chunk, info.chrm_chunk.as_ref()),
        };
        let of_measures = |profile| Self { profile, is_measured: true };
        code_points.map(plain).or_else(profile).or_else(|| measured().map(of_measures))
    }

    /// The chunk, or the two, that say the same of the colours of a PNG with that information; `None` where none can, as of
    /// greys with a profile.
    pub(in super::super) fn png_chunks(&self, info: &Info<'_>) -> Option<Vec<([u8; 4], Vec<u8>)>> {
        if !self.is_measured {
            let is_grey = matches!(info.color_type, ColorType::Grayscale | ColorType::GrayscaleAlpha);
            if is_grey {
                return None;
            }
            let mut packed = ZlibEncoder::new(PROFILE_HEAD.to_vec(), Compression::best());
            packed.write_all(&self.described()?).ok()?;
            return Some(vec![(*b"iCCP", packed.finish().ok()?)]);
        }
        let gamma = info.gama_chunk.map(ScaledFloat::into_scaled).filter(|gamma| GAMMAS.contains(gamma));
        let mut chunks = vec![(*b"gAMA", gamma.unwrap_or(USUAL_GAMMA).to_be_bytes().to_vec())];
        if let Some(SourceChromaticities { white, red, green, blue }) =
            info.chrm_chunk.filter(|places| primaries(places).is_some())
        {
            let numbers = [white, red, green, blue].into_iter().flat_map(|(x, y)| [x, y]);
            chunks.push((*b"cHRM", numbers.flat_map(|number| number.into_scaled().to_be_bytes()).collect()));
        }
        Some(chunks)
    }
}

/// What the code points say; `None` where they say what no PNG can mean, or nobody knows.
fn of_code_points(points: CodingIndependentCodePoints) -> Option<ColorProfile> {
    if points.matrix_coefficients != 0 || !points.is_video_full_range_image {
        return None;
    }
    let transfer = TransferCharacteristics::try_from(points.transfer_function).ok()?;
    let (named, bright) = match transfer {
        TransferCharacteristics::Smpte2084 => (TransferCharacteristics::Linear, Some(of_quantizer as Curve)),
        TransferCharacteristics::Hlg => (TransferCharacteristics::Linear, Some(of_hybrid as Curve)),
        other => (other, None),
    };
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(points.color_primaries).ok()?,
        transfer_characteristics: named,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    if let Some(curve) = bright {
        set_curve(&mut profile, &table(curve));
    }
    profile.is_matrix_shaper().then_some(profile)
}

type Curve = fn(f64) -> f64;

/// A curve as a table; what is brighter than white paper becomes white.
fn table(curve: Curve) -> ToneReprCurve {
    let entry = |number: u16| (curve(f64::from(number) / 4095.0).clamp(0.0, 1.0) * 65_535.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65,535")]
    ToneReprCurve::Lut((0..4096).map(|number| entry(number) as u16).collect())
}

/// SMPTE ST 2084, in multiples of white paper.
fn of_quantizer(signal: f64) -> f64 {
    let root = signal.powf(32.0 / 2523.0);
    let light = ((root - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.687_5 * root)).powf(8192.0 / 1305.0);
    light * 10_000.0 / WHITE
}

/// The hybrid log-gamma of BT.2100 on a screen of 1000 candela per square metre, in multiples of white paper.
fn of_hybrid(signal: f64) -> f64 {
    let scene = if signal <= 0.5 {
        signal * signal / 3.0
    } else {
        (((signal - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0
    };
    scene.powf(1.2) * 1000.0 / WHITE
}

/// What gamma and chromaticities say; `None` where they say sRGB, or nothing.
fn of_measures(gamma: Option<ScaledFloat>, places: Option<&SourceChromaticities>) -> Option<ColorProfile> {
    let gamma = gamma.map(ScaledFloat::into_scaled);
    let gamma = gamma.filter(|gamma| GAMMAS.contains(gamma) && !USUAL_GAMMAS.contains(gamma));
    let places = places.and_then(primaries);
    if gamma.is_none() && places.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some((white, primaries)) = places {
        profile.update_rgb_colorimetry(white, primaries);
    }
    if let Some(gamma) = gamma {
        #[expect(clippy::cast_precision_loss, reason = "at most 1,000,000")]
        set_curve(&mut profile, &ToneReprCurve::Parametric(vec![100_000.0 / gamma as f32]));
    }
    let colorants = [profile.red_colorant, profile.green_colorant, profile.blue_colorant];
    let is_sound =
        colorants.iter().all(|color| [color.x, color.y, color.z].iter().all(|part| part.is_finite()));
    is_sound.then_some(profile)
}

/// White point and primaries, where they are places at all and span a triangle.
fn primaries(places: &SourceChromaticities) -> Option<(XyY, ColorPrimaries)> {
    let place = |(x, y): (ScaledFloat, ScaledFloat)| (x.into_value(), y.into_value());
    let [white, red, green, blue] = [places.white, places.red, places.green, places.blue].map(place);
    let is_place = |(x, y): &(f32, f32)| *y > 0.0 && x + y <= 1.5;
    let area = (green.0 - red.0) * (blue.1 - red.1) - (green.1 - red.1) * (blue.0 - red.0);
    if ![white, red, green, blue].iter().all(is_place) || area.abs() < 0.001 {
        return None;
    }
    let [red, green, blue] = [red, green, blue].map(|(x, y)| Chromaticity::new(x, y));
    Some((Chromaticity::new(white.0, white.1).to_xyyb(), ColorPrimaries { red, green, blue }))
}

fn set_curve(profile: &mut ColorProfile, curve: &ToneReprCurve) {
    profile.cicp = None;
    for channel in [&mut profile.red_trc, &mut profile.green_trc, &mut profile.blue_trc] {
        *channel = Some(curve.clone());
    }
}
