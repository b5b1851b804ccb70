//! What a user may do beyond what everybody may.

use crate::Invalid;

/// A user's part in the company's microblog. Each may do all that a member may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads, writes, likes and follows.
    #[default]
    Member,
    /// Removes tweets of others, with a reason.
    Moderator,
    /// Makes announcements.
    Communicator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Communicator];

    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Communicator => "communicator",
        }
    }

    /// The role of that word, letter case and white space around it aside.
    ///
    /// # Errors
    /// [`Invalid::Role`].
    pub fn parse(word: &str) -> Result<Self, Invalid> {
        Self::stored(&word.trim().to_lowercase()).ok_or(Invalid::Role)
    }

    /// For adapters: the role that was kept as that word, where there is one.
    pub fn stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_word_and_letter_case_does_not_count() {
        for role in Role::ALL {
            assert_eq!(Role::parse(&format!(" {}\n", role.as_str().to_uppercase())), Ok(role));
            assert_eq!(Role::stored(role.as_str()), Some(role));
        }
        for word in ["", "admin", "members", "мember"] {
            assert_eq!(Role::parse(word), Err(Invalid::Role), "{word:?}");
        }
        assert_eq!(Role::default(), Role::Member);
    }
}
