//! The quality in which JPEGs are kept, as quantisation tables.

use std::ops::RangeInclusive;

use crate::outline::{Quantization, QuantizationTable};

/// Hardly different from the original, at half the size of 95.
const BEST: u16 = 88;
/// A WebP of lower quality still has soft edges where a JPEG has blocks.
const COARSEST_KEPT: u16 = 60;
/// Smaller copies are looked at in passing.
const OF_COPIES: u16 = 80;

/// The tables of ITU-T T.81, annex K.1, for luma and chroma; encoders scale them by their quality.
const LUMA: QuantizationTable = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMA: QuantizationTable = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// No step smaller than the source's, nor than that of the best quality that is kept, and no more samples of chroma.
pub(in super::super) fn no_finer_than(source: Option<&Quantization>) -> Quantization {
    let coarser = |mut steps: QuantizationTable, source: Option<&QuantizationTable>| {
        for (step, of_source) in steps.iter_mut().zip(source.into_iter().flatten()) {
            // A baseline JPEG has a byte for each.
            *step = (*step).max(*of_source).clamp(1, 255);
        }
        steps
    };
    let Quantization { luma, chroma, subsampling } = of_quality(BEST);
    Quantization {
        luma: coarser(luma, source.map(|source| &source.luma)),
        chroma: coarser(chroma, source.map(|source| &source.chroma)),
        subsampling: source.map_or(subsampling, |source| source.subsampling),
    }
}

/// The qualities that suit a picture which was a lossy WebP: the best is that at which its usual encoder chooses the
/// quantizer, of 0 to 127.
pub(super) fn of_webp(quantizer: u8) -> RangeInclusive<u16> {
    const COARSEST: u32 = 127;
    let fineness = COARSEST.saturating_sub(quantizer.into()).pow(3);
    let full = COARSEST.pow(3);
    let quality = if 2 * fineness < full { 150 * fineness / full } else { 50 + 50 * fineness / full };
    COARSEST_KEPT..=u16::try_from(quality).unwrap_or(BEST).clamp(COARSEST_KEPT, BEST)
}

/// What smaller copies have.
pub(in super::super) fn of_copies() -> Quantization {
    of_quality(OF_COPIES)
}

/// The tables as encoders scale them, and a sample of chroma for two by two pixels.
pub(super) fn of_quality(quality: u16) -> Quantization {
    let [luma, chroma] =
        [LUMA, CHROMA].map(|table| table.map(|step| (step * (200 - 2 * quality) + 50) / 100));
    Quantization { luma, chroma, subsampling: (2, 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webp_becomes_a_jpeg_of_its_own_quality() {
        let expected = [(0, BEST), (5, BEST), (26, 75), (127, COARSEST_KEPT)];
        for (quantizer, quality) in expected {
            assert_eq!(of_webp(quantizer), COARSEST_KEPT..=quality, "{quantizer}");
        }
    }

    #[test]
    fn no_step_is_finer_than_the_sources_nor_than_the_best_that_is_kept() {
        let best = no_finer_than(None);
        assert_eq!((&best.luma[..4], best.subsampling), (&[4, 3, 2, 4][..], (2, 2)));
        let (mut luma, chroma) = ([1; 64], [300; 64]);
        luma[1] = 7;
        let kept = no_finer_than(Some(&Quantization { luma, chroma, subsampling: (1, 1) }));
        assert_eq!((&kept.luma[..4], kept.subsampling), (&[4, 7, 2, 4][..], (1, 1)));
        assert_eq!(kept.chroma, [255; 64]);
    }
}
