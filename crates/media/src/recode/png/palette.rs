//! The colours of a picture that has 256 of them at most.

/// The most colours.
pub(super) const MOST: usize = 256;
/// Places in which colours are looked for: more than there are colours, so that a search is short.
const PLACES: usize = 1024;

/// Colours, those that are not opaque before those that are.
pub(super) struct Palette(Vec<[u8; 4]>);

impl Palette {
    /// The colours of the pixels and the number of each pixel's; `None` where there are more than so many.
    pub(super) fn of(pixels: impl ExactSizeIterator<Item = [u8; 4]>, most: usize) -> Option<(Self, Vec<u8>)> {
        let mut colors: Vec<[u8; 4]> = Vec::new();
        let mut places = [None::<u8>; PLACES];
        let mut numbers = Vec::with_capacity(pixels.len());
        let mut last = None;
        for pixel in pixels {
            let number = match last {
                Some((color, number)) if color == pixel => number,
                _ => {
                    let mut place = place(pixel);
                    while places[place].is_some_and(|number| colors[usize::from(number)] != pixel) {
                        place = (place + 1) % PLACES;
                    }
                    match places[place] {
                        Some(number) => number,
                        None if colors.len() == most.min(MOST) => return None,
                        None => {
                            let number = u8::try_from(colors.len()).ok()?;
                            places[place] = Some(number);
                            colors.push(pixel);
                            number
                        }
                    }
                }
            };
            last = Some((pixel, number));
            numbers.push(number);
        }
        let mut order = (0..colors.len()).collect::<Vec<_>>();
        order.sort_by_key(|number| colors[*number][3] == u8::MAX);
        let mut new = [0; MOST];
        for (number, old) in (0..=u8::MAX).zip(&order) {
            new[*old] = number;
        }
        for number in &mut numbers {
            *number = new[usize::from(*number)];
        }
        Some((Self(order.iter().map(|old| colors[*old]).collect()), numbers))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Red, green and blue of each.
    pub(super) fn colors(&self) -> Vec<u8> {
        self.0.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect()
    }

    /// The opacity of those that are not opaque.
    pub(super) fn opacities(&self) -> Vec<u8> {
        self.0.iter().map(|color| color[3]).take_while(|alpha| *alpha != u8::MAX).collect()
    }

    /// The greys, where there is nothing but opaque ones.
    pub(super) fn greys(&self) -> Option<Vec<u8>> {
        self.0
            .iter()
            .map(|[red, green, blue, alpha]| {
                (red == green && green == blue && *alpha == u8::MAX).then_some(*red)
            })
            .collect()
    }
}

/// Where a colour is looked for first.
fn place(color: [u8; 4]) -> usize {
    (u32::from_le_bytes(color).wrapping_mul(0x9E37_79B1) >> 22) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_has_the_number_of_its_colour_and_transparent_ones_come_first() {
        let pixels = [[9, 8, 7, 255], [1, 2, 3, 255], [9, 8, 7, 255], [0, 0, 0, 0], [1, 2, 3, 9]];
        let (palette, numbers) = Palette::of(pixels.into_iter(), MOST).unwrap();
        assert_eq!(palette.opacities(), [0, 9]);
        assert_eq!(palette.colors(), [0, 0, 0, 1, 2, 3, 9, 8, 7, 1, 2, 3]);
        assert_eq!(numbers, [2, 3, 2, 0, 1]);
        assert_eq!(palette.greys(), None);
    }

    #[test]
    fn there_are_256_colours_at_most() {
        let colors = |count: u32| (0..count).map(|color| (color * 0x0001_0101).to_le_bytes());
        let (palette, numbers) = Palette::of(colors(256), MOST).unwrap();
        assert_eq!(palette.len(), 256);
        assert_eq!(numbers.len(), 256);
        assert!(Palette::of(colors(257), MOST).is_none());
        assert!(Palette::of(colors(9), 8).is_none());
    }
}
