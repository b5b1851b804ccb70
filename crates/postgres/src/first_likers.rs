//! The first likers of tweets, by their ids.
//!
//! They are shown far more often than they change, and reading a hundred of them takes ten times as long as the tweet. Every
//! change of them moves the tweet's counter and so makes another version of its row: as long as that is the same, they are.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::sql_types::{Array, BigInt, Integer, Oid};
use diesel_async::RunQueryDsl;
use tweetty_adapter::Remembered;
use tweetty_domain::UserId;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows::TweetRow;
use crate::statement::sql;

/// How many tweets' likers are remembered, each of which takes about a kilobyte.
pub(crate) const MOST: usize = 8_192;
/// A version says by itself whether it is the latest. Only a database that lost transactions may count them again from
/// an earlier one, after a failover.
pub(crate) const TRUSTED: Duration = Duration::from_mins(1);
/// At least so many are read of each tweet, that an answer with few of them does not spoil the next one.
const LEAST: u32 = 100;

/// In ascending order by the primary key, whose walk ends early, however many there are.
pub(crate) const FIRST: &str = "
    SELECT tweet.id, tweet.xmin, tweet.like_count,
           ARRAY(SELECT user_id FROM likes WHERE tweet_id = tweet.id ORDER BY user_id LIMIT :most)
    FROM unnest(:tweets) AS wanted (id)
    CROSS JOIN LATERAL (SELECT id, xmin, like_count FROM tweets WHERE tweets.id = wanted.id OFFSET 0) AS tweet";

type Columns = (BigInt, Oid, Integer, Array<BigInt>);

/// Likers by tweet.
pub(crate) type KnownLikers = Remembered<i64, FirstLikers>;

/// The first likers of a tweet.
#[derive(Clone)]
pub(crate) struct FirstLikers {
    /// Of the tweet's row.
    version: u32,
    /// How many there are.
    likes: i32,
    /// In ascending order.
    ids: Arc<[i64]>,
    /// Whether these are all.
    all: bool,
}

impl FirstLikers {
    /// Whether they are those of that version, and enough for so many besides the viewer.
    fn suffice(&self, version: u32, embedded: u32) -> bool {
        self.version == version && (self.all || self.ids.len() > size(embedded))
    }

    /// At most so many of them, the viewer first where they are among them.
    fn shown(&self, viewer: UserId, liked: bool, embedded: u32) -> impl Iterator<Item = i64> + '_ {
        let viewer = viewer.get();
        let others = self.ids.iter().copied().filter(move |id| *id != viewer);
        liked.then_some(viewer).into_iter().chain(others).take(size(embedded))
    }
}

/// The first likers of several tweets.
pub(crate) struct Likers {
    by_tweet: HashMap<i64, FirstLikers>,
    viewer: UserId,
    embedded: u32,
}

impl Likers {
    /// Those that are shown of the tweet in that row, by their ids.
    pub(crate) fn of(&self, row: &TweetRow) -> impl Iterator<Item = i64> + use<'_> {
        let (viewer, liked, embedded) = (self.viewer, row.liked, self.embedded);
        let first = self.by_tweet.get(&row.id).into_iter();
        first.flat_map(move |first| first.shown(viewer, liked, embedded))
    }

    /// How many there are: a tweet that was liked since its row was read has as many as it has likers.
    pub(crate) fn count(&self, row: &TweetRow) -> i32 {
        self.by_tweet.get(&row.id).map_or(row.like_count, |first| first.likes)
    }
}

/// Those of the tweets in these rows. A tweet that was changed since then has the likers of now.
pub(crate) async fn read(
    connection: &mut Connection,
    known: &KnownLikers,
    rows: &[TweetRow],
    viewer: UserId,
    embedded: u32,
) -> Result<Likers, Failure> {
    let mut found = HashMap::with_capacity(rows.len());
    if embedded == 0 {
        return Ok(Likers { by_tweet: found, viewer, embedded });
    }
    let now = Instant::now();
    let mut unknown = vec![];
    for row in rows {
        match known.get(&row.id, now).filter(|likers| likers.suffice(row.version, embedded)) {
            Some(likers) => drop(found.insert(row.id, likers)),
            None => unknown.push(row.id),
        }
    }
    if !unknown.is_empty() {
        let most = embedded.max(LEAST).saturating_add(1);
        let read = sql::<Columns>(FIRST).bind("tweets", unknown).bind("most", most);
        for (tweet, version, likes, ids) in read.load::<(i64, u32, i32, Vec<i64>)>(connection).await? {
            let all = ids.len() < size(most);
            let likers = FirstLikers { version, likes, ids: ids.into(), all };
            known.put(tweet, likers.clone(), now);
            found.insert(tweet, likers);
        }
    }
    Ok(Likers { by_tweet: found, viewer, embedded })
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likers(ids: &[i64], all: bool) -> FirstLikers {
        FirstLikers { version: 7, likes: 3, ids: ids.into(), all }
    }

    #[test]
    fn the_viewer_is_shown_first_and_once_wherever_they_stand() {
        let shown = |viewer, liked, embedded| {
            likers(&[1, 2, 3], true).shown(UserId::stored(viewer), liked, embedded).collect::<Vec<_>>()
        };
        assert_eq!(shown(9, false, 100), [1, 2, 3]);
        assert_eq!(shown(9, false, 2), [1, 2]);
        assert_eq!(shown(9, true, 2), [9, 1]);
        assert_eq!(shown(2, true, 100), [2, 1, 3]);
        assert_eq!(shown(2, false, 100), [1, 3], "the like was taken back since");
        assert_eq!(shown(2, true, 0), [] as [i64; 0]);
    }

    #[test]
    fn likers_suffice_for_their_version_and_for_as_many_as_they_are() {
        assert!(likers(&[1, 2, 3], false).suffice(7, 2), "one of them may be the viewer");
        assert!(!likers(&[1, 2, 3], false).suffice(7, 3));
        assert!(likers(&[1, 2, 3], true).suffice(7, 100));
        assert!(!likers(&[1, 2, 3], true).suffice(8, 1));
    }
}
