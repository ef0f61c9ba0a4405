//! Makes a list for people of all public items of a library. A type can have several addresses, and each of them is an item; but its members
//! are the same everywhere and stand in the list once. What a trait demands of its implementations is in the trait.

use std::collections::{BTreeMap, BTreeSet};

use public_api::PublicApi;

/// An item as rustdoc knows it, under one of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    id: u32,
    parent: Option<u32>,
    text: String,
}

/// One line for each item, in the order of their addresses.
pub(super) fn of(api: &PublicApi) -> String {
    let items = api.items().map(|item| Item {
        id: item.id().0,
        parent: item.parent_id().map(|parent| parent.0),
        text: item.to_string(),
    });
    lines(&items.collect::<Vec<_>>()).into_iter().map(|line| line + "\n").collect::<Vec<_>>().concat()
}

fn lines(items: &[Item]) -> Vec<String> {
    let kinds: BTreeMap<u32, &str> = items.iter().map(|item| (item.id, item.text.as_str())).collect();
    let is_member =
        |item: &Item| item.parent.and_then(|parent| kinds.get(&parent)).is_some_and(|text| !is_module(text));
    let is_demanded = |item: &Item| {
        let parent = item.parent.and_then(|parent| kinds.get(&parent));
        parent.is_some_and(|text| is_trait_impl(text)) && is_function(&item.text)
    };
    let mut shortest: BTreeMap<u32, &str> = BTreeMap::new();
    for item in items {
        let text = shortest.entry(item.id).or_insert(&item.text);
        if (item.text.len(), item.text.as_str()) < (text.len(), *text) {
            *text = &item.text;
        }
    }
    let mut seen = BTreeSet::new();
    let kept = items.iter().filter(|item| {
        !(is_demanded(item) || is_member(item) && shortest[&item.id] != item.text) && seen.insert(item.text.as_str())
    });
    kept.map(|item| item.text.clone()).collect()
}

fn is_module(text: &str) -> bool {
    text.contains("pub mod ")
}

fn is_trait_impl(text: &str) -> bool {
    text.contains("impl") && text.contains(" for ")
}

fn is_function(text: &str) -> bool {
    text.split_whitespace().any(|word| word == "fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_once_under_the_shortest_address_and_types_under_all() {
        let items: Vec<Item> = [
            (0, None, "pub mod a"),
            (1, Some(0), "pub mod a::b"),
            (2, Some(1), "pub struct a::b::S"),
            (3, Some(2), "pub a::b::S::x: u8"),
            (4, Some(2), "impl a::b::S"),
            (5, Some(4), "pub fn a::b::S::new() -> Self"),
            (6, Some(2), "impl core::ops::Deref for a::b::S"),
            (7, Some(6), "pub type a::b::S::Target = u8"),
            (8, Some(6), "pub fn a::b::S::deref(&self) -> &Self::Target"),
            (2, Some(0), "pub struct a::S"),
            (3, Some(2), "pub a::S::x: u8"),
            (4, Some(2), "impl a::b::S"),
            (5, Some(4), "pub fn a::S::new() -> Self"),
            (9, Some(0), "pub fn a::free()"),
        ]
        .map(|(id, parent, text)| Item { id, parent, text: text.to_owned() })
        .into();
        assert_eq!(
            lines(&items),
            [
                "pub mod a",
                "pub mod a::b",
                "pub struct a::b::S",
                "impl a::b::S",
                "impl core::ops::Deref for a::b::S",
                "pub type a::b::S::Target = u8",
                "pub struct a::S",
                "pub a::S::x: u8",
                "pub fn a::S::new() -> Self",
                "pub fn a::free()",
            ]
        );
    }
}
