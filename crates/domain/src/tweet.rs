//! Tweets: their text, their images, their likes.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::visible::{refuse_control_characters, shows_something};
use crate::{
    Action, By, Change, Entry, Guard, ImageDescription, ImageFiles, ImageFormat, ImageName, ImageRecord,
    Invalid, MediaId, Once, Outcome, Person, Quota, Reason, RemovalId, Result, Timestamp, TweetId,
    UploadQuotas, UserId, Variants,
};

/// The text of a tweet: trimmed, with something to see, not too long, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TweetText(String);

impl TweetText {
    /// Takes what a person wrote. The length counts Unicode scalar values after trimming.
    ///
    /// # Errors
    /// [`Invalid::EmptyText`], [`Invalid::TextTooLong`], [`Invalid::ControlCharacter`].
    pub fn parse(text: &str, limit: usize) -> Result<Self, Invalid> {
        // Looked for before trimming: some of them count as white space.
        refuse_control_characters(text)?;
        let text = text.trim();
        if !shows_something(text) {
            return Err(Invalid::EmptyText);
        }
        let length = text.chars().count();
        if length > limit { Err(Invalid::TextTooLong { length, limit }) } else { Ok(Self(text.to_owned())) }
    }

    /// For adapters: a text that was accepted once, whatever today's limit is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The images of a new tweet in the order in which they are shown, all different, and what they show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachments {
    ids: Vec<MediaId>,
    /// As many as there are ids.
    descriptions: Vec<Option<ImageDescription>>,
}

impl Attachments {
    /// Takes the ids that a person named, as yet without descriptions.
    ///
    /// # Errors
    /// [`Invalid::TooManyAttachments`], [`Invalid::RepeatedAttachment`], [`Invalid::Id`].
    pub fn parse(ids: &[i64], limit: usize) -> Result<Self, Invalid> {
        if ids.len() > limit {
            return Err(Invalid::TooManyAttachments { given: ids.len(), limit });
        }
        let mut seen = HashSet::new();
        let mut attachments = Vec::with_capacity(ids.len());
        for id in ids {
            let id = MediaId::new(*id).ok_or(Invalid::Id)?;
            if !seen.insert(id) {
                return Err(Invalid::RepeatedAttachment(id));
            }
            attachments.push(id);
        }
        Ok(Self { descriptions: vec![None; attachments.len()], ids: attachments })
    }

    /// Says what the images show, in their order.
    ///
    /// # Errors
    /// [`Invalid::DescriptionCount`] unless there is a place for each image.
    pub fn described(self, descriptions: Vec<Option<ImageDescription>>) -> Result<Self, Invalid> {
        let (given, needed) = (descriptions.len(), self.ids.len());
        if given == needed {
            Ok(Self { descriptions, ..self })
        } else {
            Err(Invalid::DescriptionCount { given, needed })
        }
    }

    /// The ids in their order.
    pub fn ids(&self) -> &[MediaId] {
        &self.ids
    }

    /// What the images show, in the order of the ids.
    pub fn descriptions(&self) -> &[Option<ImageDescription>] {
        &self.descriptions
    }

    /// Each image with what it shows.
    pub fn iter(&self) -> impl Iterator<Item = (MediaId, Option<&ImageDescription>)> {
        self.ids.iter().copied().zip(self.descriptions.iter().map(Option::as_ref))
    }
}

/// A tweet that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTweet {
    /// Who writes.
    pub author: UserId,
    /// What.
    pub text: TweetText,
    /// With which images.
    pub attachments: Attachments,
    /// When.
    pub created_at: Timestamp,
    /// How many the author may publish.
    pub quota: Quota,
    /// Against doing it twice, where the client asked for that.
    pub guard: Option<Guard>,
}

/// An image that lies in [`crate::Images`] and is to be known by the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImage {
    /// The user who uploaded it; only they may attach it.
    pub owner: UserId,
    /// Under which name it lies.
    pub name: ImageName,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Its smaller copies; none where they are yet to be made.
    pub variants: Option<Variants>,
    /// When it came.
    pub uploaded_at: Timestamp,
    /// How much the owner may upload.
    pub quotas: UploadQuotas,
    /// Against doing it twice, where the client asked for that.
    pub guard: Option<Guard>,
}

impl NewImage {
    /// The image's format.
    pub fn format(&self) -> ImageFormat {
        self.name.format()
    }
}

/// That a tweet is to be removed which somebody else wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRemoval {
    /// Which.
    pub tweet: TweetId,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: Timestamp,
    /// The user who does it, who must be a moderator then; `None` where an operator does.
    pub moderator: Option<UserId>,
}

/// A tweet that was removed, as its author may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its place among the removals.
    pub id: RemovalId,
    /// Which tweet.
    pub tweet: TweetId,
    /// What it said.
    pub text: TweetText,
    /// Why it was removed.
    pub reason: Reason,
    /// When.
    pub removed_at: Timestamp,
}

impl NewRemoval {
    /// What the log keeps of it; the port adds who the author is.
    pub(crate) fn entry(&self, by: By) -> Entry {
        let detail = Some(format!("tweet {}: {}", self.tweet, self.reason.as_str()));
        let (at, action, outcome) = (self.at, Action::RemoveTweet, Outcome::Done);
        Entry { at, by, action, user: None, outcome, detail }
    }
}

impl Removal {
    /// How long its author is shown it; then it is forgotten.
    pub const SHOWN: TimeDelta = TimeDelta::days(30);
}

/// A page of removals, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removals {
    /// The page.
    pub removals: Vec<Removal>,
    /// The last id of this page where another page follows.
    pub next: Option<RemovalId>,
}

/// A tweet that somebody likes, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liked {
    /// Which.
    pub tweet: TweetId,
    /// Its author.
    pub author: Person,
}

/// The port of tweets, their images' records and their likes: what changes them, and the lists of one user. Each method is
/// one transaction.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Tweets: Send + Sync {
    /// Publishes the tweet and attaches its images, together or not at all.
    ///
    /// Errors: [`Invalid::UnusableAttachment`] names the first image that is unknown, another user's or attached already;
    /// [`crate::Error::IdempotencyConflict`]; [`crate::Error::UnknownKey`] where the author is gone;
    /// [`crate::Error::QuotaUsedUp`], which publications at the same time don't get around.
    /// A repeated guard answers the first outcome before anything else is looked at.
    async fn publish(&self, tweet: NewTweet) -> Result<Once<TweetId>>;

    /// Deletes a tweet of that author with its likes and images; answers the files that nothing needs any more.
    /// `None` where there is no such tweet. Error: [`crate::Error::NotTheAuthor`].
    async fn delete(&self, tweet: TweetId, author: UserId) -> Result<Option<Vec<ImageFiles>>>;

    /// Removes any tweet with its likes and images; its author finds it among their removals. The entry is
    /// recorded as one about the author. Answers the files that nothing needs any more, `None` where there is no such tweet.
    /// Error: [`crate::Error::NotTheAuthor`] where the moderator is none, or is deactivated.
    async fn remove(&self, removal: NewRemoval, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>>;

    /// What was removed of that author since that moment, the latest first, behind `after`.
    async fn removals(
        &self,
        author: UserId,
        since: Timestamp,
        after: Option<RemovalId>,
        limit: u32,
    ) -> Result<Removals>;

    /// Likes once, however often it is called and by how many at the same time; the counter moves with the like.
    /// `None` where there is no such tweet. Error: [`crate::Error::UnknownKey`] where the user is gone.
    async fn like(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>>;

    /// Takes a like back; `None` where there is no such tweet.
    async fn unlike(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>>;

    /// Makes an image that lies in [`crate::Images`] known, unattached as yet.
    /// Errors as in [`Tweets::publish`].
    async fn record_upload(&self, image: NewImage) -> Result<Once<MediaId>>;

    /// Whether another upload would fit at that moment; [`Tweets::record_upload`] decides.
    /// Error: [`crate::Error::QuotaUsedUp`].
    async fn upload_fits(&self, owner: UserId, quotas: UploadQuotas, at: Timestamp) -> Result<()>;

    /// The outcome of an upload of that guard, where there was one. Error: [`crate::Error::IdempotencyConflict`].
    async fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>>;

    /// What a user likes, behind `after`, by ascending id of the tweets.
    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>>;

    /// The images that a user uploaded, behind `after`, by ascending id.
    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>>;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_trimmed_and_otherwise_kept_verbatim() {
        assert_eq!(
            TweetText::parse(" \n hi\t<b>\r\n👋  there \u{a0}", 280).unwrap().as_str(),
            "hi\t<b>\r\n👋  there"
        );
    }

    #[test]
    fn a_text_that_shows_nothing_is_empty() {
        for text in [
            "",
            " \n\t ",
            "\u{200B}",
            "\u{FEFF}",
            "\u{AD}",
            "\u{3164}",
            "\u{2060} \u{200D}\u{FE0F}",
            "\u{E0041}",
        ] {
            assert_eq!(TweetText::parse(text, 280).unwrap_err(), Invalid::EmptyText, "{text:?}");
        }
        for text in ["\u{200B}x\u{FEFF}", "👩\u{200D}🚀", "\u{202E}x"] {
            assert_eq!(TweetText::parse(text, 280).unwrap().as_str(), text, "nothing of it is taken away");
        }
    }

    #[test]
    fn a_text_has_1_to_280_scalar_values_after_trimming() {
        assert_eq!(TweetText::parse(" \n\t ", 280).unwrap_err(), Invalid::EmptyText);
        assert!(TweetText::parse(&format!("  {}  ", "👋".repeat(280)), 280).is_ok());
        let too_long = Invalid::TextTooLong { length: 281, limit: 280 };
        assert_eq!(TweetText::parse(&"e".repeat(281), 280).unwrap_err(), too_long);
        assert_eq!(too_long.to_string(), "281 characters, at most 280");
    }

    #[test]
    fn control_characters_other_than_tab_and_line_breaks_are_refused() {
        for code in (0..32).filter(|code| ![9, 10, 13].contains(code)) {
            let character = char::from_u32(code).unwrap();
            for text in [format!("a{character}b"), format!("{character}a"), format!("a {character}")] {
                assert_eq!(TweetText::parse(&text, 280).unwrap_err(), Invalid::ControlCharacter(code));
            }
        }
    }

    #[test]
    fn attachments_are_few_and_all_different() {
        assert_eq!(Attachments::parse(&[3, 1, 2], 10).unwrap().ids().len(), 3);
        let twice = Attachments::parse(&[1, 2, 1], 10).unwrap_err();
        assert_eq!(twice, Invalid::RepeatedAttachment(MediaId::stored(1)));
        let many = Attachments::parse(&(1..=11).collect::<Vec<_>>(), 10).unwrap_err();
        assert_eq!(many, Invalid::TooManyAttachments { given: 11, limit: 10 });
        assert_eq!(Attachments::parse(&[0], 10).unwrap_err(), Invalid::Id);
    }

    #[test]
    fn each_image_has_a_place_for_its_description() {
        let cat = ImageDescription::parse("a cat", 1500).unwrap();
        let two = Attachments::parse(&[3, 1], 10).unwrap();
        assert_eq!(two.descriptions(), [None, None]);
        let described = two.clone().described(vec![None, cat.clone()]).unwrap();
        let pairs = described.iter().collect::<Vec<_>>();
        assert_eq!(pairs, [(MediaId::stored(3), None), (MediaId::stored(1), cat.as_ref())]);
        for given in [0, 1, 3] {
            let refused = two.clone().described(vec![None; given]).unwrap_err();
            assert_eq!(refused, Invalid::DescriptionCount { given, needed: 2 });
        }
        assert!(Attachments::default().described(vec![]).is_ok());
    }

    proptest! {
        #[test]
        fn every_accepted_text_is_accepted_again_unchanged(text in "\\PC{0,300}") {
            if let Ok(once) = TweetText::parse(&text, 280) {
                let again = TweetText::parse(once.as_str(), 280).unwrap();
                prop_assert_eq!(once, again);
            }
        }
    }
}
