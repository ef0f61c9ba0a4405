//! The revisions of the vendor's wire format. What a revision calls things, requires and cannot carry is in its own module, and nowhere
//! else; a new one is a file beside the others and a line in the list below.

mod v2025_12;
mod v2026_01;

use clinical_http::Operation;

use crate::draft::{Draft, Need, event_url};
use crate::{ClinicId, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook};

/// How a revision writes requests. What all revisions have in common is written here.
pub(crate) trait Wire: Sync {
    fn development_url(&self) -> &'static str;

    fn production_url(&self) -> &'static str {
        "https://feapi.novamed.care"
    }

    fn practitioner(&self, practitioner: &NewPractitioner, clinic: Option<&ClinicId>, to: &mut Draft);

    fn patient(&self, patient: &NewPatient, clinic: Option<&ClinicId>, to: &mut Draft);

    fn order_operation(&self) -> &'static Operation;

    fn order(&self, order: &NewMedicationOrder, clinic: Option<&ClinicId>, to: &mut Draft);

    /// Whether there are endpoints for carriers and their services.
    fn has_carriers(&self) -> bool;

    /// Which event tells that there is what an operation was to create, if one does.
    fn event_of(&self, operation: &Operation) -> Event;

    fn refill(&self, refill: &NewRefill, to: &mut Draft) {
        to.text("medication_request_id", Need::Required, Some(refill.medication_request.as_str()), &[]);
        to.text("shipment_group_id", Need::Optional, refill.shipment_group.as_deref(), &[]);
    }

    fn webhook(&self, webhook: &NewWebhook, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("clinic_id", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("webhook_url", Need::Required, Some(&webhook.url), &[event_url]);
    }

    fn webhook_deletion(&self, webhook: &str, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("clinic_id", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("webhook_id", Need::Required, Some(webhook), &[]);
    }
}

/// What can be waited for after a create whose outcome is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    None,
    PractitionerActivated,
    MedicationOrder,
    /// `order:*`, `medication_request:*` or `refill:*`, of which the vendor's pages disagree.
    Older,
}

macro_rules! revisions {
    ($($(#[$about:meta])* $variant:ident = $name:literal in $module:ident;)+) => {
        /// A revision of the vendor's wire format. It decides names, paths, hosts and required fields; the types of this crate stay the same.
        ///
        /// The vendor has no number for it: both call themselves 1.0.0. They are named by the month of the pages that describe them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Revision {
            $($(#[$about])* $variant,)+
        }

        impl Revision {
            /// All of them, the oldest first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name, such as `2025-12`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            pub(crate) fn wire(self) -> &'static dyn Wire {
                match self { $(Self::$variant => &$module::Revision),+ }
            }
        }
    };
}

revisions! {
    /// That of the vendor's guide on authentication: `npi_number`, `date_of_birth`, flat addresses, medication requests.
    V2025_12 = "2025-12" in v2025_12;
    /// The newest known: `npi`, `dob`, `contacts`, `addresses`, medication orders with several medications, carriers.
    V2026_01 = "2026-01" in v2026_01;
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Revision {
    type Err = crate::Error;

    /// By its name.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().copied().find(|revision| revision.as_str() == name);
        known.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|revision| revision.as_str()).collect();
            clinical_http::Error::configuration("revision", format!("must be one of {}", names.join(", "))).into()
        })
    }
}
