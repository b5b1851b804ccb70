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
    /// What it shows, for those who can't see it.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Balloons => "Hot-air balloons of many colours drift over a patchwork of fields.",
            Self::Beach => "A beach from above: turquoise sea, a line of foam, sand with umbrellas.",
            Self::CatLooking => "A cat sits and looks straight at you.",
            Self::CatSleeping => "A cat sleeps, curled up with its eyes closed.",
            Self::Coffee => "A cup of coffee, a pencil and an empty sheet on a desk, seen from above.",
            Self::Columns => "A chart of ten columns that grow, with an orange line above them.",
            Self::Dunes => "A small caravan crosses dunes under a low sun.",
            Self::FoggyForest => "Rows of firs that fade into fog.",
            Self::Lighthouse => "A lighthouse throws its beam over the sea at dusk.",
            Self::Map => "A hiking map of an island with contour lines and a path.",
            Self::MorningHills => {
                "Range behind range of hills in the morning haze, birds in front of the sun."
            }
            Self::MountainLake => "Snowy mountains at sunset and their reflection in a lake.",
            Self::NightCity => "A city at night, its lighted windows mirrored in the river.",
            Self::NorthernLights => "Green northern lights over a cabin in the snow.",
            Self::Poster => "A poster of circles, quarters and bars in twenty-four squares.",
            Self::RainyWindow => "The lights of a town, blurred behind a window in the rain.",
            Self::Shares => "A ring of five shares, the largest of them orange.",
        }
    }

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
