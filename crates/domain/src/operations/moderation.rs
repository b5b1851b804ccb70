//! Removing tweets of users, with a reason.

use super::Operations;
use crate::{
    Actor, By, Error, NewRemoval, Reason, Removal, RemovalId, Result, Subject, Timestamp, TweetId, UserId,
};

impl Operations {
    /// Removes a tweet with its likes and images; its author is shown why. Answers whether the files of its images are
    /// gone; else the sweeper takes them when they are a day old.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_tweet(&self, tweet: TweetId, reason: Reason) -> Result<bool> {
        let removal = NewRemoval { tweet, reason, at: self.now(), moderator: None };
        let entry = match &self.actor {
            Actor::Operator(operator) => Some(removal.entry(By::Operator(operator.clone()))),
            Actor::Service => None,
        };
        let removed = self.stores.tweets.remove(removal, entry.clone()).await;
        let removed = removed.and_then(|files| files.ok_or(Error::NotFound(Subject::Tweet(tweet))));
        let files = self.stores.settled(removed, entry).await?;
        Ok(self.stores.remove_files(files).await)
    }

    /// What was removed of a user's tweets and is still kept, for them to take along; the latest first, behind `after`.
    pub async fn removals_of(
        &self,
        author: UserId,
        after: Option<RemovalId>,
        limit: u32,
    ) -> Result<Vec<Removal>> {
        let since = Timestamp::UNIX_EPOCH;
        Ok(self.stores.tweets.removals(author, since, after, limit).await?.removals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, operator};
    use crate::{Action, Outcome};

    fn reason() -> Reason {
        Reason::parse("by request of the customer").unwrap()
    }

    #[tokio::test]
    async fn an_operator_removes_a_tweet_as_no_moderator_and_is_recorded() {
        let mut ports = Ports::default();
        ports.tweets.expect_remove().times(1).returning(|removal, entry| {
            let entry = entry.unwrap();
            assert_eq!((removal.moderator, entry.by), (None, By::Operator(operator())));
            assert_eq!(entry.action, Action::RemoveTweet);
            assert_eq!(entry.detail.unwrap(), "tweet 7: by request of the customer");
            Ok(Some(vec![]))
        });
        assert!(ports.operated().remove_tweet(TweetId::stored(7), reason()).await.unwrap());
    }

    #[tokio::test]
    async fn the_removal_of_an_unknown_tweet_is_recorded_as_failed() {
        let mut ports = Ports::default();
        ports.tweets.expect_remove().returning(|_, _| Ok(None));
        ports
            .audit
            .expect_record()
            .withf(|entry| entry.outcome == Outcome::Failed && entry.detail.as_deref() == Some("not found"))
            .times(1)
            .returning(|_| Ok(()));
        let gone = ports.operated().remove_tweet(TweetId::stored(7), reason()).await;
        assert!(matches!(gone, Err(Error::NotFound(Subject::Tweet(_)))), "{gone:?}");
    }
}
