//! How the log is kept: the names of actions, and an entry as a row.

use tweetty_domain::{Action, Entry};

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
    DeactivateUser: "users deactivate",
    ActivateUser: "users activate",
    RemoveUser: "users remove",
    ReplaceKey: "users new-api-key",
    ExportUser: "users export",
    Backup: "backup",
    Follow: "users follow",
    Unfollow: "users unfollow",
    Migrate: "migrate",
    Repair: "check --repair",
    ClaimMedia: "check --claim-media",
    MakeVariants: "media variants",
    Seed: "seed",
    Restore: "restore",
    Copy: "copy",
}

/// An entry as a row of [`crate::AUDIT_LOG`].
pub fn log_row(id: i64, entry: Entry) -> Row {
    vec![
        id.into(),
        entry.at.into(),
        entry.operator.os_user.into(),
        entry.operator.sudo_user.into(),
        name_of(&entry.action).into(),
        entry.user.into(),
        entry.outcome.as_str().into(),
        entry.detail.into(),
    ]
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
