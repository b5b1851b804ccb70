//! Whose turn it is: parties that wait are served one after the other, each with its first item, and none has more under
//! way than its share.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use crate::party::Party;

/// What waits, by party, and how much of each party is under way.
pub(crate) struct Rota<Item> {
    share: usize,
    seats: HashMap<Party, Seat<Item>>,
    /// Each party that has something waiting which fits into its share, once.
    turns: VecDeque<Party>,
    waiting: usize,
}

struct Seat<Item> {
    waiting: VecDeque<(usize, Item)>,
    under_way: usize,
}

impl<Item> Seat<Item> {
    /// Whether that much may begin. One item that is larger than a share may, alone.
    fn fits(&self, amount: usize, share: usize) -> bool {
        self.under_way == 0 || self.under_way.saturating_add(amount) <= share
    }

    fn is_idle(&self) -> bool {
        self.under_way == 0 && self.waiting.is_empty()
    }

    fn may_go_on(&self, share: usize) -> bool {
        self.waiting.front().is_some_and(|(amount, _)| self.fits(*amount, share))
    }
}

impl<Item> Rota<Item> {
    /// A party has so much under way at most, at least 1.
    pub(crate) fn new(share: usize) -> Self {
        Self { share: share.max(1), seats: HashMap::new(), turns: VecDeque::new(), waiting: 0 }
    }

    /// From now on that is a share, at least 1.
    pub(crate) fn set_share(&mut self, share: usize) {
        self.share = share.max(1);
        let mut turns = std::mem::take(&mut self.turns);
        turns.retain(|party| self.may_go_on(*party));
        let held_up = self.seats.keys().filter(|party| self.may_go_on(**party) && !turns.contains(party));
        let released = held_up.copied().collect::<Vec<_>>();
        turns.extend(released);
        self.turns = turns;
    }

    fn may_go_on(&self, party: Party) -> bool {
        self.seats.get(&party).is_some_and(|seat| seat.may_go_on(self.share(party)))
    }

    fn share(&self, party: Party) -> usize {
        if party == Party::Service { usize::MAX } else { self.share }
    }

    /// Whether there is a share that the party can fill. Else nobody counts what it has under way.
    pub(crate) fn has_a_share(&self, party: Party) -> bool {
        self.share(party) < usize::MAX
    }

    fn seat(&mut self, party: Party) -> &mut Seat<Item> {
        self.seats.entry(party).or_insert_with(|| Seat { waiting: VecDeque::new(), under_way: 0 })
    }

    /// Lets something wait behind what the party has waiting already.
    pub(crate) fn push(&mut self, party: Party, amount: usize, item: Item) {
        let share = self.share(party);
        let seat = self.seat(party);
        seat.waiting.push_back((amount, item));
        let is_first = seat.waiting.len() == 1;
        if is_first && seat.may_go_on(share) {
            self.turns.push_back(party);
        }
        self.waiting += 1;
    }

    /// How much the next one takes that may begin.
    pub(crate) fn next_amount(&self) -> Option<usize> {
        let seat = self.seats.get(self.turns.front()?)?;
        seat.waiting.front().map(|(amount, _)| *amount)
    }

    /// The next one that may begin; from now on it is under way.
    pub(crate) fn next(&mut self) -> Option<(Party, usize, Item)> {
        let party = self.turns.pop_front()?;
        let (share, counts) = (self.share(party), self.has_a_share(party));
        let Entry::Occupied(mut seat) = self.seats.entry(party) else { return None };
        let (amount, item) = seat.get_mut().waiting.pop_front()?;
        if counts {
            seat.get_mut().under_way += amount;
        }
        if seat.get().may_go_on(share) {
            self.turns.push_back(party);
        } else if seat.get().is_idle() {
            seat.remove();
        }
        self.waiting -= 1;
        Some((party, amount, item))
    }

    /// Whether so much more of the party fits into its share.
    pub(crate) fn fits(&self, party: Party, amount: usize) -> bool {
        self.seats.get(&party).is_none_or(|seat| seat.fits(amount, self.share(party)))
    }

    /// Lets so much of the party begin without a wait, unless its share is full or something of it waits already.
    pub(crate) fn begin(&mut self, party: Party, amount: usize) -> bool {
        if !self.has_a_share(party) {
            return self.waiting_of(party) == 0;
        }
        let share = self.share;
        let seat = self.seat(party);
        let begins = seat.waiting.is_empty() && seat.fits(amount, share);
        if begins {
            seat.under_way += amount;
        }
        begins
    }

    /// So much of what the party had under way has ended.
    pub(crate) fn end(&mut self, party: Party, amount: usize) {
        if !self.has_a_share(party) {
            return;
        }
        let share = self.share(party);
        let Entry::Occupied(mut seat) = self.seats.entry(party) else { return };
        let had_a_turn = seat.get().may_go_on(share);
        seat.get_mut().under_way -= amount.min(seat.get().under_way);
        if seat.get().is_idle() {
            seat.remove();
        } else if !had_a_turn && seat.get().may_go_on(share) {
            self.turns.push_back(party);
        }
    }

    /// Leaves out what the party has waiting and nobody wants any more.
    pub(crate) fn leave(&mut self, party: Party, unwanted: impl Fn(&Item) -> bool) {
        let share = self.share(party);
        let Some(seat) = self.seats.get_mut(&party) else { return };
        let (had_a_turn, before) = (seat.may_go_on(share), seat.waiting.len());
        seat.waiting.retain(|(_, item)| !unwanted(item));
        let (has_a_turn, left_out) = (seat.may_go_on(share), before - seat.waiting.len());
        self.waiting -= left_out;
        match (had_a_turn, has_a_turn) {
            (true, false) => self.turns.retain(|other| *other != party),
            (false, true) => self.turns.push_back(party),
            _ => {}
        }
        self.forget_if_idle(party);
    }

    fn forget_if_idle(&mut self, party: Party) {
        if self.seats.get(&party).is_some_and(Seat::is_idle) {
            self.seats.remove(&party);
        }
    }

    /// How much waits.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How much of one party waits.
    pub(crate) fn waiting_of(&self, party: Party) -> usize {
        self.seats.get(&party).map_or(0, |seat| seat.waiting.len())
    }

    /// All that waits.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.seats.values().flat_map(|seat| seat.waiting.iter().map(|(_, item)| item))
    }

    /// Whether nothing that waits may begin.
    pub(crate) fn is_held_up(&self) -> bool {
        self.turns.is_empty()
    }

    /// Whether more than so many may begin, of all that wait.
    pub(crate) fn has_more_than(&self, few: usize) -> bool {
        let mut able = 0;
        self.turns.iter().filter_map(|party| Some((party, self.seats.get(party)?))).any(|(party, seat)| {
            let room = self.share(*party).saturating_sub(seat.under_way).max(1);
            able += seat.waiting.len().min(room);
            able > few
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: Party = Party::User(1);
    const BOB: Party = Party::User(2);

    fn served(rota: &mut Rota<u32>) -> Vec<u32> {
        std::iter::from_fn(|| rota.next()).map(|(_, _, item)| item).collect()
    }

    #[test]
    fn parties_are_served_in_turn_and_each_in_its_own_order() {
        let mut rota = Rota::new(100);
        for (party, item) in [(ANN, 1), (ANN, 2), (ANN, 3), (BOB, 4), (Party::Service, 5), (BOB, 6)] {
            rota.push(party, 1, item);
        }
        assert_eq!(served(&mut rota), [1, 4, 5, 2, 6, 3]);
        assert_eq!(rota.waiting(), 0);
    }

    #[test]
    fn nobody_has_more_under_way_than_a_share_but_the_service() {
        let mut rota = Rota::new(2);
        (1..=4).for_each(|item| rota.push(ANN, 1, item));
        (5..=8).for_each(|item| rota.push(Party::Service, 1, item));
        assert_eq!(served(&mut rota), [1, 5, 2, 6, 7, 8]);
        assert!(rota.is_held_up() && rota.waiting() == 2 && !rota.fits(ANN, 1) && rota.fits(BOB, 1));
        rota.end(ANN, 1);
        assert_eq!(served(&mut rota), [3]);
    }

    #[test]
    fn what_has_no_share_is_not_counted() {
        let mut rota = Rota::new(usize::MAX);
        (1..=3).for_each(|item| rota.push(ANN, 1, item));
        assert_eq!(served(&mut rota), [1, 2, 3]);
        assert!(rota.begin(BOB, 1));
        assert!(!rota.has_a_share(ANN) && rota.seats.is_empty());
        rota.end(ANN, 1);
        assert!(rota.seats.is_empty());
    }

    #[test]
    fn a_share_may_become_another_while_parties_wait() {
        let mut rota = Rota::new(1);
        (1..=3).for_each(|item| rota.push(ANN, 1, item));
        assert_eq!(served(&mut rota), [1]);
        rota.set_share(2);
        assert_eq!(served(&mut rota), [2]);
        rota.set_share(1);
        rota.end(ANN, 1);
        assert!(rota.is_held_up() && rota.waiting() == 1);
        rota.end(ANN, 1);
        assert_eq!(served(&mut rota), [3]);
    }

    #[test]
    fn what_is_larger_than_a_share_is_done_alone() {
        let mut rota = Rota::new(4);
        rota.push(ANN, 6, 1);
        rota.push(ANN, 1, 2);
        assert_eq!(served(&mut rota), [1]);
        rota.end(ANN, 6);
        assert_eq!(served(&mut rota), [2]);
    }

    #[test]
    fn who_leaves_gives_the_turn_to_the_next_and_who_has_nothing_is_forgotten() {
        let mut rota = Rota::new(2);
        assert!(rota.begin(ANN, 1));
        rota.push(ANN, 2, 1);
        rota.push(ANN, 1, 2);
        assert!(rota.is_held_up(), "the first one of them has to wait");
        assert!(!rota.begin(ANN, 1), "nothing of one's own is overtaken");
        rota.leave(ANN, |item| *item == 1);
        assert_eq!((rota.waiting(), rota.waiting_of(ANN)), (1, 1));
        assert_eq!(served(&mut rota), [2]);
        rota.push(BOB, 1, 3);
        rota.leave(BOB, |_| true);
        rota.end(ANN, 1);
        rota.end(ANN, 1);
        assert!(rota.is_held_up() && rota.seats.is_empty());
    }

    #[test]
    fn what_may_begin_is_counted_within_the_shares() {
        let mut rota = Rota::new(2);
        (1..=9).for_each(|item| rota.push(ANN, 1, item));
        assert!(rota.has_more_than(1) && !rota.has_more_than(2));
        rota.push(BOB, 1, 10);
        assert!(rota.has_more_than(2) && !rota.has_more_than(3));
    }
}
