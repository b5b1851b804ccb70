//! People beside something else.

use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use tweetty_domain::{Nickname, Person, UserId};

use crate::shown::Shown;

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
