//! Whatever the `NovaMed` client sends is valid by the contract of its revision, for requests put together at random: any parts, odd texts. The
//! contract is the third party; what it cannot say (a text must not be blank) is the client's own.

use clinical_sandbox::contract;
use clinical_tests::novamed::{client, clinic, delete_webhook, patient, practitioner, shipping};
use fastrand::Rng;
use novamed_api::{
    Address, ContactKind, Date, Decimal, DeleteForm, Error, Gender, Medication, MedicationRequestId,
    NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed, PatientStatus, Preview, Request,
    Revision, Species,
};
use serde_json::Value;

const ROUNDS: u64 = 2_000;

/// Texts that somebody's name, street or note may be.
const TEXTS: [&str; 12] = [
    "Sarah",
    "O'Brien",
    "Ñuñez \"Tato\" García",
    "李小龍",
    "a",
    "x y",
    "back\\slash",
    "tab\tand\nline",
    "\u{0}\u{1f}",
    "😀",
    " leading",
    "{\"json\":true}",
];
const EMAILS: [&str; 15] = [
    "dr.johnson@clinic.com",
    "o'brien+rx@sub.clinic.example",
    "a@b.co",
    "x_y-z@clinic-7.example",
    "",
    "no-at-sign",
    "two@@signs.example",
    "a b@clinic.example",
    "jörg@clinic.example",
    "a@x.example,b@x.example",
    "<a@x.example>",
    "x@y.",
    "x@.y",
    ".dot@x.example",
    "a..b@x.example",
];
const URLS: [&str; 13] = [
    "https://partner.example/webhooks/novamed",
    "https://partner.example:8443/hook?tenant=7&x=%20",
    "http://127.0.0.1:8080/hook",
    "http://partner.example/hook",
    "https://user:secret@partner.example/",
    "https://partner.example/#fragment",
    "ftp://partner.example/",
    "partner.example",
    " https://partner.example/",
    "https://partner.example/hook?a b",
    "https://partner.example/ü",
    "https:partner.example",
    "https:///partner.example/hook",
];

struct Any(Rng);

impl Any {
    fn of<'a, T: ?Sized>(&mut self, list: &'a [&'a T]) -> &'a T {
        list[self.0.usize(..list.len())]
    }

    fn text(&mut self) -> &'static str {
        self.of(&TEXTS)
    }

    /// In half of the rounds.
    fn maybe<T>(&mut self, value: T, with: impl FnOnce(T, &mut Self) -> T) -> T {
        if self.0.bool() { with(value, self) } else { value }
    }

    /// Hardly ever not, so that whole requests come together.
    fn mostly<T>(&mut self, value: T, with: impl FnOnce(T, &mut Self) -> T) -> T {
        if self.0.u8(..) > 12 { with(value, self) } else { value }
    }

    fn email(&mut self) -> &'static str {
        let list = if self.0.u8(..) > 40 { &EMAILS[..4] } else { &EMAILS[..] };
        self.of(list)
    }

    fn decimal(&mut self) -> Decimal {
        match self.0.u8(..8) {
            0 => Decimal::ZERO,
            1 => Decimal::new(-1, 0),
            2 => Decimal::new(self.0.i64(1..10_000), 2),
            3 => Decimal::MAX,
            4 => Decimal::new(1, 28),
            _ => Decimal::new(self.0.i64(1..400), 0),
        }
    }

    fn date(&mut self) -> Date {
        Date::new(self.0.u16(1900..2027), self.0.u8(1..13), self.0.u8(1..29)).unwrap()
    }

    fn address(&mut self) -> Address {
        let address = Address::new(self.text(), self.text(), self.of(&["NY", "TX", "ny", "New York", "N"]), "10001");
        let address = self.maybe(address, |address, any| address.line2(any.text()));
        if self.0.u8(..8) == 0 { address.line3(self.text()) } else { address }
    }

    fn practitioner(&mut self, new: bool) -> NewPractitioner {
        let npi = if self.0.u8(..8) == 0 { "12" } else { "1234567890" };
        let mut value = NewPractitioner::new(self.text(), self.text(), self.email(), npi);
        value = self.maybe(value, |value, any| value.phone(any.text()));
        value = self.maybe(value, |value, _| value.clinic(clinic()));
        if new != (self.0.u8(..16) == 0) {
            value = self.mostly(value, |value, any| value.is_veterinarian(any.0.bool()));
            return self.mostly(value, |value, any| value.address(any.address()));
        }
        value = self.maybe(value, |value, any| value.dea_number(any.text()));
        value = self.maybe(value, |value, any| value.license_number(any.text()));
        value = self.maybe(value, |value, any| value.license_state(any.of(&["NY", "TX", "Texas"])));
        self.maybe(value, |value, _| value.signature_image("aGVsbG8="))
    }

    fn patient(&mut self, new: bool) -> NewPatient {
        let mut value = NewPatient::new(self.text(), self.text(), self.date());
        value = self.mostly(value, |value, any| value.email(any.email()));
        value = self.maybe(value, |value, any| value.phone(any.text()));
        value = self.maybe(value, |value, _| value.clinic(clinic()));
        if new == (self.0.u8(..16) == 0) {
            value = self.maybe(value, |value, any| value.address(any.address()));
            return self.maybe(value, |value, any| value.gender(any.of(&["male", "female", "other", "unknown"])));
        }
        value = self.mostly(value, |value, any| value.address(any.address()));
        value = self.mostly(value, |value, any| value.gender(any.of(&["male", "female", "other", "unknown"])));
        value = self.mostly(value, |value, _| value.practitioner(practitioner()));
        value = self.maybe(value, |value, any| value.middle_name(any.text()));
        value = self.maybe(value, |value, any| value.species(Species::from(any.of(&["human", "mammal - other"]))));
        value = self.maybe(value, |value, any| value.animal_owner_name(any.text()));
        value = self.maybe(value, |value, any| value.weight(any.decimal()));
        value = self.maybe(value, |value, any| value.weight_recorded_date(any.date()));
        value = self.maybe(value, |value, _| value.status(PatientStatus::Inactive));
        value = self.maybe(value, |value, any| value.contact(ContactKind::Fax, any.text()));
        self.maybe(value, |value, any| value.contact(ContactKind::Email, any.email()))
    }

    fn medication(&mut self, new: bool) -> Medication {
        let quantity = if self.0.u8(..4) == 0 { self.decimal() } else { Decimal::new(30, 0) };
        let mut value = Medication::new(self.text(), quantity);
        value = self.mostly(value, |value, any| value.dose(any.text()));
        value = self.mostly(value, |value, any| value.direction(any.text()));
        value = self.maybe(value, |value, any| value.refills(any.0.u32(..)));
        value = self.maybe(value, |value, any| value.days_supply(Decimal::new(any.0.i64(0..90), 0)));
        if new == (self.0.u8(..16) == 0) {
            return value;
        }
        value = self.maybe(value, |value, any| value.unit_of_measure(any.text()));
        value = self.maybe(value, |value, any| value.flavor(any.text()).notes(any.text()));
        value = self.maybe(value, |value, any| value.do_not_fill(any.0.bool()).do_not_refill(any.0.bool()));
        value = self.maybe(value, |value, any| value.patient_contact_requested(any.0.bool()));
        self.maybe(value, |value, any| {
            value.reason_for_compounding(any.text()).reason_for_compounding_additional_context(any.text())
        })
    }

    fn order(&mut self, new: bool) -> NewMedicationOrder {
        let mut value = NewMedicationOrder::new(patient(), practitioner(), self.medication(new));
        value = self.maybe(value, |value, _| value.clinic(clinic()));
        if new == (self.0.u8(..16) == 0) {
            return value;
        }
        value = self.mostly(value, |value, _| value.shipping(shipping().0, shipping().1));
        value = self.maybe(value, |value, any| value.medication(any.medication(new)));
        value = self.maybe(value, |value, any| value.is_refrigerated(any.0.bool()));
        self.maybe(value, |value, any| value.shipment_group(any.text()))
    }
}

/// How many went out, and how many were refused here.
#[derive(Default)]
struct Seen {
    sent: usize,
    refused: usize,
}

impl Seen {
    /// What would be sent is valid by the contract; what would not names each field once.
    fn look(&mut self, novamed: &NovaMed, operation: &str, request: &impl Request) {
        let outcome: Result<Preview, Error> = novamed.preview(request);
        let operation = format!("{operation}_{}", novamed.revision().as_str().replace('-', "_"));
        match outcome {
            Ok(preview) => {
                self.sent += 1;
                let text = preview.body.unwrap().expose().clone();
                let body: Value = serde_json::from_slice(&text).unwrap();
                let found: Vec<_> =
                    contract::request_errors(&operation, &body).iter().map(ToString::to_string).collect();
                assert_eq!(found, [""; 0], "{operation} {body}");
            }
            Err(error) => {
                self.refused += 1;
                let mut fields: Vec<_> = error.problems().iter().map(|problem| &problem.field).collect();
                assert!(!fields.is_empty() && error.attempts() == 0, "{operation}: {error}");
                let count = fields.len();
                fields.sort();
                fields.dedup();
                assert_eq!(fields.len(), count, "{operation}: {error}");
                assert!(TEXTS.iter().filter(|text| text.len() > 3).all(|text| !error.to_string().contains(text)));
            }
        }
    }

    fn enough(&self, what: &str) {
        assert!(self.sent > 300 && self.refused > 30, "{what}: {} went out, {} were refused", self.sent, self.refused);
    }
}

#[test]
fn every_request_that_passes_the_local_checks_is_valid_by_the_contract_of_its_revision() {
    for revision in Revision::ALL.iter().copied() {
        let (novamed, new) = (client("http://127.0.0.1:9", revision), revision != Revision::V2025_12);
        let order = if new { "create_medication_order" } else { "create_medication_request" };
        let (mut practitioners, mut patients, mut orders) = (Seen::default(), Seen::default(), Seen::default());
        for seed in 0..ROUNDS {
            let mut any = Any(Rng::with_seed(seed));
            practitioners.look(&novamed, "create_practitioner", &any.practitioner(new));
            patients.look(&novamed, "create_patient", &any.patient(new));
            orders.look(&novamed, order, &any.order(new));
        }
        practitioners.enough("practitioners");
        patients.enough("patients");
        orders.enough("orders");
        let mut rest = Seen::default();
        for text in TEXTS {
            let refill = NewRefill::new(MedicationRequestId::new(clinical_tests::novamed::REQUEST).unwrap());
            rest.look(&novamed, "create_refill_request", &refill.clone());
            rest.look(&novamed, "create_refill_request", &refill.shipment_group(text));
        }
        for url in URLS {
            rest.look(&novamed, "create_webhook", &NewWebhook::new(url));
        }
        rest.look(&novamed, "delete_webhook", &delete_webhook().form(DeleteForm::Body));
        assert_eq!((rest.sent, rest.refused), (2 * TEXTS.len() + 3 + 1, 10));
    }
}

#[test]
fn a_gender_that_no_list_has_goes_through_and_the_contract_is_what_would_say_so() {
    for revision in Revision::ALL.iter().copied() {
        let novamed = client("http://127.0.0.1:9", revision);
        let odd = clinical_tests::novamed::new_patient(revision).gender(Gender::Other("intersex".to_owned()));
        let body = novamed.preview(&odd).unwrap().body.unwrap().expose().clone();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let operation = format!("create_patient_{}", revision.as_str().replace('-', "_"));
        assert_eq!(contract::request_errors(&operation, &body).len(), 1, "{body}");
    }
}

#[test]
fn the_operations_of_the_client_are_those_of_the_contracts_by_method_and_path() {
    let mut seen = 0;
    for name in contract::operations() {
        let Some(revision) = Revision::ALL.iter().find(|one| name.ends_with(&one.as_str().replace('-', "_"))) else {
            continue;
        };
        seen += 1;
        let document = contract::document(&name).unwrap();
        let servers = document["servers"].as_array().unwrap();
        let builder = || NovaMed::builder().revision(*revision).api_key("key");
        let hosts = [
            builder().environment(novamed_api::Environment::Development).synthetic_data_only().build().unwrap(),
            builder().environment(novamed_api::Environment::Production).business_associate_agreement().build().unwrap(),
        ]
        .map(|novamed| {
            let preview = novamed.preview(&NewWebhook::new("https://a.example").clinic(clinic())).unwrap();
            preview.url.expose().strip_suffix("/api/external/webhook").unwrap().to_owned()
        });
        let documented: Vec<_> = servers.iter().map(|server| server["url"].as_str().unwrap().to_owned()).collect();
        assert_eq!(documented, hosts, "{name}");
    }
    assert_eq!(seen, 6 + 8, "operations of two revisions");
}
