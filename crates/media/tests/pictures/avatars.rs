//! Avatars: two squares of the middle of a picture, and nothing else of it.

use image::{DynamicImage, GenericImageView as _, ImageFormat as Codec, Rgb, RgbImage, Rgba, RgbaImage};
use tweetty_domain::{Avatar, Error, ImageFormat, Images as _, Invalid, Limits, Result};
use tweetty_media::Options;

use crate::kit::{Shelf, encoded, gif, jpeg, opaque, png};

async fn keep(shelf: &Shelf, bytes: &[u8]) -> Result<Avatar> {
    let mut incoming = shelf.images.receive().await?;
    incoming.write(bytes).await?;
    incoming.keep_as_avatar().await
}

/// The large and the small file of an avatar that is made of those bytes.
async fn squares(bytes: &[u8]) -> (ImageFormat, [DynamicImage; 2]) {
    let shelf = Shelf::new();
    let avatar = keep(&shelf, bytes).await.unwrap();
    assert_eq!(shelf.files().len(), 2, "both files and nothing else");
    let large = image::load_from_memory(&shelf.read(avatar.large()).await).unwrap();
    let small = image::load_from_memory(&shelf.read(avatar.small()).await).unwrap();
    assert_eq!((large.dimensions(), small.dimensions()), ((256, 256), (96, 96)));
    assert_eq!(avatar.large().format(), avatar.small().format());
    (avatar.large().format(), [large, small])
}

fn assert_near(picture: &DynamicImage, place: (u32, u32), expected: [u8; 3]) {
    let Rgba([red, green, blue, _]) = picture.get_pixel(place.0, place.1);
    for (seen, expected) in [red, green, blue].into_iter().zip(expected) {
        // What is enlarged swings a little beside an edge.
        assert!(seen.abs_diff(expected) < 20, "{:?} at {place:?}", [red, green, blue]);
    }
}

/// Red, a green square in the middle of the longer side, blue.
fn thirds(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (place, of) = if width > height { (x, width) } else { (y, height) };
        Rgb([[220, 0, 0], [0, 200, 0], [0, 0, 220]][(place * 3 / of) as usize])
    })
}

#[tokio::test]
async fn an_avatar_is_the_square_in_the_middle() {
    for (width, height) in [(1200, 400), (400, 1200), (150, 50), (30, 90)] {
        for codec in [Codec::Png, Codec::Jpeg, Codec::WebP] {
            let (_, squares) = squares(&encoded(thirds(width, height), codec)).await;
            for square in squares {
                let last = square.width() - 1;
                for place in
                    [(4, 4), (last / 2, last / 2), (last - 4, 4), (4, last - 4), (last - 4, last - 4)]
                {
                    assert_near(&square, place, [0, 200, 0]);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_picture_of_any_size_and_shape_makes_an_avatar() {
    for (width, height) in [(1, 1), (1, 3000), (3000, 1), (95, 97), (256, 256), (4000, 3000)] {
        squares(&jpeg(width, height)).await;
        squares(&png(width, height)).await;
    }
}

#[tokio::test]
async fn photographs_become_jpeg_and_transparency_stays() {
    let (format, _) = squares(&jpeg(640, 480)).await;
    assert_eq!(format, ImageFormat::Jpeg);
    let ring = RgbaImage::from_fn(300, 300, |x, y| {
        let is_inside = x.abs_diff(150).pow(2) + y.abs_diff(150).pow(2) < 100 * 100;
        Rgba(if is_inside { [200, 10, 10, 255] } else { [0, 0, 0, 0] })
    });
    let (format, squares) = squares(&encoded(ring, Codec::Png)).await;
    assert_eq!(format, ImageFormat::Png);
    for square in squares {
        assert_eq!(square.get_pixel(2, 2).0[3], 0);
        assert_eq!(square.get_pixel(square.width() / 2, square.height() / 2).0, [200, 10, 10, 255]);
    }
}

#[tokio::test]
async fn of_an_animation_the_first_picture_is_taken() {
    let (_, squares) = squares(&gif(640, 480, 3)).await;
    assert_eq!(squares.len(), 2);
}

#[tokio::test]
async fn what_is_no_picture_makes_no_avatar_and_leaves_nothing() {
    let shelf = Shelf::new();
    assert!(matches!(keep(&shelf, b"<svg/>").await, Err(Error::UnsupportedImage)));
    let half = jpeg(640, 480);
    let cut = keep(&shelf, &half[..half.len() / 2]).await;
    assert!(matches!(cut, Err(Error::Invalid(Invalid::CutOffImage | Invalid::UndecodableImage))), "{cut:?}");
    assert_eq!(shelf.files(), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn an_avatar_has_the_limits_of_every_picture() {
    let hasty = Options { processor_time: std::time::Duration::ZERO, ..Options::default() };
    let refused = keep(&Shelf::with(&Limits::default(), &hasty), &jpeg(2000, 2000)).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::TooSlowImage { .. }))), "{refused:?}");
    let few = Limits { image_pixels: 99, ..Limits::default() };
    let refused = keep(&Shelf::with(&few, &Options::default()), &png(10, 10)).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::TooManyPixels { limit: 99 }))), "{refused:?}");
    // A narrow picture has no smaller copies, for which there would be room.
    let (narrow, little) = (encoded(opaque(300, 6000), Codec::Gif), 8 * 1024 * 1024);
    let shelf = Shelf::with(&Limits { image_memory: little, ..Limits::default() }, &Options::default());
    assert!(shelf.keep(&narrow).await.is_ok());
    let refused = keep(&shelf, &narrow).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::TooCostlyImage))), "{refused:?}");
}
