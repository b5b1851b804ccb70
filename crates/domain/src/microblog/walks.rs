//! Pages that somebody asks for by number, one after the other, as a list does that grows while she scrolls. Found anew,
//! each would cost more than the one before it.

use chrono::TimeDelta;
use quick_cache::sync::Cache;

use crate::{FeedPage, Order, PageSize, Position, Scope, Start, Timestamp, UserId};

/// How long the end of the page that was shown last is where the next one begins: long enough to read a page.
const TRUSTED: TimeDelta = TimeDelta::minutes(1);
/// How many walkers are remembered; those who ask least are forgotten first.
const MOST: usize = 20_000;

/// Where each viewer is: one place, so that whoever goes back or jumps gets the page by its number.
pub(super) struct Walks(Cache<i64, Walk>);

/// A list of tweets, cut into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pages {
    pub(super) scope: Scope,
    pub(super) order: Order,
    pub(super) size: PageSize,
}

#[derive(Debug, Clone, Copy)]
struct Walk {
    pages: Pages,
    /// The page that was shown, and where it ended.
    shown: u64,
    end: Position,
    at: Timestamp,
}

impl Walks {
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// Where the page really begins: right behind the one that the viewer was shown last, if that is the one before it.
    pub(super) fn start(&self, viewer: UserId, pages: Pages, asked: Start, now: Timestamp) -> Start {
        let Start::Page(number) = asked else { return asked };
        let before = self.0.get(&viewer.get()).filter(|walk| {
            let age = now - walk.at;
            walk.pages == pages
                && walk.shown.checked_add(1) == Some(number)
                && (TimeDelta::zero()..TRUSTED).contains(&age)
        });
        before.map_or(asked, |walk| Start::After(walk.end))
    }

    /// The viewer, who asked for that page, is shown this one, which was found from `start`. Behind the last page the walk
    /// stays where it ended: by its number a page there might show again what has been shown.
    pub(super) fn shown(
        &self,
        viewer: UserId,
        pages: Pages,
        asked: Start,
        start: Start,
        page: &FeedPage,
        at: Timestamp,
    ) {
        let Start::Page(shown) = asked else { return };
        let last = page.tweets.last().map(|tweet| Position { likes: tweet.likes_count, id: tweet.id });
        let end = page.next.or(last).or(match start {
            Start::After(end) => Some(end),
            Start::Page(_) => None,
        });
        match end {
            Some(end) => self.0.insert(viewer.get(), Walk { pages, shown, end, at }),
            None => drop(self.0.remove(&viewer.get())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::microblog::test::{noon, person, user};
    use crate::{Tweet, TweetId, TweetText};

    fn twenty() -> Pages {
        Pages { scope: Scope::Following, order: Order::Popular, size: size(20) }
    }

    fn tweet(id: i64) -> Tweet {
        Tweet {
            id: TweetId::stored(id),
            text: TweetText::parse("x", 280).unwrap(),
            author: person(1, "ann"),
            attachments: vec![],
            likers: vec![],
            likes_count: 3,
            liked: false,
            created_at: noon(),
        }
    }

    fn size(number: i64) -> PageSize {
        PageSize::parse(Some(number), 1_000).unwrap()
    }

    fn end(id: i64) -> Position {
        Position { likes: 3, id: TweetId::stored(id) }
    }

    impl Walks {
        /// A page that was found by its number.
        fn show(&self, viewer: UserId, pages: Pages, asked: Start, next: Option<Position>) {
            self.shown(viewer, pages, asked, asked, &FeedPage { tweets: vec![], next }, noon());
        }
    }

    #[test]
    fn the_page_after_the_one_that_was_shown_last_begins_right_behind_it() {
        let walks = Walks::new();
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(2), noon()), Start::After(end(7)));
        walks.show(user(1), twenty(), Start::Page(2), Some(end(5)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(3), noon()), Start::After(end(5)));
    }

    #[test]
    fn whoever_goes_back_jumps_or_looks_at_another_list_gets_the_page_by_its_number() {
        let walks = Walks::new();
        walks.show(user(1), twenty(), Start::Page(4), Some(end(7)));
        for number in [1, 4, 6, u64::MAX] {
            assert_eq!(walks.start(user(1), twenty(), Start::Page(number), noon()), Start::Page(number));
        }
        let five = Start::Page(5);
        for pages in [
            Pages { scope: Scope::All, ..twenty() },
            Pages { scope: Scope::By(user(1)), ..twenty() },
            Pages { order: Order::Recent, ..twenty() },
            Pages { size: size(21), ..twenty() },
        ] {
            assert_eq!(walks.start(user(1), pages, five, noon()), five, "{pages:?}");
        }
        assert_eq!(walks.start(user(2), twenty(), five, noon()), five, "somebody else's walk");
    }

    #[test]
    fn a_walk_by_cursor_is_left_alone() {
        let walks = Walks::new();
        let after = Start::After(end(9));
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        assert_eq!(walks.start(user(1), twenty(), after, noon()), after);
        walks.show(user(1), twenty(), after, Some(end(1)));
        assert_eq!(walks.start(user(1), twenty(), Start::Page(2), noon()), Start::After(end(7)));
    }

    #[test]
    fn a_walk_ends_after_a_minute() {
        let walks = Walks::new();
        let two = Start::Page(2);
        walks.show(user(1), twenty(), Start::FIRST, Some(end(7)));
        let later = |seconds| noon() + TimeDelta::seconds(seconds);
        assert_eq!(walks.start(user(1), twenty(), two, later(59)), Start::After(end(7)));
        assert_eq!(walks.start(user(1), twenty(), two, later(60)), two);
        assert_eq!(walks.start(user(1), twenty(), two, later(-1)), two, "a clock that was set back");
    }

    #[test]
    fn behind_the_last_page_a_walk_stays_where_it_ended() {
        let walks = Walks::new();
        let (two, three, empty) = (Start::Page(2), Start::Page(3), FeedPage { tweets: vec![], next: None });
        walks.show(user(1), twenty(), two, None);
        assert_eq!(walks.start(user(1), twenty(), three, noon()), three, "nothing is known of its end");
        let last = FeedPage { tweets: vec![tweet(5)], next: None };
        walks.shown(user(1), twenty(), two, two, &last, noon());
        assert_eq!(walks.start(user(1), twenty(), three, noon()), Start::After(end(5)));
        walks.shown(user(1), twenty(), three, Start::After(end(5)), &empty, noon());
        assert_eq!(walks.start(user(1), twenty(), Start::Page(4), noon()), Start::After(end(5)));
    }

    #[test]
    fn no_more_walks_are_remembered_than_there_is_room_for() {
        let walks = Walks::new();
        for id in 1..=3 * i64::try_from(MOST).unwrap() {
            walks.show(user(id), twenty(), Start::FIRST, Some(end(7)));
        }
        // Rounded up in each of the cache's parts.
        assert!(walks.0.len() <= MOST + MOST / 100, "{}", walks.0.len());
    }
}
