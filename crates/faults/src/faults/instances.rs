//! Two servers on one PostgreSQL: they start at the same moment, serve together, and one of them dies.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::task::block_in_place;
use tweetty_trial::{Result, Server, Setup};

use crate::load::{Crowd, Load};
use crate::person::{Answer, Person, Request};
use crate::place::Place;
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// How many begin at once on an empty database.
const STARTING: usize = 4;
/// Tweets that each person likes through both servers at once.
const LIKED: usize = 50;

pub(super) async fn two(trial: Trial) -> Result<Row> {
    let starts = trial.of(2, 20);
    let mut complaints = vec![];
    for _ in 0..starts {
        complaints.extend(together(trial)?);
    }
    let mut place = Place::open(trial.store, trial.full)?;
    let folder = place.folder.path().join("second");
    std::fs::create_dir(&folder)?;
    // They share the database and the images.
    let setup =
        Setup { media: place.setup.media.clone(), ..Setup::new(place.setup.database.clone(), folder)? };
    let mut second = block_in_place(|| Server::start(setup.clone()))?;
    let both = [place.address(), second.address()];
    let crowd = Crowd::gather(&place, 32, 1_000)?;
    let twins = place.people("twin", 8)?;
    complaints.extend(at_both(&twins, both).await?);

    let load = Load::start(&crowd, &both, Mix::Everything);
    let mut longest = Duration::ZERO;
    for _ in 0..trial.of(2, 20) {
        load.pulse().more(500, Duration::from_secs(30)).await?;
        second.kill()?;
        longest = longest.max(load.pulse().recovery(RECOVERY).await?);
        load.pulse().more(200, Duration::from_secs(30)).await?;
        second = block_in_place(|| Server::start(setup.clone()))?;
    }
    load.pulse().more(500, Duration::from_secs(30)).await?;
    let allowed = Allowed { errors: &["refused", "broken off"], slowest: Duration::from_secs(5) };
    let mut row = trial.judge(&mut place, &crowd, load, Some(longest), allowed).await?;
    row.complaints.extend(complaints);
    row.besides = format!(
        "{starts} times {STARTING} started at once, one migrated; then one of two killed {} times",
        trial.of(2, 20)
    );
    Ok(row)
}

/// Starts some servers on an empty database at once: all come up and each migration is applied by one.
fn together(trial: Trial) -> Result<Vec<String>> {
    let place = Place::prepare(trial.store, trial.full)?;
    let mut servers = vec![];
    for number in 0..STARTING {
        let folder = place.folder.path().join(number.to_string());
        std::fs::create_dir(&folder)?;
        servers.push(Server::spawn(Setup::new(place.setup.database.clone(), folder)?)?);
    }
    let mut applied = vec![];
    for server in &mut servers {
        block_in_place(|| server.wait_until_ready())?;
        let names = server.said()?["applied"].as_array().cloned().unwrap_or_default();
        applied.extend(names);
    }
    let recorded = place.sql("SELECT count(*) FROM __diesel_schema_migrations")?.parse::<usize>()?;
    let once = applied.len() == recorded
        && applied.iter().all(|name| applied.iter().filter(|other| *other == name).count() == 1);
    Ok(if once { vec![] } else { vec![format!("{applied:?} were applied where {recorded} are recorded")] })
}

/// The same change through both servers at once is made once, and both say so.
async fn at_both(people: &[Person], both: [SocketAddr; 2]) -> Result<Vec<String>> {
    let mut complaints = vec![];
    for number in 0..LIKED {
        let author = &people[number % people.len()];
        let once = format!("both-{number}");
        let publish = Request::tweet(&format!("published through both, {number}"), &[]).once(&once);
        let tweet = twice(author, &publish, both, [201, 201], &mut complaints).await;
        let tweet = tweet["tweet_id"].as_i64().unwrap_or_default();
        for person in people {
            twice(person, &Request::like(tweet, true), both, [200, 201], &mut complaints).await;
        }
        let seen = author.expect(both[1], &Request::get(format!("/api/tweets/{tweet}"))).await?;
        let (likes, made) = (&seen["tweet"]["likes_count"], people.len());
        if *likes != made {
            complaints.push(format!("{likes} likes are counted where {made} were made"));
        }
    }
    for (number, person) in people.iter().enumerate() {
        let followee = people[(number + 1) % people.len()].id;
        twice(person, &Request::follow(followee, true), both, [200, 201], &mut complaints).await;
        twice(person, &Request::follow(followee, false), both, [200, 200], &mut complaints).await;
    }
    Ok(complaints)
}

/// Sends a request to both at once, and holds their answers against what is wanted of the two.
async fn twice(
    person: &Person,
    request: &Request,
    both: [SocketAddr; 2],
    wanted: [u16; 2],
    complaints: &mut Vec<String>,
) -> Value {
    let (one, other) = tokio::join!(person.send(both[0], request), person.send(both[1], request));
    let (Answer::Given(one, first), Answer::Given(other, second)) = (one, other) else {
        complaints.push(format!("{request:?} was not answered"));
        return Value::Null;
    };
    let mut statuses = [one, other];
    statuses.sort_unstable();
    if statuses != wanted || first != second {
        complaints.push(format!("{request:?} was answered {one} {first} and {other} {second}"));
    }
    first
}
