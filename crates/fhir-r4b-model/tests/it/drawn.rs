//! Documents drawn from the tables out of a seeded generator, and changes of them: what holds of any bytes holds of these. The same checks run for hours
//! in `fuzz/`, led by coverage.

use crate::draw::{Draw, Source};
use crate::names::RESOURCES;
use crate::oracle::judge;

#[test]
fn documents_of_all_types_are_kept_in_every_way() {
    let mut random = fastrand::Rng::with_seed(0xf417);
    let (mut accepted, mut tried) = (0, 0);
    for round in 0..600 {
        // Every second one is without mistakes, which no reader may refuse.
        let wrong = if round % 2 == 0 { 0 } else { 40 };
        let mut draw = Draw::new(&mut random, 40, wrong);
        draw.resource(4);
        let text = draw.text;
        let judged = judge(text.as_bytes());
        assert!(judged || wrong > 0, "{text}");
        accepted += u32::from(judged);
        tried += 1;
    }
    assert!(accepted > tried * 2 / 3 && accepted < tried, "{accepted} of {tried}");
}

#[test]
fn a_byte_that_changes_is_answered() {
    let mut random = fastrand::Rng::with_seed(0xb17e);
    let (mut accepted, mut tried) = (0, 0);
    for _ in 0..150 {
        let mut draw = Draw::new(&mut random, 12, 0);
        draw.resource(3);
        let text = draw.text.into_bytes();
        for _ in 0..6 {
            let mut changed = text.clone();
            let at = random.below(changed.len());
            match random.below(3) {
                0 => changed[at] = *random.choice(b"{}[],:\"\\x0e- \0\xff").unwrap(),
                1 => drop(changed.remove(at)),
                _ => changed.insert(at, random.u8(..)),
            }
            accepted += u32::from(judge(&changed));
            tried += 1;
        }
    }
    assert!(accepted > tried / 10 && accepted < tried, "{accepted} of {tried}");
}

#[test]
fn every_resource_of_the_list_is_one() {
    assert!(RESOURCES.is_sorted());
    for name in RESOURCES {
        let resource: fhir_r4b_model::Resource =
            fhir_r4b_model::json::from_str(&format!(r#"{{"resourceType":"{name}"}}"#)).unwrap();
        assert!(resource.element().is_ok_and(|element| element.info().name == name), "{name}");
    }
}
