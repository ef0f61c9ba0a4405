//! What the fields of a revision are called in a file and on the command line: the client names what is wrong by the revision's own names, and
//! who has to mend it looks at a column.

use super::field::{Column, Shape, columns, flag};
use super::resource::Resource;

/// Where a name is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Flags,
    Csv,
    Json,
}

/// Where a field of a revision is to be mended; `None` if it has the same name there, or none.
pub(super) fn here<T: Resource>(wire: &str, place: Place) -> Option<String> {
    // `medication_requests[1].dose` is a part of the second object in a list.
    let (list, name) = wire.rsplit_once("].").map_or((None, wire), |(list, name)| (list.rsplit_once('['), name));
    let name = if list.is_some_and(|(list, _)| list == "contacts") { "contacts" } else { ours(name) };
    let all = columns(T::FIELDS);
    let is_it = |column: &&Column| column.name.rsplit('.').next() == Some(name) || column.name == name;
    // A field of its own comes before a part of a group that has the same name.
    let column = all.iter().filter(is_it).min_by_key(|column| column.name.contains('.')).map(|column| &*column.name);
    let column = match column {
        Some(column) => column,
        None if name == "contacts" || name == "address" => name,
        None => return None,
    };
    let group = T::FIELDS.iter().find_map(|field| match field.shape {
        Shape::List(single, _) => Some((single, field.name)),
        _ => None,
    });
    let number = list.map_or("0", |(_, number)| number);
    let found = match (place, column, group) {
        (Place::Flags, "clinic", _) => "--clinic, or the variable NOVAMED_CLINIC_ID".to_owned(),
        (Place::Flags, _, _) => format!("--{}", flag(column)),
        (Place::Json, _, Some((single, list))) => match column.strip_prefix(single) {
            Some(part) if part.starts_with('.') => format!("{list}[{number}]{part}"),
            _ => column.to_owned(),
        },
        _ => column.to_owned(),
    };
    (found != wire).then_some(found)
}

/// The name that the client's types have, without its group.
fn ours(wire: &str) -> &str {
    match wire {
        "npi_number" => "npi",
        "assigned_clinic" | "clinic_id" => "clinic",
        "dob" => "date_of_birth",
        "practitioner_id" => "practitioner",
        "patient_id" => "patient",
        "carrier_id" => "carrier",
        "service_id" => "service",
        "shipment_group_id" => "shipment_group",
        "medication_request_id" => "medication_request",
        "webhook_url" => "url",
        "addresses" => "address",
        "address_line_1" | "address_line1" | "addressLine1" => "line1",
        "address_line_2" | "address_line2" | "addressLine2" => "line2",
        "addressLine3" | "address.line3" => "line3",
        "state_code" => "state",
        "zip" | "zip_code" | "postalCode" => "postal_code",
        "medication" | "medication_name" => "name",
        "medication_strength" => "dose",
        "instructions" => "direction",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use novamed_api::{
        Address, ClinicId, Date, Medication, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook,
        NovaMed, PatientId, PractitionerId, Revision,
    };

    use super::*;

    const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

    /// Every problem of a request that has hardly anything, in every revision, leads to a column.
    fn leads_to_columns<T: Resource>(request: &T) -> usize {
        let names: Vec<_> = columns(T::FIELDS).into_iter().map(|column| column.name).collect();
        let mut seen = 0;
        for revision in Revision::ALL {
            let builder = NovaMed::builder().revision(*revision).base_url("http://127.0.0.1:9").api_key("k");
            let novamed = builder.synthetic_data_only().build().unwrap();
            let Err(error) = novamed.preview(request) else { continue };
            for problem in error.problems() {
                let column = here::<T>(&problem.field, Place::Csv).unwrap_or_else(|| problem.field.clone());
                let is_group = names.iter().any(|name| name.starts_with(&format!("{column}.")));
                assert!(is_group || names.contains(&column), "{revision} {}: {column}", problem.field);
                seen += 1;
            }
        }
        seen
    }

    #[test]
    fn every_name_of_every_revision_leads_to_a_column() {
        let practitioner = NewPractitioner::new("", "", "", "").phone("").license_state("?").address(nowhere());
        assert!(leads_to_columns(&practitioner) >= 15);
        assert!(leads_to_columns(&NewPractitioner::new("", "", "", "")) >= 15);
        let patient = NewPatient::new("", "", Date::new(1985, 3, 15).unwrap());
        assert!(leads_to_columns(&patient) >= 10);
        let patient = patient.address(nowhere()).contact("sms", "").email("").phone("").middle_name("").species("");
        assert!(leads_to_columns(&patient) >= 20);
        let (patient, practitioner) = (PatientId::new(ID).unwrap(), PractitionerId::new(ID).unwrap());
        let order = NewMedicationOrder::new(patient, practitioner, Medication::new("", 0)).shipment_group("");
        assert!(leads_to_columns(&order) >= 10);
        let refill = serde_json::json!({ "medication_request": ID, "shipment_group": "" });
        assert!(leads_to_columns(&serde_json::from_value::<NewRefill>(refill).unwrap()) >= 2);
        assert!(leads_to_columns(&NewWebhook::new("").clinic(ClinicId::new(ID).unwrap())) >= 2);
        assert!(leads_to_columns(&NewWebhook::new("")) >= 4);
    }

    fn nowhere() -> Address {
        Address::new("", "", "", "").line2("").line3("")
    }

    #[test]
    fn a_place_is_named_in_the_words_of_where_it_is() {
        let here = here::<NewMedicationOrder>;
        assert_eq!(here("medication_requests[1].dose", Place::Json).unwrap(), "medications[1].dose");
        assert_eq!(here("medication_requests[0].medication", Place::Csv).unwrap(), "medication.name");
        assert_eq!(here("medication_name", Place::Json).unwrap(), "medications[0].name");
        assert_eq!(here("medication_name", Place::Flags).unwrap(), "--medication-name");
        assert_eq!(here("carrier", Place::Csv), None);
        assert_eq!(super::here::<NewPatient>("addresses[0].postalCode", Place::Csv).unwrap(), "address.postal_code");
        assert_eq!(super::here::<NewPatient>("contacts[0].value", Place::Json).unwrap(), "contacts");
        let clinic = super::here::<NewPatient>("clinic_id", Place::Flags).unwrap();
        assert_eq!(clinic, "--clinic, or the variable NOVAMED_CLINIC_ID");
    }
}
