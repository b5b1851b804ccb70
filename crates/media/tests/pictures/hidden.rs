//! What lies in the streams of a WebP behind the last bit that means something is not kept.

use std::path::Path;

use crate::kit::{Shelf, frames, raw};
use tweetty_domain::ImageFormat;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").join(name)).unwrap()
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// The file with something behind the stream in each chunk of that kind.
fn with(file: &[u8], kind: [u8; 4], behind: &[u8]) -> Vec<u8> {
    let longer = |(name, mut data): ([u8; 4], Vec<u8>)| {
        if name == kind {
            data.extend(behind);
        } else if &name == b"ANMF" {
            let chunks = frames::chunks(&data[16..]).into_iter().flat_map(|(name, mut chunk)| {
                if name == kind {
                    chunk.extend(behind);
                }
                raw::riff_chunk(name, &chunk)
            });
            data = [&data[..16], &chunks.collect::<Vec<_>>(), &raw::riff_chunk(*b"note", behind)].concat();
        }
        raw::riff_chunk(name, &data)
    };
    raw::riff(&frames::chunks(&file[12..]).into_iter().map(longer).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_still_webp_is_kept_bit_for_bit_without_what_does_not_belong_to_it() {
    let shelf = Shelf::new();
    let secret = raw::SECRET.as_bytes();
    for name in
        ["sizes/lossy", "sizes/lossy-transparent", "webp/lossy-transparent", "webp/mixed", "webp/two-colours"]
    {
        let source = read(&format!("{name}.webp"));
        let (stored, served) = shelf.kept(&source).await;
        assert_eq!(stored.name.format(), ImageFormat::WebP, "{name}");
        let streams = |file: &[u8]| {
            let mut chunks = frames::chunks(&file[12..]);
            chunks.retain(|(kind, _)| [*b"ALPH", *b"VP8 ", *b"VP8L"].contains(kind));
            chunks
        };
        assert!(frames::are_kept(&streams(&served), &streams(&source)), "{name}");
        let (width, height) = (stored.width, stored.height);
        let extended = source[12..16] == *b"VP8X";
        let mut chunks = source[if extended { 30 } else { 12 }..].to_vec();
        chunks.extend(raw::riff_chunk(*b"XMP ", secret));
        chunks.extend(raw::riff_chunk(*b"note", secret));
        let turned = raw::riff(&[raw::extended(0x14, width, height), chunks]);
        assert!(shelf.kept(&turned).await.1 == served, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_kept_behind_the_end_of_a_stream() {
    let shelf = Shelf::new();
    let secret = raw::SECRET.as_bytes();
    let mut wrong = vec![];
    for (name, kind) in [
        ("sizes/lossy", *b"VP8 "),
        ("sizes/lossy-transparent", *b"VP8 "),
        ("sizes/lossy-transparent", *b"ALPH"),
        ("webp/lossy-transparent", *b"ALPH"),
        ("webp/mixed", *b"VP8L"),
        ("webp/transparent", *b"VP8L"),
        ("animated/lossy", *b"VP8 "),
        ("animated/lossy-transparent", *b"ALPH"),
        ("animated/lossless", *b"VP8L"),
    ] {
        let source = read(&format!("{name}.webp"));
        for behind in [secret.to_vec(), secret.repeat(50)] {
            let file = with(&source, kind, &behind);
            assert!(has(&file, secret));
            let (stored, served) = shelf.kept(&file).await;
            if has(&served, secret) {
                wrong.push(format!("{name} {kind:?}: {} bytes", behind.len()));
            }
            if stored.name.format() == ImageFormat::WebP && name.starts_with("animated") {
                assert!(frames::shown(&served) == frames::shown(&source), "{name}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_stream_that_some_decoders_would_scale_or_not_show_is_not_kept() {
    let shelf = Shelf::new();
    let source = read("sizes/lossy.webp");
    // Behind the headers of file and chunk: the bit that says that it is shown, and the scales of both sides.
    for (place, bits) in [(20, 0x10), (27, 0x40), (29, 0x80)] {
        let mut other = source.clone();
        other[place] ^= bits;
        let (stored, _) = shelf.kept(&other).await;
        assert_eq!(stored.name.format(), ImageFormat::Jpeg, "{place}");
    }
}
