//! The facts that one answer needs, each of which it may need many times.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::time::Instant;

use foldhash::fast::RandomState;

use crate::Remembered;

/// Facts by key. Finding one takes the same time however many there are.
pub struct Several<Key, Fact> {
    /// Where a key's fact is. Apart from the facts, so that what is searched stays small.
    places: HashMap<Key, Option<usize>, RandomState>,
    facts: Vec<Fact>,
}

impl<Key: Copy + Eq + Hash, Fact: Clone> Several<Key, Fact> {
    /// What is remembered of those keys at this moment, and the keys of which nothing is, each once.
    pub fn remembered(
        remembered: &Remembered<Key, Fact>,
        keys: impl IntoIterator<Item = Key>,
        now: Instant,
    ) -> (Self, Vec<Key>) {
        let mut several = Self { places: HashMap::default(), facts: vec![] };
        let mut unknown = vec![];
        for key in keys {
            let Entry::Vacant(place) = several.places.entry(key) else { continue };
            let fact = remembered.get(&key, now);
            place.insert(fact.is_some().then_some(several.facts.len()));
            if fact.is_none() {
                unknown.push(key);
            }
            several.facts.extend(fact);
        }
        (several, unknown)
    }

    /// Adds the fact of a key.
    pub fn add(&mut self, key: Key, fact: Fact) {
        self.places.insert(key, Some(self.facts.len()));
        self.facts.push(fact);
    }

    /// The fact of that key; none where none was found.
    pub fn get(&self, key: Key) -> Option<&Fact> {
        self.facts.get((*self.places.get(&key)?)?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_not_remembered_is_asked_for_once_and_found_when_it_was_added() {
        let (remembered, now) = (Remembered::new(10, Duration::from_secs(5)), Instant::now());
        remembered.put(1, "ann", now);
        let (mut several, unknown) = Several::remembered(&remembered, [2, 1, 3, 1, 2, 2], now);
        assert_eq!(unknown, [2, 3]);
        assert_eq!((several.get(1), several.get(2), several.get(4)), (Some(&"ann"), None, None));
        several.add(2, "bob");
        assert_eq!((several.get(1), several.get(2), several.get(3)), (Some(&"ann"), Some(&"bob"), None));
    }
}
