//! Pictures that are known, but not accepted.

use tweetty_domain::ForeignFormat;

/// The kinds of content that a file of ISO 14496-12 names at its beginning. `mif1` and `msf1` may be either.
const AVIF: [&[u8; 4]; 2] = [b"avif", b"avis"];
const HEIC: [&[u8; 4]; 10] =
    [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"];

/// The format of such a picture.
pub(super) fn format(bytes: &[u8]) -> Option<ForeignFormat> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let brands = rest.strip_prefix(b"ftyp")?;
    let end = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_sub(8)?;
    let (brands, _) = brands.get(..end).unwrap_or(brands).as_chunks::<4>();
    // The second is the version of the first.
    let names = |known: &[&[u8; 4]]| {
        brands.iter().enumerate().any(|(place, brand)| place != 1 && known.contains(&brand))
    };
    if names(&AVIF) {
        Some(ForeignFormat::Avif)
    } else if names(&HEIC) {
        Some(ForeignFormat::Heic)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phones_picture_is_known_by_any_of_its_brands() {
        for (head, expected) in [
            (&b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf\0\0\x01\x56meta"[..], Some(ForeignFormat::Heic)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Some(ForeignFormat::Heic)),
            (b"\0\0\0\x18ftypmsf1\0\0\0\0hevcmsf1", Some(ForeignFormat::Heic)),
            (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", Some(ForeignFormat::Avif)),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Some(ForeignFormat::Avif)),
            (b"\0\0\0\x1cftypavif", Some(ForeignFormat::Avif)),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
            (b"\0\0\0\x14ftypisom\0\0\0\0isom\0\0\0\x08avif", None),
            (b"\0\0\0\x14ftypisomheicisom", None),
            (b"\0\0\0\0ftypheic", None),
            (b"\0\0\0\x1cftyp", None),
            (b"heic", None),
            (b"", None),
        ] {
            assert_eq!(format(head), expected, "{}", head.escape_ascii());
        }
    }
}
