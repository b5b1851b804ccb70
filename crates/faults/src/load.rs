//! Clients that write without pause, and note what they are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::JoinSet;
use tweetty_trial::{Result, photograph};

use crate::ledger::Ledger;
use crate::person::Person;
use crate::place::Place;
use crate::pulse::{Pulse, Seen};
use crate::writer::{Mix, Shared, Writer};

/// The side of the pictures that are uploaded.
const SIDE: u32 = 48;

/// Those who write, and those whom they follow.
pub(crate) struct Crowd {
    pub(crate) writers: Vec<Person>,
    followees: Arc<[i64]>,
    picture: Arc<[u8]>,
}

impl Crowd {
    pub(crate) fn gather(place: &Place, writers: usize, followees: usize) -> Result<Self> {
        let followees = place.people("followee", followees)?.iter().map(|person| person.id).collect();
        let picture = photograph(SIDE, SIDE)?.into();
        Ok(Self { writers: place.people("writer", writers)?, followees, picture })
    }

    /// The picture that all upload.
    pub(crate) fn picture(&self) -> &Arc<[u8]> {
        &self.picture
    }
}

/// Writers at work.
pub(crate) struct Load {
    shared: Arc<Shared>,
    writers: JoinSet<Ledger>,
}

/// What came of a load.
pub(crate) struct Answered {
    pub(crate) ledgers: Vec<Ledger>,
    pub(crate) seen: Seen,
}

impl Load {
    pub(crate) fn start(crowd: &Crowd, addresses: &[SocketAddr], mix: Mix) -> Self {
        let (followees, picture) = (Arc::clone(&crowd.followees), Arc::clone(&crowd.picture));
        let shared = Arc::new(Shared::new(addresses.to_vec(), followees, picture, mix));
        let mut writers = JoinSet::new();
        for (number, person) in crowd.writers.iter().enumerate() {
            writers.spawn(Writer::new(number, person.clone(), Arc::clone(&shared)).write());
        }
        Self { shared, writers }
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        &self.shared.pulse
    }

    /// Lets each writer finish its request, so that nothing stays in doubt.
    pub(crate) async fn stop(self) -> Answered {
        self.shared.end.store(true, Ordering::Relaxed);
        let ledgers = self.writers.join_all().await;
        Answered { ledgers, seen: self.shared.pulse.seen() }
    }
}
