//! Pages that somebody asks for by number, one after the other, as a list does that grows while it is scrolled. Found anew,
//! each would cost more than the one before it.

use std::time::{Duration, Instant};

use paperclip::v2::models::DefaultSchemaRaw;
use paperclip::v2::schema::Apiv2Schema;
use quick_cache::sync::Cache;
use tweetty_domain::{FeedPage, PageSize, Position, Scope, Start, Timestamp, UserId};

use crate::cursor::{Beginning, Cursor};
use crate::error::ApiError;
use crate::query::{Parameter, Parameters};
use crate::sorting::Sorting;

/// How long the end of the page that was shown last is where the next one begins: long enough to read a page.
const TRUSTED: Duration = Duration::from_mins(1);
/// How many walkers are remembered; those who ask least are forgotten first.
const MOST: usize = 20_000;

/// The number of a page of `limit` entries: without `limit` it means nothing and isn't even read.
pub(crate) struct Offset(Option<i64>);

impl Parameter for Offset {
    fn read(parameters: &Parameters<'_>, name: &str) -> Result<Self, ApiError> {
        let limited = parameters.text("limit")?.is_some();
        if limited { Parameter::read(parameters, name).map(Self) } else { Ok(Self(None)) }
    }
}

impl Apiv2Schema for Offset {
    fn raw_schema() -> DefaultSchemaRaw {
        i64::raw_schema()
    }
}

impl Offset {
    /// Where the page of that list begins, by its number or else by the cursor.
    pub(crate) fn start(&self, cursor: &Cursor, list: &str) -> Result<Beginning, ApiError> {
        match self.0 {
            None => cursor.start(list),
            Some(_) if cursor.0.is_some() => {
                Err(ApiError::unprocessable("cursor and offset exclude each other"))
            }
            Some(number) => Ok(Beginning { start: Start::page(number)?, since: None }),
        }
    }
}

/// Where each viewer is: one position, so that a page that is not the next one is found by its number.
pub(crate) struct Walks {
    walks: Cache<UserId, Walk>,
    /// No page has a higher number, wherever a walk is.
    deepest: u64,
}

/// A list of tweets, cut into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pages {
    pub(crate) scope: Scope,
    pub(crate) sorting: Sorting,
    pub(crate) size: PageSize,
}

#[derive(Debug, Clone, Copy)]
struct Walk {
    pages: Pages,
    /// The page that was shown, and where it ended.
    shown: u64,
    end: Position,
    /// When the time began whose tweets it shows.
    since: Option<Timestamp>,
    at: Instant,
}

/// A page that a viewer asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    viewer: UserId,
    pages: Pages,
    asked: Start,
    at: Instant,
    /// Where the page really begins.
    pub(crate) start: Start,
    /// When the time began whose tweets it shows.
    pub(crate) since: Option<Timestamp>,
}

impl Walks {
    pub(crate) fn new(deepest: u64) -> Self {
        Self { walks: Cache::new(MOST), deepest }
    }

    /// The page begins right behind the one that the viewer was shown last, if that is the one before it, and is then of
    /// the same time; otherwise of the one given.
    pub(crate) fn step(
        &self,
        viewer: UserId,
        pages: Pages,
        asked: Start,
        since: Option<Timestamp>,
        at: Instant,
    ) -> Step {
        let next = |walk: Walk| {
            let deepest = self.deepest;
            let follows =
                matches!(asked, Start::Page(number) if number <= deepest && walk.shown + 1 == number);
            let trusted = at.duration_since(walk.at) < TRUSTED;
            (follows && trusted && walk.pages == pages).then_some((Start::After(walk.end), walk.since))
        };
        let (start, since) = self.walks.get(&viewer).and_then(next).unwrap_or((asked, since));
        Step { viewer, pages, asked, at, start, since }
    }

    /// The viewer is shown that page. Behind the last page the walk stays where it ended: by its number a page there might
    /// show again what has been shown.
    pub(crate) fn shown(&self, step: Step, page: &FeedPage) {
        let Start::Page(shown) = step.asked else { return };
        let last = page.tweets.last().map(|tweet| Position { likes: tweet.likes_count, id: tweet.id });
        let end = page.next.or(last).or(match step.start {
            Start::After(end) => Some(end),
            Start::Page(_) => None,
        });
        match end {
            Some(end) => {
                let Step { viewer, pages, since, at, .. } = step;
                self.walks.insert(viewer, Walk { pages, shown, end, since, at });
            }
            None => drop(self.walks.remove(&step.viewer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tweetty_domain::{Nickname, Person, Timestamp, Tweet, TweetId, TweetText};

    use super::*;

    fn user(id: i64) -> UserId {
        UserId::stored(id)
    }

    fn size(number: i64) -> PageSize {
        PageSize::parse(Some(number), 1_000).unwrap()
    }

    fn twenty() -> Pages {
        Pages { scope: Scope::Following, sorting: Sorting::OF_A_WEEK, size: size(20) }
    }

    fn tweet(id: i64) -> Tweet {
        Tweet {
            id: TweetId::stored(id),
            text: TweetText::parse("x", 280).unwrap(),
            author: Person {
                id: user(1),
                nickname: Nickname::stored("ann"),
                first_name: None,
                last_name: None,
                avatar: None,
                bot: false,
            },
            attachments: vec![],
            likers: vec![],
            likes_count: 3,
            liked: false,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn end(id: i64) -> Position {
        Position { likes: 3, id: TweetId::stored(id) }
    }

    /// Walks that somebody began a moment ago.
    struct Begun {
        walks: Walks,
        noon: Instant,
    }

    impl Begun {
        fn new() -> Self {
            Self { walks: Walks::new(1_000), noon: Instant::now() }
        }

        /// Where a page that is asked for begins.
        fn start(&self, viewer: UserId, pages: Pages, asked: Start) -> Start {
            self.walks.step(viewer, pages, asked, None, self.noon).start
        }

        /// A page is asked for and ends there.
        fn show(&self, viewer: UserId, pages: Pages, asked: Start, next: Option<Position>) {
            self.show_tweets(viewer, pages, asked, &FeedPage { tweets: vec![], next });
        }

        fn show_tweets(&self, viewer: UserId, pages: Pages, asked: Start, page: &FeedPage) {
            self.walks.shown(self.walks.step(viewer, pages, asked, None, self.noon), page);
        }
    }

    #[test]
    fn the_page_after_the_one_that_was_shown_last_begins_right_behind_it() {
        let walks = Begun::new();
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(2)), Start::After(end(7)));
        walks.show(user(1), twenty(), Start::Page(2), Some(end(5)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(3)), Start::After(end(5)));
    }

    #[test]
    fn a_step_back_a_jump_or_another_list_is_found_by_its_number() {
        let walks = Begun::new();
        walks.show(user(1), twenty(), Start::Page(4), Some(end(7)));
        for number in [1, 4, 6, u64::MAX] {
            assert_eq!(walks.start(user(1), twenty(), Start::Page(number)), Start::Page(number));
        }
        let five = Start::Page(5);
        for pages in [
            Pages { scope: Scope::All, ..twenty() },
            Pages { scope: Scope::By(user(1)), ..twenty() },
            Pages { sorting: Sorting::RECENT, ..twenty() },
            Pages { sorting: Sorting::POPULAR, ..twenty() },
            Pages { size: size(21), ..twenty() },
        ] {
            assert_eq!(walks.start(user(1), pages, five), five, "{pages:?}");
        }
        assert_eq!(walks.start(user(2), twenty(), five), five, "somebody else's walk");
    }

    #[test]
    fn a_walk_shows_the_same_time_to_its_end_and_another_begins_with_its_own() {
        let walks = Begun::new();
        let [early, late] = [0, 3_600_000].map(Timestamp::from_timestamp_millis);
        let step = |asked, since| walks.walks.step(user(1), twenty(), asked, since, walks.noon);
        let first = step(Start::FIRST, early);
        assert_eq!(first.since, early);
        walks.walks.shown(first, &FeedPage { tweets: vec![], next: Some(end(7)) });
        let second = step(Start::Page(2), late);
        assert_eq!((second.start, second.since), (Start::After(end(7)), early));
        walks.walks.shown(second, &FeedPage { tweets: vec![], next: Some(end(5)) });
        assert_eq!(step(Start::Page(3), late).since, early);
        for jump in [Start::FIRST, Start::Page(2), Start::Page(9)] {
            assert_eq!(step(jump, late).since, late, "{jump:?}");
        }
    }

    #[test]
    fn a_walk_by_cursor_is_left_alone() {
        let walks = Begun::new();
        let after = Start::After(end(9));
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        assert_eq!(walks.start(user(1), twenty(), after), after);
        walks.show(user(1), twenty(), after, Some(end(1)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(2)), Start::After(end(7)));
    }

    #[test]
    fn a_walk_ends_after_a_minute() {
        let walks = Begun::new();
        let two = Start::Page(2);
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        let start = |seconds| {
            let later = walks.noon + Duration::from_secs(seconds);
            walks.walks.step(user(1), twenty(), two, None, later).start
        };
        assert_eq!(start(59), Start::After(end(7)));
        assert_eq!(start(60), two);
    }

    #[test]
    fn behind_the_last_page_a_walk_stays_where_it_ended() {
        let walks = Begun::new();
        let (two, three) = (Start::Page(2), Start::Page(3));
        walks.show(user(1), twenty(), two, None);
        assert_eq!(walks.start(user(1), twenty(), three), three, "nothing is known of its end");
        let last = FeedPage { tweets: vec![tweet(5)], next: None };
        walks.show_tweets(user(1), twenty(), two, &last);
        assert_eq!(walks.start(user(1), twenty(), three), Start::After(end(5)));
        walks.show(user(1), twenty(), three, None);
        assert_eq!(walks.start(user(1), twenty(), Start::Page(4)), Start::After(end(5)));
    }

    #[test]
    fn no_more_walks_are_remembered_than_there_is_room_for() {
        let walks = Begun::new();
        for id in 1..=3 * i64::try_from(MOST).unwrap() {
            walks.show(user(id), twenty(), Start::FIRST, Some(end(7)));
        }
        // Rounded up in each of the cache's parts.
        assert!(walks.walks.walks.len() <= MOST + MOST / 100, "{}", walks.walks.walks.len());
    }
}
