//! A user as others see them, where a row becomes one.

use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use tweetty_domain::{Avatar, Nickname, Person, PersonName, UserId};

/// A user's id, nickname, first and last name, avatar, and whether it is a bot.
pub(crate) type Columns = (BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Bool);
pub(crate) type Row = (i64, String, Option<String>, Option<String>, Option<String>, bool);

/// The user of a row.
pub(crate) fn of_row((id, nickname, first_name, last_name, avatar, bot): Row) -> Person {
    Person {
        id: UserId::stored(id),
        nickname: Nickname::stored(nickname),
        first_name: first_name.map(PersonName::stored),
        last_name: last_name.map(PersonName::stored),
        avatar: self::avatar(avatar.as_deref()),
        bot,
    }
}

/// An avatar as it was recorded; one that can't be read is none, which keeps nobody from being shown.
pub(crate) fn avatar(text: Option<&str>) -> Option<Avatar> {
    text.and_then(Avatar::parse)
}
