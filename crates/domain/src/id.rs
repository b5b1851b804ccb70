//! Identities: positive integers, so that a mix-up doesn't compile.

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The identity of that number; `None` unless it is positive.
            pub fn new(number: i64) -> Option<Self> {
                (number > 0).then_some(Self(number))
            }

            /// For adapters: an identity that a store gave out, hence positive.
            pub fn stored(number: i64) -> Self {
                Self(number)
            }

            /// The number.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

identity! {
    /// Which user.
    UserId
}
identity! {
    /// Which tweet; a later tweet has a higher id.
    TweetId
}
identity! {
    /// Which uploaded image.
    MediaId
}
identity! {
    /// Which key of a user.
    KeyId
}
identity! {
    /// Which announcement; a later one has a higher id.
    AnnouncementId
}
identity! {
    /// Which record of the log.
    RecordId
}
identity! {
    /// Which removal of a tweet; a later one has a higher id.
    RemovalId
}
