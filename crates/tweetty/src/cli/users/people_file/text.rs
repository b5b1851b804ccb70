//! From the bytes of a file to its text.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::lines::breaks_in;
use super::problems::Problems;

/// What workbooks begin with: those of today, which are zip archives, and older ones.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0"];

/// The text, without the byte order mark that spreadsheets begin a file with.
pub(super) fn decoded(content: &[u8], given: Option<&'static Encoding>) -> Result<String, Problems> {
    if WORKBOOKS.iter().any(|beginning| content.starts_with(beginning)) {
        let problem = "this is a workbook, not CSV; save the sheet as \"CSV UTF-8\"";
        return Err(Problems::of(1, problem));
    }
    let marked = Encoding::for_bom(content).map(|(encoding, _)| encoding);
    let Some(encoding) = given.or(marked).or_else(|| wide(content)) else {
        return match std::str::from_utf8(content) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let line = 1 + breaks_in(content.get(..error.valid_up_to()).unwrap_or_default());
                let cure = "name its encoding, such as --encoding windows-1251, or save it as \"CSV UTF-8\"";
                Err(Problems::of(line, format!("the file is not UTF-8; {cure}")))
            }
        };
    };
    // A byte order mark says more than an operator who means another file.
    let (text, encoding, damaged) = encoding.decode(content);
    if damaged {
        let sound = text.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
        let problem =
            format!("the file is not {}; name the encoding that it has by --encoding", encoding.name());
        return Err(Problems::of(1 + breaks_in(sound.as_bytes()), problem));
    }
    Ok(text.into_owned())
}

/// UTF-16 without a mark: of the two bytes of a Latin letter or a sign, one is nothing.
fn wide(content: &[u8]) -> Option<&'static Encoding> {
    match content {
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "nickname,first_name\nжанна,Жанна\n";

    fn wide_bytes(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn unicode_is_recognised_with_and_without_a_mark() {
        let marked = format!("\u{FEFF}{TEXT}");
        for content in [
            TEXT.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            wide_bytes(TEXT, u16::to_le_bytes),
            wide_bytes(TEXT, u16::to_be_bytes),
            wide_bytes(&marked, u16::to_le_bytes),
            wide_bytes(&marked, u16::to_be_bytes),
        ] {
            assert_eq!(decoded(&content, None).unwrap(), TEXT, "{content:?}");
        }
        assert_eq!(decoded(b"", None).unwrap(), "");
    }

    #[test]
    fn other_encodings_are_named() {
        let windows = encoding_rs::WINDOWS_1251;
        let (content, ..) = windows.encode(TEXT);
        assert_eq!(decoded(&content, Some(windows)).unwrap(), TEXT);
        let problems = decoded(&content, None).unwrap_err();
        let [(2, problem)] = problems.found() else { unreachable!("{problems:?}") };
        assert!(problem.contains("--encoding windows-1251"), "{problem}");
        let problems = decoded(&content, Some(encoding_rs::UTF_8)).unwrap_err();
        assert!(matches!(problems.found(), [(2, problem)] if problem.contains("not UTF-8")), "{problems:?}");
    }

    #[test]
    fn a_workbook_is_named_as_such() {
        for content in [b"PK\x03\x04\x14\0\x06\0", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"] {
            let problems = decoded(content, None).unwrap_err();
            assert!(
                matches!(problems.found(), [(1, problem)] if problem.contains("workbook")),
                "{problems:?}"
            );
        }
    }
}
