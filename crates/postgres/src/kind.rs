//! The kinds of changes that are made in groups.

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Like,
    Unlike,
    Follow,
    Unfollow,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Like, Self::Unlike, Self::Follow, Self::Unfollow];

    /// What it is called where it is counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Unlike => "unlike",
            Self::Follow => "follow",
            Self::Unfollow => "unfollow",
        }
    }
}
