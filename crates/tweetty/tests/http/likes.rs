//! Likes, and the likers that a tweet names.

use serde_json::{Value, json};

use crate::blog::Blog;
use crate::client::ids;
use crate::support::Store;

on_both_stores!(
    a_like_is_created_once_and_repeated_without_effect,
    a_like_is_taken_back_as_often_as_one_likes,
    the_likers_are_named_with_the_viewer_first,
    a_tweet_names_at_most_so_many_likers_but_always_the_viewer,
    all_likers_are_a_list_by_pages_with_the_viewer_first,
    a_list_embeds_as_many_likers_as_are_asked_for_and_counts_truly,
    a_like_of_a_tweet_that_is_not_there_is_not_found,
);

async fn a_like_is_created_once_and_repeated_without_effect(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let id = ann.publish("x").await;
    assert_eq!(bob.like(id).await.succeeds(201), json!({"result": true}));
    assert_eq!(bob.like(id).await.succeeds(200), json!({"result": true}));
    ann.like(id).await.succeeds(201);
    let tweet = bob.see(id).await;
    assert_eq!(tweet["likes_count"], 2);
    assert_eq!(tweet["liked"], true);
    assert_eq!(
        tweet["likes"],
        json!([{"user_id": bob.id, "name": "bob"}, {"user_id": ann.id, "name": "ann"}])
    );
}

async fn a_like_is_taken_back_as_often_as_one_likes(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let id = ann.publish("x").await;
    let path = format!("/api/tweets/{id}/likes");
    bob.delete(&path).await.succeeds(200);
    bob.like(id).await.succeeds(201);
    ann.like(id).await.succeeds(201);
    assert_eq!(bob.delete(&path).await.succeeds(200), json!({"result": true}));
    assert_eq!(bob.delete(&path).await.succeeds(200), json!({"result": true}));
    let tweet = bob.see(id).await;
    assert_eq!((&tweet["likes_count"], &tweet["liked"]), (&json!(1), &json!(false)));
    assert_eq!(tweet["likes"], json!([{"user_id": ann.id, "name": "ann"}]), "another's like stays");
    bob.like(id).await.succeeds(201);
}

fn likers(tweet: &Value) -> Vec<i64> {
    tweet["likes"].as_array().unwrap().iter().map(|like| like["user_id"].as_i64().unwrap()).collect()
}

async fn the_likers_are_named_with_the_viewer_first(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 5).await;
    let id = crowd[0].publish("x").await;
    for fan in crowd.iter().rev().take(4) {
        fan.like(id).await.succeeds(201);
    }
    let by_id = |people: &[usize]| people.iter().map(|at| crowd[*at].id).collect::<Vec<_>>();
    assert_eq!(likers(&crowd[0].see(id).await), by_id(&[1, 2, 3, 4]), "in a stable order");
    assert_eq!(likers(&crowd[3].see(id).await), by_id(&[3, 1, 2, 4]));
    let feed = crowd[3].get("/api/tweets?scope=all").await.succeeds(200);
    assert_eq!(likers(&feed["tweets"][0]), by_id(&[3, 1, 2, 4]), "in the feed as well");
}

async fn a_tweet_names_at_most_so_many_likers_but_always_the_viewer(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_EMBEDDED_LIKERS", "3")]).await;
    let crowd = blog.crowd("fan", 6).await;
    let id = crowd[0].publish("x").await;
    for fan in &crowd[1..] {
        fan.like(id).await.succeeds(201);
    }
    for (viewer, named) in [(0, [1, 2, 3]), (2, [2, 1, 3]), (5, [5, 1, 2])] {
        let tweet = crowd[viewer].see(id).await;
        assert_eq!(likers(&tweet), named.map(|at: usize| crowd[at].id), "to viewer {viewer}");
        assert_eq!((&tweet["likes_count"], &tweet["liked"]), (&json!(5), &json!(viewer > 0)));
        let page = crowd[viewer].get("/api/tweets?scope=all").await.succeeds(200);
        assert_eq!(page["tweets"][0], tweet);
    }
}

async fn a_list_embeds_as_many_likers_as_are_asked_for_and_counts_truly(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_EMBEDDED_LIKERS", "4")]).await;
    let crowd = blog.crowd("fan", 6).await;
    let id = crowd[0].publish("x").await;
    for fan in &crowd[1..] {
        fan.like(id).await.succeeds(201);
    }
    let author = crowd[0].id;
    for list in ["/api/tweets?scope=all".to_owned(), format!("/api/users/{author}/tweets?sort=popular")] {
        for (query, named) in
            [("&likers=0", 0), ("&likers=1", 1), ("&likers=3", 3), ("&likers=4", 4), ("", 4)]
        {
            let page = crowd[5].get(&format!("{list}{query}")).await.succeeds(200);
            let tweet = &page["tweets"][0];
            let by_id = [5, 1, 2, 3].map(|at: usize| crowd[at].id);
            assert_eq!(likers(tweet), by_id[..named], "{list}{query}");
            assert_eq!((&tweet["likes_count"], &tweet["liked"]), (&json!(5), &json!(true)));
        }
        for wrong in ["5", "-1", "x", "1.0", "99999999999999999999"] {
            crowd[5].get(&format!("{list}&likers={wrong}")).await.fails(422);
        }
        crowd[5].get(&format!("{list}&likers=")).await.succeeds(200);
    }
    let pages = crowd[5].walk("/api/tweets?scope=all&likers=0&limit=1", "tweets").await;
    assert_eq!(pages, [[id]]);
}

async fn all_likers_are_a_list_by_pages_with_the_viewer_first(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_EMBEDDED_LIKERS", "3")]).await;
    let crowd = blog.crowd("fan", 9).await;
    let id = crowd[0].publish("x").await;
    let path = format!("/api/tweets/{id}/likes");
    let nobody = json!({"result": true, "likers": [], "next_cursor": null});
    assert_eq!(crowd[0].get(&path).await.succeeds(200), nobody);
    for fan in crowd[1..].iter().rev() {
        fan.like(id).await.succeeds(201);
    }
    for (viewer, order) in
        [(0, [1, 2, 3, 4, 5, 6, 7, 8]), (1, [1, 2, 3, 4, 5, 6, 7, 8]), (8, [8, 1, 2, 3, 4, 5, 6, 7])]
    {
        let likers = order.map(|at: usize| crowd[at].id);
        let whole = crowd[viewer].get(&path).await.succeeds(200);
        assert_eq!(
            whole["likers"][0],
            json!({"id": crowd[order[0]].id, "name": crowd[order[0]].name, "first_name": null, "last_name": null, "avatar": null})
        );
        assert_eq!(ids(&whole["likers"]), likers, "to viewer {viewer}");
        for size in [1, 3, 7] {
            let pages = likers.chunks(size).map(<[i64]>::to_vec).collect::<Vec<_>>();
            assert_eq!(crowd[viewer].walk(&format!("{path}?limit={size}"), "likers").await, pages);
        }
    }
    crowd[0].get("/api/tweets/999999/likes").await.fails(404);
    let followers = format!("/api/users/{}/followers", crowd[0].id);
    for fan in &crowd[1..3] {
        fan.follow(crowd[0].id).await.succeeds(201);
    }
    let foreign = crowd[0].get(&format!("{followers}?limit=1")).await.succeeds(200);
    let foreign = foreign["next_cursor"].as_str().unwrap();
    crowd[0].get(&format!("{path}?cursor={foreign}")).await.fails(422);
}

async fn a_like_of_a_tweet_that_is_not_there_is_not_found(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    ann.like(999_999).await.fails(404);
    ann.delete("/api/tweets/999999/likes").await.fails(404);
    ann.like(i64::MAX).await.fails(404);
}
