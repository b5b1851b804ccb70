//! How a company wants its people to be recognised.

use super::Operations;
use crate::{Action, Avatar, Result, Upload, UserId};

impl Operations {
    /// Makes room for a picture of at most so many bytes.
    ///
    /// # Errors
    /// [`crate::Error::NoRoom`].
    pub async fn receive_upload(&self, most_bytes: u64) -> Result<Upload> {
        Ok(Upload::new(self.stores.images.receive().await?, most_bytes))
    }

    /// Gives a user an avatar made of what was received.
    ///
    /// # Errors
    /// Those of [`crate::Incoming::keep`], [`crate::Invalid::EmptyUpload`], [`crate::Error::NotFound`].
    pub async fn set_avatar(&self, user: UserId, upload: Upload) -> Result<Avatar> {
        let entry = self.entry(Action::SetAvatar, Some(user), None);
        let kept = upload.keep_as_avatar().await;
        let avatar = self.stores.settled(kept, entry.clone()).await?;
        self.stores.set_avatar(user, Some(avatar), entry).await?;
        Ok(avatar)
    }

    /// Takes a user's avatar away, where there is one.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn remove_avatar(&self, user: UserId) -> Result<()> {
        let entry = self.entry(Action::SetAvatar, Some(user), Some("none".to_owned()));
        self.stores.set_avatar(user, None, entry).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, user};
    use crate::{Error, Outcome};

    #[tokio::test]
    async fn an_operator_who_takes_an_avatar_away_is_recorded_with_it() {
        let mut ports = Ports::default();
        ports
            .users
            .expect_set_avatar()
            .withf(|id, given, entry| {
                let entry = entry.as_ref().unwrap();
                let recorded = (&entry.action, entry.user, entry.detail.as_deref());
                given.is_none() && recorded == (&Action::SetAvatar, Some(*id), Some("none"))
            })
            .times(1)
            .returning(|_, _, _| Ok(None));
        ports.operated().remove_avatar(user(7)).await.unwrap();
    }

    #[tokio::test]
    async fn an_avatar_for_nobody_is_recorded_as_failed() {
        let mut ports = Ports::default();
        ports.users.expect_set_avatar().returning(|id, _, _| Err(Error::no_user(id)));
        let failed =
            |entry: &crate::Entry| entry.action == Action::SetAvatar && entry.outcome == Outcome::Failed;
        ports.audit.expect_record().withf(failed).times(1).returning(|_| Ok(()));
        assert!(matches!(ports.operated().remove_avatar(user(7)).await, Err(Error::NotFound(_))));
    }
}
