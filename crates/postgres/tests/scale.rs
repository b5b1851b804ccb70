//! How the store does with much data. Takes minutes, so it runs by hand:
//! `cargo test -p tweetty-postgres --release --test scale -- --ignored --nocapture`, where `TWEETTY_SCALE` multiplies
//! 10,000 users, 300,000 tweets, 3 million likes and 600,000 follows.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::decimal_bitwise_operands,
    clippy::print_stdout,
    reason = "a measurement, made of numbers that look like chance"
)]

use std::time::{Duration, Instant};

use chrono::{TimeDelta, TimeZone as _, Utc};
use tweetty_cluster::Cluster;
use tweetty_domain::{
    ApiKey, FeedQuery, Feeds as _, NewUser, Nickname, Order, PageSize, Particulars, Scope, Start, Timestamp,
    TweetId, TweetText, Upkeep as _, UserId,
};
use tweetty_postgres::{Options, Store};
use tweetty_tables::{
    Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser, Invented, WholeStore as _,
};

/// How many the probe users follow, each once among everybody and once among those whose tweets nobody likes.
const PROBES: [u64; 5] = [10, 100, 1000, 5000, 20_000];

/// A company made from numbers: the same each time, nothing of it in memory but its counters.
struct Numbers {
    users: u64,
    tweets: u64,
}

/// A number in the place of another that looks like chance.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn id(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

/// The tweets are of three years before noon, in milliseconds.
const HISTORY: u64 = 3 * 365 * 86_400_000;

impl Numbers {
    /// Users behind the middle write what nobody likes.
    fn author(&self, tweet: u64) -> u64 {
        mixed(tweet) % self.users + 1
    }

    fn like_count(&self, tweet: u64) -> u64 {
        if self.author(tweet) > self.users / 2 {
            return mixed(tweet ^ 77) % 2;
        }
        let chance = (mixed(tweet ^ 99) % 1_000_000 + 1) as f64 / 1e6;
        let count = (6.0 * chance.powf(-0.7)) as u64;
        count.min(self.users / 2)
    }

    /// The probes are the last users: two for each number that there are enough others for.
    fn following(&self, user: u64) -> (u64, u64, u64) {
        for (place, followees) in PROBES.into_iter().enumerate() {
            let place = place as u64;
            if followees * 2 > self.users {
                break;
            }
            if user == self.users - 2 * place {
                return (1, self.users - 20, followees);
            }
            if user == self.users - 2 * place - 1 {
                return (self.users / 2 + 1, self.users / 2 - 20, followees);
            }
        }
        (1, self.users, mixed(user ^ 5) % 120)
    }

    /// Followees at equal distances, never themselves.
    fn followees(&self, user: u64) -> impl Iterator<Item = u64> + use<> {
        let (first, room, count) = self.following(user);
        let step = (room / count.max(1)).max(1);
        let offset = mixed(user) % step;
        (0..count).map(move |place| first + offset + place * step).filter(move |followee| *followee != user)
    }

    fn likers(&self, tweet: u64) -> impl Iterator<Item = u64> + use<> {
        let count = self.like_count(tweet);
        let step = self.users / count.max(1);
        let offset = mixed(tweet ^ 3) % step;
        (0..count).map(move |place| 1 + offset + place * step)
    }
}

impl Company for Numbers {
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_> {
        let count = usize::try_from(self.users).unwrap() + 1;
        let (mut followers, mut following) = (vec![0_u32; count], vec![0_u32; count]);
        for user in 1..=self.users {
            for followee in self.followees(user) {
                followers[usize::try_from(followee).unwrap()] += 1;
                following[usize::try_from(user).unwrap()] += 1;
            }
        }
        Box::new((1..=self.users).map(move |user| {
            let place = usize::try_from(user).unwrap();
            CompanyUser {
                id: UserId::stored(id(user)),
                user: NewUser {
                    nickname: Nickname::parse(&format!("user{user}")).unwrap(),
                    first_name: None,
                    last_name: None,
                    particulars: Particulars::default(),
                    key: (user % 1000 == 0)
                        .then(|| ApiKey::parse(&format!("key-{user}")).unwrap().hash().into()),
                    follows: Vec::new(),
                    created_at: noon(),
                },
                followers_count: followers[place],
                following_count: following[place],
            }
        }))
    }

    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_> {
        let company = self;
        Box::new((1..=self.users).flat_map(move |user| {
            let follow = move |followee| CompanyFollow {
                follower: UserId::stored(id(user)),
                followee: UserId::stored(id(followee)),
            };
            company.followees(user).map(follow)
        }))
    }

    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_> {
        Box::new((1..=self.tweets).map(|tweet| CompanyTweet {
            id: TweetId::stored(id(tweet)),
            author: UserId::stored(id(self.author(tweet))),
            text: TweetText::stored(format!("Tweet number {tweet}.\n{}", "lorem ipsum ".repeat(8))),
            like_count: u32::try_from(self.like_count(tweet)).unwrap(),
            created_at: noon() - TimeDelta::milliseconds(id((self.tweets - tweet) * HISTORY / self.tweets)),
        }))
    }

    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_> {
        let company = self;
        Box::new((1..=self.tweets).flat_map(move |tweet| {
            let like =
                move |user| CompanyLike { tweet: TweetId::stored(id(tweet)), user: UserId::stored(id(user)) };
            company.likers(tweet).map(like)
        }))
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn much_data_is_loaded_quickly_and_read_fast() {
    let scale = std::env::var("TWEETTY_SCALE").map_or(1, |scale| scale.parse().unwrap());
    let settings = [("shared_preload_libraries", "auto_explain"), ("logging_collector", "off")];
    let cluster = Cluster::with(&tweetty_cluster::Options {
        durable: true,
        shared_buffers: "1GB".to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        ..tweetty_cluster::Options::default()
    });
    let database = cluster.database();
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let company = Numbers { users: 10_000 * scale, tweets: 300_000 * scale };
    let probes = PROBES.iter().filter(|followees| *followees * 2 <= company.users).count();
    let users = company.users;

    let started = Instant::now();
    store.load(Box::new(Invented(company))).await.unwrap();
    println!("loaded in {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
    println!("checked in {:.1} s", started.elapsed().as_secs_f64());

    // One run logs the plans of the server, the other its times.
    let plans = "SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on;
        SET auto_explain.log_buffers = on; SET auto_explain.log_timing = off";
    let times = "SET log_min_duration_statement = 0";
    for (run, repetitions) in [(plans, 3), (times, 101)] {
        for setting in run.split(';') {
            database.execute(&format!("ALTER DATABASE \"{}\" {}", database.name(), setting.trim()));
        }
        let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
        let since = |days| Order::Popular { since: Some(noon() - TimeDelta::days(days)) };
        for (order, order_name) in [
            (Order::POPULAR, "popular"),
            (since(1), "popular of a day"),
            (since(7), "popular of a week"),
            (since(30), "popular of a month"),
            (since(365), "popular of a year"),
            (Order::Recent, "recent"),
        ] {
            for (place, followees) in PROBES.into_iter().enumerate().take(probes) {
                for (back, kind) in [(0, "among all"), (1, "unpopular")] {
                    let viewer = UserId::stored(id(users - 2 * place as u64 - back));
                    let name = format!("{order_name}, {followees} followees {kind}");
                    measure(&store, &cluster, viewer, order, repetitions, &name).await;
                }
            }
        }
        database.execute(&format!("ALTER DATABASE \"{}\" RESET ALL", database.name()));
    }
}

async fn measure(
    store: &Store,
    cluster: &Cluster,
    viewer: UserId,
    order: Order,
    repetitions: usize,
    name: &str,
) {
    let size = PageSize::parse(Some(20), 1000).unwrap();
    let query =
        FeedQuery { viewer, scope: Scope::Following, order, start: Start::FIRST, size, embedded_likers: 100 };
    let log = cluster.socket_folder().join("log");
    let before = std::fs::read_to_string(&log).unwrap().len();
    let mut client_times = Vec::new();
    for _ in 0..repetitions {
        let started = Instant::now();
        let shown = store.page(query).await.unwrap().tweets.len();
        // A few people write little in a short time.
        assert!(shown == 20 || matches!(order, Order::Popular { since: Some(_) }), "{name}: {shown}");
        client_times.push(started.elapsed());
    }
    client_times.sort();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let logged = std::fs::read_to_string(&log).unwrap().split_off(before);
    if logged.contains("plan:") {
        let plan = logged.split("duration: ").filter(|plan| plan.contains("WITH ")).last().unwrap();
        std::fs::write(std::env::temp_dir().join(format!("tweetty-plan {name}.txt")), plan).unwrap();
        return;
    }
    let executed = logged.lines().filter(|line| line.contains("execute") && line.contains("WITH"));
    let mut times = executed
        .filter_map(|line| line.split("duration: ").nth(1)?.split(' ').next()?.parse::<f64>().ok())
        .collect::<Vec<_>>();
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    println!(
        "{name}: {median:.2} ms in the database, {:.2} ms in all",
        client_times[client_times.len() / 2].as_secs_f64() * 1e3
    );
}
