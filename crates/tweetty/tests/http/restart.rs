//! Stopping, starting and dying: what was acknowledged stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::blog::Blog;
use crate::client::Person;
use crate::departures::request;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    everything_is_still_there_after_stop_and_start,
    a_service_that_stops_finishes_the_requests_it_has,
    every_acknowledged_write_survives_the_death_of_the_process,
);

async fn everything_is_still_there_after_stop_and_start(store: Store) {
    let mut blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "боб"]).await;
    let media = ann.picture(pictures::png()).await;
    let tweet = ann.publish_with("stays", &[media]).await;
    bob.like(tweet).await.succeeds(201);
    bob.follow(ann.id).await.succeeds(201);
    let free = bob.picture(pictures::png()).await;
    let url = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    let paths = ["/api/users/me", "/api/tweets", "/api/users", "/api/tweets?scope=all&sort=recent"];
    let mut before = vec![];
    for path in paths {
        before.push(bob.get(path).await.succeeds(200));
    }
    let image = blog.nobody.get(&url).await.has(200).body;
    blog.stop();
    blog.start_again().await;
    let [ann, bob] = [&ann, &bob].map(|person| blog.again(person));
    for (path, before) in paths.into_iter().zip(before) {
        assert_eq!(bob.get(path).await.succeeds(200), before, "{path}");
    }
    assert_eq!(blog.nobody.get(&url).await.has(200).body, image);
    bob.like(tweet).await.succeeds(200);
    bob.publish_with("uploaded before", &[free]).await;
    assert!(ann.publish("later").await > tweet);
}

async fn a_service_that_stops_finishes_the_requests_it_has(store: Store) {
    let mut blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let large = pictures::image_of(image::ImageFormat::Png, 2000, 1500);
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let form = [part.as_slice(), &large, b"\r\n--b--\r\n"].concat();
    let upload = request(&ann, "POST", "/api/medias", "multipart/form-data; boundary=b", &form);
    let mut uploads = JoinSet::new();
    for _ in 0..4 {
        // An answer shows that the service has the connection, not only its listener's queue.
        let mut stream = ann.connect().await;
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(&upload).await.unwrap();
        uploads.spawn(async move { crate::raw::receive(&mut stream).await.map(|answer| answer.status) });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::task::block_in_place(|| blog.stop());
    assert_eq!(uploads.join_all().await, [Some(201); 4], "none was cut");
    blog.start_again().await;
}

/// What was acknowledged to a writer.
#[derive(Default)]
struct Acknowledged {
    tweets: Vec<(i64, String)>,
    likes: Vec<i64>,
    images: Vec<i64>,
    follows: bool,
}

async fn write_until(person: Person, liked: Vec<i64>, followee: i64, end: Arc<AtomicBool>) -> Acknowledged {
    let mut done = Acknowledged::default();
    let made = async |call: crate::client::Call, field: &str| {
        let answer = call.try_send().await.filter(|answer| answer.status == 201)?;
        Some(answer.json()[field].as_i64().unwrap_or_default())
    };
    for number in 0.. {
        if end.load(Ordering::Relaxed) {
            break;
        }
        let text = format!("{} {number}", person.name);
        let draft = json!({"tweet_data": text});
        if let Some(tweet) = made(person.call("POST", "/api/tweets").json(&draft), "tweet_id").await {
            done.tweets.push((tweet, text));
        }
        if let Some(tweet) = liked.get(number)
            && made(person.call("POST", &format!("/api/tweets/{tweet}/likes")), "").await.is_some()
        {
            done.likes.push(*tweet);
        }
        if number % 5 == 0 {
            let call = person.call("POST", "/api/medias");
            let call = call.file("file", pictures::png(), "a.png", "image/png");
            done.images.extend(made(call, "media_id").await);
        }
        if number == 3 {
            let path = format!("/api/users/{followee}/follow");
            done.follows = made(person.call("POST", &path), "").await.is_some();
        }
    }
    done
}

async fn every_acknowledged_write_survives_the_death_of_the_process(store: Store) {
    let mut blog = Blog::open(store).await;
    let crowd = blog.crowd("writer", 12).await;
    let mut liked = vec![];
    for number in 0..100 {
        liked.push(crowd[0].publish(&format!("to like {number}")).await);
    }
    let end = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for (at, person) in crowd.iter().enumerate() {
        let (person, end) = (person.clone(), Arc::clone(&end));
        let (liked, followee) = (liked.clone(), crowd[(at + 1) % crowd.len()].id);
        writers.spawn(async move { (person.id, write_until(person, liked, followee, end).await) });
    }
    tokio::time::sleep(Duration::from_millis(2500)).await;
    blog.kill();
    end.store(true, Ordering::Relaxed);
    let acknowledged = writers.join_all().await;
    blog.start_again().await;
    let mut found = 0;
    for (id, writes) in &acknowledged {
        let person = blog.again(crowd.iter().find(|person| person.id == *id).unwrap());
        found += survived(&person, writes).await;
    }
    println!("{found} acknowledged writes, all found");
    assert!(found > 100, "only {found} writes were acknowledged: no load");
}

/// Fails the test where a write is lost; answers how many there were.
async fn survived(person: &Person, writes: &Acknowledged) -> usize {
    let hers = person.get(&format!("/api/users/{}/tweets", person.id)).await.succeeds(200);
    let there = |id: i64, text: &str| {
        let same = |tweet: &Value| tweet["id"] == id && tweet["content"] == text;
        hers["tweets"].as_array().unwrap().iter().any(same)
    };
    assert!(writes.tweets.len() < 900, "one page holds them all");
    for (tweet, text) in &writes.tweets {
        assert!(there(*tweet, text), "tweet {tweet} of {} is lost", person.name);
    }
    for tweet in &writes.likes {
        assert_eq!(person.see(*tweet).await["liked"], true, "the like of {tweet} by {} is lost", person.name);
    }
    for images in writes.images.chunks(10) {
        person.publish_with("with what was uploaded", images).await;
    }
    if writes.follows {
        let profile = person.get("/api/users/me").await.succeeds(200);
        assert_eq!(profile["user"]["following_count"], 1, "the follow of {} is lost", person.name);
    }
    writes.tweets.len() + writes.likes.len() + writes.images.len() + usize::from(writes.follows)
}
