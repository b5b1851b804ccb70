//! How a user wants to be recognised.

use super::Microblog;
use crate::{Avatar, Error, Result, Upload, UserId, crash_point};

impl Microblog {
    /// Gives the user an avatar made of what was received: the files first, then the row, so that a crash leaves at most
    /// files for the sweeper. It counts in no quota, since a user has one avatar.
    ///
    /// # Errors
    /// Those of [`crate::Incoming::keep`], [`crate::Invalid::EmptyUpload`], [`Error::UnknownKey`] where the user is gone.
    pub async fn set_avatar(&self, me: UserId, upload: Upload) -> Result<Avatar> {
        crash_point("the avatar is received");
        let avatar = upload.keep_as_avatar().await?;
        crash_point("the files of the avatar are kept");
        self.stores.set_avatar(me, Some(avatar), None).await.map_err(gone)?;
        Ok(avatar)
    }

    /// Takes the user's avatar away, where there is one.
    ///
    /// # Errors
    /// [`Error::UnknownKey`] where the user is gone.
    pub async fn remove_avatar(&self, me: UserId) -> Result<()> {
        self.stores.set_avatar(me, None, None).await.map_err(gone)
    }
}

/// Somebody who was removed since their key was looked at has no key any more.
fn gone(error: Error) -> Error {
    if matches!(error, Error::NotFound(_)) { Error::UnknownKey } else { error }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::stores::test::{Ports, user};
    use crate::{ImageFormat, Incoming, Invalid, StoredImage};

    struct Picture(Avatar);

    #[async_trait]
    impl Incoming for Picture {
        async fn write(&mut self, _piece: &[u8]) -> Result<()> {
            Ok(())
        }

        async fn keep(self: Box<Self>) -> Result<StoredImage> {
            Err(Invalid::UndecodableImage.into())
        }

        async fn keep_as_avatar(self: Box<Self>) -> Result<Avatar> {
            Ok(self.0)
        }
    }

    fn avatars<const N: usize>() -> [Avatar; N] {
        [(); N].map(|()| Avatar::random(ImageFormat::Jpeg).unwrap())
    }

    /// Sets that avatar; what it was before, or why not, is answered by the port of users. The files of `removed` go.
    async fn set(
        avatar: Avatar,
        before: impl Fn() -> Result<Option<Avatar>> + Send + 'static,
        removed: Option<Avatar>,
    ) -> Result<Avatar> {
        let mut ports = Ports::default();
        ports.images.expect_receive().returning(move || Ok(Box::new(Picture(avatar))));
        ports
            .users
            .expect_set_avatar()
            .withf(move |id, given, entry| *id == user(1) && *given == Some(avatar) && entry.is_none())
            .times(1)
            .returning(move |_, _, _| before());
        match removed {
            None => ports.images.expect_remove().never(),
            Some(removed) => {
                let files = removed.files().names().collect::<Vec<_>>();
                ports.images.expect_remove().withf(move |names| *names == files).times(1)
            }
        }
        .returning(|_| Ok(()));
        let microblog = ports.microblog();
        let mut upload = microblog.receive_upload().await?;
        upload.write(b"png").await?;
        microblog.set_avatar(user(1), upload).await
    }

    #[tokio::test]
    async fn the_files_of_an_avatar_go_when_another_one_has_taken_its_place() {
        let [old, new] = avatars();
        assert_eq!(set(new, move || Ok(Some(old)), Some(old)).await.unwrap(), new);
        assert_eq!(set(new, || Ok(None), None).await.unwrap(), new);
    }

    #[tokio::test]
    async fn the_files_of_an_avatar_for_a_user_who_is_gone_are_removed() {
        let [new] = avatars();
        let outcome = set(new, || Err(Error::no_user(user(1))), Some(new)).await;
        assert!(matches!(outcome, Err(Error::UnknownKey)), "{outcome:?}");
    }

    #[tokio::test]
    async fn the_files_of_an_avatar_that_may_be_recorded_are_never_removed() {
        let [new] = avatars();
        let outcome = set(new, || Err(Error::unavailable("connection lost")), None).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }

    #[tokio::test]
    async fn nothing_is_no_avatar() {
        let mut ports = Ports::default();
        let [new] = avatars();
        ports.images.expect_receive().returning(move || Ok(Box::new(Picture(new))));
        ports.users.expect_set_avatar().never();
        let microblog = ports.microblog();
        let upload = microblog.receive_upload().await.unwrap();
        let refused = microblog.set_avatar(user(1), upload).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::EmptyUpload))), "{refused:?}");
    }

    #[tokio::test]
    async fn an_avatar_that_is_taken_away_takes_its_files_along() {
        let [old] = avatars();
        let mut ports = Ports::default();
        ports
            .users
            .expect_set_avatar()
            .withf(|_, given, _| given.is_none())
            .returning(move |_, _, _| Ok(Some(old)));
        let files = old.files().names().collect::<Vec<_>>();
        ports.images.expect_remove().withf(move |names| *names == files).times(1).returning(|_| Ok(()));
        ports.microblog().remove_avatar(user(1)).await.unwrap();
    }
}
