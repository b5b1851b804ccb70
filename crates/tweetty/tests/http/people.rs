//! Profiles, who follows whom, and finding people.

use serde_json::{Value, json};

use crate::blog::Blog;
use crate::client::{Person, ids};
use crate::support::Store;

on_both_stores!(
    a_profile_has_both_lists_and_true_counts,
    a_follow_is_created_once_and_repeated_without_effect,
    nobody_follows_herself_or_somebody_who_is_not_there,
    a_profile_names_at_most_so_many_people_but_always_the_viewer,
    a_profile_names_as_many_people_as_are_asked_for_and_counts_truly,
    followers_and_following_are_whole_lists_by_pages,
    people_are_found_by_a_part_of_a_name_in_any_case_and_script,
    a_searched_part_is_taken_literally,
    everybody_is_listed_by_pages,
);

fn card(person: &Person) -> Value {
    json!({"id": person.id, "name": person.name, "first_name": null, "last_name": null, "avatar": null})
}

async fn a_profile_has_both_lists_and_true_counts(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob, eve] = blog.people(["ann", "Боб", "王小明"]).await;
    for (follower, followee) in [(&bob, &ann), (&eve, &ann), (&ann, &eve)] {
        follower.follow(followee.id).await.succeeds(201);
    }
    let mine = ann.get("/api/users/me").await.succeeds(200);
    let expected = json!({"id": ann.id, "name": "ann", "first_name": null, "last_name": null,
        "avatar": null, "avatar_large": null,
        "title": null, "department": null, "active": true, "role": "member",
        "followers": [card(&bob), card(&eve)], "following": [card(&eve)], "followers_count": 2, "following_count": 1});
    assert_eq!(mine["user"], expected);
    let path = format!("/api/users/{}", ann.id);
    assert_eq!(ann.get(&path).await.succeeds(200), mine, "my own id shows the same");
    let seen = eve.get(&path).await.succeeds(200);
    assert_eq!(seen["user"]["followers"], json!([card(&eve), card(&bob)]), "the viewer first");
    ann.get("/api/users/999999").await.fails(404);
}

async fn a_follow_is_created_once_and_repeated_without_effect(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let path = format!("/api/users/{}/follow", bob.id);
    assert_eq!(ann.delete(&path).await.succeeds(200), json!({"result": true}));
    assert_eq!(ann.follow(bob.id).await.succeeds(201), json!({"result": true}));
    assert_eq!(ann.follow(bob.id).await.succeeds(200), json!({"result": true}));
    let profile = ann.get(&format!("/api/users/{}", bob.id)).await.succeeds(200);
    assert_eq!(profile["user"]["followers_count"], 1);
    assert_eq!(profile["user"]["following_count"], 0);
    assert_eq!(ann.delete(&path).await.succeeds(200), json!({"result": true}));
    assert_eq!(ann.delete(&path).await.succeeds(200), json!({"result": true}));
    let profile = ann.get("/api/users/me").await.succeeds(200);
    assert_eq!(profile["user"]["following"], json!([]));
    assert_eq!(profile["user"]["following_count"], 0);
}

async fn nobody_follows_herself_or_somebody_who_is_not_there(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    ann.follow(ann.id).await.fails(422);
    ann.follow(999_999).await.fails(404);
    ann.delete("/api/users/999999/follow").await.fails(404);
    let profile = ann.get("/api/users/me").await.succeeds(200);
    assert_eq!(profile["user"]["following_count"], 0);
}

async fn a_profile_names_at_most_so_many_people_but_always_the_viewer(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_EMBEDDED_PEOPLE", "2")]).await;
    let crowd = blog.crowd("fan", 5).await;
    let (ann, fans) = crowd.split_first().unwrap();
    for fan in fans {
        fan.follow(ann.id).await.succeeds(201);
        ann.follow(fan.id).await.succeeds(201);
    }
    for (viewer, named) in [(ann, [&fans[0], &fans[1]]), (&fans[3], [&fans[3], &fans[0]])] {
        let seen = viewer.get(&format!("/api/users/{}", ann.id)).await.succeeds(200);
        let expected = json!({"id": ann.id, "name": ann.name, "first_name": null, "last_name": null,
        "avatar": null, "avatar_large": null,
            "title": null, "department": null, "active": true, "role": "member",
            "followers_count": 4, "following_count": 4,
            "followers": named.map(card), "following": named.map(card)});
        assert_eq!(seen["user"], expected);
    }
}

async fn a_profile_names_as_many_people_as_are_asked_for_and_counts_truly(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_EMBEDDED_PEOPLE", "3")]).await;
    let crowd = blog.crowd("fan", 5).await;
    let (ann, fans) = crowd.split_first().unwrap();
    for fan in fans {
        fan.follow(ann.id).await.succeeds(201);
        ann.follow(fan.id).await.succeeds(201);
    }
    let viewer = &fans[3];
    for (query, named) in [("?people=0", 0), ("?people=1", 1), ("?people=3", 3), ("?people=", 3), ("", 3)] {
        let profile = viewer.get(&format!("/api/users/{}{query}", ann.id)).await.succeeds(200);
        let expected = [viewer, &fans[0], &fans[1]].map(card)[..named].to_vec();
        assert_eq!(profile["user"]["followers"], json!(expected), "{query}");
        assert_eq!(profile["user"]["following"], json!(expected), "{query}");
        assert_eq!(profile["user"]["followers_count"], 4);
        let own = ann.get(&format!("/api/users/me{query}")).await.succeeds(200);
        assert_eq!(own["user"]["followers"].as_array().unwrap().len(), named);
        assert_eq!(own["user"]["following_count"], 4);
    }
    for wrong in ["4", "-1", "all"] {
        viewer.get(&format!("/api/users/{}?people={wrong}", ann.id)).await.fails(422);
        viewer.get(&format!("/api/users/me?people={wrong}")).await.fails(422);
    }
}

async fn followers_and_following_are_whole_lists_by_pages(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 8).await;
    let (ann, fans) = crowd.split_first().unwrap();
    for fan in fans.iter().rev() {
        fan.follow(ann.id).await.succeeds(201);
        ann.follow(fan.id).await.succeeds(201);
    }
    let everybody = fans.iter().map(|fan| fan.id).collect::<Vec<_>>();
    for list in ["followers", "following"] {
        let path = format!("/api/users/{}/{list}", ann.id);
        let whole = fans[3].get(&path).await.succeeds(200);
        assert_eq!(whole["users"][0], card(&fans[0]));
        assert_eq!(ids(&whole["users"]), everybody, "{list}");
        let pages = everybody.chunks(3).map(<[i64]>::to_vec).collect::<Vec<_>>();
        assert_eq!(ann.walk(&format!("{path}?limit=3"), "users").await, pages, "{list}");
        ann.get(&format!("{path}?limit=0")).await.fails(422);
        ann.get(&format!("{path}?limit=1001")).await.fails(422);
        ann.get(&format!("/api/users/999999/{list}")).await.fails(404);
        let nobody = json!({"result": true, "users": [], "next_cursor": null});
        let other = blog.person(list).await;
        assert_eq!(ann.get(&format!("/api/users/{}/{list}", other.id)).await.succeeds(200), nobody);
    }
}

async fn people_are_found_by_a_part_of_a_name_in_any_case_and_script(store: Store) {
    let blog = Blog::open(store).await;
    let names = ["Ann Lee", "joann", "Жанна", "ÉVA", "王小明", "Straße", "Ἀλέξανδρος", "مريم", "👩‍🚀 crew"];
    let people = blog.people(names).await;
    blog.tweetty(&["users", "add", "hidden", "-f", "Iоанна", "-l", "O'Hara"]);
    for (part, expected) in [
        ("ANN", vec!["Ann Lee", "joann"]),
        ("n l", vec!["Ann Lee"]),
        ("жанн", vec!["Жанна"]),
        ("АННА", vec!["Жанна", "hidden"]),
        ("éva", vec!["ÉVA"]),
        ("e\u{301}VA", vec!["ÉVA"]),
        ("小明", vec!["王小明"]),
        ("STRAß", vec!["Straße"]),
        ("ΛΈΞΑΝΔΡ", vec!["Ἀλέξανδρος"]),
        ("مري", vec!["مريم"]),
        ("👩‍🚀", vec!["👩‍🚀 crew"]),
        ("o'hara", vec!["hidden"]),
        ("ЖАННА", vec!["Жанна"]),
        ("  ann  ", vec!["Ann Lee", "joann"]),
        ("nobody", vec![]),
        ("王", vec!["王小明"]),
        (&"x".repeat(100), vec![]),
    ] {
        let answer = people[0].call("GET", &format!("/api/users?query={}", encoded(part))).send().await;
        let found = answer.succeeds(200)["users"].take();
        let found = found.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap());
        assert_eq!(found.collect::<Vec<_>>(), expected, "{part}");
    }
}

/// The text as a value in a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"))
}

async fn a_searched_part_is_taken_literally(store: Store) {
    let blog = Blog::open(store).await;
    let [percent, line, back, plain] = blog.people(["50%", "under_line", "back\\slash", "plain"]).await;
    for (part, expected) in [
        ("%", vec![percent.id]),
        ("_", vec![line.id]),
        ("\\", vec![back.id]),
        ("0%", vec![percent.id]),
        ("r_l", vec![line.id]),
        ("p_ain", vec![]),
        ("'; DROP TABLE users; --", vec![]),
        ("[a-z]", vec![]),
        ("*", vec![]),
        ("lain", vec![plain.id]),
    ] {
        let path = format!("/api/users?query={}", encoded(part));
        assert_eq!(plain.ids(&path, "users").await, expected, "{part}");
    }
    for part in ["a\0", "a\nb", "%20%20%20"] {
        let part = if part.contains('%') { part.to_owned() } else { encoded(part) };
        plain.get(&format!("/api/users?query={part}")).await.fails(422);
    }
    plain.get(&format!("/api/users?query={}", "x".repeat(101))).await.fails(422);
    plain.get("/api/users?query=%ff").await.fails(422);
}

async fn everybody_is_listed_by_pages(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("Fan", 7).await;
    let everybody = crowd.iter().map(|person| person.id).collect::<Vec<_>>();
    for path in ["/api/users", "/api/users?query=", "/api/users?query=fAN"] {
        assert_eq!(crowd[6].ids(path, "users").await, everybody, "{path}");
    }
    let pages = everybody.chunks(3).map(<[i64]>::to_vec).collect::<Vec<_>>();
    assert_eq!(crowd[0].walk("/api/users?query=FAN&limit=3", "users").await, pages);
    assert_eq!(crowd[0].walk("/api/users?limit=3", "users").await, pages);
}
