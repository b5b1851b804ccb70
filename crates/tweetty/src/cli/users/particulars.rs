//! What an operator says of a user besides names.

use clap::Args;
use tweetty_domain::{Designation, Email, ExternalId, Login, Particulars, Role};

/// Options of what the company says of a user.
#[derive(Debug, Args)]
pub(super) struct GivenParticulars {
    /// What the user signs in with elsewhere, such as the userPrincipalName of a directory; unique
    #[arg(long, value_name = "LOGIN", value_parser = Login::parse)]
    pub(super) login: Option<Login>,
    /// The e-mail address
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    pub(super) email: Option<Email>,
    /// What another program calls the user, such as a personnel number; unique
    #[arg(long, value_name = "ID", value_parser = ExternalId::parse)]
    pub(super) external_id: Option<ExternalId>,
    /// The job title
    #[arg(long, value_name = "TITLE", value_parser = Designation::parse)]
    pub(super) title: Option<Designation>,
    /// The department
    #[arg(long, value_name = "NAME", value_parser = Designation::parse)]
    pub(super) department: Option<Designation>,
    /// What the user may do: member (the usual), moderator (removes others' tweets) or communicator (makes announcements)
    #[arg(long, value_name = "ROLE", value_parser = Role::parse)]
    pub(super) role: Option<Role>,
}

impl From<GivenParticulars> for Particulars {
    fn from(given: GivenParticulars) -> Self {
        let GivenParticulars { login, email, external_id, title, department, role } = given;
        Self {
            login,
            email,
            external_id,
            title,
            department,
            managed_by: None,
            role: role.unwrap_or_default(),
            owner: None,
        }
    }
}
