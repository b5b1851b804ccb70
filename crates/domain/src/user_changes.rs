//! What of a user is to change.

use crate::{Designation, Email, ExternalId, ListName, Login, Nickname, PersonName, Role, UserId};

/// What of a user is to change; `None` leaves a field as it is, `Some(None)` takes it away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// A new nickname.
    pub nickname: Option<Nickname>,
    /// A new first name, or none.
    pub first_name: Option<Option<PersonName>>,
    /// A new last name, or none.
    pub last_name: Option<Option<PersonName>>,
    /// A new login, or none.
    pub login: Option<Option<Login>>,
    /// A new address, or none.
    pub email: Option<Option<Email>>,
    /// A new external id, or none.
    pub external_id: Option<Option<ExternalId>>,
    /// A new job title, or none.
    pub title: Option<Option<Designation>>,
    /// A new department, or none.
    pub department: Option<Option<Designation>>,
    /// Another list that decides about the user, or none.
    pub managed_by: Option<Option<ListName>>,
    /// Another role.
    pub role: Option<Role>,
    /// Another owner, which makes a bot of a person; or none, which makes a person of a bot.
    pub owner: Option<Option<UserId>>,
}

impl Changes {
    /// Which fields change, for the log, which keeps no names; and which role and owner the user has from now on.
    pub fn fields(&self) -> String {
        let fields = [
            ("nickname", self.nickname.is_some()),
            ("first name", self.first_name.is_some()),
            ("last name", self.last_name.is_some()),
            ("login", self.login.is_some()),
            ("e-mail", self.email.is_some()),
            ("external id", self.external_id.is_some()),
            ("title", self.title.is_some()),
            ("department", self.department.is_some()),
            ("managed by", self.managed_by.is_some()),
        ];
        let changed = fields.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field.to_owned());
        let role = self.role.map(|role| format!("role {}", role.as_str()));
        let owner = self.owner.map(|owner| match owner {
            Some(owner) => format!("bot of user {owner}"),
            None => "no bot".to_owned(),
        });
        changed.chain(role).chain(owner).collect::<Vec<_>>().join(", ")
    }
}
