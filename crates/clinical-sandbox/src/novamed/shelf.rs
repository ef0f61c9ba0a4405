//! Things by their ids in the order in which they came, at most so many: the oldest make room, so that a sandbox that runs
//! for weeks stays small.

use std::collections::{BTreeMap, VecDeque};

/// The most things on one shelf.
pub(super) const MOST: usize = 20_000;

#[derive(Debug)]
pub(super) struct Shelf<T> {
    things: BTreeMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: BTreeMap::new(), order: VecDeque::new() }
    }
}

impl<T> Shelf<T> {
    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.things.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.things.get_mut(id)
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.things.contains_key(id)
    }

    /// Adds a thing. An id is added once.
    pub(super) fn add(&mut self, id: String, thing: T) {
        self.things.insert(id.clone(), thing);
        self.order.push_back(id);
        while self.order.len() > MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.things.remove(&oldest);
            }
        }
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<T> {
        let thing = self.things.remove(id)?;
        self.order.retain(|known| known != id);
        Some(thing)
    }

    /// The things with their ids, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.order.iter().filter_map(|id| Some((id.as_str(), self.things.get(id)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_and_the_order_is_kept() {
        let mut shelf = Shelf::default();
        for number in 0..=MOST {
            shelf.add(format!("{number:06}"), number);
        }
        assert!(!shelf.contains("000000"));
        assert_eq!(shelf.remove("000001"), Some(1));
        assert_eq!(shelf.iter().map(|(_, thing)| *thing).take(2).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(shelf.iter().count(), MOST - 1);
    }
}
