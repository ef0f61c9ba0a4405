use super::*;

/// Words and marks that mean something to some recogniser, and some that mean nothing.
const PIECES: [&str; 60] = [
    "metformin",
    "Lisinopril",
    "lisinoprl",
    "Insulin",
    "10",
    "0,5",
    "1/2",
    "½",
    "mg",
    "mcg",
    "IE",
    "täglich",
    "1-0-1",
    "q8h",
    "every",
    "hours",
    "prn",
    "BP",
    "120/80",
    "mmHg",
    "HR",
    "72",
    "°C",
    "38,5",
    "no",
    "keine",
    "pas d'",
    "non",
    "allergic to",
    "Allergie gegen",
    "penicillin",
    "Penicillinallergie",
    "Grippeimpfung",
    "vaccine",
    "hepatitis B",
    "appendectomy",
    "Status nach",
    "Mutter",
    ",",
    ".",
    ";",
    ":",
    "\n",
    "\n\n- ",
    "(",
    ")",
    "’",
    "asthma",
    "Husten",
    "toux",
    "tosse",
    "DOB",
    "31.12.1999",
    "2024-02-30",
    "Frau",
    "Müller",
    "Patient:",
    "\u{301}",
    "🩺",
    "e\u{301}",
];

fn random_text(random: &mut fastrand::Rng) -> String {
    let mut out = String::new();
    for _ in 0..random.usize(0..60) {
        if random.u8(0..10) == 0 {
            out.extend(std::iter::repeat_with(|| random.char(..)).take(3));
        } else {
            out.push_str(PIECES[random.usize(0..PIECES.len())]);
        }
        if random.u8(0..4) > 0 {
            out.push(' ');
        }
    }
    out
}

fn check_spans(text: &str, value: &Value) -> usize {
    let chars: Vec<char> = text.chars().collect();
    let mut seen = 0;
    match value {
        Value::Object(fields) => {
            if let Some(span) = fields.get("span") {
                let (start, end) = (span["start"].as_u64().unwrap(), span["end"].as_u64().unwrap());
                let (start, end) = (usize::try_from(start).unwrap(), usize::try_from(end).unwrap());
                assert!(start < end && end <= chars.len(), "{start}..{end} of {} in {text:?}", chars.len());
                let shown: String = chars[start..end].iter().collect();
                assert_eq!(fields["display_str"], shown.as_str(), "{text:?}");
                seen += 1;
            }
            seen += fields.values().map(|inner| check_spans(text, inner)).sum::<usize>();
        }
        Value::Array(list) => seen += list.iter().map(|inner| check_spans(text, inner)).sum::<usize>(),
        _ => {}
    }
    seen
}

#[test]
fn any_text_gives_valid_spans_that_hold_what_is_shown_and_the_same_answer_twice() {
    let mut random = fastrand::Rng::with_seed(20_261_122);
    let mut spans = 0;
    for round in 0..600 {
        let text = random_text(&mut random);
        let sources = || vec![source("r1", &text)];
        let out = holistic_patient(&input(sources(), None));
        spans += check_spans(&text, &out["clinical_records"]);
        if round % 10 == 0 {
            assert_eq!(out.to_string(), holistic_patient(&input(sources(), None)).to_string());
            let bundle =
                |text: &str| super::bundle(&input(vec![source("r1", text)], None), true, true, true).to_string();
            assert_eq!(bundle(&text), bundle(&text));
        }
        let certainty = |i: &Value| i["tagging_certainty"].as_f64().unwrap();
        for list in out["patient_structured"].as_object().unwrap().values() {
            for entity in list.as_array().unwrap() {
                assert!(!entity["identity_signature"].as_str().unwrap().is_empty());
                for one in entity["instantiations"].as_array().unwrap() {
                    assert!((0.5..=1.0).contains(&certainty(one)));
                }
            }
        }
    }
    assert!(spans > 1500, "the texts must hold something to recognise: {spans}");
}

#[test]
fn spans_count_scalar_values_not_bytes() {
    let text = "Übelkeit 🩺 und Husten";
    let mut input = input(vec![source("r1", text)], None);
    input.language = Language::German;
    let out = holistic_patient(&input);
    let cough = out["patient_structured"]["conditions"].as_array().unwrap();
    let cough = cough.iter().find(|c| c["identity_fields"]["code"] == "R05.9").unwrap();
    assert_eq!(cough["instantiations"][0]["span"], json!({ "start": 15, "end": 21 }));
}

/// The steps that reading a text of `size` bytes takes.
fn work(piece: &str, size: usize) -> usize {
    let text = piece.repeat(size / piece.len());
    let text = Text::new(&text, Spoken::German);
    recognise(&text, Language::German);
    text.work()
}

#[test]
fn the_work_grows_with_the_length_of_the_text_and_not_faster() {
    for piece in [
        "metformin ",
        "metformin 10 mg ",
        "lisinoprl 10 mg ",
        "keine Allergie gegen ",
        "Penicillin, ",
        "allergic to penicillin, ",
        "1-0-",
        "10 mg ",
        "BP ",
        "BP: 120/",
        "Husten, ",
        "Status nach Status nach ",
        "seit 3 Tagen ",
        "12.10.2023 ",
        "Grippe Impfung ",
        "Frau Anna ",
        "- Allergien:\n",
        "wwwwwwwwwwww",
        "é",
        "((((",
        "\n",
    ] {
        let (one, two) = (work(piece, 6_000), work(piece, 12_000));
        assert!(two <= 2 * one + 2000, "{piece:?}: {one} steps, then {two}");
        assert!(two <= 400 * 12_000, "{piece:?}: {two} steps");
    }
}

#[test]
fn a_text_of_one_megabyte_is_read_whole_with_a_bounded_number_of_steps_for_each_byte() {
    let note = "Der Patient nimmt Metformin 500 mg 1-0-1. Kein Husten. RR 120/80 mmHg. Allergie gegen Penicillin.\n";
    let raw = note.repeat(1_000_000 / note.len());
    let text = Text::new(&raw, Spoken::German);
    let found = recognise(&text, Language::German);
    assert_eq!(found.mentions.len(), 4 * (1_000_000 / note.len()));
    assert!(text.work() <= 40 * raw.len(), "{} steps for {} bytes", text.work(), raw.len());
}
