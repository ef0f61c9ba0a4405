//! By what a repeat is recognised. The vendor documents two rules; one of them takes different events for the same one, so that it is
//! made finer here: acting twice on an event does less harm than never acting on one.

use std::fmt;

use ring::digest;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::Event;
use super::wire::{object, text};
use crate::log::hexadecimal;

/// What is the same for an event and its repeats: 64 lower-case hexadecimal digits, which can be stored, compared and logged. It is a hash,
/// because the identifiers in it lead to patients. It stays the same in later versions of this crate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupKey(String);

impl DedupKey {
    fn of(parts: &[&str]) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in parts {
            // With its length, so that two parts are never taken for two others.
            hash.update(format!("{}:", part.len()).as_bytes());
            hash.update(part.as_bytes());
        }
        Self(hexadecimal(hash.finish().as_ref()))
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DedupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DedupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get(..12).unwrap_or_default())
    }
}

/// The rule of the vendor, and ours.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) documented: Option<DedupKey>,
    pub(super) ours: Option<DedupKey>,
}

#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    shipment_id: Option<&'a RawValue>,
    #[serde(borrow)]
    rx_number: Option<&'a RawValue>,
}

impl Keys {
    /// 2025-12: the event's identifier.
    pub(super) fn of_identity(event_id: Option<&str>) -> Self {
        let key = event_id.map(|id| DedupKey::of(&["event_id", id]));
        Self { documented: key.clone(), ours: key }
    }

    /// 2026-01: name and `event_data.id`.
    pub(super) fn of_data(event: &Event, data: Option<&RawValue>) -> Self {
        let Some((data, parts)) = data.and_then(|data| Some((data, object::<Parts<'_>>(data)?))) else {
            return Self::default();
        };
        let name = event.name();
        let (id, shipment, rx) = (text(parts.id), text(parts.shipment_id), text(parts.rx_number));
        let documented = id.as_deref().map(|id| DedupKey::of(&["name and id", name, id]));
        let has_subject = match event {
            Event::ShipmentCreated(_) | Event::ShipmentCancelled(_) => id.is_some() || shipment.is_some(),
            _ => id.is_some(),
        };
        let id = id.unwrap_or_default();
        let ours = if let Event::Unknown(_) = event {
            // What it means when its data changes nobody knows.
            DedupKey::of(&["whole", name, &id, data.get()])
        } else {
            let [shipment, rx] = [shipment, rx].map(Option::unwrap_or_default);
            DedupKey::of(&["fields", name, &id, &shipment, &rx])
        };
        Self { documented, ours: has_subject.then_some(ours) }
    }
}
