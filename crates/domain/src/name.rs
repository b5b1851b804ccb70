//! Names of people: nicknames, first and last names.

use smol_str::SmolStr;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization as _;

use crate::Invalid;
use crate::visible::{is_default_ignorable, shows_something};

/// The longest nickname, in Unicode scalar values.
pub(crate) const NICKNAME_LENGTH: usize = 50;
/// The longest name, and the longest text that somebody searches for.
pub(crate) const NAME_LENGTH: usize = 100;

/// The form in which names are compared: compatibility-composed and without letter case, by Unicode's full folding
/// (`ß` is `ss`, both forms of sigma are one).
pub fn folded(text: &str) -> String {
    // Composing may bring back what folds, as for a iota that stands below.
    let once = UniCase::unicode(text.nfkc().collect::<String>()).to_folded_case();
    UniCase::unicode(once.nfkc().collect::<String>()).to_folded_case().nfkc().collect()
}

/// A user's unique name, the API's `name`: 1 to 50 visible characters of any script. Cheap to clone, since a page
/// names the same people many times: up to 23 bytes are copied, longer ones shared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nickname(SmolStr);

impl Nickname {
    /// Takes a nickname without the white space around it, and with one space where there are several.
    ///
    /// # Errors
    /// [`Invalid::NameLength`], [`Invalid::ControlCharacter`] for anything that is not visible.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        visible(text, NICKNAME_LENGTH)?;
        match text.chars().find(|character| character.is_whitespace() && *character != ' ') {
            Some(space) => Err(Invalid::ControlCharacter(space.into())),
            None => Ok(Self(with_single_spaces(text).into())),
        }
    }

    /// The same with that number behind it, shortened where it must be; from 2 on, the first one has none.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn numbered(&self, number: u32) -> Result<Self, Invalid> {
        let number = if number > 1 { number.to_string() } else { String::new() };
        let room = NICKNAME_LENGTH.saturating_sub(number.len());
        Self::parse(&format!("{}{number}", self.0.chars().take(room).collect::<String>()))
    }

    /// For adapters: a nickname that was accepted once, whatever today's rules are.
    pub fn stored(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared with others: what nobody sees, and how many spaces there are, makes no other nickname.
    pub fn folded(&self) -> String {
        // Before folding, which then composes what they kept apart, and after it, since it makes some of others.
        with_single_spaces(&what_is_seen(&folded(&what_is_seen(&self.0))))
    }

    /// As it was compared before that. Some users have nicknames that differ in nothing else.
    pub fn folded_with_hidden(&self) -> String {
        folded(&self.0)
    }
}

/// A text without the characters that Unicode lets be shown as nothing.
fn what_is_seen(text: &str) -> String {
    text.chars().filter(|character| !is_default_ignorable(*character)).collect()
}

fn with_single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A first or last name of 1 to 100 characters. Cheap to clone, as a nickname is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName(SmolStr);

impl PersonName {
    /// Takes a name without the white space around it.
    ///
    /// # Errors
    /// [`Invalid::NameLength`], [`Invalid::ControlCharacter`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        visible(text, NAME_LENGTH)?;
        Ok(Self(text.into()))
    }

    /// For adapters: a name that was accepted once.
    pub fn stored(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that show something only together with another, as in emoji and in the scripts of Mongolia and Japan:
/// joiners, variation selectors, tags.
fn only_joins(character: char) -> bool {
    matches!(character, '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Characters that show nothing or turn the direction of what follows: two names could look the same by them. Line
/// separators and the blank braille pattern are invisible, though Unicode doesn't count them among the ignorable.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{2800}')
        || is_default_ignorable(character) && !only_joins(character)
}

/// Whether a text has 1 to so many characters, all of which can be seen.
pub(crate) fn visible(text: &str, limit: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if !(1..=limit).contains(&length) {
        return Err(Invalid::NameLength { length, limit });
    }
    match text.chars().find(|character| character.is_control() || is_invisible(*character)) {
        Some(character) => Err(Invalid::ControlCharacter(character.into())),
        None if !shows_something(text) => Err(Invalid::NameLength { length: 0, limit }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_nickname_is_trimmed_and_keeps_its_script_and_case() {
        for (given, kept) in [
            (" Ann ", "Ann"),
            ("Анна Ω", "Анна Ω"),
            ("王小明", "王小明"),
            ("👩‍🚀", "👩‍🚀"),
            ("葛\u{E0100}城", "葛\u{E0100}城"),
            ("نیم\u{200C}فاصله", "نیم\u{200C}فاصله"),
            ("Ann   Lee", "Ann Lee"),
        ] {
            assert_eq!(Nickname::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn nicknames_that_are_empty_long_or_invisible_are_refused() {
        for text in [
            "",
            "   ",
            "a\u{0}b",
            "a\nb",
            "a\u{202E}b",
            "\u{200B}",
            "\u{200D}",
            "\u{3164}",
            "\u{200D} \u{FE0F}",
            "a\u{61C}b",
            "a\u{17B4}b",
            "a\u{E0001}b",
            "a\u{FFF0}b",
            "a\u{2003}b",
            &"x".repeat(51),
        ] {
            assert!(Nickname::parse(text).is_err(), "{text:?}");
        }
        assert!(Nickname::parse(&"ж".repeat(50)).is_ok());
    }

    #[test]
    fn names_that_differ_in_case_or_composition_fold_to_the_same() {
        for (one, other) in [
            ("ANN", "ann"),
            ("Жанна", "жАННА"),
            ("e\u{301}va", "ÉVA"),
            ("Ｂob", "bob"),
            ("Νίκος", "ΝΊΚΟΣ"),
            ("Straße", "STRASSE"),
            ("ﬁona", "FIONA"),
            ("İnci", "i\u{307}nci"),
        ] {
            assert_eq!(folded(one), folded(other));
        }
        assert_ne!(folded("inci"), folded("ınci"), "the letters differ, not their case");
    }

    #[test]
    fn what_nobody_sees_makes_no_other_nickname() {
        let compared = |text: &str| Nickname::stored(text).folded();
        for same in ["ann", "a\u{200D}nn", "Ann\u{FE0F}", "a\u{AD}n\u{E0061}n", "\u{3164}ann", "ANN\u{2060}"]
        {
            assert_eq!(compared(same), "ann", "{same:?}");
        }
        assert_eq!(compared("e\u{200D}\u{301}va"), compared("Éva"), "what is kept apart is composed");
        assert_eq!(compared("Ann \u{200D}  Lee"), "ann lee");
        assert_ne!(compared("annlee"), "ann lee");
        assert_ne!(Nickname::stored("a\u{200D}nn").folded_with_hidden(), "ann");
    }

    proptest! {
        #[test]
        fn a_compared_nickname_is_compared_alike_again(text in "\\PC{0,60}") {
            let once = Nickname::stored(text).folded();
            prop_assert_eq!(Nickname::stored(once.clone()).folded(), once);
        }

        #[test]
        fn what_is_folded_stays_as_it_is(text in "\\PC{0,60}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }

    #[test]
    fn neither_a_name_nor_a_search_is_of_characters_that_show_nothing() {
        for text in
            ["\u{200D}", "\u{200D} \u{200D}", "\u{FE0F}\u{a0}\u{FE0F}", "\u{E0100}", "\u{200B}", "\u{FFA0}"]
        {
            assert!(PersonName::parse(text).is_err(), "{text:?}");
            assert!(crate::NamePart::parse(text).is_err(), "{text:?}");
        }
    }
}
