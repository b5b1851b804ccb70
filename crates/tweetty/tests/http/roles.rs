//! Who may do what to whose: each operation of the document with each role, in one table.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::authorisation::ends;
use crate::blog::Blog;
use crate::client::{Client, Person};
use crate::pictures;
use crate::support::Store;
use tweetty_domain::{Clock as _, SystemClock};

on_both_stores!(every_operation_answers_every_role_as_the_table_says);

/// What is sent along.
#[derive(Clone, Copy)]
enum Body {
    Nothing,
    Text,
    /// A text with a picture that the owner has uploaded and not attached yet.
    HerPicture,
    /// A text under an `Idempotency-Key` that the owner has used.
    HerKey,
    File,
    /// What a key is to be called.
    Label,
    /// That the owner's tweet is to be announced.
    Wish,
}
use Body::{File, HerKey, HerPicture, Label, Nothing, Text, Wish};

/// Method, path, body; then the status for a caller without a good key, for the owner of the object, for another user. In a
/// path, `{tweet}` is a tweet of the owner, `{key}` one more key of the owner, `{announcement}` the announcement of that tweet, `{owner}` their own id, `{image}` a picture of that tweet, `{absent}` nothing.
type Row = (&'static str, &'static str, Body, [u16; 3]);

const TABLE: &[Row] = &[
    ("GET", "/api/tweets", Nothing, [401, 200, 200]),
    ("POST", "/api/tweets", Text, [401, 201, 201]),
    ("POST", "/api/tweets", HerPicture, [401, 201, 422]),
    ("POST", "/api/tweets", HerKey, [401, 201, 201]),
    ("GET", "/api/tweets/{tweet}", Nothing, [401, 200, 200]),
    ("GET", "/api/tweets/{absent}", Nothing, [401, 404, 404]),
    ("DELETE", "/api/tweets/{tweet}", Nothing, [401, 200, 403]),
    ("DELETE", "/api/tweets/{tweet}?reason=spam", Nothing, [401, 200, 403]),
    ("DELETE", "/api/tweets/{absent}", Nothing, [401, 404, 404]),
    ("DELETE", "/api/tweets/{absent}?reason=spam", Nothing, [401, 404, 404]),
    ("GET", "/api/tweets/{tweet}/likes", Nothing, [401, 200, 200]),
    ("GET", "/api/tweets/{absent}/likes", Nothing, [401, 404, 404]),
    ("POST", "/api/tweets/{tweet}/likes", Nothing, [401, 201, 201]),
    ("POST", "/api/tweets/{absent}/likes", Nothing, [401, 404, 404]),
    ("DELETE", "/api/tweets/{tweet}/likes", Nothing, [401, 200, 200]),
    ("DELETE", "/api/tweets/{absent}/likes", Nothing, [401, 404, 404]),
    ("GET", "/api/removals", Nothing, [401, 200, 200]),
    ("POST", "/api/medias", File, [401, 201, 201]),
    ("POST", "/api/users/me/avatar", File, [401, 201, 201]),
    ("DELETE", "/api/users/me/avatar", Nothing, [401, 200, 200]),
    ("GET", "/api/users", Nothing, [401, 200, 200]),
    ("GET", "/api/users/me", Nothing, [401, 200, 200]),
    ("GET", "/api/users/{owner}", Nothing, [401, 200, 200]),
    ("GET", "/api/users/{absent}", Nothing, [401, 404, 404]),
    ("GET", "/api/users/{owner}/tweets", Nothing, [401, 200, 200]),
    ("GET", "/api/users/{absent}/tweets", Nothing, [401, 404, 404]),
    ("GET", "/api/users/{owner}/followers", Nothing, [401, 200, 200]),
    ("GET", "/api/users/{absent}/followers", Nothing, [401, 404, 404]),
    ("GET", "/api/users/{owner}/following", Nothing, [401, 200, 200]),
    ("GET", "/api/users/{absent}/following", Nothing, [401, 404, 404]),
    ("POST", "/api/users/{owner}/follow", Nothing, [401, 422, 201]),
    ("POST", "/api/users/{absent}/follow", Nothing, [401, 404, 404]),
    ("DELETE", "/api/users/{owner}/follow", Nothing, [401, 200, 200]),
    ("DELETE", "/api/users/{absent}/follow", Nothing, [401, 404, 404]),
    ("POST", "/api/announcements", Wish, [401, 403, 403]),
    ("DELETE", "/api/announcements/{announcement}", Nothing, [401, 403, 403]),
    ("DELETE", "/api/announcements/{absent}", Nothing, [401, 403, 403]),
    ("POST", "/api/announcements/{announcement}/acknowledgement", Nothing, [401, 201, 201]),
    ("POST", "/api/announcements/{absent}/acknowledgement", Nothing, [401, 404, 404]),
    ("GET", "/api/announcements/{announcement}/missing", Nothing, [401, 403, 403]),
    ("GET", "/api/announcements/{absent}/missing", Nothing, [401, 403, 403]),
    ("GET", "/api/keys", Nothing, [401, 200, 200]),
    ("POST", "/api/keys", Label, [401, 201, 201]),
    ("DELETE", "/api/keys/{key}", Nothing, [401, 200, 404]),
    ("DELETE", "/api/keys/{absent}", Nothing, [401, 404, 404]),
    ("GET", "/api/limits", Nothing, [200, 200, 200]),
    ("GET", "{image}", Nothing, [200, 200, 200]),
    ("GET", "/media/{absent}", Nothing, [404, 404, 404]),
    ("GET", "/health/live", Nothing, [200, 200, 200]),
    ("GET", "/health/ready", Nothing, [200, 200, 200]),
    // Beside the document: the pages, which are the same for everybody.
    ("GET", "/", Nothing, [200, 200, 200]),
    ("GET", "/tweets/{tweet}", Nothing, [200, 200, 200]),
    ("GET", "/users/{owner}", Nothing, [200, 200, 200]),
    ("GET", "/docs", Nothing, [200, 200, 200]),
    ("GET", "/openapi.json", Nothing, [200, 200, 200]),
    ("GET", "/api/nothing", Nothing, [404, 404, 404]),
    ("GET", "/nothing", Nothing, [404, 404, 404]),
];

/// What a moderator is answered instead of what another user is.
const BY_MODERATOR: &[(&str, &str, u16)] =
    &[("DELETE", "/api/tweets/{tweet}", 422), ("DELETE", "/api/tweets/{tweet}?reason=spam", 200)];

/// What a communicator is answered instead.
const BY_COMMUNICATOR: &[(&str, &str, u16)] = &[
    ("POST", "/api/announcements", 201),
    ("DELETE", "/api/announcements/{announcement}", 200),
    ("DELETE", "/api/announcements/{absent}", 404),
    ("GET", "/api/announcements/{announcement}/missing", 200),
    ("GET", "/api/announcements/{absent}/missing", 404),
];

/// What is expected of somebody whose role has those differences.
fn expected((method, path, _, [_, _, by_other]): Row, differences: &[(&str, &str, u16)]) -> u16 {
    let difference = differences.iter().find(|(of, at, _)| (*of, *at) == (method, path));
    difference.map_or(by_other, |(.., status)| *status)
}

fn wish(tweet: i64) -> Value {
    json!({"tweet_id": tweet, "until": SystemClock.now() + TimeDelta::days(1), "acknowledge": true})
}

/// What there is of the owner's for one row.
struct Scene {
    owner: Person,
    tweet: i64,
    image: String,
    picture: i64,
    once: String,
    key: i64,
    announcement: i64,
}

impl Scene {
    async fn of(owner: &Person, communicator: &Person, number: usize, path: &str) -> Self {
        let tweet = owner.publish_with("hers", &[owner.picture(pictures::png()).await]).await;
        let image = owner.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
        let picture = owner.picture(pictures::png()).await;
        let once = format!("hers-{number}");
        let first = owner.call("POST", "/api/tweets").header("Idempotency-Key", &once);
        first.json(&json!({"tweet_data": "once"})).send().await.succeeds(201);
        let key = if path.contains("{key}") {
            let made = owner.call("POST", "/api/keys").json(&json!({"label": "one more"})).send().await;
            made.succeeds(201)["id"].as_i64().unwrap()
        } else {
            0
        };
        let announcement = if path.contains("{announcement}") {
            let made = communicator.call("POST", "/api/announcements").json(&wish(tweet)).send().await;
            made.succeeds(201)["announcement_id"].as_i64().unwrap()
        } else {
            0
        };
        Self { owner: owner.clone(), tweet, image, picture, once, key, announcement }
    }

    async fn act(&self, client: &Client, (method, path, body, _): Row) -> Answer {
        let path = path
            .replace("{tweet}", &self.tweet.to_string())
            .replace("{owner}", &self.owner.id.to_string())
            .replace("{image}", &self.image)
            .replace("{key}", &self.key.to_string())
            .replace("{announcement}", &self.announcement.to_string())
            .replace("{absent}", "999999");
        let call = client.call(method, &path);
        let call = match body {
            Nothing => call,
            Wish => call.json(&wish(self.tweet)),
            Label => call.json(&json!({"label": "one more"})),
            Text => call.json(&json!({"tweet_data": "mine"})),
            HerPicture => call.json(&json!({"tweet_data": "mine", "tweet_media_ids": [self.picture]})),
            HerKey => call.header("Idempotency-Key", &self.once).json(&json!({"tweet_data": "once"})),
            File => call.file("file", pictures::png(), "a.png", "image/png"),
        };
        call.send().await
    }

    /// All that the owner can see of their own account and data.
    async fn hers(&self) -> Vec<Value> {
        let id = self.owner.id;
        let mut seen = vec![];
        for path in [
            "/api/users/me".to_owned(),
            format!("/api/users/{id}/tweets"),
            "/api/tweets?scope=all".to_owned(),
        ] {
            seen.push(self.owner.get(&path).await.succeeds(200));
        }
        // The day of their last use is written whenever it is.
        seen.push(self.owner.ids("/api/keys", "keys").await.into());
        seen
    }
}

async fn every_operation_answers_every_role_as_the_table_says(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_ANNOUNCEMENTS", "20")]).await;
    let [owner, other, former, replaced] = blog.people(["owner", "other", "former", "replaced"]).await;
    let [moderator, communicator] = blog.people(["moderator", "communicator"]).await;
    for person in [&moderator, &communicator] {
        blog.tweetty(&["users", "update", &person.name, "--role", &person.name]);
    }
    let others = [(&other, &[][..]), (&communicator, BY_COMMUNICATOR), (&moderator, BY_MODERATOR)];
    blog.tweetty(&["users", "remove", "former", "--yes"]);
    blog.tweetty(&["users", "new-api-key", "replaced"]);
    for person in [&former, &replaced] {
        ends(person).await;
    }
    let keyless = [
        ("nobody", blog.nobody.clone()),
        ("a guesser", blog.nobody.with_key(&format!("tweetty_{}", "0".repeat(64)))),
        ("somebody who mistypes", blog.nobody.with_key(&format!("{}x", owner.key()))),
        ("somebody who was removed", former.client.clone()),
        ("somebody whose key was replaced", replaced.client.clone()),
    ];
    for (number, row) in TABLE.iter().copied().enumerate() {
        let (method, path, _, [without, by_owner, _]) = row;
        let scene = Scene::of(&owner, &communicator, number, path).await;
        let before = scene.hers().await;
        for (role, client) in &keyless {
            let answer = scene.act(client, row).await;
            assert_eq!(answer.status, without, "{role}: {method} {path}: {answer}");
        }
        assert_eq!(scene.hers().await, before, "{method} {path} without a key changed something");
        let mut is_gone = false;
        for (person, differences) in others {
            let (role, status) = (&person.name, expected(row, differences));
            let before = scene.hers().await;
            let answer = scene.act(person, row).await;
            assert_eq!(answer.status, status, "{role}: {method} {path}: {answer}");
            if status >= 400 {
                let after = scene.hers().await;
                assert_eq!(after, before, "{role}: {method} {path} was refused and changed something");
            }
            is_gone |= method == "DELETE" && status < 400 && expected(row, &[]) >= 400;
        }
        // What somebody of a role may remove is there once more for the owner.
        let scene =
            if is_gone { Scene::of(&owner, &communicator, TABLE.len() + number, path).await } else { scene };
        let answer = scene.act(&owner, row).await;
        assert_eq!(answer.status, by_owner, "the owner: {method} {path}: {answer}");
    }
    let document = &blog.nobody.document;
    let named = TABLE.iter().copied().filter_map(|(method, path, ..)| {
        let path = if path == "{image}" { "/media/{absent}" } else { path };
        let path = path.split('?').next().unwrap_or_default();
        let template = ["{tweet}", "{owner}", "{key}", "{announcement}", "{absent}"]
            .into_iter()
            .fold(path.to_owned(), |path, of| path.replace(of, "1"));
        document.template(&template).map(|template| (method.to_owned(), template.to_owned()))
    });
    let there = document.operations().into_keys().collect::<BTreeSet<_>>();
    assert_eq!(named.collect::<BTreeSet<_>>(), there, "each operation stands in the table");
}
