//! A client that writes without pause: what is not acknowledged is sent again until it is.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::ledger::{Ledger, Upload};
use crate::person::{Answer, Person, Request};
use crate::pulse::Pulse;

/// The pause before something is sent again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a writer goes on trying when all have to stop.
const LAST_PATIENCE: Duration = Duration::from_secs(30);
/// Of so many likes one is taken back.
const TAKEN_BACK: usize = 5;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    Everything,
    /// All but uploads.
    Words,
    Uploads,
}

/// What the writers share.
pub(crate) struct Shared {
    pub(crate) pulse: Pulse,
    pub(crate) end: AtomicBool,
    /// The tweets that there are, to be liked.
    board: Mutex<Vec<i64>>,
    /// The servers, any of which will do.
    addresses: Vec<SocketAddr>,
    followees: Arc<[i64]>,
    picture: Arc<[u8]>,
    mix: Mix,
}

impl Shared {
    pub(crate) fn new(
        addresses: Vec<SocketAddr>,
        followees: Arc<[i64]>,
        picture: Arc<[u8]>,
        mix: Mix,
    ) -> Self {
        let (pulse, end, board) = (Pulse::new(), AtomicBool::new(false), Mutex::default());
        Self { pulse, end, board, addresses, followees, picture, mix }
    }

    fn pin(&self, tweet: i64) {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).push(tweet);
    }

    fn pinned(&self, place: usize) -> Option<i64> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner).get(place).copied()
    }
}

/// Writes until it has to stop.
pub(crate) struct Writer {
    number: usize,
    shared: Arc<Shared>,
    ledger: Ledger,
    /// What it has liked so far, in order.
    liked: Vec<i64>,
    /// The next place of the board.
    next_tweet: usize,
    next_followee: usize,
}

impl Writer {
    pub(crate) fn new(number: usize, person: Person, shared: Arc<Shared>) -> Self {
        // Each begins with another followee, so that their counters are not hotter than need be.
        let next_followee = number * 31;
        Self { number, shared, ledger: Ledger::of(person), liked: vec![], next_tweet: 0, next_followee }
    }

    pub(crate) async fn write(mut self) -> Ledger {
        for step in 0_usize.. {
            if self.shared.end.load(Ordering::Relaxed) {
                break;
            }
            match (self.shared.mix, step % 20) {
                (Mix::Uploads, _) | (Mix::Everything, 7) => self.upload(step).await,
                (_, place) if place % 5 == 1 || place % 5 == 3 => self.like().await,
                (_, place) if place % 5 == 4 => self.follow().await,
                _ => self.publish(step).await,
            }
        }
        self.ledger
    }

    async fn publish(&mut self, step: usize) {
        let text = format!("written by {} at step {step}", self.ledger.person.id);
        let request = Request::tweet(&text, &[]).once(&format!("tweet-{step}"));
        let Some((answer, _)) = self.done(&request).await else { return };
        let tweet = answer["tweet_id"].as_i64().unwrap_or_default();
        self.ledger.tweets.push((text, tweet));
        self.shared.pin(tweet);
    }

    async fn upload(&mut self, step: usize) {
        let once = format!("upload-{step}");
        let request = Request::upload(&self.shared.picture).once(&once);
        let Some((answer, repeated)) = self.done(&request).await else {
            self.ledger.uploads_in_doubt += 1;
            return;
        };
        let media = answer["media_id"].as_i64().unwrap_or_default();
        self.ledger.uploads.push(Upload { once, media, repeated });
    }

    async fn like(&mut self) {
        let count = self.liked.len();
        if count % TAKEN_BACK == TAKEN_BACK - 1
            && let Some(tweet) = self.liked.get(count + 1 - TAKEN_BACK).copied()
            && self.ledger.likes.get(&tweet) == Some(&true)
        {
            if self.done(&Request::like(tweet, false)).await.is_some() {
                self.ledger.likes.insert(tweet, false);
            }
            return;
        }
        let Some(tweet) = self.shared.pinned(self.next_tweet) else { return self.follow().await };
        self.next_tweet += 1;
        if self.done(&Request::like(tweet, true)).await.is_some() {
            self.ledger.likes.insert(tweet, true);
            self.liked.push(tweet);
        }
    }

    async fn follow(&mut self) {
        let followees = &self.shared.followees;
        let Some(followee) = followees.get(self.next_followee % followees.len().max(1)).copied() else {
            return;
        };
        self.next_followee += 1;
        let follows = self.ledger.follows.get(&followee) != Some(&true);
        if self.done(&Request::follow(followee, follows)).await.is_some() {
            self.ledger.follows.insert(followee, follows);
        }
    }

    /// Sends it until it is acknowledged; answers what was said, and whether it was sent more than once.
    async fn done(&mut self, request: &Request) -> Option<(Value, bool)> {
        let mut ending = None;
        for attempt in 0_usize.. {
            let address = self.shared.addresses[(self.number + attempt) % self.shared.addresses.len()];
            let begun = Instant::now();
            match self.ledger.person.send(address, request).await {
                Answer::Given(200..=299, answer) => {
                    self.shared.pulse.acknowledged(begun.elapsed());
                    return Some((answer, attempt > 0));
                }
                Answer::Given(status, answer) => {
                    self.shared.pulse.failed(&status.to_string(), begun.elapsed());
                    if matches!(status, 400..=407 | 409..=428) {
                        self.ledger.complaints.push(format!("{request:?} was answered {status}: {answer}"));
                        return None;
                    }
                }
                Answer::None(how) => self.shared.pulse.failed(how, begun.elapsed()),
            }
            if self.shared.end.load(Ordering::Relaxed)
                && ending.get_or_insert_with(Instant::now).elapsed() > LAST_PATIENCE
            {
                self.ledger
                    .complaints
                    .push(format!("{request:?} is not acknowledged even when all is well again"));
                return None;
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }
}
