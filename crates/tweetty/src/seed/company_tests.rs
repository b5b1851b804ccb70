use std::collections::{HashMap, HashSet};

use super::*;

fn company(users: u64, tweets: u64, likes: u64, follows: u64, seed: u64) -> SeededCompany {
    let plan = Plan::new(users, tweets, likes, follows, seed).unwrap();
    let keys = plan.probes().iter().map(|_| KeyHash::stored([1; 32])).collect();
    SeededCompany::new(plan, keys)
}

/// Companies of usual figures, of none, and of all that is possible.
fn companies() -> Vec<(SeededCompany, [u64; 4])> {
    [
        [1, 0, 0, 0],
        [1, 1, 1, 0],
        [2, 3, 6, 2],
        [11, 20, 220, 110],
        [12, 20, 0, 50],
        [300, 2_000, 9_000, 4_000],
        [1_500, 5_000, 60_000, 30_000],
        [40, 10, 400, 1_560],
        [40, 10, 390, 1_555],
    ]
    .into_iter()
    .map(|figures| {
        let [users, tweets, likes, follows] = figures;
        (company(users, tweets, likes, follows, 5), figures)
    })
    .collect()
}

#[test]
fn the_totals_are_exactly_those_asked_for() {
    for (company, figures) in companies() {
        let counted = [
            company.users().count() as u64,
            company.tweets().count() as u64,
            company.likes().count() as u64,
            company.follows().count() as u64,
        ];
        assert_eq!(counted, figures);
    }
}

#[test]
fn every_counter_equals_its_rows() {
    for (company, figures) in companies() {
        let (mut likes, mut followers, mut following) = (HashMap::new(), HashMap::new(), HashMap::new());
        company.likes().for_each(|like| *likes.entry(like.tweet).or_default() += 1);
        for follow in company.follows() {
            *followers.entry(follow.followee).or_default() += 1;
            *following.entry(follow.follower).or_default() += 1;
        }
        for tweet in company.tweets() {
            assert_eq!(tweet.like_count, likes.remove(&tweet.id).unwrap_or(0), "{figures:?}");
        }
        for user in company.users() {
            assert_eq!(user.followers_count, followers.remove(&user.id).unwrap_or(0), "{figures:?}");
            assert_eq!(user.following_count, following.remove(&user.id).unwrap_or(0), "{figures:?}");
        }
        assert!(
            likes.is_empty() && followers.is_empty() && following.is_empty(),
            "rows of nobody: {figures:?}"
        );
    }
}

#[test]
fn rows_come_in_the_order_of_their_keys_and_never_twice() {
    for (company, _) in companies() {
        let (users, tweets) = (i64::from(company.plan.users), i64::from(company.plan.tweets));
        assert!(company.users().map(|user| user.id.get()).eq(1..=users));
        assert!(company.tweets().map(|tweet| tweet.id.get()).eq(1..=tweets));
        let ascending = |one: &(i64, i64), other: &(i64, i64)| one < other;
        assert!(company.likes().map(|like| (like.tweet.get(), like.user.get())).is_sorted_by(ascending));
        assert!(
            company.follows().map(|one| (one.follower.get(), one.followee.get())).is_sorted_by(ascending)
        );
        assert!(company.follows().all(|follow| follow.follower != follow.followee));
    }
}

#[test]
fn the_probes_follow_exactly_as_many_as_their_names_say_and_they_alone_have_keys() {
    let company = company(1_500, 10, 10, 30_000, 1);
    let holders = company.users().filter(|user| user.user.key.is_some()).collect::<Vec<_>>();
    let named =
        holders.iter().map(|user| (user.user.nickname.as_str(), user.following_count)).collect::<Vec<_>>();
    assert_eq!(named, [("probe10", 10), ("probe100", 100), ("probe1000", 1_000)]);
    for holder in holders {
        let follows = company.follows().filter(|follow| follow.follower == holder.id).count();
        assert_eq!(follows, holder.following_count as usize);
    }
}

#[test]
fn the_same_seed_tells_the_same_company_and_another_seed_another() {
    let company = |seed| {
        let company = company(300, 500, 3_000, 2_000, seed);
        let users = company.users().map(|user| format!("{user:?}")).collect::<Vec<_>>();
        let tweets = company.tweets().map(|tweet| format!("{tweet:?}")).collect::<Vec<_>>();
        (users, tweets, company.likes().collect::<Vec<_>>(), company.follows().collect::<Vec<_>>())
    };
    let (first, again, other) = (company(1), company(1), company(2));
    assert!(first == again);
    assert!(first.0 != other.0 && first.1 != other.1 && first.2 != other.2 && first.3 != other.3);
}

#[test]
fn nicknames_are_unique_valid_and_short() {
    let company = company(5_000, 0, 0, 10_000, 1);
    let nicknames = company.users().map(|user| user.user.nickname.folded()).collect::<HashSet<_>>();
    assert_eq!(nicknames.len(), 5_000);
    for user in company.users() {
        assert_eq!(Nickname::parse(user.user.nickname.as_str()).unwrap(), user.user.nickname);
    }
}

#[test]
fn later_tweets_have_later_times_none_behind_the_end_and_users_were_there_before() {
    let usual = chrono::DateTime::UNIX_EPOCH + TimeDelta::days(20_454);
    for end in [None, Some(usual + TimeDelta::milliseconds(28_857_600_123))] {
        let plan = Plan::new(50, 3_000, 0, 0, 1).unwrap();
        let plan = end.into_iter().fold(plan, Plan::until);
        let company = SeededCompany::new(plan, vec![]);
        let end = end.unwrap_or(usual);
        let hired = company.users().map(|user| user.user.created_at).collect::<Vec<_>>();
        let times = company.tweets().map(|tweet| tweet.created_at).collect::<Vec<_>>();
        assert!(times.is_sorted());
        assert!(hired.iter().max().copied().unwrap() < times[0] && times[0] < end - TimeDelta::days(1_000));
        assert!(hired.iter().min().copied().unwrap() >= end - SeededCompany::LEAD);
        let newest = times[2_999];
        assert!(newest < end && newest > end - TimeDelta::days(1));
        assert!(times.iter().all(|time| time.timestamp_subsec_nanos() % 1_000_000 == 0));
    }
}

#[test]
fn another_end_moves_the_times_and_nothing_else() {
    let rows = |end: Option<Timestamp>| {
        let plan = Plan::new(300, 500, 3_000, 2_000, 1).unwrap();
        let keys = plan.probes().iter().map(|_| KeyHash::stored([1; 32])).collect();
        let company = SeededCompany::new(end.into_iter().fold(plan, Plan::until), keys);
        let tweets = company.tweets().map(|tweet| (tweet.text, tweet.author, tweet.like_count));
        let times = company.tweets().map(|tweet| tweet.created_at).collect::<Vec<_>>();
        (tweets.collect::<Vec<_>>(), company.likes().collect::<Vec<_>>(), times)
    };
    let end = chrono::DateTime::UNIX_EPOCH + TimeDelta::days(20_787);
    let (usual, moved) = (rows(None), rows(Some(end)));
    assert!(usual.0 == moved.0 && usual.1 == moved.1);
    let later = |time: &Timestamp| *time + TimeDelta::days(20_787 - 20_454);
    assert_eq!(usual.2.iter().map(later).collect::<Vec<_>>(), moved.2);
    assert_eq!(rows(Some(end)).2, moved.2, "the same seed and end");
}

#[test]
fn fame_is_unequal() {
    let company = company(3_000, 20_000, 60_000, 60_000, 1);
    let mut followers = company.users().map(|user| user.followers_count).collect::<Vec<_>>();
    let mut likes = company.tweets().map(|tweet| tweet.like_count).collect::<Vec<_>>();
    followers.sort_unstable();
    likes.sort_unstable();
    assert!(followers[2_999] > 8 * followers[1_500], "{} {}", followers[2_999], followers[1_500]);
    assert!(likes[19_999] > 30 * likes[10_000], "{} {}", likes[19_999], likes[10_000]);
    assert!(likes[19_999] <= 1_000, "at most a third of the company likes one tweet");
}
