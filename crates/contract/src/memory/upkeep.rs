//! Sweeping and checking.

use async_trait::async_trait;
use tweetty_domain::{
    Avatar, Discrepancy, ImageFiles, ImageName, MediaId, Result, StoreId, Timestamp, Upkeep, UserId, Variants,
};

use super::{Memory, State};
use crate::arrange::files_of;

impl State {
    /// How many rows of each kind should not be.
    fn strays(&self) -> [(&'static str, usize); 5] {
        let is_user = |id| self.users.contains_key(id);
        let follows = self.follows.iter().filter(|(one, other)| !is_user(one) || !is_user(other));
        let likes =
            self.likes.iter().filter(|(tweet, user)| !self.tweets.contains_key(tweet) || !is_user(user));
        let attachments = self.tweets.values().flat_map(|tweet| {
            let author = tweet.author;
            let is_hers = move |id| self.images.get(id).is_some_and(|image| image.owner == author);
            tweet.attachments.iter().filter(move |attached| !is_hers(&attached.image))
        });
        [
            ("follows of users who are gone", follows.count()),
            ("likes of what is gone", likes.count()),
            ("attachments that are not the author's", attachments.count()),
            (
                "tweets without an author",
                self.tweets.values().filter(|tweet| !is_user(&tweet.author)).count(),
            ),
            ("images without an owner", self.images.values().filter(|image| !is_user(&image.owner)).count()),
        ]
    }
}

#[async_trait]
impl Upkeep for Memory {
    async fn ready(&self) -> Result<()> {
        Ok(())
    }

    async fn is_empty(&self) -> Result<bool> {
        Ok(self.state().users.is_empty())
    }

    async fn store_id(&self) -> Result<StoreId> {
        self.state().id()
    }

    async fn names_images(&self) -> Result<bool> {
        let state = self.state();
        Ok(!state.images.is_empty() || state.users.values().any(|user| user.avatar.is_some()))
    }

    async fn forget_unattached(&self, before: Timestamp, limit: u32) -> Result<Vec<ImageFiles>> {
        let mut state = self.state();
        let old =
            state.images.iter().filter(|(id, image)| image.uploaded_at < before && !state.is_attached(**id));
        let old = old.map(|(id, _)| *id).take(limit as usize).collect::<Vec<_>>();
        Ok(old.iter().filter_map(|id| state.images.remove(id)).map(|image| files_of(&image)).collect())
    }

    async fn forget_expired(
        &self,
        guards_before: Timestamp,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<u64> {
        let mut state = self.state();
        let count = |state: &State| (state.guards.len() + state.keys.len()) as u64;
        let earlier = count(&state);
        let (mut guards, mut keys) = (0..limit, 0..limit);
        state.guards.retain(|guard| guard.created_at >= guards_before || guards.next().is_none());
        state
            .keys
            .retain(|_, key| key.key.ends_at.is_none_or(|end| end >= keys_before) || keys.next().is_none());
        Ok(earlier - count(&state))
    }

    async fn forget_removals(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let mut state = self.state();
        let old = state.removals.iter().filter(|(_, (_, removal))| removal.removed_at < before);
        let old = old.map(|(id, _)| *id).take(limit as usize).collect::<Vec<_>>();
        state.removals.retain(|id, _| !old.contains(id));
        Ok(old.len() as u64)
    }

    async fn known_images(&self, names: Vec<ImageName>) -> Result<Vec<ImageFiles>> {
        let state = self.state();
        let known = |name| state.images.values().find(|image| image.name == name).map(files_of);
        let images = names.iter().copied().filter_map(known);
        let avatars = state.users.values().filter_map(|user| user.avatar.map(Avatar::files));
        let avatars = avatars.filter(|files| names.contains(&files.name));
        Ok(images.chain(avatars).collect())
    }

    async fn images(&self, after: Option<MediaId>, limit: u32) -> Result<Vec<(MediaId, ImageFiles)>> {
        let state = self.state();
        let behind = state.images.iter().filter(|(id, _)| Some(**id) > after);
        Ok(behind.map(|(id, image)| (*id, files_of(image))).take(limit as usize).collect())
    }

    async fn avatars(&self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Avatar)>> {
        let state = self.state();
        let behind = state.users.iter().filter(|(id, _)| Some(**id) > after);
        let avatars = behind.filter_map(|(id, user)| Some((*id, user.avatar?)));
        Ok(avatars.take(limit as usize).collect())
    }

    async fn count_without_variants(&self) -> Result<u64> {
        Ok(self.state().images.values().filter(|image| image.variants.is_none()).count() as u64)
    }

    async fn without_variants(
        &self,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<(MediaId, ImageName)>> {
        let state = self.state();
        let behind = state.images.iter().filter(|(id, image)| Some(**id) > after && image.variants.is_none());
        Ok(behind.map(|(id, image)| (*id, image.name)).take(limit as usize).collect())
    }

    async fn record_variants(&self, image: MediaId, variants: Variants) -> Result<bool> {
        let mut state = self.state();
        let Some(image) = state.images.get_mut(&image) else { return Ok(false) };
        let is_first = image.variants.is_none();
        image.variants.get_or_insert(variants);
        Ok(is_first)
    }

    async fn forget_avatar(&self, user: UserId, avatar: Avatar) -> Result<bool> {
        let mut state = self.state();
        let stored = state.users.get_mut(&user).filter(|stored| stored.avatar == Some(avatar));
        Ok(stored.is_some_and(|stored| stored.avatar.take().is_some()))
    }

    async fn forget_variants(&self, image: MediaId) -> Result<bool> {
        let mut state = self.state();
        Ok(state.images.get_mut(&image).is_some_and(|image| image.variants.take().is_some()))
    }

    async fn discrepancies(&self, limit: u32) -> Result<Vec<Discrepancy>> {
        let strays = self.state().strays();
        let found = strays.into_iter().filter(|(_, count)| *count > 0);
        let found =
            found.map(|(what, count)| Discrepancy::Rows { what: what.to_owned(), count: count as u64 });
        Ok(found.take(limit as usize).collect())
    }

    async fn repair_counters(&self) -> Result<u64> {
        Ok(0)
    }
}
