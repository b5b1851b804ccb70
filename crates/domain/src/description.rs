//! What a picture shows, in words.

use crate::Invalid;
use crate::visible::{refuse_control_characters, shows_something};

/// What an image shows, for those who can't see it: trimmed, with something to see, not too long, without control
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageDescription(String);

impl ImageDescription {
    /// Takes what a person wrote; none where it shows nothing. The length counts Unicode scalar values after trimming.
    ///
    /// # Errors
    /// [`Invalid::TextTooLong`], [`Invalid::ControlCharacter`].
    pub fn parse(text: &str, limit: usize) -> Result<Option<Self>, Invalid> {
        // Looked for before trimming: some of them count as white space.
        refuse_control_characters(text)?;
        let text = text.trim();
        if !shows_something(text) {
            return Ok(None);
        }
        let length = text.chars().count();
        if length > limit {
            Err(Invalid::TextTooLong { length, limit })
        } else {
            Ok(Some(Self(text.to_owned())))
        }
    }

    /// For adapters: a description that was accepted once, whatever today's limit is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<String>, Invalid> {
        ImageDescription::parse(text, 1500).map(|found| found.map(|description| description.0))
    }

    #[test]
    fn a_description_is_trimmed_and_otherwise_kept_verbatim() {
        let text = "A cat\t<b>\r\n\n👋  asleep";
        assert_eq!(parse(&format!(" \n {text} \u{a0}")), Ok(Some(text.to_owned())));
    }

    #[test]
    fn a_description_that_shows_nothing_is_none() {
        for text in ["", " \n\t ", "\u{200B}", "\u{2060} \u{FE0F}", &" ".repeat(2000)] {
            assert_eq!(parse(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn a_description_has_at_most_1500_scalar_values_after_trimming() {
        assert!(parse(&format!("  {}  ", "👋".repeat(1500))).is_ok());
        let too_long = Invalid::TextTooLong { length: 1501, limit: 1500 };
        assert_eq!(parse(&"e".repeat(1501)), Err(too_long));
    }

    #[test]
    fn control_characters_other_than_tab_and_line_breaks_are_refused() {
        for code in (0..32).filter(|code| ![9, 10, 13].contains(code)) {
            let character = char::from_u32(code).unwrap();
            for text in [format!("a{character}b"), format!("{character}"), format!("a {character}")] {
                assert_eq!(parse(&text), Err(Invalid::ControlCharacter(code)));
            }
        }
    }
}
