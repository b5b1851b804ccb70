//! Tweets that moderators remove, and what their authors are shown of that.

use serde_json::{Value, json};

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    a_moderator_removes_a_tweet_with_a_reason_that_its_author_is_shown,
    without_an_acceptable_reason_nothing_is_removed,
    only_moderators_remove_what_others_wrote_and_only_while_they_are,
    own_tweets_are_deleted_as_always,
    removals_come_in_pages_the_latest_first,
    of_two_moderators_one_removes_a_tweet_and_its_author_reads_one_reason,
);

/// New users; the first is a moderator.
async fn people<const N: usize>(blog: &Blog, names: [&str; N]) -> [Person; N] {
    let people = blog.people(names).await;
    blog.tweetty(&["users", "update", names[0], "--role", "moderator"]);
    people
}

async fn removals(person: &Person) -> Vec<Value> {
    person.get("/api/removals").await.succeeds(200)["removals"].as_array().unwrap().clone()
}

async fn a_moderator_removes_a_tweet_with_a_reason_that_its_author_is_shown(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann, bob] = people(&blog, ["mo", "ann", "bob"]).await;
    let tweet = ann.publish_with("Acme is late again", &[ann.picture(pictures::png()).await]).await;
    let image = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    bob.like(tweet).await.succeeds(201);
    let kept = ann.publish("harmless").await;
    let path = format!("/api/tweets/{tweet}?reason=%20names%0Aa%20customer%20%F0%9F%91%8B");
    assert_eq!(mo.delete(&path).await.succeeds(200), json!({"result": true}));
    for person in [&mo, &ann, &bob] {
        person.get(&format!("/api/tweets/{tweet}")).await.fails(404);
        assert_eq!(person.ids("/api/tweets?scope=all", "tweets").await, [kept]);
    }
    blog.nobody.get(&image).await.fails(404);
    mo.delete(&path).await.fails(404);
    let shown = removals(&ann).await;
    let removed_at = shown[0]["removed_at"].clone();
    let expected = json!({"tweet_id": tweet, "content": "Acme is late again", "reason": "names a customer 👋",
        "removed_at": removed_at});
    assert_eq!(shown, [expected], "and not who removed it");
    assert_eq!(removals(&bob).await, Vec::<Value>::new());
    assert_eq!(removals(&mo).await, Vec::<Value>::new());
    let log = serde_json::from_str::<Value>(&blog.tweetty(&["audit", "--json"])).unwrap();
    let record = log["records"].as_array().unwrap().last().unwrap();
    assert_eq!((&record["action"], &record["outcome"]), (&json!("tweets remove"), &json!("done")));
    assert_eq!((&record["by_user_id"], &record["user_id"]), (&json!(mo.id), &json!(ann.id)));
    assert_eq!(record["detail"], format!("tweet {tweet}: names a customer 👋"));
    assert_eq!(record["os_user"], Value::Null);
    let text = blog.tweetty(&["audit"]);
    assert!(text.lines().last().unwrap().contains(&format!("user #{}", mo.id)), "{text}");
    // What is shown to the author goes with them.
    blog.tweetty(&["users", "remove", "ann", "--yes"]);
}

async fn without_an_acceptable_reason_nothing_is_removed(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann] = people(&blog, ["mo", "ann"]).await;
    let tweet = ann.publish("stays").await;
    let long = format!("?reason={}", "x".repeat(281));
    for (query, words) in [
        ("", "reason: needed"),
        ("?reason=", "reason: needed"),
        ("?reason=%20%E2%80%8B", "reason: empty"),
        (&long, "reason: 281 characters, at most 280"),
        ("?reason=a%07", "reason: contains the control"),
        ("?reason=a&reason=b", "reason: given twice"),
    ] {
        let refused = mo.delete(&format!("/api/tweets/{tweet}{query}")).await.fails(422);
        assert!(refused.starts_with(words), "{query}: {refused}");
    }
    assert_eq!(ann.see(tweet).await["content"], "stays");
    assert_eq!(removals(&ann).await, Vec::<Value>::new());
    mo.delete("/api/tweets/999999?reason=x").await.fails(404);
    let longest = format!("/api/tweets/{tweet}?reason={}", "%D1%91".repeat(280));
    mo.delete(&longest).await.succeeds(200);
}

async fn only_moderators_remove_what_others_wrote_and_only_while_they_are(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann, bob] = people(&blog, ["mo", "ann", "bob"]).await;
    let tweets = [ann.publish("one").await, ann.publish("two").await, ann.publish("three").await];
    let path = |tweet: i64| format!("/api/tweets/{tweet}?reason=spam");
    blog.tweetty(&["users", "update", "bob", "--role", "communicator"]);
    bob.delete(&path(tweets[0])).await.fails(403);
    mo.delete(&path(tweets[0])).await.succeeds(200);
    blog.tweetty(&["users", "update", "bob", "--role", "moderator"]);
    bob.delete(&path(tweets[1])).await.succeeds(200);
    blog.tweetty(&["users", "update", "mo", "--role", "member"]);
    mo.delete(&path(tweets[2])).await.fails(403);
    assert_eq!(mo.get("/api/users/me").await.succeeds(200)["user"]["role"], "member");
    assert_eq!(ann.get(&format!("/api/users/{}", bob.id)).await.succeeds(200)["user"]["role"], "moderator");
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [tweets[2]]);
    assert_eq!(removals(&ann).await.len(), 2);
}

async fn own_tweets_are_deleted_as_always(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann] = people(&blog, ["mo", "ann"]).await;
    for author in [&mo, &ann] {
        for query in ["", "?reason=second%20thoughts"] {
            let tweet = author.publish("mine").await;
            author.delete(&format!("/api/tweets/{tweet}{query}")).await.succeeds(200);
        }
        assert_eq!(removals(author).await, Vec::<Value>::new());
    }
    assert!(!blog.tweetty(&["audit"]).contains("tweets remove"), "what is one's own is nobody's business");
}

async fn removals_come_in_pages_the_latest_first(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann] = people(&blog, ["mo", "ann"]).await;
    let mut tweets = vec![];
    for number in 0..5 {
        tweets.push(ann.publish(&format!("tweet {number}")).await);
    }
    // The order is that of the removals, not of the tweets.
    for place in [3, 0, 4, 1, 2] {
        mo.delete(&format!("/api/tweets/{}?reason=r", tweets[place])).await.succeeds(200);
    }
    let expected = [2, 1, 4, 0, 3].map(|place: usize| tweets[place]);
    let ids = |page: &Value| {
        let removals = page["removals"].as_array().unwrap().iter();
        removals.map(|removal| removal["tweet_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let (mut walked, mut cursor) = (vec![], String::new());
    loop {
        let answer = ann.get(&format!("/api/removals?limit=2&cursor={cursor}")).await;
        let link = answer.header("link").map(str::to_owned);
        let page = answer.succeeds(200);
        walked.extend(ids(&page));
        let Some(next) = page["next_cursor"].as_str() else {
            assert_eq!(link, None);
            break;
        };
        assert!(link.unwrap().contains(next));
        next.clone_into(&mut cursor);
    }
    assert_eq!(walked, expected);
    assert_eq!(ids(&ann.get("/api/removals").await.succeeds(200)), expected);
    for query in ["limit=0", "limit=1001", "cursor=AAAA"] {
        ann.get(&format!("/api/removals?{query}")).await.fails(422);
    }
    let other = ann.get("/api/users?limit=1").await.succeeds(200);
    ann.get(&format!("/api/removals?cursor={}", other["next_cursor"].as_str().unwrap())).await.fails(422);
}

async fn of_two_moderators_one_removes_a_tweet_and_its_author_reads_one_reason(store: Store) {
    let blog = Blog::open(store).await;
    let [mo, ann, bob] = people(&blog, ["mo", "ann", "bob"]).await;
    blog.tweetty(&["users", "update", "bob", "--role", "moderator"]);
    for _ in 0..5 {
        let tweet = ann.publish("contested").await;
        let path = format!("/api/tweets/{tweet}?reason=r");
        let (one, other, own) = tokio::join!(mo.delete(&path), bob.delete(&path), ann.delete(&path));
        let mut statuses = [one.status, other.status, own.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404, 404]);
        let shown = removals(&ann).await.iter().filter(|removal| removal["tweet_id"] == tweet).count();
        assert_eq!(shown, usize::from(own.status == 404));
    }
}
