//! Which characters show something.

use crate::Invalid;

/// The code points with the property `Default_Ignorable_Code_Point` of Unicode 17 (`DerivedCoreProperties.txt`),
/// whether they are assigned or not. They have no look of their own: fillers, joiners, marks of direction, variation
/// selectors, tags.
const DEFAULT_IGNORABLE: [(char, char); 17] = [
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFF8}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];

/// Whether Unicode lets a character be shown as nothing.
pub(crate) fn is_default_ignorable(character: char) -> bool {
    DEFAULT_IGNORABLE.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// Refuses C0 control characters but tab and line breaks.
pub(crate) fn refuse_control_characters(text: &str) -> Result<(), Invalid> {
    let forbidden = |character: &char| *character < ' ' && !matches!(character, '\t' | '\n' | '\r');
    match text.chars().find(forbidden) {
        Some(character) => Err(Invalid::ControlCharacter(character.into())),
        None => Ok(()),
    }
}

/// Whether a text has a character that is neither white space nor shown as nothing.
pub(crate) fn shows_something(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !is_default_ignorable(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_shows_something_by_one_character_that_is_neither_space_nor_ignorable() {
        for text in ["", " \u{a0}\u{2003}\u{3000}\n", "\u{200B}", "\u{FEFF} \u{2060}", "\u{E0041}\u{E007F}"] {
            assert!(!shows_something(text), "{text:?}");
        }
        for text in ["x", "\u{200B}.", "👩\u{200D}🚀", "\u{301}", "\u{FFFD}", "\u{2800}", "\u{E1000}"] {
            assert!(shows_something(text), "{text:?}");
        }
    }

    #[test]
    fn the_ranges_are_in_order_and_of_the_size_that_unicode_says() {
        assert!(DEFAULT_IGNORABLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
        let count = (0..=0x10_FFFF).filter_map(char::from_u32).filter(|of| is_default_ignorable(*of)).count();
        assert_eq!(count, 4174, "# Total code points: 4174");
    }
}
