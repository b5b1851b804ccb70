//! A user as a row.

use tweetty_domain::{Email, Login, User};

use crate::Row;

/// A user as a row of the table of users.
pub fn user_row(user: User) -> Row {
    let (nickname_folded, searchable) = (user.nickname.folded(), user.searchable());
    let particulars = user.particulars;
    let login_folded = particulars.login.as_ref().map(Login::folded);
    let email_folded = particulars.email.as_ref().map(Email::folded);
    vec![
        user.id.into(),
        user.nickname.into(),
        nickname_folded.into(),
        user.first_name.into(),
        user.last_name.into(),
        searchable.into(),
        user.followers_count.into(),
        user.following_count.into(),
        user.created_at.into(),
        particulars.login.into(),
        login_folded.into(),
        particulars.email.into(),
        email_folded.into(),
        particulars.external_id.into(),
        particulars.title.into(),
        particulars.department.into(),
        particulars.managed_by.into(),
        user.deactivated_at.into(),
        particulars.role.into(),
        user.avatar.into(),
        particulars.owner.into(),
    ]
}
