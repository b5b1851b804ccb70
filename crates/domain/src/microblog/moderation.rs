//! Deleting tweets: one's own, and as a moderator those of others.

use super::Microblog;
use super::tweets::not_found;
use crate::{
    By, Error, Invalid, NewRemoval, PageSize, Reason, Removal, RemovalId, Removals, Result, Role, TweetId,
    UserId, crash_point,
};

impl Microblog {
    /// Deletes a tweet with its likes and images: the caller's own, or as a moderator, with a reason, another user's. The
    /// log keeps who did that and why, and the author is shown the reason for a while.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotTheAuthor`], and of a moderator [`Invalid::NoReason`].
    pub async fn delete(&self, me: UserId, tweet: TweetId, reason: Option<Reason>) -> Result<()> {
        let images = match self.stores.tweets.delete(tweet, me).await {
            Err(refused @ Error::NotTheAuthor(_)) => {
                if !self.is_moderator(me).await? {
                    return Err(refused);
                }
                let (reason, at) = (reason.ok_or(Invalid::NoReason)?, self.stores.clock.now());
                let removal = NewRemoval { tweet, reason, at, moderator: Some(me) };
                let entry = removal.entry(By::User(me));
                self.stores.tweets.remove(removal, Some(entry)).await
            }
            other => other,
        };
        let images = images?.ok_or(not_found(tweet))?;
        crash_point("the tweet is deleted");
        self.stores.remove_files(images).await;
        crash_point("its files are removed");
        Ok(())
    }

    /// A page of the caller's tweets that others removed lately, the latest first.
    pub async fn removals(&self, me: UserId, after: Option<RemovalId>, size: PageSize) -> Result<Removals> {
        let since = self.stores.clock.now() - Removal::SHOWN;
        self.stores.tweets.removals(me, since, after, size.get()).await
    }

    /// Whether somebody is a moderator now. The port has the last word, in the transaction of the removal.
    async fn is_moderator(&self, user: UserId) -> Result<bool> {
        let user = self.stores.users.find(user).await?.ok_or(Error::UnknownKey)?;
        Ok(user.particulars.role == Role::Moderator)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::stores::test::{Ports, noon, user, user_in};
    use crate::{Action, ImageFiles, ImageFormat, ImageName, Outcome, Variants};

    #[tokio::test]
    async fn deleting_removes_the_rows_first_and_the_files_after() {
        let mut ports = Ports::default();
        let mut order = mockall::Sequence::new();
        let name = ImageName::random(ImageFormat::Png).unwrap();
        let image = ImageFiles { name, variants: Variants::parse("320x240.jpg 640x480.png") };
        let files = image.names().collect::<Vec<_>>();
        ports
            .tweets
            .expect_delete()
            .times(1)
            .in_sequence(&mut order)
            .returning(move |_, _| Ok(Some(vec![image.clone()])));
        ports
            .images
            .expect_remove()
            .withf(move |names| *names == files)
            .times(1)
            .in_sequence(&mut order)
            .returning(|_| Err(Error::unavailable("disk")));
        let deleted = ports.microblog().delete(user(1), TweetId::stored(7), None).await;
        assert!(deleted.is_ok(), "a file that stays is the sweeper's, the tweet is gone");
    }

    /// Ports where tweet 7 is another user's, and user 1 has that role.
    fn with_role(role: Role) -> Ports {
        let mut ports = Ports::default();
        ports.tweets.expect_delete().returning(|tweet, _| Err(Error::NotTheAuthor(tweet)));
        ports.users.expect_find().returning(move |id| Ok(Some(user_in(role, id))));
        ports
    }

    fn reason() -> Reason {
        Reason::parse("names a customer").unwrap()
    }

    #[tokio::test]
    async fn only_a_moderator_removes_anothers_tweet_whatever_the_reason() {
        for role in [Role::Member, Role::Communicator] {
            for reason in [None, Some(reason())] {
                let refused = with_role(role).microblog().delete(user(1), TweetId::stored(7), reason).await;
                assert!(matches!(refused, Err(Error::NotTheAuthor(_))), "{refused:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_moderator_needs_a_reason() {
        let refused = with_role(Role::Moderator).microblog().delete(user(1), TweetId::stored(7), None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::NoReason))), "{refused:?}");
    }

    #[tokio::test]
    async fn what_a_moderator_removes_is_recorded_with_who_and_why_in_the_same_transaction() {
        let mut ports = with_role(Role::Moderator);
        ports.tweets.expect_remove().times(1).returning(|removal, entry| {
            assert_eq!(
                (removal.tweet, removal.moderator, removal.at),
                (TweetId::stored(7), Some(user(1)), noon())
            );
            let entry = entry.unwrap();
            assert_eq!((entry.action, entry.by, entry.at), (Action::RemoveTweet, By::User(user(1)), noon()));
            assert_eq!((entry.user, entry.outcome), (None, Outcome::Done), "the port says who the author is");
            assert_eq!(entry.detail.unwrap(), "tweet 7: names a customer");
            Ok(Some(vec![]))
        });
        ports.microblog().delete(user(1), TweetId::stored(7), Some(reason())).await.unwrap();
    }

    #[tokio::test]
    async fn a_tweet_that_somebody_else_has_deleted_meanwhile_is_not_found() {
        let mut ports = with_role(Role::Moderator);
        ports.tweets.expect_remove().returning(|_, _| Ok(None));
        let gone = ports.microblog().delete(user(1), TweetId::stored(7), Some(reason())).await;
        assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    }

    #[tokio::test]
    async fn authors_are_shown_what_was_removed_within_thirty_days() {
        let mut ports = Ports::default();
        ports
            .tweets
            .expect_removals()
            .withf(|author, since, _, _| *author == user(1) && *since == noon() - TimeDelta::days(30))
            .returning(|_, _, _, _| Ok(Removals { removals: vec![], next: None }));
        let size = PageSize::parse(None, 10).unwrap();
        assert_eq!(ports.microblog().removals(user(1), None, size).await.unwrap().removals, []);
    }
}
