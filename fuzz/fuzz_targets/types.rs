//! Any bytes as a datatype or as a resource of one type.
#![no_main]

use clinical_fuzz::keeps;
use fhir_r4b_model::{Bundle, CodeableConcept, ElementDefinition, Extension, HumanName, Patient, Questionnaire, Timing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    match first % 8 {
        0 => keeps::<Extension>(bytes),
        1 => keeps::<HumanName>(bytes),
        2 => keeps::<CodeableConcept>(bytes),
        3 => keeps::<Timing>(bytes),
        4 => keeps::<ElementDefinition>(bytes),
        5 => keeps::<Patient>(bytes),
        6 => keeps::<Questionnaire>(bytes),
        _ => keeps::<Bundle>(bytes),
    }
});
