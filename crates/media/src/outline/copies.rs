//! Which smaller copies an image gets, and the memory that making them takes.

use tweetty_domain::Avatar;

use super::{Kind, Outline, area};

/// The widths of copies in pixels, from wide to narrow: those of the screens of desks, of phones, and of half a phone.
const WIDTHS: [u32; 3] = [1280, 640, 320];
/// The width of the picture that stands for an animation, at most.
const STILL: u32 = 640;

impl Outline {
    /// Whether it has more than one frame.
    pub(crate) fn is_animated(&self) -> bool {
        matches!(self.kind, Kind::Gif | Kind::AnimatedWebP) && self.frames > 1
    }

    /// The sizes of the copies of the picture that is shown in that size, from wide to narrow. One that is hardly
    /// smaller than the picture is left out, and one for which there is not the memory.
    pub(crate) fn copies(&self, width: u32, height: u32) -> Vec<(u32, u32)> {
        let sizes = self.widths(width).into_iter().map(|copy| (copy, scaled(height, copy, width)));
        sizes.filter(|size| self.memory_of_copy((width, height), *size) <= self.memory).collect()
    }

    /// The memory that making copies takes, file included: as far as the most allows it, which decides what is made.
    pub(super) fn memory_of_copies(&self, most: u64) -> u64 {
        // It may be turned by its metadata.
        let shown = [(self.width, self.height), (self.height, self.width)];
        let needed = shown.into_iter().flat_map(|(width, height)| {
            let sizes = self.widths(width).into_iter().map(move |copy| (copy, scaled(height, copy, width)));
            sizes.map(move |size| self.memory_of_copy((width, height), size))
        });
        needed.filter(|memory| *memory <= most).max().unwrap_or_default()
    }

    /// The memory that making an avatar takes: of a narrow picture there are no other copies.
    pub(crate) fn memory_of_avatar(&self) -> u64 {
        let side = Avatar::LARGE;
        self.memory.max(self.memory_of_copy((self.width, self.height), (side, side)))
    }

    fn widths(&self, width: u32) -> Vec<u32> {
        if self.is_animated() {
            return vec![width.min(STILL)];
        }
        WIDTHS.into_iter().filter(|copy| copy * 6 / 5 <= width).collect()
    }

    /// The file, the picture, the same as narrow as the copy, and the copy; the picture is gone when the copy is
    /// encoded.
    fn memory_of_copy(&self, (width, height): (u32, u32), (copy_width, copy_height): (u32, u32)) -> u64 {
        let samples = match self.kind {
            Kind::Jpeg(_) | Kind::UnusualJpeg(_) | Kind::LossyWebP => 3,
            Kind::Png | Kind::Gif | Kind::ExactWebP | Kind::AnimatedWebP => 4,
        };
        let resizing = area(copy_width, height) + 2 * area(copy_width, copy_height);
        // The frame of a GIF is unpacked beside the canvas.
        let decoding = if self.kind == Kind::Gif { self.pixels } else { 0 };
        let pictures = samples * area(width, height) + decoding.max(samples * resizing);
        pictures.saturating_add(self.length as u64)
    }
}

/// A height that keeps the proportions, and is at least 1.
fn scaled(height: u32, width: u32, of: u32) -> u32 {
    let (height, width, of) = (u64::from(height), u64::from(width), u64::from(of.max(1)));
    u32::try_from((height * width + of / 2) / of).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::Colors;
    use super::*;

    fn picture(kind: Kind, width: u32, height: u32, frames: u32) -> Outline {
        let (pixels, memory) = (area(width, height), u64::MAX);
        let work = pixels;
        Outline {
            kind,
            width,
            height,
            pixels,
            frames,
            work,
            memory,
            length: 1000,
            profile: 0,
            quantization: None,
            lacks: &[],
        }
    }

    fn copies(width: u32, height: u32) -> Vec<(u32, u32)> {
        picture(Kind::Png, width, height, 1).copies(width, height)
    }

    #[test]
    fn copies_keep_the_proportions_and_are_clearly_smaller_than_the_picture() {
        assert_eq!(copies(4000, 3000), [(1280, 960), (640, 480), (320, 240)]);
        assert_eq!(copies(1536, 1536), [(1280, 1280), (640, 640), (320, 320)]);
        assert_eq!(copies(1535, 1535), [(640, 640), (320, 320)]);
        assert_eq!(copies(384, 100), [(320, 83)]);
        assert_eq!(copies(383, 5000), []);
        assert_eq!(copies(1, 16_383), []);
        assert_eq!(copies(16_383, 1), [(1280, 1), (640, 1), (320, 1)]);
        assert_eq!(copies(500, 10_000), [(320, 6400)]);
    }

    #[test]
    fn an_animation_gets_one_picture_of_at_most_640_pixels() {
        for kind in [Kind::Gif, Kind::AnimatedWebP] {
            assert_eq!(picture(kind, 1000, 500, 2).copies(1000, 500), [(640, 320)]);
            assert_eq!(picture(kind, 20, 10, 2).copies(20, 10), [(20, 10)]);
            assert_eq!(picture(kind, 1000, 500, 1).copies(1000, 500), [(640, 320), (320, 160)]);
        }
    }

    #[test]
    fn a_copy_for_which_there_is_not_the_memory_is_left_out() {
        let tall = |memory| Outline { memory, ..picture(Kind::Png, 1536, 20_000, 1) };
        let widths = |memory| tall(memory).copies(1536, 20_000).into_iter().map(|(width, _)| width);
        let all = tall(0).memory_of_copies(u64::MAX);
        assert_eq!(widths(all).collect::<Vec<_>>(), [1280, 640, 320]);
        assert_eq!(widths(all - 1).collect::<Vec<_>>(), [640, 320]);
        let less = tall(0).memory_of_copies(all - 1);
        assert!(less < all);
        assert_eq!(widths(less).collect::<Vec<_>>(), [640, 320]);
        assert_eq!(tall(0).memory_of_copies(1000), 0);
        assert_eq!(widths(1000).count(), 0);
    }

    #[test]
    fn a_turned_picture_has_the_memory_for_its_copies() {
        let outline = picture(Kind::Jpeg(Colors::YCbCr), 900, 2000, 1);
        let turned = Outline { memory: outline.memory_of_copies(u64::MAX), ..outline };
        assert_eq!(turned.copies(2000, 900).len(), 3);
    }
}
