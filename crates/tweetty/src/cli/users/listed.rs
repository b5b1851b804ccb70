//! Users whom a file names.

use std::collections::{HashMap, HashSet};

use tweetty_domain::{Identifier, Login, Operations, User};

use super::people_file::{PeopleFile, Problems, Row};

/// The users of a file, in its order, identified by an existing external id, else by a login, else by a nickname.
/// Every line that means nobody, somebody deactivated, or somebody again is named.
pub(super) async fn users(
    operations: &Operations,
    file: &PeopleFile,
    so: &'static str,
) -> anyhow::Result<Vec<User>> {
    let asked = file.rows.iter().flat_map(Row::identifiers).collect::<Vec<_>>();
    let mut by_identifier = HashMap::new();
    for user in operations.holders(&asked).await? {
        for identifier in identifiers_of(&user) {
            by_identifier.insert(compared(&identifier), user.clone());
        }
    }
    let (mut users, mut problems, mut seen) = (Vec::new(), Problems::default(), HashSet::new());
    for row in &file.rows {
        let found = row.identifiers().into_iter().find_map(|one| by_identifier.get(&compared(&one)));
        match found {
            None => {
                problems.add(row.line, "there is no such user; remove the line, or import the user first");
            }
            Some(user) if !user.is_active() => {
                problems.add(row.line, format!("user #{} is deactivated; activate the user first", user.id));
            }
            Some(user) if !seen.insert(user.id) => {
                problems
                    .add(row.line, format!("user #{} stands in an earlier line, too; remove one", user.id));
            }
            Some(user) => users.push(user.clone()),
        }
    }
    problems.into_result().map_err(|problems| problems.refusal(&file.name, so))?;
    Ok(users)
}

fn identifiers_of(user: &User) -> Vec<Identifier> {
    let external_id = user.particulars.external_id.clone().map(Identifier::ExternalId);
    let login = user.particulars.login.clone().map(Identifier::Login);
    [external_id, login, Some(Identifier::Nickname(user.nickname.clone()))].into_iter().flatten().collect()
}

/// As it is compared: the kind, and the text without letter case where that doesn't count.
fn compared(identifier: &Identifier) -> (u8, String) {
    match identifier {
        Identifier::ExternalId(id) => (0, id.as_str().to_owned()),
        Identifier::Login(login) => (1, Login::folded(login)),
        Identifier::Nickname(nickname) => (2, nickname.folded()),
    }
}
