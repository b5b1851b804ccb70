//! What an animated WebP shows: its frames come one above the other, as the container of the format demands.

use image::RgbaImage;

use crate::outline::Frame;

const CLEAR: [u8; 4] = [0; 4];

/// The picture that is seen; what no frame has covered is transparent, whatever background the file names, as browsers
/// have it.
pub(super) struct Canvas {
    pixels: RgbaImage,
    /// The place that is cleared before the next frame: left, top, width, height.
    to_clear: Option<[u32; 4]>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { pixels: RgbaImage::new(width, height), to_clear: None }
    }

    pub(super) fn pixels(&self) -> &RgbaImage {
        &self.pixels
    }

    /// Goes on to the next frame, whose decoded picture is as large as the frame.
    pub(super) fn show(&mut self, frame: &Frame<'_>, picture: &RgbaImage) {
        if let Some(place) = self.to_clear.take() {
            self.rows(place).for_each(|row| row.fill(CLEAR));
        }
        let place = [frame.x, frame.y, frame.width, frame.height];
        let (above, _) = picture.as_raw().as_chunks::<4>();
        for (row, above) in self.rows(place).zip(above.chunks_exact(frame.width as usize)) {
            if frame.replaces {
                row.copy_from_slice(above);
            } else {
                row.iter_mut().zip(above).for_each(|(pixel, above)| *pixel = over(*above, *pixel));
            }
        }
        self.to_clear = frame.clears.then_some(place);
    }

    /// The part of each row that lies in that place.
    fn rows(&mut self, [x, y, width, height]: [u32; 4]) -> impl Iterator<Item = &mut [[u8; 4]]> {
        let (left, right) = (x as usize, (x + width) as usize);
        let across = self.pixels.width() as usize;
        let (pixels, _) = self.pixels.as_chunks_mut::<4>();
        let rows = pixels.chunks_exact_mut(across).skip(y as usize).take(height as usize);
        rows.filter_map(move |row| row.get_mut(left..right))
    }
}

/// A pixel over another; colours are not multiplied by their opacity.
fn over([red, green, blue, alpha]: [u8; 4], below: [u8; 4]) -> [u8; 4] {
    if alpha == 255 || below[3] == 0 {
        return [red, green, blue, alpha];
    }
    // Both opacities and their sum, 255 times.
    let (own, through) = (u32::from(alpha) * 255, u32::from(below[3]) * u32::from(255 - alpha));
    let sum = own + through;
    let mix = |own_value: u8, value: u8| {
        byte((u32::from(own_value) * own + u32::from(value) * through + sum / 2) / sum)
    };
    [mix(red, below[0]), mix(green, below[1]), mix(blue, below[2]), byte((sum + 127) / 255)]
}

fn byte(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_hides_what_is_below_by_its_opacity() {
        let red = [200, 0, 0, 255];
        for (above, below, seen) in [
            ([0, 100, 0, 255], red, [0, 100, 0, 255]),
            ([0, 100, 0, 0], red, red),
            ([0, 100, 0, 51], red, [160, 20, 0, 255]),
            ([0, 100, 0, 128], [200, 0, 0, 0], [0, 100, 0, 128]),
            ([0, 100, 0, 128], [200, 0, 0, 128], [66, 67, 0, 192]),
            ([0, 100, 0, 0], CLEAR, [0, 100, 0, 0]),
            ([255, 255, 255, 254], [255, 255, 255, 255], [255, 255, 255, 255]),
        ] {
            assert_eq!(over(above, below), seen, "{above:?} over {below:?}");
        }
    }
}
