//! The feed: whose tweets, in which order, and page by page.

use serde_json::json;

use crate::blog::Blog;
use crate::client::{Person, ids};
use crate::support::Store;

on_both_stores!(
    the_feed_has_the_tweets_of_followees_and_ones_own,
    more_likes_come_first_and_among_equals_the_newer,
    other_orders_and_the_whole_company_can_be_asked_for,
    pages_by_number_and_by_cursor_show_each_tweet_once,
    a_walk_by_cursor_goes_on_where_it_was_while_tweets_arrive,
    a_walk_by_number_neither_repeats_nor_skips_what_has_not_moved,
    the_largest_page_is_configured_and_told_by_a_cursor,
    the_parameters_of_the_existing_page_are_understood,
    parameters_that_make_no_sense_are_refused,
    a_page_number_without_a_limit_is_ignored_beside_a_cursor_too,
    a_cursor_belongs_to_the_list_that_made_it,
);

/// So many tweets of one author, liked unevenly by the others: their ids in the order of popularity.
async fn ranked(author: &Person, fans: &[Person], count: usize) -> Vec<i64> {
    let mut tweets = vec![];
    for number in 0..count {
        let id = author.publish(&format!("number {number}")).await;
        let likes = (number * 5) % (fans.len() + 1);
        for fan in &fans[..likes] {
            fan.like(id).await.succeeds(201);
        }
        tweets.push((likes, id));
    }
    tweets.sort_unstable_by(|one, other| other.cmp(one));
    tweets.into_iter().map(|(_, id)| id).collect()
}

async fn the_feed_has_the_tweets_of_followees_and_ones_own(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob, eve] = blog.people(["ann", "bob", "eve"]).await;
    assert_eq!(
        ann.get("/api/tweets").await.succeeds(200),
        json!({"result": true, "tweets": [], "next_cursor": null, "announcements": []})
    );
    let (own, followed, other) = (ann.publish("a").await, bob.publish("b").await, eve.publish("e").await);
    ann.follow(bob.id).await.succeeds(201);
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [followed, own]);
    assert_eq!(bob.ids("/api/tweets", "tweets").await, [followed], "following goes one way");
    assert_eq!(ann.ids("/api/tweets?scope=following", "tweets").await, [followed, own]);
    assert_eq!(ann.ids("/api/tweets?scope=all", "tweets").await, [other, followed, own]);
    ann.delete(&format!("/api/users/{}/follow", bob.id)).await.succeeds(200);
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [own]);
}

async fn more_likes_come_first_and_among_equals_the_newer(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 4).await;
    let expected = ranked(&crowd[0], &crowd[1..], 12).await;
    assert_eq!(crowd[0].ids("/api/tweets", "tweets").await, expected);
    let (last, first) = (expected[11], expected[0]);
    for fan in &crowd {
        fan.like(last).await;
    }
    assert_eq!(crowd[0].ids("/api/tweets?limit=2", "tweets").await, [last, first], "a like moves a tweet");
    for fan in &crowd {
        fan.delete(&format!("/api/tweets/{last}/likes")).await.succeeds(200);
    }
    assert_eq!(crowd[0].ids("/api/tweets", "tweets").await, expected, "and taking it back moves it back");
}

async fn other_orders_and_the_whole_company_can_be_asked_for(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 3).await;
    let popular = ranked(&crowd[0], &crowd[1..], 5).await;
    let mut recent = popular.clone();
    recent.sort_unstable_by(|one, other| other.cmp(one));
    assert_ne!(popular, recent);
    let [newcomer] = blog.people(["newcomer"]).await;
    assert_eq!(newcomer.ids("/api/tweets", "tweets").await, [] as [i64; 0]);
    let author = crowd[0].id;
    for (path, expected) in [
        ("/api/tweets?scope=all".to_owned(), &popular),
        ("/api/tweets?scope=all&sort=popular".to_owned(), &popular),
        ("/api/tweets?scope=all&sort=recent".to_owned(), &recent),
        (format!("/api/users/{author}/tweets"), &recent),
        (format!("/api/users/{author}/tweets?sort=recent"), &recent),
        (format!("/api/users/{author}/tweets?sort=popular"), &popular),
    ] {
        assert_eq!(&newcomer.ids(&path, "tweets").await, expected, "{path}");
    }
    let profile = format!("/api/users/{}/tweets", newcomer.id);
    assert_eq!(crowd[0].ids(&profile, "tweets").await, [] as [i64; 0]);
    crowd[0].get("/api/users/999999/tweets").await.fails(404);
}

async fn pages_by_number_and_by_cursor_show_each_tweet_once(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 4).await;
    let author = &crowd[0];
    let expected = ranked(author, &crowd[1..], 13).await;
    for size in [1, 2, 5, 12, 13, 14, 1000] {
        let pages = expected.chunks(size).map(<[i64]>::to_vec).collect::<Vec<_>>();
        assert_eq!(author.walk(&format!("/api/tweets?limit={size}"), "tweets").await, pages, "{size} a page");
        for (at, page) in pages.iter().enumerate() {
            let path = format!("/api/tweets?offset={}&limit={size}", at + 1);
            let answer = author.get(&path).await.succeeds(200);
            assert_eq!(ids(&answer["tweets"]), *page, "{path}");
            assert_eq!(answer["next_cursor"].is_null(), at + 1 == pages.len(), "{path}");
        }
        let beyond = author.get(&format!("/api/tweets?offset={}&limit={size}", pages.len() + 1)).await;
        assert_eq!(beyond.succeeds(200), json!({"result": true, "tweets": [], "next_cursor": null}));
    }
    for query in ["scope=all&sort=recent", "scope=all", "sort=recent"] {
        let walked = author.walk(&format!("/api/tweets?limit=4&{query}"), "tweets").await.concat();
        assert_eq!(walked, author.ids(&format!("/api/tweets?{query}"), "tweets").await, "{query}");
    }
    for sort in ["recent", "popular"] {
        let path = format!("/api/users/{}/tweets?sort={sort}", author.id);
        let walked = author.walk(&format!("{path}&limit=4"), "tweets").await.concat();
        assert_eq!(walked, author.ids(&path, "tweets").await, "{path}");
        assert_eq!(walked.len(), 13);
    }
}

async fn a_walk_by_cursor_goes_on_where_it_was_while_tweets_arrive(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut old = vec![];
    for number in 0..6 {
        old.push(ann.publish(&format!("old {number}")).await);
    }
    old.reverse();
    for query in ["sort=recent", "sort=popular"] {
        let first = ann.get(&format!("/api/tweets?limit=3&{query}&scope=all")).await.succeeds(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        ann.publish("new").await;
        let deleted = ids(&first["tweets"])[2];
        ann.delete(&format!("/api/tweets/{deleted}")).await.succeeds(200);
        old.retain(|id| *id != deleted);
        let rest = ann.ids(&format!("/api/tweets?{query}&scope=all&cursor={cursor}"), "tweets").await;
        let expected = old.iter().copied().filter(|id| *id < deleted).collect::<Vec<_>>();
        assert_eq!(rest, expected, "{query}: nothing is repeated or skipped");
    }
}

async fn a_walk_by_number_neither_repeats_nor_skips_what_has_not_moved(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let mut tweets = vec![];
    for number in 0..6 {
        tweets.push(ann.publish(&format!("number {number}")).await);
    }
    tweets.reverse();
    let page = async |number: usize| ann.ids(&format!("/api/tweets?limit=2&offset={number}"), "tweets").await;
    assert_eq!(page(1).await, tweets[..2]);
    bob.like(tweets[5]).await.succeeds(201);
    assert_eq!(page(2).await, tweets[2..4], "behind what was shown, though the last is now the first");
    ann.delete(&format!("/api/tweets/{}", tweets[0])).await.succeeds(200);
    assert_eq!(page(3).await, tweets[4..5], "and nothing is skipped, though one before it is gone");
    ann.publish("the newest").await;
    assert_eq!(page(4).await, [] as [i64; 0], "nor repeated, though there are six again");
    let newest = ann.ids("/api/tweets?sort=recent&limit=1", "tweets").await[0];
    let moved = [tweets[5], newest, tweets[1], tweets[2], tweets[3], tweets[4]];
    assert_eq!(page(3).await, moved[4..], "by its number, since it was shown already");
    assert_eq!(page(1).await, moved[..2]);
    assert_eq!(page(2).await, moved[2..4]);
}

async fn the_largest_page_is_configured_and_told_by_a_cursor(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_PAGE_SIZE", "3")]).await;
    let ann = blog.person("ann").await;
    for number in 0..4 {
        ann.publish(&number.to_string()).await;
    }
    let page = ann.get("/api/tweets").await.succeeds(200);
    assert_eq!(ids(&page["tweets"]).len(), 3);
    assert!(page["next_cursor"].is_string(), "a cursor leads to what is left out");
    ann.get("/api/tweets?limit=4").await.fails(422);
    assert_eq!(ann.walk("/api/tweets?limit=3", "tweets").await.concat().len(), 4);
}

async fn the_parameters_of_the_existing_page_are_understood(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for number in 0..7 {
        ann.publish(&number.to_string()).await;
    }
    let all = ann.ids("/api/tweets", "tweets").await;
    for (query, expected) in [
        ("offset=1&limit=5", &all[..5]),
        ("offset=2&limit=5", &all[5..]),
        ("limit=&offset=", &all[..]),
        ("offset=2", &all[..]),
        ("offset=2&limit=", &all[..]),
        ("offset=abc", &all[..]),
        ("offset=-1&limit=", &all[..]),
        ("offset=0", &all[..]),
        ("offset=%ff", &all[..]),
        ("offset=1&offset=2", &all[..]),
        ("offset=9223372036854775808", &all[..]),
        ("offset=&limit=5", &all[..5]),
        ("limit=5&cursor=&sort=&scope=&offset=2", &all[5..]),
        ("limit=1000", &all[..]),
        ("unknown=1&limit=5", &all[..5]),
        ("limit=5&offset=9223372036854775807", &[]),
    ] {
        assert_eq!(ann.ids(&format!("/api/tweets?{query}"), "tweets").await, expected, "{query}");
    }
}

async fn parameters_that_make_no_sense_are_refused(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    ann.publish("x").await;
    ann.publish("y").await;
    let page = ann.get("/api/tweets?limit=1").await.succeeds(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    for query in [
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=abc",
        "limit=1.5",
        "limit=1e2",
        "limit=99999999999999999999",
        "limit=%00",
        "limit=5&offset=0",
        "limit=5&offset=-1",
        "limit=5&offset=abc",
        "limit=5&offset=9223372036854775808",
        "sort=best",
        "scope=mine",
        "cursor=abc",
        "cursor=%00%ff",
        "cursor=AAAAAAAAAAAAAAAAAAAAAAAA",
        &format!("cursor={}", "A".repeat(5000)),
        &format!("cursor={cursor}x"),
        &format!("cursor={}", &cursor[1..]),
        &format!("cursor={cursor}&limit=5&offset=2"),
        &format!("cursor={cursor}&limit=0"),
    ] {
        ann.get(&format!("/api/tweets?{query}")).await.fails(422);
    }
}

async fn a_page_number_without_a_limit_is_ignored_beside_a_cursor_too(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for number in 0..3 {
        ann.publish(&number.to_string()).await;
    }
    let page = ann.get("/api/tweets?limit=1").await.succeeds(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ann.ids("/api/tweets", "tweets").await[1..].to_vec();
    for offset in ["2", "0", "abc", ""] {
        let path = format!("/api/tweets?cursor={cursor}&offset={offset}");
        assert_eq!(ann.ids(&path, "tweets").await, rest, "{offset:?}");
        let answer = ann.get(&format!("/api/tweets?cursor={cursor}&offset={offset}&limit=1")).await;
        assert_eq!(answer.status, if offset.is_empty() { 200 } else { 422 }, "{offset:?}: {answer}");
    }
}

async fn a_cursor_belongs_to_the_list_that_made_it(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob, eve] = blog.people(["ann", "bob", "eve"]).await;
    for person in [&ann, &bob] {
        person.publish("x").await;
        person.publish("y").await;
        person.follow(eve.id).await.succeeds(201);
        eve.follow(person.id).await.succeeds(201);
    }
    let user = format!("/api/users/{}", eve.id);
    let lists = [
        "/api/tweets?limit=1".to_owned(),
        "/api/tweets?limit=1&sort=recent".to_owned(),
        format!("/api/users/{}/tweets?limit=1", ann.id),
        format!("{user}/followers?limit=1"),
        "/api/users?limit=1".to_owned(),
    ];
    for (at, list) in lists.iter().enumerate() {
        let cursor = ann.get(list).await.succeeds(200)["next_cursor"].as_str().unwrap().to_owned();
        ann.get(&format!("{list}&cursor={cursor}")).await.succeeds(200);
        for other in lists.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other) {
            ann.get(&format!("{other}&cursor={cursor}")).await.fails(422);
        }
    }
}
