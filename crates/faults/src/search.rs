//! Looking for each acknowledged write through the API, and for images that were kept twice through the command line.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use serde_json::Value;
use tweetty_trial::Result;

use crate::ledger::Ledger;
use crate::load::Answered;
use crate::person::{Person, Request};
use crate::place::Place;

/// How many images a tweet can have.
const ATTACHMENTS: usize = 10;
/// How many losses are named one by one.
const MOST_NAMED: usize = 5;

/// What was looked for, and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) acknowledged: usize,
    pub(crate) there: usize,
    /// Writes that stand more than once.
    pub(crate) doubled: usize,
    pub(crate) complaints: Vec<String>,
}

impl Found {
    /// Notes whether something that was acknowledged is there.
    pub(crate) fn note(&mut self, there: bool, what: impl FnOnce() -> String) {
        self.acknowledged += 1;
        if there {
            self.there += 1;
        } else if self.complaints.len() < MOST_NAMED {
            self.complaints.push(format!("lost: {}", what()));
        }
    }

    fn doubled(&mut self, times: usize, what: impl FnOnce() -> String) {
        self.doubled += times;
        if times > 0 && self.complaints.len() < MOST_NAMED {
            self.complaints.push(format!("doubled: {}", what()));
        }
    }
}

/// A tweet as it is shown: as the writers are few, all its likers with it.
struct Shown {
    text: String,
    likers: HashSet<i64>,
    likes_count: u64,
}

/// Looks for everything that was acknowledged to the writers. The server must be well.
pub(crate) async fn look(answered: &Answered, picture: &[u8], place: &Place) -> Result<Found> {
    let (mut found, at) = (Found::default(), place.address());
    let Some(reader) = answered.ledgers.first().map(|ledger| &ledger.person) else { return Ok(found) };
    let shown = all_tweets(reader, at).await?;
    let mut times = HashMap::<&str, usize>::new();
    for tweet in shown.values() {
        *times.entry(tweet.text.as_str()).or_default() += 1;
        let counted = usize::try_from(tweet.likes_count)?;
        found.doubled(counted.abs_diff(tweet.likers.len()), || format!("likes of {:?}", tweet.text));
    }
    for (text, times) in &times {
        found.doubled(times - 1, || format!("tweet {text:?}"));
    }
    for ledger in &answered.ledgers {
        for (text, tweet) in &ledger.tweets {
            let there = shown.get(tweet).is_some_and(|shown| shown.text == *text);
            found.note(there, || format!("tweet {tweet} {text:?}"));
        }
        let user = ledger.person.id;
        for (tweet, liked) in &ledger.likes {
            let there = shown.get(tweet).is_some_and(|shown| shown.likers.contains(&user) == *liked);
            found.note(there, || format!("that user {user} likes tweet {tweet}: {liked}"));
        }
        follows(ledger, at, &mut found).await?;
        kept_once(ledger, place, &mut found)?;
        uploads(ledger, picture, at, &mut found).await?;
        found.complaints.extend(ledger.complaints.iter().take(MOST_NAMED).cloned());
    }
    Ok(found)
}

async fn all_tweets(reader: &Person, at: SocketAddr) -> Result<HashMap<i64, Shown>> {
    let mut tweets = HashMap::new();
    let entries = pages(reader, at, "/api/tweets?scope=all&sort=recent&limit=1000", "tweets").await?;
    for tweet in entries {
        let likers = tweet["likes"].as_array().into_iter().flatten();
        let shown = Shown {
            text: tweet["content"].as_str().unwrap_or_default().to_owned(),
            likers: likers.filter_map(|like| like["user_id"].as_i64()).collect(),
            likes_count: tweet["likes_count"].as_u64().unwrap_or_default(),
        };
        tweets.insert(tweet["id"].as_i64().unwrap_or_default(), shown);
    }
    Ok(tweets)
}

/// The entries of all pages of a list.
async fn pages(reader: &Person, at: SocketAddr, path: &str, field: &str) -> Result<Vec<Value>> {
    let (mut entries, mut cursor) = (vec![], String::new());
    loop {
        let mut page = reader.expect(at, &Request::get(format!("{path}{cursor}"))).await?;
        if let Value::Array(more) = page[field].take() {
            entries.extend(more);
        }
        let Some(next) = page["next_cursor"].as_str() else { return Ok(entries) };
        cursor = format!("&cursor={next}");
    }
}

async fn follows(ledger: &Ledger, at: SocketAddr, found: &mut Found) -> Result<()> {
    let user = ledger.person.id;
    let path = format!("/api/users/{user}/following?limit=1000");
    let following = pages(&ledger.person, at, &path, "users").await?;
    let following = following.iter().filter_map(|user| user["id"].as_i64()).collect::<HashSet<_>>();
    for (followee, follows) in &ledger.follows {
        let there = following.contains(followee) == *follows;
        found.note(there, || format!("that user {user} follows user {followee}: {follows}"));
    }
    Ok(())
}

/// An upload is there if a tweet can take it and its file is as whole as that of any other.
async fn uploads(ledger: &Ledger, picture: &[u8], at: SocketAddr, found: &mut Found) -> Result<()> {
    let person = &ledger.person;
    // One more repetition: its name is still known.
    for upload in ledger.uploads.iter().filter(|upload| upload.repeated) {
        let again = Request::upload(&picture.into()).once(&upload.once);
        let media = person.expect(at, &again).await?["media_id"].as_i64().unwrap_or_default();
        found.doubled(usize::from(media != upload.media), || {
            format!("upload {} of user {}", upload.once, person.id)
        });
    }
    let mut kept: Option<Vec<u8>> = None;
    for (number, uploads) in ledger.uploads.chunks(ATTACHMENTS).enumerate() {
        let ids = uploads.iter().map(|upload| upload.media).collect::<Vec<_>>();
        let text = format!("all that user {} uploaded, part {number}", person.id);
        let Ok(published) = person.expect(at, &Request::tweet(&text, &ids)).await else {
            // One of them is missing: which one, each answer says.
            for id in ids {
                let alone = Request::tweet(&format!("upload {id}"), &[id]);
                let there = person.expect(at, &alone).await.is_ok();
                found.note(there, || format!("upload {id} of user {}", person.id));
            }
            continue;
        };
        let tweet = Request::get(format!("/api/tweets/{}", published["tweet_id"]));
        let tweet = person.expect(at, &tweet).await?;
        let urls = tweet["tweet"]["attachments"].as_array().cloned().unwrap_or_default();
        for (position, id) in ids.iter().enumerate() {
            let Some(url) = urls.get(position).and_then(Value::as_str) else {
                found.note(false, || {
                    format!("upload {id} of user {}, which its tweet does not show", person.id)
                });
                continue;
            };
            let (status, bytes) = person.bytes(at, url).await?;
            let same = *kept.get_or_insert_with(|| bytes.clone()) == bytes;
            let whole =
                status == 200 && same && bytes.starts_with(&[0xff, 0xd8]) && bytes.ends_with(&[0xff, 0xd9]);
            found.note(whole, || format!("the file of upload {id}, {status}, {} bytes", bytes.len()));
        }
    }
    Ok(())
}

/// No image of theirs is there but those that were acknowledged, and at most one for each upload in doubt. The API shows no
/// image twice that was kept twice; the export of all that is theirs does.
fn kept_once(ledger: &Ledger, place: &Place, found: &mut Found) -> Result<()> {
    let at_most = ledger.uploads.len() + ledger.uploads_in_doubt;
    if at_most == 0 {
        return Ok(());
    }
    let (user, file) = (ledger.person.id, place.folder.path().join("export.zip"));
    let exported =
        place.command(&["users", "export", &format!("#{user}"), "--to", &file.display().to_string()])?;
    std::fs::remove_file(file)?;
    let kept = exported["images"].as_u64().ok_or("the export has no number of images")?;
    let more = usize::try_from(kept)?.saturating_sub(at_most);
    found.doubled(more, || format!("{kept} images of user {user} are kept where {at_most} were uploaded"));
    Ok(())
}
