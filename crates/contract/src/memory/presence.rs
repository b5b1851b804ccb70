//! Those who leave the company with their bots, and what holds of bots.

use tweetty_domain::{
    Change, Changes, Deactivated, Entry, Error, Invalid, Particulars, Result, Timestamp, User, UserId,
};

use super::State;

impl State {
    /// A user as the changes leave them.
    pub(super) fn changed_user(&self, user: UserId, changes: Changes) -> Result<User> {
        let stored = self.users.get(&user).ok_or(Error::no_user(user))?;
        let sets_owner = changes.owner.is_some();
        let changed = stored.clone().changed(changes);
        if changed.is_bot() && self.bots_of(user).next().is_some() {
            return Err(Error::OwnsBots);
        }
        if changed.particulars.owner == Some(user) {
            return Err(Invalid::BotOwner.into());
        }
        if sets_owner {
            self.refuse_bot(&changed.particulars)?;
        }
        changed.particulars.refuse_bot_with_role()?;
        self.refuse_taken(&changed)?;
        Ok(changed)
    }

    /// Refuses a bot without an active person as its owner, or with a role.
    pub(super) fn refuse_bot(&self, particulars: &Particulars) -> Result<()> {
        particulars.refuse_bot_with_role()?;
        let Some(owner) = particulars.owner else { return Ok(()) };
        let owner = self.users.get(&owner).ok_or(Error::no_user(owner))?;
        if owner.is_active() && !owner.is_bot() { Ok(()) } else { Err(Invalid::BotOwner.into()) }
    }

    pub(super) fn bots_of(&self, owner: UserId) -> impl Iterator<Item = UserId> {
        self.users.values().filter(move |user| user.particulars.owner == Some(owner)).map(|user| user.id)
    }

    pub(super) fn deactivate(
        &mut self,
        user: UserId,
        at: Timestamp,
        entry: Option<&Entry>,
    ) -> Option<Deactivated> {
        let change = self.deactivate_one(user, at)?;
        let mut bots = Vec::new();
        for bot in self.bots_of(user).collect::<Vec<_>>() {
            if self.deactivate_one(bot, at) == Some(Change::Made) {
                bots.push(self.person(bot));
                self.record(entry.map(|entry| Entry { user: Some(bot), ..entry.clone().of_bots(user) }));
            }
        }
        Some(Deactivated { change, bots })
    }

    fn deactivate_one(&mut self, user: UserId, at: Timestamp) -> Option<Change> {
        let stored = self.users.get_mut(&user)?;
        if !stored.is_active() {
            return Some(Change::AlreadySo);
        }
        stored.deactivated_at = Some(at);
        self.end_keys(user, at, |_| true);
        Some(Change::Made)
    }
}
