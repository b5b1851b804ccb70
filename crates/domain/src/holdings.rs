//! Everything that a store holds, row by row.

use sha2::{Digest as _, Sha256};

use crate::{
    Fingerprint, IdempotencyKey, ImageName, KeyHash, MediaId, Record, Result, StoreId, Timestamp, TweetId,
    TweetText, User, UserId,
};

/// Rows that come one by one; after an error none follows.
pub type Rows<'a, T> = Box<dyn Iterator<Item = Result<T>> + Send + 'a>;

/// A tweet with the counter that the likes will give it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BulkTweet {
    /// Which; ids are given out from 1 without gaps.
    pub id: TweetId,
    /// Who wrote it.
    pub author: UserId,
    /// What.
    pub text: TweetText,
    /// How many will like it.
    pub like_count: u32,
    /// When.
    pub created_at: Timestamp,
}

/// A like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BulkLike {
    /// What is liked.
    pub tweet: TweetId,
    /// Who likes it.
    pub user: UserId,
}

/// A follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BulkFollow {
    /// Who follows.
    pub follower: UserId,
    /// Whom.
    pub followee: UserId,
}

/// A key, known by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BulkKey {
    /// Its hash.
    pub hash: KeyHash,
    /// Who holds it.
    pub user: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, where it ends.
    pub ends_at: Option<Timestamp>,
}

/// What is recorded of an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BulkImage {
    /// Which.
    pub id: MediaId,
    /// Who uploaded it.
    pub owner: UserId,
    /// The name of its file.
    pub name: ImageName,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// The tweet that shows it, and its place there from 0.
    pub place: Option<(TweetId, u32)>,
    /// When.
    pub uploaded_at: Timestamp,
}

/// What is remembered of a guarded write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BulkGuard {
    /// Whose write it was.
    pub user: UserId,
    /// Her name for it.
    pub key: IdempotencyKey,
    /// What she asked for.
    pub fingerprint: Fingerprint,
    /// The id of what came of it.
    pub outcome: i64,
    /// When.
    pub created_at: Timestamp,
}

/// The highest ids that were ever given out, be they in use or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LastIds {
    /// Of users.
    pub users: i64,
    /// Of tweets.
    pub tweets: i64,
    /// Of images.
    pub images: i64,
    /// Of records in the log.
    pub records: i64,
}

/// Everything that a store holds at one moment, told row by row so that it need never be in memory. Each list comes in
/// ascending order of its key and may be asked for again.
pub trait Holdings: Send {
    /// The users, with their counters.
    fn users(&mut self) -> Rows<'_, User>;
    /// The keys, by hash.
    fn keys(&mut self) -> Rows<'_, BulkKey>;
    /// Who follows whom, by follower and followee.
    fn follows(&mut self) -> Rows<'_, BulkFollow>;
    /// The tweets, with their counters.
    fn tweets(&mut self) -> Rows<'_, BulkTweet>;
    /// The likes, by tweet and user.
    fn likes(&mut self) -> Rows<'_, BulkLike>;
    /// The images.
    fn images(&mut self) -> Rows<'_, BulkImage>;
    /// The guards, by user and key in the order of their bytes.
    fn guards(&mut self) -> Rows<'_, BulkGuard>;
    /// The log.
    fn records(&mut self) -> Rows<'_, Record>;
    /// The ids behind which new ones begin.
    fn last_ids(&mut self) -> Result<LastIds>;
    /// The id of the store, which goes with its rows: the images carry it, too. `None` where there never was a store.
    fn store_id(&mut self) -> Result<Option<StoreId>>;
}

/// For adapters: rows that are fetched page by page, each behind the last row of the page before; an empty page is
/// the end.
pub fn paged<'a, T: Clone + Send + 'a>(
    mut fetch: impl FnMut(Option<&T>) -> Result<Vec<T>> + Send + 'a,
) -> Rows<'a, T> {
    let mut page = Vec::new().into_iter();
    let mut last = None;
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        if page.as_slice().is_empty() && !ended {
            match fetch(last.as_ref()) {
                Ok(rows) => {
                    last = rows.last().cloned();
                    ended = rows.is_empty();
                    page = rows.into_iter();
                }
                Err(error) => {
                    ended = true;
                    return Some(Err(error));
                }
            }
        }
        page.next().map(Ok)
    }))
}

/// What two stores have in common in one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which list.
    pub list: &'static str,
    /// How many rows are equal.
    pub rows: u64,
    /// SHA-256 of those rows in their order.
    pub digest: [u8; 32],
    /// The place, from 1, of the first row that differs or is missing in one of them.
    pub differs_at: Option<u64>,
}

/// Compares two stores row by row. The log of `theirs` may go on where that of `ours` ends: a copy tells of its own
/// making there.
///
/// # Errors
/// Those of reading either.
pub fn compare(ours: &mut dyn Holdings, theirs: &mut dyn Holdings) -> Result<Vec<Compared>> {
    let store_id = compared("store id", one(ours.store_id()?), one(theirs.store_id()?))?;
    Ok(vec![
        compared("users", ours.users(), theirs.users())?,
        compared("keys", ours.keys(), theirs.keys())?,
        compared("follows", ours.follows(), theirs.follows())?,
        compared("tweets", ours.tweets(), theirs.tweets())?,
        compared("likes", ours.likes(), theirs.likes())?,
        compared("images", ours.images(), theirs.images())?,
        compared("guards", ours.guards(), theirs.guards())?,
        compared_start("records", ours.records(), &mut theirs.records())?,
        store_id,
    ])
}

fn one<'a, T: Send + 'a>(row: Option<T>) -> Rows<'a, T> {
    Box::new(row.into_iter().map(Ok))
}

fn compared<T: PartialEq + std::hash::Hash>(
    list: &'static str,
    ours: Rows<'_, T>,
    mut theirs: Rows<'_, T>,
) -> Result<Compared> {
    let mut compared = compared_start(list, ours, &mut theirs)?;
    if compared.differs_at.is_none() && theirs.next().transpose()?.is_some() {
        compared.differs_at = Some(compared.rows + 1);
    }
    Ok(compared)
}

/// Goes no farther than ours.
fn compared_start<T: PartialEq + std::hash::Hash>(
    list: &'static str,
    ours: Rows<'_, T>,
    theirs: &mut Rows<'_, T>,
) -> Result<Compared> {
    let (mut rows, mut digest) = (0, RowDigest(Sha256::new()));
    for our in ours {
        let our = our?;
        if theirs.next().transpose()?.is_none_or(|their| their != our) {
            return Ok(Compared { list, rows, digest: digest.finish(), differs_at: Some(rows + 1) });
        }
        our.hash(&mut digest);
        rows += 1;
    }
    Ok(Compared { list, rows, digest: digest.finish(), differs_at: None })
}

/// Sums rows up by what tells them apart.
struct RowDigest(Sha256);

impl RowDigest {
    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

impl std::hash::Hasher for RowDigest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        u64::from_be_bytes(self.0.clone().finalize()[..8].try_into().unwrap_or_default())
    }
}
