//! The people whom rows need and a seeded company lacks, added through the storage ports: so they are the same on
//! every store, and no schema is known here.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tweetty_domain::{
    ApiKey, Clock as _, FeedQuery, Feeds, NewUser, Nickname, Order, PageSize, Particulars, Scope, Start,
    SystemClock, Tweets, UserId, Users,
};

use crate::Result;
use crate::company::{Company, Viewer, liker_key};
use crate::options::Sizes;

/// The doors of a store that the benchmark itself uses.
pub(crate) struct Ports {
    pub(crate) runtime: Runtime,
    pub(crate) users: Arc<dyn Users>,
    pub(crate) tweets: Arc<dyn Tweets>,
    pub(crate) feeds: Arc<dyn Feeds>,
}

/// Users are added in batches of that many.
const BATCH: usize = 1_000;

/// Adds the likers and the viewers of unpopular and of unliked people, and picks the rest.
pub(crate) fn arrange(ports: &Ports, sizes: Sizes, probes: BTreeMap<u64, String>) -> Result<Company> {
    ports.runtime.block_on(async {
        let everybody = everybody(ports, sizes).await?;
        let first_liker = add_likers(ports, sizes).await?;
        let mut usual = Vec::new();
        let (mut unpopular, mut unliked) = (Vec::new(), Vec::new());
        for (following, key) in probes {
            let name = Nickname::stored(format!("probe{following}"));
            let probe = ports.users.find_by_nickname(&name).await?.ok_or("a probe user is missing")?;
            usual.push(Viewer { id: probe.id.get(), key, following });
            let least_followed = |one: &Somebody| one.most_likes.map(|_| one.followers);
            unpopular
                .push(follower(ports, "unpopular", lowest(&everybody, least_followed), following).await?);
            let least_liked = |one: &Somebody| one.most_likes;
            unliked.push(follower(ports, "unliked", lowest(&everybody, least_liked), following).await?);
        }
        let mut by_followers = everybody.iter().map(|one| (one.followers, one.id.get())).collect::<Vec<_>>();
        by_followers.sort_unstable();
        let at = |place: usize| by_followers.get(place).map_or(1, |(_, id)| *id);
        Ok(Company {
            usual,
            unpopular,
            unliked,
            first_liker,
            most_followed: at(by_followers.len() - 1),
            ordinary: at(by_followers.len() / 2),
        })
    })
}

struct Somebody {
    id: UserId,
    followers: u64,
    /// The likes of the best tweet; `None` without tweets.
    most_likes: Option<u64>,
}

async fn everybody(ports: &Ports, sizes: Sizes) -> Result<Vec<Somebody>> {
    let mut everybody = Vec::new();
    for number in 1..=sizes.users {
        let id = UserId::stored(number.into());
        let query = FeedQuery {
            viewer: id,
            scope: Scope::By(id),
            order: Order::POPULAR,
            start: Start::FIRST,
            size: PageSize::parse(Some(1), 1)?,
            embedded_likers: 1,
        };
        let most_likes = ports.feeds.page(query).await?.tweets.first().map(|tweet| tweet.likes_count);
        let followers = ports.users.find(id).await?.ok_or("a seeded user is missing")?.followers_count;
        everybody.push(Somebody { id, followers, most_likes });
    }
    Ok(everybody)
}

/// Adds the likers and answers the id of the first.
async fn add_likers(ports: &Ports, sizes: Sizes) -> Result<i64> {
    let mut ids = Vec::new();
    let numbers = (1..=sizes.likers).collect::<Vec<_>>();
    for batch in numbers.chunks(BATCH) {
        let likers = batch.iter().map(|number| new_user(&format!("liker{number}"), &liker_key(*number)));
        ids.extend(ports.users.add(likers.collect::<Result<_>>()?, None).await?);
    }
    // pgbench reckons their ids from the first.
    let without_gap = ids.windows(2).all(|pair| pair[1].get() == pair[0].get() + 1);
    match ids.first() {
        Some(first) if without_gap => Ok(first.get()),
        _ => Err("the ids of the likers do not go on one by one".into()),
    }
}

/// Those who write, beginning with the lowest rank.
fn lowest(everybody: &[Somebody], rank: impl Fn(&Somebody) -> Option<u64>) -> Vec<UserId> {
    let mut ranked = everybody.iter().filter_map(|one| Some((rank(one)?, one.id))).collect::<Vec<_>>();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, id)| id).collect()
}

/// Somebody who follows the first so many of those people.
async fn follower(ports: &Ports, name: &str, people: Vec<UserId>, following: u64) -> Result<Viewer> {
    let key = format!("benchmark-viewer-of-{name}-people-{following}");
    let added = ports.users.add(vec![new_user(&format!("{name}{following}"), &key)?], None).await?;
    let id = *added.first().ok_or("a user was not added")?;
    let mut followed = 0;
    for followee in people.into_iter().take(usize::try_from(following)?) {
        ports.users.follow(id, followee, SystemClock.now(), None).await?;
        followed += 1;
    }
    Ok(Viewer { id: id.get(), key, following: followed })
}

fn new_user(nickname: &str, key: &str) -> Result<NewUser> {
    Ok(NewUser {
        nickname: Nickname::parse(nickname)?,
        first_name: None,
        last_name: None,
        particulars: Particulars::default(),
        key: Some(ApiKey::parse(key)?.hash().into()),
        follows: Vec::new(),
        created_at: SystemClock.now(),
    })
}
