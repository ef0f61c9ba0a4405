//! A request of the vendor's that was checked and read.

use std::fmt;

use serde_json::value::RawValue;

use super::error::{ParseError, ParseErrorKind};
use super::key::Keys;
use super::wire::{self, Envelope, text};
use super::{BODY_LIMIT, DedupKey, Event};
use crate::ClinicId;

/// An event, and what came with it. `Debug` shows which event it is and nothing of what is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    event: Event,
    event_id: Option<String>,
    timestamp: Option<String>,
    clinic: Option<ClinicId>,
    keys: Keys,
}

impl Notification {
    /// Reads the body of an event that [`Receiver::parse`](super::Receiver::parse) let pass earlier, and that was stored since. No key is
    /// checked: never give it what comes from the network.
    ///
    /// # Errors
    ///
    /// As [`Receiver::parse`](super::Receiver::parse), but for the key.
    pub fn from_stored(body: &[u8]) -> Result<Self, ParseError> {
        if body.len() > BODY_LIMIT {
            return Err(ParseError::new(ParseErrorKind::TooLong));
        }
        let not_json = ParseError::new(ParseErrorKind::NotJson);
        let body = std::str::from_utf8(body).map_err(|_| not_json)?;
        let body: &RawValue = serde_json::from_str(body).map_err(|_| not_json)?;
        let no_envelope = ParseError::new(ParseErrorKind::NoEnvelope);
        let envelope = Envelope::read(body).ok_or(no_envelope)?;
        let opened = envelope.open().ok_or(no_envelope)?;
        let event = wire::event(&opened.name, opened.data);
        let event_id = text(envelope.event_id);
        let keys = if opened.has_identity {
            Keys::of_identity(event_id.as_deref())
        } else {
            Keys::of_data(&event, opened.data)
        };
        let clinic = text(envelope.clinic_id).map(ClinicId::of_vendor).or_else(|| event.clinic().cloned());
        Ok(Self { event, event_id, timestamp: text(envelope.timestamp), clinic, keys })
    }

    /// What happened.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What happened, without the rest.
    pub fn into_event(self) -> Event {
        self.event
    }

    /// The event's own identifier, such as `evt_abc123xyz`. Only 2025-12 has it.
    pub fn event_id(&self) -> Option<&str> {
        self.event_id.as_deref()
    }

    /// When it happened, in the vendor's words. Only 2025-12 has it.
    pub fn timestamp(&self) -> Option<&str> {
        self.timestamp.as_deref()
    }

    /// The clinic, where the event names it.
    pub fn clinic(&self) -> Option<&ClinicId> {
        self.clinic.as_ref()
    }

    /// By what repeats of this event are recognised. Of two with the same key act on one.
    ///
    /// `None` if the vendor sends nothing to recognise them by, as in `practitioner:activated`: act so that acting twice does no harm. Two
    /// different events never have the same key as far as the vendor's fields tell; a repeat whose content was changed has another one, and is
    /// acted on twice. See [`documented_key`](Self::documented_key) for why.
    ///
    /// | event | made of |
    /// |---|---|
    /// | envelope of 2025-12 | `event_id` |
    /// | `medication_order:*` | name, `id`, and `rx_number` if there is one |
    /// | `shipment:*` | name, `id`, `shipment_id` and `rx_number`, as far as they are there; `None` without the first two |
    /// | unknown, with an `id` | name and all of the data as it came |
    pub fn dedup_key(&self) -> Option<&DedupKey> {
        self.keys.ours.as_ref()
    }

    /// The key that the vendor documents: name and `event_data.id` (2026-01), or `event_id` (2025-12).
    ///
    /// In 2026-01 it loses events if it is used alone. `id` is the medication order: two shipments of one order have the same key, so have
    /// the prescriptions of one order if each has an event of its own, and every change that a later revision might report under one name.
    pub fn documented_key(&self) -> Option<&DedupKey> {
        self.keys.documented.as_ref()
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.dedup_key();
        f.debug_struct("Notification").field("event", &self.event).field("dedup_key", &key).finish_non_exhaustive()
    }
}
