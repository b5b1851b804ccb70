//! How the log is kept: the names of actions, and an entry as a row.

use tweetty_domain::{Action, By, Entry, Operator, UserId};

use crate::Row;

/// Declares the names of the actions. None is ever changed or used again: old logs have them.
macro_rules! names {
    ($($action:ident: $name:literal,)+) => {
        /// The name of an action in the log, which is that of its command.
        pub fn name_of(action: &Action) -> &str {
            match action {
                $(Action::$action => $name,)+
                Action::Other(name) => name,
            }
        }

        /// The action of that name.
        pub fn action_of(name: String) -> Action {
            match name.as_str() {
                $($name => Action::$action,)+
                _ => Action::Other(name),
            }
        }
    };
}

names! {
    AddUser: "users add",
    UpdateUser: "users update",
    SyncUsers: "users sync",
    SetAvatar: "users avatar",
    DeactivateUser: "users deactivate",
    ActivateUser: "users activate",
    RemoveUser: "users remove",
    ReplaceKey: "users new-api-key",
    AddKey: "users keys add",
    EndKey: "users keys end",
    ExportUser: "users export",
    Backup: "backup",
    RemoveTweet: "tweets remove",
    Announce: "tweets announce",
    Withdraw: "tweets unannounce",
    Follow: "users follow",
    Unfollow: "users unfollow",
    Migrate: "migrate",
    Repair: "check --repair",
    ClaimMedia: "check --claim-media",
    MakeVariants: "media variants",
    Seed: "seed",
    Restore: "restore",
    Copy: "copy",
    Adopt: "adopt",
}

/// An entry as a row of [`crate::AUDIT_LOG`].
pub fn log_row(id: i64, entry: Entry) -> Row {
    let (os_user, sudo_user, by_user) = columns_of(entry.by);
    vec![
        id.into(),
        entry.at.into(),
        os_user.into(),
        sudo_user.into(),
        name_of(&entry.action).into(),
        entry.user.into(),
        entry.outcome.as_str().into(),
        entry.detail.into(),
        by_user.into(),
    ]
}

/// The columns that say who did something: the user of the system, that of sudo, and the user of the API.
pub fn columns_of(by: By) -> (String, Option<String>, Option<UserId>) {
    match by {
        By::Operator(Operator { os_user, sudo_user }) => (os_user, sudo_user, None),
        By::User(user) => (String::new(), None, Some(user)),
    }
}

/// Who did something, of those columns.
pub fn by_of(os_user: String, sudo_user: Option<String>, by_user: Option<UserId>) -> By {
    by_user.map_or(By::Operator(Operator { os_user, sudo_user }), By::User)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_read_as_it_was_stored_also_where_another_version_did_it() {
        assert_eq!(action_of("users new-api-key".to_owned()), Action::ReplaceKey);
        for name in ["users add", "check --repair", "check --claim-media", "copy", "", "what is to come"] {
            assert_eq!(name_of(&action_of(name.to_owned())), name);
        }
    }
}
