//! The store and the naive model show the same.

use proptest::collection::vec;
use proptest::test_runner::{Config, TestError, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tweetty_domain::{FeedPage, FeedQuery, Order, PageSize, Scope, Start, Tweet, UserId};
use tweetty_tables::Invented;

use crate::company::{TWEETS, busy_company, tweet, user, written_at};
use crate::history::{History, Step, step};
use crate::store::position;
use crate::{Memory, Store};

/// Lives so many random histories and compares all that can be seen, at the end at the latest.
fn live(store: &Store, cases: u32, steps: std::ops::RangeInclusive<usize>) {
    let config = Config { cases, max_shrink_iters: 100, failure_persistence: None, ..Config::default() };
    let history = async |steps: Vec<Step>| {
        let mut history = History::begin(store).await;
        for step in &steps {
            history.live(step).await;
        }
        history.compare(u32::try_from(steps.len() % 7 + 1).unwrap()).await;
    };
    let lived = TestRunner::new(config).run(&vec(step(), steps), |steps| {
        block_in_place(|| Handle::current().block_on(history(steps)));
        Ok(())
    });
    match lived {
        Ok(()) => {}
        Err(TestError::Fail(reason, steps)) => unreachable!(
            "{reason}
in the history {steps:?}"
        ),
        Err(abort) => unreachable!("{abort}"),
    }
}

/// The first likers are enough to distinguish the tweets' details.
fn query(viewer: UserId, scope: Scope, order: Order, start: Start, size: u32) -> FeedQuery {
    let size = PageSize::parse(Some(size.into()), u32::MAX).unwrap();
    FeedQuery { viewer, scope, order, start, size, embedded_likers: 3 }
}

/// Pages of many sizes from many places of a feed are pieces of the whole, which the model sorted.
async fn assert_pages(store: &Store, model: &Store, viewer: UserId, scope: Scope, order: Order) {
    let whole = model.feeds.page(query(viewer, scope, order, Start::FIRST, u32::MAX)).await.unwrap().tweets;
    for (number, size) in [(1, 1), (1, 20), (2, 20), (3, 7), (1, 1000), (2, 1000), (10, 33), (50, 20)] {
        let behind = usize::try_from(number - 1).unwrap() * size as usize;
        assert_page(store, query(viewer, scope, order, Start::Page(number), size), &whole, behind).await;
    }
    for place in [1, 20, whole.len() / 3, whole.len() / 2, whole.len().saturating_sub(5), whole.len()] {
        let Some(last) = place.checked_sub(1).and_then(|last| whole.get(last)) else { continue };
        for size in [5, 20, 100] {
            let query = query(viewer, scope, order, Start::After(position(last)), size);
            assert_page(store, query, &whole, place).await;
        }
    }
}

async fn assert_page(store: &Store, query: FeedQuery, whole: &[Tweet], behind: usize) {
    let rest = whole.get(behind..).unwrap_or_default();
    let tweets = &rest[..rest.len().min(query.size.get() as usize)];
    let next = tweets.last().map(position).filter(|_| tweets.len() < rest.len());
    let page = store.feeds.page(query).await.unwrap();
    let ids = |tweets: &[Tweet]| tweets.iter().map(|tweet| tweet.id.get()).collect::<Vec<_>>();
    assert_eq!(ids(&page.tweets), ids(tweets), "{query:?}");
    assert!(
        page == FeedPage { tweets: tweets.to_vec(), next },
        "right tweets, wrong details or next: {query:?}"
    );
}

/// The store and the model with the same company, and its viewers.
async fn companies(store: &Store) -> (Store, Vec<UserId>) {
    let model = Store::new(Memory::default(), ());
    let (company, viewers) = busy_company();
    model.whole.load(Box::new(Invented(company.clone()))).await.unwrap();
    store.whole.load(Box::new(Invented(company))).await.unwrap();
    (model, viewers)
}

promises! { model_entries of model:
    async fn after_short_random_histories_the_store_shows_what_the_model_shows(store: Store) {
        live(&store, 16, 1..=20);
    }

    async fn after_long_random_histories_the_store_shows_what_the_model_shows(store: Store) {
        live(&store, 24, 40..=60);
    }

    async fn the_feed_is_exact_however_many_one_follows_and_however_popular_they_are(store: Store) {
        let (model, viewers) = companies(&store).await;
        for viewer in viewers {
            for order in [Order::POPULAR, Order::Recent] {
                assert_pages(&store, &model, viewer, Scope::Following, order).await;
            }
        }
    }

    async fn everybodys_tweets_and_one_authors_are_exact_in_a_large_company(store: Store) {
        let (model, viewers) = companies(&store).await;
        let authors = [viewers[0], user(30), user(2500)];
        let scopes = authors.into_iter().map(Scope::By).chain([Scope::All]);
        for scope in scopes {
            for order in [Order::POPULAR, Order::Recent] {
                assert_pages(&store, &model, viewers[3], scope, order).await;
            }
        }
    }

    async fn popular_tweets_of_a_time_are_exact_however_long_it_is_and_however_many_one_follows(store: Store) {
        let (model, viewers) = companies(&store).await;
        // From one tweet to more than all: on both sides of every figure by which a store may choose its way.
        for inside in [1, 40, 150, 600, 2500, TWEETS] {
            let order = Order::Popular { since: Some(written_at(TWEETS + 1 - inside)) };
            for viewer in &viewers {
                assert_pages(&store, &model, *viewer, Scope::Following, order).await;
            }
            for scope in [Scope::All, Scope::By(user(30))] {
                assert_pages(&store, &model, viewers[3], scope, order).await;
            }
        }
    }

    async fn profiles_are_exact_in_a_large_company(store: Store) {
        let (model, viewers) = companies(&store).await;
        for one in viewers.iter().copied().chain([30, 31, 500, 2999].map(user)) {
            for viewer in [one, viewers[0], viewers[15], user(31)] {
                for most in [5, 1000] {
                    let profile = store.users.profile(one, viewer, most).await.unwrap();
                    assert!(
                        profile == model.users.profile(one, viewer, most).await.unwrap(),
                        "{one} by {viewer}"
                    );
                }
            }
        }
    }

    async fn the_feed_stays_exact_while_a_large_company_lives_on(store: Store) {
        let (model, viewers) = companies(&store).await;
        for side in [&store, &model] {
            for (number, viewer) in (0..).zip(&viewers) {
                for step in 0..10 {
                    side.like(tweet(17 + 331 * step + number), *viewer).await;
                }
                side.tweet(*viewer, "news").await;
                side.follow(*viewer, user(2000 + number)).await;
            }
            for number in [25, 40, 77] {
                side.users.remove(user(number), None).await.unwrap().unwrap();
            }
        }
        for viewer in viewers.into_iter().step_by(3) {
            for order in [Order::POPULAR, Order::Recent] {
                assert_pages(&store, &model, viewer, Scope::Following, order).await;
            }
        }
    }
}
