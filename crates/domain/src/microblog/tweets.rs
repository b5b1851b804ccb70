//! Writing, liking and reading tweets.

use super::Microblog;
use crate::{
    Attachments, Change, Embedded, Error, FeedPage, FeedQuery, Fingerprint, Guard, IdempotencyKey,
    ImageDescription, NewTweet, Order, PageSize, People, Period, Person, Result, Scope, Start, Subject,
    Timestamp, Tweet, TweetId, TweetText, UserId, crash_point,
};

impl Microblog {
    /// Publishes a tweet; with an idempotency key at most once, whose repetition answers the first outcome.
    ///
    /// # Errors
    /// [`crate::Invalid::UnusableAttachment`], [`Error::IdempotencyConflict`], [`Error::QuotaUsedUp`].
    pub async fn publish(
        &self,
        author: UserId,
        text: TweetText,
        attachments: Attachments,
        once: Option<IdempotencyKey>,
    ) -> Result<TweetId> {
        let created_at = self.stores.clock.now();
        let guard =
            once.map(|key| Guard { key, fingerprint: fingerprint(&text, &attachments), at: created_at });
        let quota = self.limits.tweets_per_day;
        let tweet = NewTweet { author, text, attachments, created_at, quota, guard };
        crash_point("the tweet is made up");
        let published = self.stores.tweets.publish(tweet).await?;
        crash_point("the tweet is published");
        Ok(published.outcome())
    }

    /// Likes a tweet.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn like(&self, me: UserId, tweet: TweetId) -> Result<Change> {
        let liked = self.stores.tweets.like(tweet, me).await?;
        crash_point("the like is made");
        liked.ok_or(not_found(tweet))
    }

    /// Takes a like back.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unlike(&self, me: UserId, tweet: TweetId) -> Result<Change> {
        self.stores.tweets.unlike(tweet, me).await?.ok_or(not_found(tweet))
    }

    /// A page of tweets; one with a higher number than [`crate::Limits::deepest_page`] is empty and not looked for.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the tweets of a user who does not exist.
    pub async fn feed(
        &self,
        me: UserId,
        scope: Scope,
        order: Order,
        start: Start,
        size: PageSize,
        likers: Embedded,
    ) -> Result<FeedPage> {
        let embedded_likers = likers.get();
        let query = FeedQuery { viewer: me, scope, order, start, size, embedded_likers };
        let is_too_deep = matches!(start, Start::Page(number) if number > self.limits.deepest_page);
        let page = if is_too_deep { FeedPage::EMPTY } else { self.stores.feeds.page(query).await? };
        if let (Scope::By(author), true) = (scope, page.tweets.is_empty()) {
            self.user(author).await?;
        }
        Ok(page)
    }

    /// When a period began that ends now; `None` where it has no beginning.
    pub fn beginning(&self, period: Period) -> Option<Timestamp> {
        period.beginning(self.stores.clock.now())
    }

    /// One tweet.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn tweet(&self, me: UserId, tweet: TweetId) -> Result<Tweet> {
        let found = self.stores.feeds.tweet(tweet, me, self.limits.embedded_likers).await?;
        found.ok_or(not_found(tweet))
    }

    /// A page of those who like a tweet: the user who asks first, then the others by ascending id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn likers(
        &self,
        me: UserId,
        tweet: TweetId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<People<Person>> {
        self.stores.feeds.likers(tweet, me, after, size.get()).await?.ok_or(not_found(tweet))
    }
}

/// What is published. One without descriptions has the fingerprint that it had before there were any, so that a request is
/// known again after an upgrade.
fn fingerprint(text: &TweetText, attachments: &Attachments) -> Fingerprint {
    let ids = attachments.ids().iter().flat_map(|id| id.get().to_be_bytes()).collect::<Vec<_>>();
    let mut parts = vec![text.as_str().as_bytes(), &ids];
    if attachments.descriptions().iter().any(Option::is_some) {
        // None is written as the empty text, which no description is.
        let texts = attachments.iter().map(|(_, given)| given.map_or("", ImageDescription::as_str));
        parts.extend(texts.map(str::as_bytes));
    }
    Fingerprint::of("publish", parts)
}

pub(super) fn not_found(tweet: TweetId) -> Error {
    Error::NotFound(Subject::Tweet(tweet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Once;
    use crate::stores::test::{Ports, noon, user};

    fn draft(text: &str) -> (TweetText, Attachments) {
        (TweetText::parse(text, 280).unwrap(), Attachments::default())
    }

    #[tokio::test]
    async fn a_tweet_bears_the_time_of_the_clock_and_no_guard_unless_asked() {
        let mut ports = Ports::default();
        ports
            .tweets
            .expect_publish()
            .withf(|tweet| tweet.created_at == noon() && tweet.guard.is_none() && tweet.author == user(1))
            .returning(|_| Ok(Once::Done(TweetId::stored(7))));
        let (text, attachments) = draft("hi");
        let id = ports.microblog().publish(user(1), text, attachments, None).await.unwrap();
        assert_eq!(id.get(), 7);
    }

    #[tokio::test]
    async fn the_fingerprint_of_a_publication_differs_with_text_and_images() {
        let mut ports = Ports::default();
        let (seen, fingerprints) = std::sync::mpsc::channel();
        ports.tweets.expect_publish().returning(move |tweet| {
            seen.send(tweet.guard.unwrap().fingerprint).unwrap();
            Ok(Once::Before(TweetId::stored(7)))
        });
        let microblog = ports.microblog();
        for (text, images) in [("a", vec![]), ("a", vec![1]), ("b", vec![]), ("a", vec![])] {
            let attachments = Attachments::parse(&images, 10).unwrap();
            let key = IdempotencyKey::parse("k").unwrap();
            microblog.publish(user(1), draft(text).0, attachments, Some(key)).await.unwrap();
        }
        let prints = fingerprints.try_iter().collect::<Vec<_>>();
        assert_eq!(prints[0], prints[3]);
        assert!(prints[0] != prints[1] && prints[0] != prints[2] && prints[1] != prints[2]);
    }

    #[test]
    fn the_fingerprint_of_a_publication_differs_with_its_descriptions() {
        let print = |images: &[i64], descriptions: &[&str]| {
            let descriptions = descriptions.iter().map(|text| ImageDescription::parse(text, 1500).unwrap());
            let attachments = Attachments::parse(images, 10).unwrap().described(descriptions.collect());
            fingerprint(&draft("a").0, &attachments.unwrap())
        };
        let prints = [
            print(&[], &[]),
            print(&[1, 2], &["", ""]),
            print(&[1, 2], &["a cat", ""]),
            print(&[1, 2], &["", "a cat"]),
            print(&[1, 2], &["a", " cat"]),
            print(&[1, 2], &["a cat", "a cat"]),
            print(&[1], &["a cat"]),
        ];
        let different = prints.iter().collect::<std::collections::HashSet<_>>();
        assert_eq!(different.len(), prints.len());
        assert_eq!(print(&[1, 2], &["a cat", ""]), print(&[1, 2], &[" a cat\n", " "]));
    }

    #[test]
    fn a_publication_without_descriptions_keeps_the_fingerprint_of_the_versions_that_knew_none() {
        let known = Fingerprint::of("publish", [&b"a"[..], &1_i64.to_be_bytes()]);
        let attachments = Attachments::parse(&[1], 10).unwrap();
        assert_eq!(fingerprint(&draft("a").0, &attachments), known);
        assert_eq!(fingerprint(&draft("a").0, &attachments.described(vec![None]).unwrap()), known);
        let first = u64::from_be_bytes(*known.as_bytes().first_chunk().unwrap());
        assert_eq!(first, 0x684b_ea37_b004_bc82, "as it was stored by them");
    }

    #[tokio::test]
    async fn what_does_not_exist_is_not_found() {
        let mut ports = Ports::default();
        ports.tweets.expect_delete().returning(|_, _| Ok(None));
        ports.tweets.expect_like().returning(|_, _| Ok(None));
        ports.tweets.expect_unlike().returning(|_, _| Ok(None));
        ports.feeds.expect_tweet().returning(|_, _, _| Ok(None));
        ports.feeds.expect_likers().returning(|_, _, _, _| Ok(None));
        let microblog = ports.microblog();
        let tweet = TweetId::stored(9);
        let answers = [
            microblog.delete(user(1), tweet, None).await.unwrap_err(),
            microblog.like(user(1), tweet).await.unwrap_err(),
            microblog.unlike(user(1), tweet).await.unwrap_err(),
            microblog.tweet(user(1), tweet).await.unwrap_err(),
            microblog.likers(user(1), tweet, None, PageSize::parse(None, 10).unwrap()).await.unwrap_err(),
        ];
        for error in answers {
            assert!(matches!(error, Error::NotFound(Subject::Tweet(id)) if id == tweet), "{error}");
        }
    }

    #[tokio::test]
    async fn a_page_behind_the_deepest_is_empty_and_not_looked_for() {
        let mut ports = Ports::default();
        ports.feeds.expect_page().times(1).returning(|_| Ok(FeedPage::EMPTY));
        let microblog = ports.microblog();
        let size = PageSize::parse(Some(1), 10).unwrap();
        let deepest = microblog.limits().deepest_page;
        for number in [deepest, deepest + 1, u64::MAX] {
            let page = microblog
                .feed(user(1), Scope::All, Order::POPULAR, Start::Page(number), size, Embedded::NONE)
                .await;
            assert_eq!(page.unwrap(), FeedPage::EMPTY);
        }
    }

    #[tokio::test]
    async fn an_empty_page_of_an_author_asks_whether_she_exists() {
        let mut ports = Ports::default();
        ports.feeds.expect_page().returning(|_| Ok(FeedPage { tweets: vec![], next: None }));
        ports.users.expect_find().times(1).returning(|_| Ok(None));
        let microblog = ports.microblog();
        let size = PageSize::parse(None, 10).unwrap();
        let error = microblog
            .feed(user(1), Scope::By(user(2)), Order::Recent, Start::FIRST, size, Embedded::NONE)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::NotFound(Subject::User(id)) if id == user(2)));
        assert!(
            microblog
                .feed(user(1), Scope::All, Order::Recent, Start::FIRST, size, Embedded::NONE)
                .await
                .is_ok()
        );
    }
}
