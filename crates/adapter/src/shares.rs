//! Places that parties share: who finds none waits in turn, and nobody has more than a share, however few others there
//! are, since what has begun is not taken back when they come.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::party::Party;
use crate::rota::Rota;

/// How places are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharing {
    /// How many there are.
    pub places: usize,
    /// How many of them one party has at most, at least 1.
    pub share: usize,
    /// How many may wait.
    pub room: usize,
    /// How many of those who may wait are one party's that has its share already.
    pub patient: usize,
}

impl Sharing {
    /// Nobody has more than half of the places, and nobody is refused before the wait is over.
    pub fn halves(places: usize) -> Self {
        Self { places, share: places.div_ceil(2), room: usize::MAX, patient: usize::MAX }
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The places, or the room for those who wait.
    All,
    /// The share of the party.
    Share,
}

/// Places of one kind. Cheap to clone.
#[derive(Clone)]
pub struct Shares(Arc<Mutex<State>>);

struct State {
    sharing: Sharing,
    /// More than there are places where these have become fewer.
    taken: usize,
    rota: Rota<oneshot::Sender<Held>>,
}

impl State {
    fn free(&self) -> usize {
        self.sharing.places.saturating_sub(self.taken)
    }
}

/// Some places, given back when they are dropped.
pub struct Held {
    shares: Shares,
    party: Party,
    amount: usize,
}

impl Shares {
    /// All of the places are free.
    pub fn new(sharing: Sharing) -> Self {
        Self(Arc::new(Mutex::new(State { sharing, taken: 0, rota: Rota::new(sharing.share) })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shares the places otherwise from now on. What is taken stays so, also where it is more than there is now.
    pub fn share_by(&self, sharing: Sharing) {
        {
            let mut state = self.state();
            state.sharing = sharing;
            state.rota.set_share(sharing.share);
        }
        self.call();
    }

    /// How many there are.
    pub fn places(&self) -> usize {
        self.state().sharing.places
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.state().taken
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.state().rota.waiting()
    }

    /// Whether one is free, for some party.
    pub fn any(&self) -> bool {
        self.state().free() > 0
    }

    /// A place for the party on whose behalf this runs, at once.
    ///
    /// # Errors
    /// What is full.
    pub fn try_take(&self) -> Result<Held, Full> {
        self.take_at_once(&mut self.state(), Party::current(), 1)
    }

    /// Some places likewise, waited for so long at most. More than there are is waited for in vain.
    ///
    /// # Errors
    /// What is full.
    pub async fn take(&self, amount: usize, wait: Duration) -> Result<Held, Full> {
        let party = Party::current();
        let mut waiting = {
            let mut state = self.state();
            let full = match self.take_at_once(&mut state, party, amount) {
                Ok(held) => return Ok(held),
                Err(full) => full,
            };
            if full == Full::Share && state.rota.waiting_of(party) >= state.sharing.patient {
                return Err(Full::Share);
            }
            if state.rota.waiting() >= state.sharing.room {
                return Err(Full::All);
            }
            let (granted, turn) = oneshot::channel();
            state.rota.push(party, amount, granted);
            Waiting { shares: self, party, turn }
        };
        let outcome = timeout(wait, &mut waiting.turn).await;
        let refused = || if self.state().rota.fits(party, amount) { Full::All } else { Full::Share };
        outcome.ok().and_then(Result::ok).ok_or_else(refused)
    }

    fn take_at_once(&self, state: &mut State, party: Party, amount: usize) -> Result<Held, Full> {
        let others_turn = !state.rota.is_held_up();
        if !state.rota.begin(party, amount) {
            return Err(Full::Share);
        }
        if state.free() < amount || others_turn {
            state.rota.end(party, amount);
            return Err(Full::All);
        }
        state.taken += amount;
        Ok(Held { shares: self.clone(), party, amount })
    }

    /// Lets those begin whose turn has come.
    fn call(&self) {
        loop {
            let granted = {
                let mut state = self.state();
                if state.rota.next_amount().is_none_or(|amount| amount > state.free()) {
                    return;
                }
                let Some((party, amount, granted)) = state.rota.next() else { return };
                state.taken += amount;
                (granted, Held { shares: self.clone(), party, amount })
            };
            // Where nobody waits for it any more it is given back at once.
            drop(granted.0.send(granted.1));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let somebody_waits = {
            let mut state = self.shares.state();
            state.taken -= self.amount;
            state.rota.end(self.party, self.amount);
            !state.rota.is_held_up()
        };
        if somebody_waits {
            self.shares.call();
        }
    }
}

/// Somebody who waits, until it is dropped.
struct Waiting<'a> {
    shares: &'a Shares,
    party: Party,
    turn: oneshot::Receiver<Held>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.turn.close();
        // Granted, but not taken any more: dropped without the lock.
        let granted = self.turn.try_recv();
        self.shares.state().rota.leave(self.party, oneshot::Sender::is_closed);
        drop(granted);
        self.shares.call();
    }
}

#[cfg(test)]
#[path = "shares_test.rs"]
mod tests;
