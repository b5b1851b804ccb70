//! Finding people: the text that a search looks through, and what somebody types.
//!
//! Both are folded alike, further than what must be unique: who looks for Jose finds José, and who looks for Петр finds
//! Пётр, though both may be users.

use std::cmp::Reverse;

use unicode_normalization::UnicodeNormalization as _;

use crate::Invalid;
use crate::name::{NAME_LENGTH, folded, visible};
use crate::visible::is_default_ignorable;

/// Signs that are written as, or in the place of, an apostrophe.
const APOSTROPHES: &str = "'`´‘’‛′ʹʻʼʽʾʿˈ՚׳＇ꞌ";

/// Letters with a stroke and the like, which Unicode doesn't take apart.
const PLAIN: [(char, &str); 10] = [
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ı', "i"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('þ', "th"),
];

/// What somebody types to find people: one or more words, folded. Whom it finds has each of them as a part of what is
/// [`searchable`], in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePart(String);

impl NamePart {
    /// Takes 1 to 100 characters, white space around them aside.
    ///
    /// # Errors
    /// [`Invalid::NamePart`], [`Invalid::ControlCharacter`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match visible(&folded(text.trim()), NAME_LENGTH) {
            Ok(()) => Ok(Self(essential(words(text)).join(" "))),
            Err(Invalid::NameLength { limit, .. }) => Err(Invalid::NamePart { limit }),
            Err(other) => Err(other),
        }
    }

    /// The folded words, parted by spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folded words, the longest first. None of them is a part of another.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// Whether it finds whom that [`searchable`] text describes.
    pub fn is_in(&self, searchable: &str) -> bool {
        self.words().all(|word| searchable.contains(word))
    }
}

/// What a search looks through: the folded words of those texts, each once. Two spaces end it: so every part of one or two
/// characters is the beginning of three, by which an index of three characters finds it.
pub fn searchable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all = Vec::new();
    for word in texts.into_iter().flat_map(words) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    format!("{}  ", all.join(" "))
}

/// The longest words first, without those that are a part of another.
fn essential(mut words: Vec<String>) -> Vec<String> {
    words.sort_by_cached_key(|word| (Reverse(word.chars().count()), word.clone()));
    let mut kept = Vec::<String>::new();
    for word in words {
        if !kept.iter().any(|longer| longer.contains(&word)) {
            kept.push(word);
        }
    }
    kept
}

/// The words of a text, folded.
fn words(text: &str) -> Vec<String> {
    let parted = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let words = text.split_whitespace().flat_map(|word| parted(plain(word))).collect::<Vec<_>>();
    // Of a text that is nothing but accents or apostrophes nothing would be left.
    if words.is_empty() { parted(folded(text)) } else { words }
}

/// A word without accents, apostrophes and what nobody sees.
fn plain(word: &str) -> String {
    let aside = |character: &char| APOSTROPHES.contains(*character) || is_default_ignorable(*character);
    let without = word.chars().filter(|character| !aside(character)).collect::<String>();
    let (mut plain, mut letter) = (String::with_capacity(without.len()), ' ');
    for character in folded(&without).nfkd().filter(|character| !aside(character)) {
        if !is_accent(character) {
            letter = character;
        } else if character != BREVE || !matches!(letter, 'и' | 'у') {
            continue;
        }
        match PLAIN.iter().find(|(stroked, _)| *stroked == character) {
            Some((_, letters)) => plain.push_str(letters),
            None => plain.push(character),
        }
    }
    folded(&plain)
}

/// Makes й and ў letters of their own.
const BREVE: char = '\u{306}';

/// Marks that a script can do without, in the order of Unicode: accents of Latin, Greek and Cyrillic, points of Hebrew,
/// vowels of Arabic. Those of Indian scripts, of Thai and of kana make other syllables.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5BD}' | '\u{5BF}'
        | '\u{5C1}'..='\u{5C2}' | '\u{5C4}'..='\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}'
        | '\u{670}' | '\u{1AB0}'..='\u{1ACE}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20F0}'
        | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(text: &str) -> NamePart {
        NamePart::parse(text).unwrap()
    }

    #[test]
    fn accents_and_apostrophes_are_aside() {
        for (typed, name) in [
            ("петр", "Пётр"),
            ("ПЁТР", "Петр"),
            ("jose", "José"),
            ("josé", "Jose"),
            ("e\u{301}va", "Éva"),
            ("obrien", "O'Brien"),
            ("o’brien", "O'Brien"),
            ("O´Brien", "OʼBrien"),
            ("soren", "Søren"),
            ("lukasz", "Łukasz"),
            ("aeroskobing", "Ærøskøbing"),
            ("strasse", "Straße"),
            ("izmir", "İzmir"),
            ("isik", "Işık"),
            ("nguyen", "Nguyễn"),
            ("νικος", "ΝΊΚΟΣ"),
            ("наталя", "Наталʼя"),
            ("محمد", "مُحَمَّد"),
            ("حمد", "أحمد"),
            ("נעם", "נֹעַם"),
            ("нимфа", "ни\u{200D}мфа"),
        ] {
            assert!(part(typed).is_in(&searchable([name])), "{typed} finds {name}: {:?}", searchable([name]));
        }
        for (typed, name) in [("андреи", "Андрей"), ("か", "が"), ("कि", "की"), ("jose", "Josue")]
        {
            assert!(!part(typed).is_in(&searchable([name])), "{typed} does not find {name}");
        }
        assert!(part("в").is_in("привет  ") && part("й").is_in(&searchable(["Й"])));
        assert!(part("한국").is_in(&searchable(["대한국인"])), "syllables are put together again");
    }

    #[test]
    fn words_are_found_in_any_order_and_none_spans_two_texts() {
        let petr = searchable(["petr", "Пётр", "Иванов", "p.ivanov@corp.test", "Отдел продаж"]);
        for text in
            ["иванов пётр", "Петр Иванов", "ванов тр", "p.ivanov@", "продаж иванов", "  отдел   p.iv petr  "]
        {
            assert!(part(text).is_in(&petr), "{text}");
        }
        for text in ["петриванов", "иванов сидор", "продаживанов"] {
            assert!(!part(text).is_in(&petr), "{text}");
        }
    }

    #[test]
    fn what_is_typed_comes_to_its_essential_words() {
        for (typed, words) in [
            ("50%_\\A", "50%_\\a"),
            ("an Anna ann", "anna"),
            ("b a b", "a b"),
            ("Ivanov Петр", "ivanov петр"),
            ("'", "'"),
            ("' o'brien", "obrien"),
            ("\u{301}", "\u{301}"),
        ] {
            let text = part(typed).as_str().to_owned();
            let (mut text, mut words) =
                (text.split(' ').collect::<Vec<_>>(), words.split(' ').collect::<Vec<_>>());
            text.sort_unstable();
            words.sort_unstable();
            assert_eq!(text, words, "{typed:?}");
        }
        let lengths = part("aa cccc bbb").words().map(str::len).collect::<Vec<_>>();
        assert_eq!(lengths, [4, 3, 2]);
    }

    #[test]
    fn a_search_of_nothing_is_refused() {
        for text in ["  ", "\u{200D}", "\u{200D} \u{200D}", "\u{FE0F}\u{a0}\u{FE0F}", "\u{200B}", "\u{FFA0}"]
        {
            assert!(NamePart::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(NamePart::parse("  ").unwrap_err(), Invalid::NamePart { limit: 100 });
    }

    #[test]
    fn a_text_ends_in_two_spaces_and_has_each_word_once() {
        assert_eq!(searchable(["Ann", "ANN Lee", "sales"]), "ann lee sales  ");
        assert_eq!(searchable(["'"]), "'  ");
    }

    proptest! {
        #[test]
        fn whoever_is_typed_as_they_are_called_is_found(name in "\\PC{1,40}", other in "[a-zа-яё ]{0,20}") {
            prop_assume!(NamePart::parse(&name).is_ok());
            let typed = part(&name);
            prop_assert!(typed.is_in(&searchable([other.as_str(), name.as_str()])), "{typed:?}");
            prop_assert!(typed.words().all(|word| !word.is_empty()), "{typed:?}");
        }

        #[test]
        fn what_is_folded_for_a_search_stays_as_it_is(text in "\\PC{0,40}") {
            let once = searchable([text.as_str()]);
            prop_assert_eq!(searchable([once.as_str()]), once);
        }
    }
}
