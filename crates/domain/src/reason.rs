//! Why something was done to what another user wrote.

use crate::Invalid;
use crate::visible::{refuse_control_characters, shows_something};

/// The longest reason, in Unicode scalar values.
pub const REASON_LENGTH: usize = 280;

/// A reason for the author to read: one line of 1 to 280 characters with something to see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason(String);

impl Reason {
    /// Takes what a person wrote, with one space where there is other or more white space: a reason is a line of the log,
    /// too. The length counts Unicode scalar values after that.
    ///
    /// # Errors
    /// [`Invalid::EmptyText`], [`Invalid::TextTooLong`], [`Invalid::ControlCharacter`].
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        refuse_control_characters(text)?;
        if !shows_something(text) {
            return Err(Invalid::EmptyText);
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (length, limit) = (text.chars().count(), REASON_LENGTH);
        if length > limit { Err(Invalid::TextTooLong { length, limit }) } else { Ok(Self(text)) }
    }

    /// For adapters: a reason that was accepted once, whatever today's limit is.
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reason_is_one_line_of_1_to_280_characters() {
        assert_eq!(
            Reason::parse("  names\r\n a\tcustomer \u{2028}👩\u{200D}🚀 ").unwrap().as_str(),
            "names a customer 👩\u{200D}🚀"
        );
        assert!(Reason::parse(&"ё".repeat(280)).is_ok());
        let too_long = Invalid::TextTooLong { length: 281, limit: 280 };
        assert_eq!(Reason::parse(&"ё".repeat(281)).unwrap_err(), too_long);
        for text in ["", " \n", "\u{200B}", "\u{3164} "] {
            assert_eq!(Reason::parse(text).unwrap_err(), Invalid::EmptyText, "{text:?}");
        }
        assert_eq!(Reason::parse("a\u{7}").unwrap_err(), Invalid::ControlCharacter(7));
    }

    proptest! {
        #[test]
        fn an_accepted_reason_is_accepted_again_unchanged_and_never_two_lines(text in "(\\PC|[ \t\r\n\u{85}\u{2028}]){0,300}") {
            if let Ok(once) = Reason::parse(&text) {
                prop_assert_eq!(once.as_str().lines().count(), 1);
                prop_assert_eq!(&Reason::parse(once.as_str()).unwrap(), &once);
            }
        }
    }
}
