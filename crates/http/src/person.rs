//! People beside something else, and pages of them.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use tweetty_domain::{Nickname, People, Person, UserId};

use crate::cursor::{self, Cursor};
use crate::query::{Limit, query};
use crate::shown::{Shown, value};

/// A user as others see her.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Person")]
pub(crate) struct NamedPerson {
    /// Who it is.
    id: Shown<UserId>,
    /// Her name.
    name: Shown<Nickname>,
}

impl From<Person> for NamedPerson {
    fn from(person: Person) -> Self {
        Self { id: Shown(person.id), name: Shown(person.nickname) }
    }
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
