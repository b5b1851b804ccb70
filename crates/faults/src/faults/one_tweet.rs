//! A thousand people like one tweet at the same moment, and change their minds.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tweetty_trial::Result;

use crate::person::{Answer, Person, Request};
use crate::place::Place;
use crate::pulse::Pulse;
use crate::row::Row;
use crate::search::Found;
use crate::trial::Trial;

const PEOPLE: usize = 1_000;

pub(super) async fn liked(trial: Trial) -> Result<Row> {
    let rounds = trial.of(1, 10);
    let mut place = Place::open(trial.store, trial.full)?;
    let at = place.address();
    let people = place.people("fan", PEOPLE)?;
    let tweet = people[0].expect(at, &Request::tweet("liked by a thousand", &[])).await?;
    let tweet = tweet["tweet_id"].as_i64().unwrap_or_default();
    let pulse = std::sync::Arc::new(Pulse::new());
    let mut complaints = vec![];
    for round in 0..rounds {
        // All like; then all change their minds at once, so often that every second likes it in the end.
        for (turns, wanted) in [(1, PEOPLE as u64), (4, PEOPLE as u64 / 2)] {
            let mut liking = JoinSet::new();
            for (number, person) in people.iter().cloned().enumerate() {
                let pulse = std::sync::Arc::clone(&pulse);
                let changes = if turns == 1 { 1 } else { turns - number % 2 };
                liking.spawn(async move {
                    for change in 0..changes {
                        // The first round finds no likes; later ones begin with every second.
                        change_mind(&person, tweet, turns == 1 || change % 2 == 1, at, &pulse).await;
                    }
                });
            }
            liking.join_all().await;
            let seen = people[0].expect(at, &Request::get(format!("/api/tweets/{tweet}"))).await?;
            if seen["tweet"]["likes_count"] != wanted {
                complaints.push(format!(
                    "round {round}: {} likes are counted where {wanted} were made",
                    seen["tweet"]["likes_count"]
                ));
            }
        }
    }
    let mut found = Found::default();
    for (number, person) in people.iter().enumerate() {
        let seen = person.expect(at, &Request::get(format!("/api/tweets/{tweet}"))).await?;
        let likes = number % 2 == 0;
        found.note(seen["tweet"]["liked"] == likes, || format!("that {number} likes it: {likes}"));
    }
    let mut row = trial.row(&mut place, found)?;
    let seen = pulse.seen();
    row.besides = format!("{} likes and unlikes; the counter is exact after each round", seen.acknowledged);
    (row.errors, row.slowest, row.unavailable) = (seen.errors, seen.slowest, seen.longest_gap);
    row.complaints.extend(complaints);
    // A thousand at the same moment wait for each other, some of them perhaps too long.
    row.complaints.extend(
        row.errors
            .keys()
            .filter(|error| *error != "503")
            .map(|error| format!("clients saw {error}"))
            .collect::<Vec<_>>(),
    );
    Ok(row)
}

/// Sends it until it is acknowledged.
async fn change_mind(person: &Person, tweet: i64, likes: bool, at: std::net::SocketAddr, pulse: &Pulse) {
    let request = Request::like(tweet, likes);
    loop {
        let begun = Instant::now();
        match person.send(at, &request).await {
            Answer::Given(200..=299, _) => return pulse.acknowledged(begun.elapsed()),
            Answer::Given(status, _) => pulse.failed(&status.to_string(), begun.elapsed()),
            Answer::None(how) => pulse.failed(how, begun.elapsed()),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
