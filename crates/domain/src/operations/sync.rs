//! Making a store's people those of a list.

use super::Operations;
use super::people::following;
use crate::roster::{self, ListRules, Move, Plan, Unplannable};
use crate::{
    Action, ApiKey, Changes, ListName, NewKey, NewUser, PageSize, Particulars, PeopleStart, PersonChange,
    Result, User, UserId,
};

/// How many people are changed by one transaction: short enough that what others write need not wait long.
pub const SYNC_STEP: usize = 200;

/// How many users are read at a time.
const PAGE: u32 = 1000;

impl Move {
    /// Whether the person has no key then.
    pub fn needs_key(&self) -> bool {
        matches!(self, Self::Join { .. } | Self::Change { returns: true, .. })
    }
}

impl Operations {
    /// What has to be done so that the users are those of the list. Reads them all.
    pub async fn plan_people(
        &self,
        listed: &[Changes],
        rules: &ListRules,
    ) -> Result<std::result::Result<Plan, Unplannable>> {
        let size = PageSize::parse(Some(PAGE.into()), PAGE)?;
        let (mut users, mut after) = (Vec::<User>::new(), None);
        loop {
            let page = self.search(None, PeopleStart::After(after), size).await?;
            users.extend(page.people);
            after = page.next;
            if after.is_none() {
                return Ok(roster::plan(listed, &users, rules));
            }
        }
    }

    /// Makes some of the moves of a plan in one transaction, at most [`SYNC_STEP`] of them; those who need a key get that
    /// one, if there is one for them, and those who join follow those.
    ///
    /// # Errors
    /// Those of the port, where somebody has changed people since the plan was made: plan anew.
    pub async fn move_people(
        &self,
        moves: Vec<(Move, Option<ApiKey>)>,
        list: &ListName,
        follows: &[UserId],
    ) -> Result<()> {
        let (now, key_ends_at) = (self.now(), self.key_end(None)?);
        let joined =
            ["joined".to_owned()].into_iter().chain(following(follows)).collect::<Vec<_>>().join(", ");
        let changes = moves.into_iter().map(|(step, key)| {
            let key = key.map(|key| NewKey { ends_at: key_ends_at, ..key.hash().into() });
            let (change, detail) = match step {
                Move::Leave { user } => (PersonChange::Leave(user.id), "left".to_owned()),
                Move::Change { user, changes, returns, adopted, .. } => {
                    let words = [(returns, "came back"), (adopted.is_some(), "adopted")];
                    let words =
                        words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word.to_owned());
                    let fields = Some(changes.fields()).filter(|fields| !fields.is_empty());
                    let detail = words.chain(fields).collect::<Vec<_>>().join(", ");
                    (PersonChange::Change { user: user.id, changes, returns, key }, detail)
                }
                Move::Join { nickname, says, .. } => {
                    let new = NewUser {
                        nickname,
                        first_name: says.first_name.flatten(),
                        last_name: says.last_name.flatten(),
                        particulars: Particulars {
                            login: says.login.flatten(),
                            email: says.email.flatten(),
                            external_id: says.external_id.flatten(),
                            title: says.title.flatten(),
                            department: says.department.flatten(),
                            managed_by: Some(list.clone()),
                            role: says.role.unwrap_or_default(),
                            owner: None,
                        },
                        key,
                        follows: follows.to_vec(),
                        created_at: now,
                    };
                    (PersonChange::Join(new), joined.clone())
                }
            };
            (change, self.entry(Action::SyncUsers, None, Some(detail)))
        });
        let applied = self.stores.users.apply(changes.collect(), now).await;
        self.stores.settled(applied, self.entry(Action::SyncUsers, None, None)).await
    }
}
