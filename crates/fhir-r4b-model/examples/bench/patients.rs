//! Bundles as a generator of synthetic patients publishes them: one patient, years of encounters, and of each encounter its
//! conditions, measurements, reports, requests, claims and what an insurer made of them. Everything is made up out of a seed.

use std::fmt::Write as _;

use fastrand::Rng;

/// The text of a bundle with so many encounters, minified; 120 of them are about 2 MB.
pub(crate) fn bundle(seed: u64, encounters: u32) -> String {
    let mut maker = Maker { rng: Rng::with_seed(seed), text: String::new(), first: true, patient: String::new() };
    maker.patient = maker.uuid();
    maker.text.push_str(r#"{"resourceType":"Bundle","type":"transaction","entry":["#);
    maker.patient();
    for number in 0..encounters {
        maker.encounter(number);
    }
    maker.text.push_str("]}");
    maker.text
}

struct Maker {
    rng: Rng,
    text: String,
    first: bool,
    patient: String,
}

const CODES: [(&str, &str, &str); 8] = [
    ("http://loinc.org", "8302-2", "Body Height"),
    ("http://loinc.org", "29463-7", "Body Weight"),
    ("http://loinc.org", "8867-4", "Heart rate"),
    ("http://loinc.org", "2339-0", "Glucose [Mass/volume] in Blood"),
    ("http://snomed.info/sct", "444814009", "Viral sinusitis (disorder)"),
    ("http://snomed.info/sct", "162673000", "General examination of patient (procedure)"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "313782", "Acetaminophen 325 MG Oral Tablet"),
    ("http://snomed.info/sct", "73595000", "Stress (finding)"),
];

impl Maker {
    fn uuid(&mut self) -> String {
        let (high, low) = (self.rng.u64(..), self.rng.u64(..));
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    fn time(&mut self, number: u32) -> String {
        let rng = &mut self.rng;
        format!(
            "{}-{:02}-{:02}T{:02}:{:02}:{:02}+01:00",
            1990 + number / 4 % 35,
            rng.u8(1..13),
            rng.u8(1..29),
            rng.u8(..24),
            rng.u8(..60),
            rng.u8(..60)
        )
    }

    /// One entry: address, resource, request.
    fn entry(&mut self, kind: &str, id: &str, profile: &str, body: &str) {
        let comma = if std::mem::take(&mut self.first) { "" } else { "," };
        // Writing into a string cannot fail.
        let _ = write!(
            self.text,
            r#"{comma}{{"fullUrl":"urn:uuid:{id}","resource":{{"resourceType":"{kind}","id":"{id}","meta":{{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/{profile}"]}},{body}}},"request":{{"method":"POST","url":"{kind}"}}}}"#
        );
    }

    fn concept(&mut self) -> String {
        let (system, code, display) = CODES[self.rng.usize(..CODES.len())];
        format!(r#"{{"coding":[{{"system":"{system}","code":"{code}","display":"{display}"}}],"text":"{display}"}}"#)
    }

    fn to(id: &str) -> String {
        format!(r#"{{"reference":"urn:uuid:{id}"}}"#)
    }

    fn patient(&mut self) {
        let id = self.patient.clone();
        let body = format!(
            r#""text":{{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Made up by a generator, seed and version are in the report.</div>"}},"extension":[{{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{{"url":"ombCategory","valueCoding":{{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3","display":"White"}}}},{{"url":"text","valueString":"White"}}]}},{{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{{"city":"Graz","state":"Steiermark","country":"AT"}}}},{{"url":"http://example.org/disability-adjusted-life-years","valueDecimal":14.062655945052095}}],"identifier":[{{"system":"https://example.org/mrn","value":"{id}"}},{{"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"SS","display":"Social Security Number"}}],"text":"Social Security Number"}},"system":"http://hl7.org/fhir/sid/us-ssn","value":"999-21-7702"}}],"name":[{{"use":"official","family":"Huber{0}","given":["Maria{0}","Anna"],"prefix":["Dr."]}},{{"use":"maiden","family":"Gruber{0}","given":["Maria{0}"]}}],"telecom":[{{"system":"phone","value":"555-677-3119","use":"home"}}],"gender":"female","birthDate":"1984-02-29","address":[{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/geolocation","extension":[{{"url":"latitude","valueDecimal":42.24119486}},{{"url":"longitude","valueDecimal":-71.13494086}}]}}],"line":["1041 Hof Weg Unit 17"],"city":"Graz","state":"Steiermark","postalCode":"8010","country":"AT"}}],"maritalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}}],"text":"Married"}},"multipleBirthBoolean":false,"communication":[{{"language":{{"coding":[{{"system":"urn:ietf:bcp:47","code":"de-AT","display":"German"}}],"text":"German"}}}}]"#,
            self.rng.u16(100..999)
        );
        self.entry("Patient", &id, "us-core-patient", &body);
    }

    fn encounter(&mut self, number: u32) {
        let (id, patient) = (self.uuid(), Self::to(&self.patient));
        let (start, end, reason) = (self.time(number), self.time(number), self.concept());
        let encounter = Self::to(&id);
        let practitioner = format!(
            r#"{{"reference":"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|{}","display":"Dr. Resi Maier"}}"#,
            self.rng.u32(..)
        );
        let body = format!(
            r#""identifier":[{{"use":"official","system":"https://example.org/encounters","value":"{id}"}}],"status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}},"type":[{reason}],"subject":{patient},"participant":[{{"type":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PPRF","display":"primary performer"}}],"text":"primary performer"}}],"period":{{"start":"{start}","end":"{end}"}},"individual":{practitioner}}}],"period":{{"start":"{start}","end":"{end}"}},"location":[{{"location":{{"reference":"Location?identifier=https://example.org/locations|{number}","display":"Outpatient clinic"}}}}],"serviceProvider":{{"reference":"Organization?identifier=https://example.org/orgs|{number}","display":"Outpatient clinic"}}"#
        );
        self.entry("Encounter", &id, "us-core-encounter", &body);
        let condition = self.uuid();
        let (code, recorded) = (self.concept(), self.time(number));
        let body = format!(
            r#""clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}}]}},"verificationStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}}]}},"category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis","display":"Encounter Diagnosis"}}]}}],"code":{code},"subject":{patient},"encounter":{encounter},"onsetDateTime":"{recorded}","abatementDateTime":"{end}","recordedDate":"{recorded}""#
        );
        self.entry("Condition", &condition, "us-core-condition", &body);
        let mut observations = Vec::new();
        for _ in 0..self.rng.usize(4..10) {
            observations.push(self.observation(number, &patient, &encounter));
        }
        let results: Vec<String> =
            observations.iter().map(|id| format!(r#"{{"reference":"urn:uuid:{id}","display":"Result"}}"#)).collect();
        // Base64 comes in groups of four.
        let length = 4 * self.rng.usize(50..225);
        let note: String = (0..length).map(|_| char::from(self.rng.alphanumeric() as u8)).collect();
        let (report, code) = (self.uuid(), self.concept());
        let body = format!(
            r#""status":"final","category":[{code}],"code":{code},"subject":{patient},"encounter":{encounter},"effectiveDateTime":"{start}","issued":"{}-{:02}-14T04:27:15.{:03}+01:00","performer":[{practitioner}],"result":[{}],"presentedForm":[{{"contentType":"text/plain; charset=utf-8","data":"{note}AA=="}}]"#,
            1990 + number / 4 % 35,
            number % 12 + 1,
            number,
            results.join(",")
        );
        self.entry("DiagnosticReport", &report, "us-core-diagnosticreport-note", &body);
        if self.rng.bool() {
            let (request, medication) = (self.uuid(), self.concept());
            let body = format!(
                r#""status":"active","intent":"order","medicationCodeableConcept":{medication},"subject":{patient},"encounter":{encounter},"authoredOn":"{start}","requester":{practitioner},"reasonReference":[{}],"dosageInstruction":[{{"sequence":1,"timing":{{"repeat":{{"frequency":1,"period":1.0,"periodUnit":"d"}}}},"asNeededBoolean":false,"doseAndRate":[{{"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered","display":"Ordered"}}]}},"doseQuantity":{{"value":1.0}}}}]}}]"#,
                Self::to(&condition)
            );
            self.entry("MedicationRequest", &request, "us-core-medicationrequest", &body);
        }
        self.claim(number, &patient, &encounter, &practitioner, (&start, &end));
    }

    fn observation(&mut self, number: u32, patient: &str, encounter: &str) -> String {
        let (id, code, time) = (self.uuid(), self.concept(), self.time(number));
        let value = match self.rng.u8(..4) {
            0 => format!(r#""valueCodeableConcept":{}"#, self.concept()),
            1 => {
                let one = self.concept();
                format!(
                    r#""component":[{{"code":{one},"valueQuantity":{{"value":{},"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}}},{{"code":{one},"valueQuantity":{{"value":{},"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}}}]"#,
                    self.rng.u8(60..180),
                    self.rng.u8(60..180)
                )
            }
            _ => format!(
                r#""valueQuantity":{{"value":{}.{},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}"#,
                self.rng.u8(..),
                self.rng.u64(..1 << 50)
            ),
        };
        let body = format!(
            r#""status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital signs"}}]}}],"code":{code},"subject":{patient},"encounter":{encounter},"effectiveDateTime":"{time}","issued":"{time}",{value}"#
        );
        self.entry("Observation", &id, "us-core-observation", &body);
        id
    }

    fn claim(&mut self, number: u32, patient: &str, encounter: &str, practitioner: &str, (start, end): (&str, &str)) {
        let (claim, benefit) = (self.uuid(), self.uuid());
        let services: Vec<String> = (1..self.rng.u8(2..7))
            .map(|sequence| {
                let code = self.concept();
                format!(r#"{{"sequence":{sequence},"productOrService":{code},"encounter":[{encounter}]}}"#)
            })
            .collect();
        let kind =
            r#"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]}"#;
        let body = format!(
            r#""status":"active","type":{kind},"use":"claim","patient":{patient},"billablePeriod":{{"start":"{start}","end":"{end}"}},"created":"{end}","provider":{practitioner},"priority":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}}]}},"insurance":[{{"sequence":1,"focal":true,"coverage":{{"display":"Insurer {number}"}}}}],"item":[{}],"total":{{"value":{}.{:02},"currency":"EUR"}}"#,
            services.join(","),
            self.rng.u16(..),
            self.rng.u8(..100)
        );
        self.entry("Claim", &claim, "claim", &body);
        let category = r#"{"coding":[{"system":"https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd","code":"1","display":"Medical care"}]}"#;
        let items: Vec<String> = (1..self.rng.u8(2..6)).map(|sequence| {
            let code = self.concept();
            let money: Vec<String> = ["line_coinsrnc_amt", "line_nch_pmt_amt", "line_sbmtd_chrg_amt"].iter().map(|code| format!(r#"{{"category":{{"coding":[{{"system":"https://bluebutton.cms.gov/resources/codesystem/adjudication","code":"https://bluebutton.cms.gov/resources/variables/{code}","display":"Amount"}}]}},"amount":{{"value":{}.{:02},"currency":"EUR"}}}}"#, self.rng.u16(..), self.rng.u8(10..99))).collect();
            format!(r#"{{"sequence":{sequence},"category":{category},"productOrService":{code},"servicedPeriod":{{"start":"{start}","end":"{end}"}},"locationCodeableConcept":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/ex-serviceplace","code":"19","display":"Off Campus-Outpatient Hospital"}}]}},"encounter":[{encounter}],"adjudication":[{}]}}"#, money.join(","))
        }).collect();
        let body = format!(
            r##""contained":[{{"resourceType":"ServiceRequest","id":"referral","status":"completed","intent":"order","subject":{patient},"requester":{practitioner},"performer":[{practitioner}]}},{{"resourceType":"Coverage","id":"coverage","status":"active","type":{{"text":"Insurer"}},"beneficiary":{patient},"payor":[{{"display":"Insurer"}}]}}],"identifier":[{{"system":"https://bluebutton.cms.gov/resources/variables/clm_id","value":"{claim}"}},{{"system":"https://bluebutton.cms.gov/resources/identifier/claim-group","value":"99999999999"}}],"status":"active","type":{kind},"use":"claim","patient":{patient},"billablePeriod":{{"start":"{start}","end":"{end}"}},"created":"{end}","insurer":{{"display":"Insurer"}},"provider":{practitioner},"referral":{{"reference":"#referral"}},"claim":{},"outcome":"complete","careTeam":[{{"sequence":1,"provider":{practitioner},"role":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/claimcareteamrole","code":"primary","display":"Primary Care Practitioner"}}]}}}}],"insurance":[{{"focal":true,"coverage":{{"reference":"#coverage","display":"Insurer"}}}}],"item":[{}],"total":[{{"category":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"submitted","display":"Submitted Amount"}}],"text":"Submitted Amount"}},"amount":{{"value":{}.{:02},"currency":"EUR"}}}}],"payment":{{"amount":{{"value":{}.5,"currency":"EUR"}}}}"##,
            Self::to(&claim),
            items.join(","),
            self.rng.u16(..),
            self.rng.u8(10..99),
            self.rng.u16(..)
        );
        self.entry("ExplanationOfBenefit", &benefit, "explanation", &body);
    }
}
