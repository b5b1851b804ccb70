//! What people are called, wherever they are named.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::blog::Blog;
use crate::client::Person;
use crate::support::Store;

on_both_stores!(
    first_and_last_names_stand_beside_every_nickname,
    a_name_that_an_operator_changes_is_shown_within_five_seconds_everywhere,
    likers_are_a_list_of_people_with_their_names,
);

/// Everywhere where Ann is named, by a path and a pointer into what it answers; Bob looks.
async fn named(ann: &Person, bob: &Person, tweet: i64) -> Vec<(String, Value)> {
    let (ann_id, bob_id) = (ann.id, bob.id);
    let places = [
        ("/api/tweets".to_owned(), "/tweets/0/author"),
        ("/api/tweets?scope=all&sort=recent".to_owned(), "/tweets/0/author"),
        (format!("/api/tweets/{tweet}"), "/tweet/author"),
        (format!("/api/tweets/{tweet}/likes"), "/likers/0"),
        (format!("/api/users/{ann_id}"), "/user"),
        (format!("/api/users/{ann_id}/tweets"), "/tweets/0/author"),
        ("/api/users/me".to_owned(), "/user/followers/0"),
        ("/api/users/me".to_owned(), "/user/following/0"),
        (format!("/api/users/{bob_id}/followers"), "/users/0"),
        (format!("/api/users/{bob_id}/following"), "/users/0"),
        ("/api/users?query=ann".to_owned(), "/users/0"),
    ];
    let mut named = vec![];
    for (path, pointer) in places {
        let body = bob.get(&path).await.succeeds(200);
        let person = body.pointer(pointer).unwrap_or_else(|| panic!("{path} has no {pointer}: {body}"));
        assert_eq!(person["id"], ann.id, "{path} {pointer}");
        named.push((format!("{path} {pointer}"), person.clone()));
    }
    let mine = ann.get("/api/users/me").await.succeeds(200);
    named.push(("/api/users/me".to_owned(), mine["user"].clone()));
    named
}

/// Ann and Bob follow each other, and Ann likes a tweet of Ann's.
async fn company(blog: &Blog) -> (Person, Person, i64) {
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    ann.follow(bob.id).await.succeeds(201);
    bob.follow(ann.id).await.succeeds(201);
    let tweet = ann.publish("hi").await;
    ann.like(tweet).await.succeeds(201);
    (ann, bob, tweet)
}

async fn first_and_last_names_stand_beside_every_nickname(store: Store) {
    let blog = Blog::open(store).await;
    let (ann, bob, tweet) = company(&blog).await;
    for (place, person) in named(&ann, &bob, tweet).await {
        let names = [&person["name"], &person["first_name"], &person["last_name"]];
        assert_eq!(names, [&json!("ann"), &Value::Null, &Value::Null], "{place}");
        assert!(person.as_object().unwrap().contains_key("last_name"), "{place}: null, not absent");
    }
    let likes = bob.see(tweet).await["likes"].clone();
    assert_eq!(likes, json!([{"user_id": ann.id, "name": "ann"}]), "what pages have many of stays as it was");
    let role = &bob.get(&format!("/api/users/{}", ann.id)).await.succeeds(200)["user"]["role"];
    assert_eq!(role, "member");
}

async fn a_name_that_an_operator_changes_is_shown_within_five_seconds_everywhere(store: Store) {
    let blog = Blog::open(store).await;
    let (ann, bob, tweet) = company(&blog).await;
    // The server knows the names from a moment ago.
    named(&ann, &bob, tweet).await;
    let (first, last) = ("Анна-Мария \"Nan\" \\", "ΣΊΣΥΦΟΣ 👩\u{1f3fd}");
    blog.tweetty(&["users", "update", "ann", "-f", first, "-l", last]);
    let changed = Instant::now();
    loop {
        let named = named(&ann, &bob, tweet).await;
        let old =
            named.iter().find(|(_, person)| person["first_name"] != first || person["last_name"] != last);
        let Some((place, person)) = old else { break };
        assert!(changed.elapsed() < Duration::from_secs(5), "{place}: {person}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(bob.ids("/api/users?query=анна-м", "users").await, [ann.id]);
}

async fn likers_are_a_list_of_people_with_their_names(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob, eve] = blog.people(["ann", "bob", "eve"]).await;
    blog.tweetty(&["users", "update", "bob", "-f", "Bob", "-l", "Lee"]);
    blog.tweetty(&["users", "update", "eve", "-l", "Kim"]);
    let tweet = ann.publish("liked").await;
    for liker in [&eve, &bob, &ann] {
        liker.like(tweet).await.succeeds(201);
    }
    let path = format!("/api/tweets/{tweet}/likes?limit=2");
    let page = eve.get(&path).await.succeeds(200);
    let expected = json!([
        {"id": eve.id, "name": "eve", "first_name": null, "last_name": "Kim", "avatar": null},
        {"id": ann.id, "name": "ann", "first_name": null, "last_name": null, "avatar": null},
    ]);
    assert_eq!(page["likers"], expected, "the viewer first, then by id");
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = eve.get(&format!("{path}&cursor={cursor}")).await.succeeds(200);
    let expected =
        json!([{"id": bob.id, "name": "bob", "first_name": "Bob", "last_name": "Lee", "avatar": null}]);
    assert_eq!((&last["likers"], &last["next_cursor"]), (&expected, &Value::Null));
}
