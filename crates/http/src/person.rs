//! People beside something else, and pages of them.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use tweetty_domain::{Embedded, Nickname, People, Person, PersonName, UserId};

use crate::cursor::{self, Cursor};
use crate::error::ApiError;
use crate::query::{Limit, parameter, query};
use crate::shown::{Shown, value};

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
}

impl From<Person> for NamedPerson {
    fn from(person: Person) -> Self {
        Self {
            id: Shown(person.id),
            name: Shown(person.nickname),
            first_name: Shown(person.first_name),
            last_name: Shown(person.last_name),
        }
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
    pub(crate) fn of(page: People<Person>, list: &str) -> (Self, Option<String>) {
        let next_cursor = page.next.map(|last| cursor::of_people(list, last));
        (Self(page.people.into_iter().map(NamedPerson::from).collect()), next_cursor)
    }
}

/// What a parameter of that name says of how many are embedded.
pub(crate) fn embedded(name: &str, given: Option<i64>, limit: u32) -> Result<Embedded, ApiError> {
    Embedded::parse(given, limit).map_err(|invalid| ApiError::invalid(name, invalid))
}
