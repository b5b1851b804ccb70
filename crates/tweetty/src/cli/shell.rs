//! Words as a shell reads them, for commands that a message prints.

use std::borrow::Cow;

/// The word in quotes where a shell would read something else than it says.
pub(super) fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |character: char| character.is_alphanumeric() || "._-@:/+,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_something_else() {
        for (word, expected) in [
            ("ann.lee-2", "ann.lee-2"),
            ("жанна", "жанна"),
            ("#3", "'#3'"),
            ("Lee, Eve", "'Lee, Eve'"),
            ("o'brien", r"'o'\''brien'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
