//! What a company says of its people besides their names: logins, addresses, ids, titles, departments.

use crate::name::{NICKNAME_LENGTH, Nickname, folded, visible};
use crate::{Invalid, Role, UserId};

const LOGIN_LENGTH: usize = 254;
const EMAIL_LENGTH: usize = 254;
const EXTERNAL_ID_LENGTH: usize = 255;
const DESIGNATION_LENGTH: usize = 200;
const LIST_NAME_LENGTH: usize = 50;
const KEY_LABEL_LENGTH: usize = 100;

/// A text of 1 to so many visible characters, white space around it aside.
macro_rules! line {
    ($($(#[$doc:meta])+ $name:ident, $limit:expr, $check:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes a text without the white space around it.
            ///
            /// # Errors
            /// [`Invalid::NameLength`], [`Invalid::ControlCharacter`], and for an address [`Invalid::Email`].
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                let text = text.trim();
                visible(text, $limit)?;
                let check: fn(&str) -> Result<(), Invalid> = $check;
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// For adapters: one that was accepted once, whatever today's rules are.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// As it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}

line! {
    /// What a user signs in with elsewhere, such as a directory's `userPrincipalName`: 1 to 254 visible characters
    /// without white space, unique but for letter case.
    Login, LOGIN_LENGTH, refuse_white_space;
    /// An address for e-mail, at most 254 characters. Several users may share one.
    Email, EMAIL_LENGTH, |text| if is_address(text) { Ok(()) } else { Err(Invalid::Email) };
    /// What another program calls a user, such as a personnel number: 1 to 255 visible characters, unique; letter case
    /// counts.
    ExternalId, EXTERNAL_ID_LENGTH, |_| Ok(());
    /// A job title, or the name of a department: 1 to 200 visible characters.
    Designation, DESIGNATION_LENGTH, |_| Ok(());
    /// The name of a list or directory of people: 1 to 50 visible characters.
    ListName, LIST_NAME_LENGTH, |_| Ok(());
    /// What a user calls a key, such as the device or program that has it: 1 to 100 visible characters.
    KeyLabel, KEY_LABEL_LENGTH, |_| Ok(());
}

impl Login {
    /// The nickname for a user with this login alone: what stands before its `@`, shortened where it must be,
    /// and from 2 on with that number behind it.
    ///
    /// # Errors
    /// Those of [`Nickname::parse`].
    pub fn nickname(&self, number: u32) -> Result<Nickname, Invalid> {
        let name = self.0.split('@').find(|part| !part.is_empty()).unwrap_or_default();
        Nickname::parse(&name.chars().take(NICKNAME_LENGTH).collect::<String>())?.numbered(number)
    }

    /// As it is compared with others.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

impl Email {
    /// As it is compared with others.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

/// What a company's directory and list of people say of a user besides names. All but the role is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Particulars {
    /// The login.
    pub login: Option<Login>,
    /// The address for e-mail.
    pub email: Option<Email>,
    /// What another program calls the user.
    pub external_id: Option<ExternalId>,
    /// The job title.
    pub title: Option<Designation>,
    /// The department.
    pub department: Option<Designation>,
    /// The list or directory that decides about the user; `None` where only operators do.
    pub managed_by: Option<ListName>,
    /// What the user may do.
    pub role: Role,
    /// Who answers for the user, which is a bot then; `None` of a person.
    pub owner: Option<UserId>,
}

impl Particulars {
    /// Refuses a bot that may do more than everybody: nobody would be asked what it did.
    ///
    /// # Errors
    /// [`Invalid::BotRole`].
    pub fn refuse_bot_with_role(&self) -> Result<(), Invalid> {
        if self.owner.is_some() && self.role != Role::Member { Err(Invalid::BotRole) } else { Ok(()) }
    }
}

fn refuse_white_space(text: &str) -> Result<(), Invalid> {
    match text.chars().find(|character| character.is_whitespace()) {
        Some(space) => Err(Invalid::ControlCharacter(space.into())),
        None => Ok(()),
    }
}

/// A name and a domain around the last `@`, without white space. What else is an address only its server knows.
fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
    parts.is_some() && refuse_white_space(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_trimmed_and_compared_without_letter_case() {
        let login = Login::parse(" Anna.Petrova@Corp.Test\u{a0}").unwrap();
        assert_eq!(login.as_str(), "Anna.Petrova@Corp.Test");
        assert_eq!(login.folded(), Login::parse("anna.petrova@CORP.TEST").unwrap().folded());
        assert!(Login::parse(&"x".repeat(254)).is_ok());
        for text in ["", " ", "anna petrova", "a\tb", "a\u{200B}b", &"x".repeat(255)] {
            assert!(Login::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_login_makes_a_nickname_and_homonyms_have_numbers() {
        let long = "x".repeat(80);
        for (login, number, expected) in [
            ("anna.petrova@corp.test", 1, "anna.petrova"),
            ("anna.petrova@corp.test", 2, "anna.petrova2"),
            ("CORP\\anna", 1, "CORP\\anna"),
            ("@corp.test", 1, "corp.test"),
            (&long, 1, &"x".repeat(50)),
            (&long, 12, &format!("{}12", "x".repeat(48))),
        ] {
            let login = Login::parse(login).unwrap();
            assert_eq!(login.nickname(number).unwrap().as_str(), expected);
        }
        assert!(Login::parse("@").unwrap().nickname(1).is_err());
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for text in ["ann@corp.test", "o'brien@localhost", "\"a@b\"@corp.test", "анна@почта.рф"] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
        for text in ["ann", "@corp.test", "ann@", "ann lee@corp.test", "@"] {
            assert_eq!(Email::parse(text).unwrap_err(), Invalid::Email, "{text:?}");
        }
        assert!(Email::parse(&format!("{}@x", "x".repeat(253))).is_err());
    }

    #[test]
    fn ids_titles_and_departments_are_visible_lines() {
        assert_eq!(ExternalId::parse(" 00417 ").unwrap().as_str(), "00417");
        assert_ne!(ExternalId::parse("a7"), ExternalId::parse("A7"), "letter case counts");
        assert_eq!(Designation::parse("Ведущий инженер, R&D").unwrap().as_str(), "Ведущий инженер, R&D");
        for text in ["", "a\nb", "\u{202E}x", &"x".repeat(256)] {
            assert!(ExternalId::parse(text).is_err(), "{text:?}");
            assert!(Designation::parse(text).is_err(), "{text:?}");
            assert!(ListName::parse(text).is_err(), "{text:?}");
        }
    }
}
