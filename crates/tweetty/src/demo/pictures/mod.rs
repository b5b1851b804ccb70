//! The demo's pictures, drawn by code: nothing to ship, nothing to license, the same on every machine.
#![expect(clippy::unreadable_literal, reason = "colours read best as 0xRRGGBB")]

mod canvas;
mod cat;
mod chance;
mod desk;
mod land;
mod night;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageResult};

/// What can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Picture {
    Balloons,
    Beach,
    CatLooking,
    CatSleeping,
    Coffee,
    Columns,
    Dunes,
    FoggyForest,
    Lighthouse,
    Map,
    MorningHills,
    MountainLake,
    NightCity,
    NorthernLights,
    Poster,
    RainyWindow,
    Shares,
}

impl Picture {
    /// Draws it: a PNG where it has few colours, else a JPEG.
    pub(super) fn draw(self) -> ImageResult<Vec<u8>> {
        let canvas = match self {
            Self::Balloons => land::balloons(),
            Self::Beach => land::beach(),
            Self::CatLooking => cat::looking(),
            Self::CatSleeping => cat::sleeping(),
            Self::Coffee => desk::coffee(),
            Self::Columns => desk::growing_columns(),
            Self::Dunes => land::dunes(),
            Self::FoggyForest => land::foggy_forest(),
            Self::Lighthouse => night::lighthouse(),
            Self::Map => desk::contour_map(),
            Self::MorningHills => land::morning_hills(),
            Self::MountainLake => land::mountain_lake(),
            Self::NightCity => night::night_city(),
            Self::NorthernLights => night::northern_lights(),
            Self::Poster => desk::poster(),
            Self::RainyWindow => night::rainy_window(),
            Self::Shares => desk::ring_of_shares(),
        };
        let mut bytes = Cursor::new(Vec::new());
        match self {
            Self::Columns | Self::Poster | Self::Shares => {
                canvas.into_image().write_to(&mut bytes, ImageFormat::Png)?;
            }
            _ => canvas.into_image().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 92))?,
        }
        Ok(bytes.into_inner())
    }
}
