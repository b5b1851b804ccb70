//! Receiving and showing images.

use super::Microblog;
use crate::{
    Error, Excerpt, Guard, IdempotencyKey, ImageFiles, ImageName, MediaId, NewImage, Once, OpenImage, Result,
    StoredImage, Subject, Upload, UserId, crash_point,
};

impl Microblog {
    /// Makes room for an upload; what is written to it counts against the limit.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    pub async fn receive_upload(&self) -> Result<Upload> {
        Ok(Upload::new(self.stores.images.receive().await?, self.limits.upload_bytes))
    }

    /// Keeps a received upload: the bytes first, then the row, so that a crash leaves at most a file for the sweeper.
    ///
    /// # Errors
    /// Those of [`crate::Incoming::keep`], [`crate::Invalid::EmptyUpload`], [`Error::IdempotencyConflict`],
    /// [`Error::QuotaUsedUp`].
    pub async fn upload(&self, me: UserId, upload: Upload, once: Option<IdempotencyKey>) -> Result<MediaId> {
        crash_point("the upload is received");
        let uploaded_at = self.stores.clock.now();
        let guard = once.map(|key| Guard { key, fingerprint: upload.fingerprint(), at: uploaded_at });
        if let Some(guard) = &guard
            && let Some(media) = self.stores.tweets.earlier_upload(me, guard).await?
        {
            return Ok(media);
        }
        crash_point("it was never kept before");
        // Nothing is decoded for somebody who can't keep it.
        let quotas = self.limits.uploads;
        self.stores.tweets.upload_fits(me, quotas, uploaded_at).await?;
        let StoredImage { name, width, height, bytes, variants } = upload.keep().await?;
        crash_point("the file is kept");
        let variants = Some(variants);
        let files = ImageFiles { name, variants: variants.clone() };
        let image = NewImage { owner: me, name, width, height, bytes, variants, uploaded_at, quotas, guard };
        let recorded = self.stores.tweets.record_upload(image).await;
        crash_point("the upload is recorded");
        match recorded {
            Ok(Once::Done(media)) => Ok(media),
            Ok(Once::Before(media)) => {
                self.stores.remove_files(vec![files]).await;
                Ok(media)
            }
            Err(refused @ Error::QuotaUsedUp(_)) => {
                self.stores.remove_files(vec![files]).await;
                Err(refused)
            }
            // The file stays: the row may be there after all, if only the answer was lost.
            Err(error) => Err(error),
        }
    }

    /// An image or a variant by its name, or the wanted bytes of it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::OutsideImage`].
    pub async fn image(&self, name: ImageName, excerpt: Excerpt) -> Result<OpenImage> {
        self.stores.images.open(name, excerpt).await?.ok_or(Error::NotFound(Subject::Image))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use async_trait::async_trait;

    use super::*;
    use crate::stores::test::{Ports, user};
    use crate::{Avatar, Counted, ImageFormat, Incoming, Invalid, UploadQuotas, UsedUp, Variants};

    struct Bytes(Arc<Mutex<Vec<u8>>>, ImageName);

    #[async_trait]
    impl Incoming for Bytes {
        async fn write(&mut self, piece: &[u8]) -> Result<()> {
            self.0.lock().unwrap().extend_from_slice(piece);
            Ok(())
        }

        async fn keep(self: Box<Self>) -> Result<StoredImage> {
            let variants = Variants::parse("1x1.jpg").unwrap();
            Ok(StoredImage { name: self.1, width: 2, height: 1, bytes: 9, variants })
        }

        async fn keep_as_avatar(self: Box<Self>) -> Result<Avatar> {
            Err(Invalid::UndecodableImage.into())
        }
    }

    fn receiving(ports: &mut Ports) -> (Arc<Mutex<Vec<u8>>>, ImageName) {
        let (bytes, name) = (Arc::default(), ImageName::random(ImageFormat::Png).unwrap());
        let written = Arc::clone(&bytes);
        ports.images.expect_receive().returning(move || Ok(Box::new(Bytes(Arc::clone(&written), name))));
        (bytes, name)
    }

    fn used_up() -> UsedUp {
        UsedUp { counted: Counted::Images, most: 7, wait: Duration::from_mins(1) }
    }

    #[tokio::test]
    async fn an_upload_is_refused_while_it_is_written_not_after() {
        let mut ports = Ports::default();
        let (bytes, _) = receiving(&mut ports);
        let mut upload = ports.microblog().receive_upload().await.unwrap();
        let piece = vec![0; 1024 * 1024];
        for _ in 0..10 {
            upload.write(&piece).await.unwrap();
        }
        assert!(matches!(upload.write(&[0]).await, Err(Error::UploadTooLarge { limit: 10_485_760 })));
        assert_eq!(bytes.lock().unwrap().len(), 10 * 1024 * 1024);
    }

    #[tokio::test]
    async fn an_empty_upload_is_refused() {
        let mut ports = Ports::default();
        receiving(&mut ports);
        ports.tweets.expect_upload_fits().returning(|_, _, _| Ok(()));
        let microblog = ports.microblog();
        let upload = microblog.receive_upload().await.unwrap();
        let error = microblog.upload(user(1), upload, None).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(Invalid::EmptyUpload)));
    }

    #[tokio::test]
    async fn a_repeated_upload_is_answered_without_decoding_it() {
        let mut ports = Ports::default();
        receiving(&mut ports);
        ports.tweets.expect_earlier_upload().returning(|_, _| Ok(Some(MediaId::stored(5))));
        let microblog = ports.microblog();
        let upload = microblog.receive_upload().await.unwrap();
        let key = IdempotencyKey::parse("k").unwrap();
        assert_eq!(microblog.upload(user(1), upload, Some(key)).await.unwrap().get(), 5);
    }

    #[tokio::test]
    async fn nothing_is_decoded_for_a_user_whose_quota_is_used_up() {
        let mut ports = Ports::default();
        receiving(&mut ports);
        ports.tweets.expect_upload_fits().returning(|_, _, _| Err(used_up().into()));
        ports.tweets.expect_record_upload().never();
        ports.images.expect_remove().never();
        let microblog = ports.microblog();
        let mut upload = microblog.receive_upload().await.unwrap();
        upload.write(b"png").await.unwrap();
        let refused = microblog.upload(user(1), upload, None).await.unwrap_err();
        assert!(matches!(refused, Error::QuotaUsedUp(refused) if refused == used_up()), "{refused}");
    }

    #[tokio::test]
    async fn the_files_of_an_upload_that_came_too_late_for_the_quota_are_removed() {
        let mut ports = Ports::default();
        let (_, name) = receiving(&mut ports);
        ports.tweets.expect_upload_fits().returning(|_, _, _| Ok(()));
        ports.tweets.expect_record_upload().returning(|_| Err(used_up().into()));
        let image = ImageFiles { name, variants: Variants::parse("1x1.jpg") };
        let files = image.names().collect::<Vec<_>>();
        ports.images.expect_remove().withf(move |names| *names == files).times(1).returning(|_| Ok(()));
        let microblog = ports.microblog();
        let mut upload = microblog.receive_upload().await.unwrap();
        upload.write(b"png").await.unwrap();
        assert!(matches!(microblog.upload(user(1), upload, None).await, Err(Error::QuotaUsedUp(_))));
    }

    #[tokio::test]
    async fn what_the_service_itself_adds_has_no_quota() {
        let mut ports = Ports::default();
        receiving(&mut ports);
        ports
            .tweets
            .expect_upload_fits()
            .withf(|_, quotas, _| *quotas == UploadQuotas::NONE)
            .returning(|_, _, _| Ok(()));
        ports
            .tweets
            .expect_record_upload()
            .withf(|image| image.quotas == UploadQuotas::NONE)
            .returning(|_| Ok(Once::Done(MediaId::stored(5))));
        let microblog = ports.microblog().without_quotas();
        let mut upload = microblog.receive_upload().await.unwrap();
        upload.write(b"png").await.unwrap();
        assert!(microblog.upload(user(1), upload, None).await.is_ok());
    }

    #[tokio::test]
    async fn of_two_equal_uploads_at_the_same_time_the_files_of_one_stay() {
        let mut ports = Ports::default();
        let (_, name) = receiving(&mut ports);
        ports.tweets.expect_earlier_upload().returning(|_, _| Ok(None));
        ports.tweets.expect_upload_fits().returning(|_, _, _| Ok(()));
        ports.tweets.expect_record_upload().returning(|_| Ok(Once::Before(MediaId::stored(5))));
        let image = ImageFiles { name, variants: Variants::parse("1x1.jpg") };
        let files = image.names().collect::<Vec<_>>();
        ports.images.expect_remove().withf(move |names| *names == files).times(1).returning(|_| Ok(()));
        let microblog = ports.microblog();
        let mut upload = microblog.receive_upload().await.unwrap();
        upload.write(b"png").await.unwrap();
        let key = IdempotencyKey::parse("k").unwrap();
        assert_eq!(microblog.upload(user(1), upload, Some(key)).await.unwrap().get(), 5);
    }

    #[tokio::test]
    async fn a_file_whose_row_may_have_been_written_is_never_removed() {
        let mut ports = Ports::default();
        receiving(&mut ports);
        ports.tweets.expect_upload_fits().returning(|_, _, _| Ok(()));
        ports.tweets.expect_record_upload().returning(|_| Err(Error::unavailable("connection lost")));
        ports.images.expect_remove().never();
        let microblog = ports.microblog();
        let mut upload = microblog.receive_upload().await.unwrap();
        upload.write(b"png").await.unwrap();
        assert!(matches!(microblog.upload(user(1), upload, None).await, Err(Error::Unavailable(_))));
    }
}
