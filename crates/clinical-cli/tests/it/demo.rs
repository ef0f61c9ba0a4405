//! `clinical demo`, whole, as a newcomer runs it: no account, no variables.

use crate::support::{examples, run};

#[test]
fn the_demo_codes_every_example_survives_its_faults_makes_a_bundle_of_a_document_and_registers_people() {
    let ran = run(["demo"]).expect(0);
    let text = &ran.stdout;
    assert!(text.starts_with("The answers below are SIMULATED.\n"), "{text}");
    for entry in std::fs::read_dir(examples()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_source_of_pdf = path.with_extension("pdf").exists() && !name.ends_with("pdf");
        let heading = format!("\n{name} (SIMULATED): ");
        let expected = name != "README.md" && !is_source_of_pdf;
        assert_eq!(text.contains(&heading), expected, "{name}: {text}");
    }
    let attempts = &text[text.find("\n2. ").unwrap()..];
    for part in [
        " s because the vendor asked for it ...",
        " s before the next attempt ...",
        "HTTP 429, throttled",
        "no answer, interrupted",
        "HTTP 200, answered",
        "The sandbox saw 3 attempts and processed the note once.",
        "\n3. Structuring informe-alta.pdf into a FHIR Bundle (SIMULATED)",
        "question 1: no answer; result possibly lost.",
        ": DONE; ",
        " 1 Patient",
        " 1 DocumentReference",
        " MedicationStatement",
        "The sandbox gave the result out once and has destroyed it.",
        "\n4. Registering a practitioner and two patients (SIMULATED)",
        "event:        practitioner:activated, with the right key, about this practitioner",
        "it is not known whether the vendor created the patient: ",
        "an identical patient was sent before, ",
        "The sandbox created 4 things, each once.",
        "clinical codify --sandbox FILE",
        "clinical structure --sandbox FILE",
    ] {
        assert!(attempts.contains(part), "{part}: {attempts}");
    }
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let answers = |seed| {
        let text = run(["demo", "--seed", seed]).expect(0).stdout;
        let from = text.find("\n1. ").unwrap();
        text[from..text.find("\n2. ").unwrap()].to_owned()
    };
    // Side by side, because each waits as long as the sandbox asks.
    let [first, again, other] = std::thread::scope(|scope| {
        ["1", "1", "2"].map(|seed| scope.spawn(move || answers(seed))).map(|thread| thread.join().unwrap())
    });
    assert_eq!(first, again);
    assert_ne!(first, other);
}
