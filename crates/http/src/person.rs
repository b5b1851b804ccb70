//! People beside something else, and pages of them.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use tweetty_domain::{Avatar, Embedded, Nickname, People, Person, PersonName, UserId};

use crate::Options;
use crate::cursor::{self, Cursor};
use crate::error::ApiError;
use crate::query::{Limit, parameter, query};
use crate::shown::{Shown, True, value};

/// A user as others see them.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Person")]
pub(crate) struct NamedPerson {
    /// Who it is.
    id: Shown<UserId>,
    /// The nickname.
    name: Shown<Nickname>,
    /// The first name, where the company gave one.
    first_name: Shown<Option<PersonName>>,
    /// The last name, where the company gave one.
    last_name: Shown<Option<PersonName>>,
    /// Where their avatar of 96 pixels is; null where they have none.
    avatar: AvatarAddress,
    /// True for a program, absent for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<True>,
}

impl NamedPerson {
    pub(crate) fn of(person: Person, options: &Options) -> Self {
        let avatar = AvatarAddress::small(person.avatar, options);
        Self {
            id: Shown(person.id),
            name: Shown(person.nickname),
            first_name: Shown(person.first_name),
            last_name: Shown(person.last_name),
            avatar,
            bot: true_or_absent(person.bot),
        }
    }
}

/// A mark that is there only where it is true.
pub(crate) fn true_or_absent(is_so: bool) -> Option<True> {
    is_so.then_some(True(true))
}

value! {
    /// Where an avatar is; null where there is none.
    pub(crate) AvatarAddress(Option<String>) = {"nullable": true, "format": "uri-reference"};
}

impl AvatarAddress {
    /// That of 96 pixels.
    pub(crate) fn small(avatar: Option<Avatar>, options: &Options) -> Self {
        Self(avatar.map(|avatar| options.media_url(avatar.small())))
    }

    /// That of 256 pixels.
    pub(crate) fn large(avatar: Option<Avatar>, options: &Options) -> Self {
        Self(avatar.map(|avatar| options.media_url(avatar.large())))
    }
}

parameter! {
    /// How many likers each tweet embeds at most; by default the most.
    pub(crate) Likers(i64) = {"minimum": 0, "maximum": "{embedded_likers}", "default": "{embedded_likers}"};
    /// How many followers, and how many followees, a profile embeds at most; by default the most.
    pub(crate) EmbeddedPeople(i64) = {"minimum": 0, "maximum": "{embedded_people}", "default": "{embedded_people}"};
}

query! {
    /// Which page of a list of people.
    pub(crate) struct PeopleQuery {
        /// How many at most.
        limit: Limit,
        /// Where to go on: a `next_cursor` of an earlier answer.
        cursor: Cursor,
    }
}

value! {
    /// A page of people.
    pub(crate) PageOfPeople(Vec<NamedPerson>) = {"maxItems": "{page_size}"};
}

impl PageOfPeople {
    /// The page, and the cursor of the next where one follows.
    pub(crate) fn of(page: People<Person>, list: &str, options: &Options) -> (Self, Option<String>) {
        let next_cursor = page.next.map(|last| cursor::of_people(list, last));
        let people = page.people.into_iter().map(|person| NamedPerson::of(person, options));
        (Self(people.collect()), next_cursor)
    }
}

/// What a parameter of that name says of how many are embedded.
pub(crate) fn embedded(name: &str, given: Option<i64>, limit: u32) -> Result<Embedded, ApiError> {
    Embedded::parse(given, limit).map_err(|invalid| ApiError::invalid(name, invalid))
}
