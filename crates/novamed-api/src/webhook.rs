//! What the vendor sends: events about orders, shipments and practitioners, as POST requests to an address that was registered with
//! [`create_webhook`](crate::NovaMed::create_webhook). This module checks who sent one and reads it. It is no server and keeps nothing: the
//! example `webhook_receiver` shows a whole receiver.
//!
//! What the vendor documents: the receiver answers 200, and no other 2xx, within 5 s. Otherwise the event comes again 1 min, 5 min, 15 min and
//! 1 h later, and then no more. Events may come twice, and in any order. There is no signature, only the header `x-api-key`, so take events
//! over HTTPS alone.
//!
//! So a receiver checks and stores an event, answers 200, and acts on it afterwards; and it recognises repeats by
//! [`dedup_key`](Notification::dedup_key). Who answers before the event is stored loses it in a crash; who acts before answering is late,
//! and gets the event again.
//!
//! ```
//! use http::HeaderMap;
//! use novamed_api::webhook::{Event, Receiver};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::new("key-that-the-vendor-sends")?;
//!
//! let mut headers = HeaderMap::new();
//! headers.insert("x-api-key", "key-that-the-vendor-sends".parse()?);
//! let body = br#"{"event_name": "medication_order:filled", "event_data": {"id": "3f1c1a52-6c1f-4c0b-9a57-0d5f7a1b2c3d"}}"#;
//!
//! let notification = receiver.parse(&headers, body)?;
//! match notification.event() {
//!     Event::MedicationOrderFilled(event) => assert_eq!(event.order.as_str(), "3f1c1a52-6c1f-4c0b-9a57-0d5f7a1b2c3d"),
//!     other => println!("not of interest: {}", other.name()),
//! }
//! assert!(notification.dedup_key().is_some());
//!
//! headers.remove("x-api-key");
//! assert_eq!(receiver.parse(&headers, body).unwrap_err().status(), 401);
//! # Ok(())
//! # }
//! ```

mod error;
mod event;
mod key;
mod notification;
mod receiver;
pub(crate) mod wire;

pub use self::error::{ParseError, ParseErrorKind};
pub use self::event::{Event, OrderEvent, PractitionerEvent, ShipmentEvent, UnknownEvent};
pub use self::key::DedupKey;
pub use self::notification::Notification;
pub use self::receiver::{Receiver, SECRET_VAR};

/// The longest body that [`Receiver::parse`] reads, in bytes: 1 MiB. The vendor documents none; its events are below 1 KiB. Set your server
/// to no more.
pub const BODY_LIMIT: usize = 1024 * 1024;
