//! People beside something else, and texts of the microblog in JSON.

use paperclip::actix::Apiv2Schema;
use paperclip::v2::models::DataType;
use paperclip::v2::schema::TypedData;
use serde::{Serialize, Serializer};
use tweetty_domain::{Nickname, Person, TweetText};

/// A user as others see her.
#[derive(Serialize, Apiv2Schema)]
#[openapi(rename = "Person")]
pub(crate) struct NamedPerson {
    /// Who it is.
    id: i64,
    /// Her name.
    name: Verbatim<Nickname>,
}

impl From<Person> for NamedPerson {
    fn from(person: Person) -> Self {
        Self { id: person.id.get(), name: Verbatim(person.nickname) }
    }
}

/// A text of the microblog as a JSON string, without a copy of it.
pub(crate) struct Verbatim<T>(pub(crate) T);

impl Serialize for Verbatim<TweetText> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl Serialize for Verbatim<Nickname> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<T> TypedData for Verbatim<T> {
    fn data_type() -> DataType {
        DataType::String
    }
}
