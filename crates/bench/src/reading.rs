//! The requests that read.

use std::net::SocketAddr;

use tweetty_domain::{
    Clock as _, FeedQuery, Feeds, NamePart, Order, PageSize, PeopleStart, Period, Position, Scope, Start,
    SystemClock, TweetId, UserId, Users, Whom,
};
use tweetty_trial::http;

use crate::Result;
use crate::company::{Company, Viewer};
use crate::options::Sizes;
use crate::wrk::Load;

/// What the server embeds by default.
const EMBEDDED_LIKERS: u32 = 100;
const EMBEDDED_PEOPLE: u32 = 1_000;
/// The page that stands for those far behind.
const FAR: u64 = 50;
/// Parts of many names, of a few and of none.
const SOUGHT: [&str; 3] = ["anna", "probe1", "zqx"];

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    First,
    FarByCursor,
    FarByNumber,
    /// Everywhere from the first to the far one, one after the other.
    EachByNumber,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Nothing of a database: what HTTP and the load tool cost.
    Health,
    Feed {
        scope: Scope,
        order: Order,
        limit: Option<u32>,
        from: From,
    },
    Profile(i64),
    OwnProfile,
    Tweet(u32),
    Search(&'static str),
}

/// A request by somebody.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) name: String,
    pub(crate) viewer: Viewer,
    kind: Kind,
    /// Whether as many people are embedded as the server embeds by default; else none.
    embeds: bool,
}

/// All of them, for a company.
pub(crate) fn all(company: &Company, sizes: Sizes) -> Vec<Reading> {
    let mut readings = Vec::new();
    let somebody = company.usual.last().cloned();
    let Some(usual) = company.usual.iter().find(|viewer| viewer.following == 1_000).cloned().or(somebody)
    else {
        return readings;
    };
    let mut add = |name: String, viewer: &Viewer, kind| {
        readings.push(Reading { name, viewer: viewer.clone(), kind, embeds: true });
    };
    let page = |scope, order, from| Kind::Feed { scope, order, limit: Some(20), from };
    let following = |from| page(Scope::Following, Order::POPULAR, from);
    add("no database (/health/live)".to_owned(), &usual, Kind::Health);
    for viewer in &company.usual {
        let name = feed_of(viewer.following);
        add(name.clone(), viewer, following(From::First));
        add(format!("{name}, page {FAR} by cursor"), viewer, following(From::FarByCursor));
        add(far_by_number(viewer.following), viewer, following(From::FarByNumber));
        add(each_by_number(viewer.following), viewer, following(From::EachByNumber));
    }
    for viewer in &company.unpopular {
        add(feed_of_unpopular(viewer.following), viewer, following(From::First));
    }
    for viewer in &company.unliked {
        add(feed_of_unliked(viewer.following), viewer, following(From::First));
    }
    let whole = Kind::Feed { scope: Scope::Following, order: Order::POPULAR, limit: None, from: From::First };
    add(format!("{}, limit absent", feed_of(usual.following)), &usual, whole);
    let recent = page(Scope::Following, Order::Recent, From::First);
    add(format!("{}, sort=recent", feed_of(usual.following)), &usual, recent);
    add("feed, scope=all".to_owned(), &usual, page(Scope::All, Order::POPULAR, From::First));
    let week = Order::Popular { since: Period::Week.beginning(SystemClock.now()) };
    for viewer in &company.usual {
        add(feed_of_week(viewer.following), viewer, page(Scope::Following, week, From::First));
    }
    add(EVERYBODYS_WEEK.to_owned(), &usual, page(Scope::All, week, From::First));
    let author = Scope::By(UserId::stored(company.most_followed));
    add("tweets of the most followed".to_owned(), &usual, page(author, Order::Recent, From::First));
    add("profile of the most followed".to_owned(), &usual, Kind::Profile(company.most_followed));
    add("profile of an ordinary user".to_owned(), &usual, Kind::Profile(company.ordinary));
    add(format!("own profile, F = {}", usual.following), &usual, Kind::OwnProfile);
    add("single tweet".to_owned(), &usual, Kind::Tweet(sizes.tweets / 2));
    for sought in SOUGHT {
        add(format!("search for “{sought}”"), &usual, Kind::Search(sought));
    }
    readings.extend(without_embedded(company, &usual));
    readings
}

/// What clients ask for that show counts and nobody by name.
fn without_embedded(company: &Company, usual: &Viewer) -> impl Iterator<Item = Reading> {
    let feed = |scope| Kind::Feed { scope, order: Order::POPULAR, limit: Some(20), from: From::First };
    let kinds = [
        (format!("{}, likers=0", feed_of(usual.following)), feed(Scope::Following)),
        ("feed, scope=all, likers=0".to_owned(), feed(Scope::All)),
        ("profile of the most followed, people=0".to_owned(), Kind::Profile(company.most_followed)),
        (format!("own profile, F = {}, people=0", usual.following), Kind::OwnProfile),
    ];
    kinds.map(|(name, kind)| Reading { name, viewer: usual.clone(), kind, embeds: false }).into_iter()
}

/// The name of a row.
pub(crate) fn feed_of(following: u64) -> String {
    format!("feed, F = {following}")
}

/// The name of a row.
pub(crate) fn feed_of_week(following: u64) -> String {
    format!("{}, period=week", feed_of(following))
}

/// The name of a row.
pub(crate) const EVERYBODYS_WEEK: &str = "feed, scope=all, period=week";

/// The name of a row.
pub(crate) fn feed_of_unliked(following: u64) -> String {
    format!("feed, F = {following}, least liked people only")
}

/// The name of a row.
pub(crate) fn far_by_number(following: u64) -> String {
    format!("{}, page {FAR} by number", feed_of(following))
}

/// The name of a row.
pub(crate) fn each_by_number(following: u64) -> String {
    format!("{}, pages 1 to {FAR} by number", feed_of(following))
}

/// The name of a row.
pub(crate) fn feed_of_unpopular(following: u64) -> String {
    format!("feed, F = {following}, least followed people only")
}

impl Reading {
    /// Whether it is one question to the database, which can be asked without HTTP before it.
    pub(crate) fn is_one_question(&self) -> bool {
        !matches!(self.kind, Kind::Health | Kind::Feed { from: From::EachByNumber, .. })
    }

    /// The load of that path. Pages that follow each other are asked for by one connection.
    pub(crate) fn load(&self, path: &str, connections: u32, seconds: u32) -> Load {
        match self.kind {
            Kind::Feed { from: From::EachByNumber, .. } => {
                Load::pages(path, &self.viewer.key, FAR).by(1, seconds)
            }
            _ => Load::get(path, &self.viewer.key).by(connections, seconds),
        }
    }

    /// Whether the target for the database's time is meant for it.
    pub(crate) fn is_first_page(&self) -> bool {
        matches!(
            self.kind,
            Kind::Feed {
                scope: Scope::Following,
                order: Order::Popular { since: None },
                limit: Some(_),
                from: From::First
            }
        )
    }

    /// Its path; `None` where the viewer's feed has no page so far behind.
    pub(crate) fn path(&self, address: SocketAddr) -> Result<Option<String>> {
        let (scope, order, limit, from) = match self.kind {
            Kind::Health => return Ok(Some("/health/live".to_owned())),
            Kind::Profile(id) => return Ok(Some(format!("/api/users/{id}{}", self.people()))),
            Kind::OwnProfile => return Ok(Some(format!("/api/users/me{}", self.people()))),
            Kind::Tweet(id) => return Ok(Some(format!("/api/tweets/{id}"))),
            Kind::Search(sought) => return Ok(Some(format!("/api/users?query={sought}&limit=20"))),
            Kind::Feed { scope, order, limit, from } => (scope, order, limit, from),
        };
        let resource = match scope {
            Scope::By(author) => format!("/api/users/{author}/tweets?"),
            Scope::All => "/api/tweets?scope=all&".to_owned(),
            Scope::Following => "/api/tweets?".to_owned(),
        };
        let order = match order {
            Order::Popular { since: None } => "sort=popular",
            // The one time that is measured.
            Order::Popular { since: Some(_) } => "sort=popular&period=week",
            Order::Recent => "sort=recent",
        };
        let limit = limit.map_or(String::new(), |limit| format!("&limit={limit}"));
        let likers = if self.embeds { "" } else { "&likers=0" };
        let first = format!("{resource}{order}{limit}{likers}");
        match from {
            From::First => Ok(Some(first)),
            From::FarByNumber | From::EachByNumber => {
                let far = format!("{first}&offset={FAR}");
                let page = http::get(address, &far, &self.viewer.key)?;
                let path = if from == From::FarByNumber { far } else { format!("{first}&offset=%d") };
                Ok(page["tweets"].as_array().is_some_and(|tweets| !tweets.is_empty()).then_some(path))
            }
            From::FarByCursor => {
                let mut path = first.clone();
                for _ in 1..FAR {
                    let page = http::get(address, &path, &self.viewer.key)?;
                    let Some(cursor) = page["next_cursor"].as_str() else { return Ok(None) };
                    path = format!("{first}&cursor={cursor}");
                }
                Ok(Some(path))
            }
        }
    }

    fn people(&self) -> &'static str {
        if self.embeds { "" } else { "?people=0" }
    }

    /// The same without HTTP before it; `None` where it is not one question.
    pub(crate) fn call(&self) -> Option<StoreCall> {
        if !self.is_one_question() {
            return None;
        }
        let viewer = UserId::stored(self.viewer.id);
        let (embedded_likers, people) = if self.embeds { (EMBEDDED_LIKERS, EMBEDDED_PEOPLE) } else { (0, 0) };
        Some(match self.kind {
            Kind::Health => return None,
            Kind::OwnProfile => StoreCall::Profile { user: viewer, viewer, people },
            Kind::Profile(user) => StoreCall::Profile { user: UserId::stored(user), viewer, people },
            Kind::Tweet(tweet) => StoreCall::Tweet { tweet: TweetId::stored(tweet.into()), viewer },
            Kind::Search(sought) => StoreCall::Search(sought),
            Kind::Feed { scope, order, limit, from } => {
                let size = PageSize::parse(limit.map(i64::from), EMBEDDED_PEOPLE).ok()?;
                let start = Start::Page(if from == From::FarByNumber { FAR } else { 1 });
                let query = FeedQuery { viewer, scope, order, start, size, embedded_likers };
                StoreCall::Page { query, walk: from == From::FarByCursor }
            }
        })
    }
}

/// A read of a storage port.
#[derive(Debug, Clone, Copy)]
pub(crate) enum StoreCall {
    /// A page; one that is to be walked to begins behind the pages before it.
    Page {
        query: FeedQuery,
        walk: bool,
    },
    Profile {
        user: UserId,
        viewer: UserId,
        people: u32,
    },
    Tweet {
        tweet: TweetId,
        viewer: UserId,
    },
    Search(&'static str),
}

impl StoreCall {
    /// Walks to the page once, so that it isn't measured.
    pub(crate) async fn prepared(self, users: &dyn Users, feeds: &dyn Feeds) -> Result<Self> {
        let Self::Page { mut query, walk: true } = self else {
            self.made(users, feeds).await?;
            return Ok(self);
        };
        for _ in 1..FAR {
            let next: Option<Position> = feeds.page(query).await?.next;
            query.start = Start::After(next.ok_or("the feed ends before the page")?);
        }
        Ok(Self::Page { query, walk: false })
    }

    /// Makes it once.
    pub(crate) async fn made(
        self,
        users: &dyn Users,
        feeds: &dyn Feeds,
    ) -> std::result::Result<(), tweetty_domain::Error> {
        match self {
            Self::Page { query, .. } => drop(feeds.page(query).await?),
            Self::Profile { user, viewer, people } => drop(users.profile(user, viewer, people).await?),
            Self::Tweet { tweet, viewer } => drop(feeds.tweet(tweet, viewer, EMBEDDED_LIKERS).await?),
            Self::Search(sought) => {
                let part = NamePart::parse(sought)?;
                users.search(Some(part), Whom::Active, PeopleStart::After(None), 20).await?;
            }
        }
        Ok(())
    }
}
