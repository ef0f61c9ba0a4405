use super::patient::patient;
use super::*;

#[test]
fn doses_are_read_in_every_spelling_and_written_in_one() {
    check(
        Spoken::English,
        &[
            ("Ramipril 2,5 mg qd", &["med Ramipril|2.5mg|daily"]),
            ("Levothyroxine 100 mcg, levothyroxine 100µg", &["med Levothyroxine|100mcg", "med Levothyroxine|100mcg"]),
            ("Metformin 1,000 mg bid", &["med Metformin|1000mg|twice daily"]),
            ("Warfarin 0,125 mg", &["med Warfarin|0.125mg"]),
            ("take 1/2 tablet of ramipril 5 mg daily", &["med Ramipril|5mg (0.5 tablet)|daily"]),
            ("ramipril 5 mg 1/2 tablet daily", &["med Ramipril|5mg (0.5 tablet)|daily"]),
            (
                "500 mg metformin daily, 20 units of insulin lispro",
                &["med Metformin|500mg|daily", "med Insulin lispro|20IU"],
            ),
            ("Augmentin 500/125 mg tid", &["med Amoxicillin/clavulanic acid|500/125mg|three times daily"]),
            ("Augmentin 875 mg/125 mg q12h po", &["med Amoxicillin/clavulanic acid|875/125mg|every 12 hours|oral"]),
            ("ibuprofen syrup 5 ml every 6 hours prn", &["med Ibuprofen|5ml|every 6 hours as needed"]),
            ("prednisone 10 mg every other day", &["med Prednisone|10mg|every other day"]),
            ("Lantus 20 IU s.c. at bedtime", &["med Insulin glargine|20IU|at bedtime|subcutaneous"]),
            ("salbutamol 2 puffs as needed", &["med Salbutamol|2 puffs|as needed"]),
            ("metformin was increased to 1000 mg twice a day", &["med Metformin|1000mg|twice daily"]),
            ("methotrexate 15 mg once weekly", &["med Methotrexate|15mg|weekly"]),
            ("paracetamol 1 g 4x/day", &["med Paracetamol|1g|four times daily"]),
            ("vitamin D3 2000 IU daily", &["med Colecalciferol|2000IU|daily"]),
            ("metformin 500 mg 2024-01-15", &["med Metformin|500mg"]),
            ("Metformin, lisinopril 10 mg", &["med Metformin", "med Lisinopril|10mg"]),
        ],
    );
}

#[test]
fn a_misspelt_drug_is_read_with_a_dose_and_not_without() {
    check(
        Spoken::English,
        &[
            ("Lisinoprl 10 mg daily", &["med Lisinopril|10mg|daily"]),
            ("Metfromin 500 mg", &["med Metformin|500mg"]),
            ("Amiprilr 5 mg", &[]),
            ("Lisinoprl is what he called it", &[]),
            ("Aspirn 100 mg", &[]),
            ("Omeprazol 20mg, omeprazoles 20 mg", &["med Omeprazole|20mg", "med Omeprazole|20mg"]),
        ],
    );
}

#[test]
fn what_is_stopped_denied_or_an_allergy_is_no_active_medication() {
    check(
        Spoken::English,
        &[
            (
                "Metformin discontinued, now on sitagliptin 100 mg daily.",
                &["med Metformin (stopped)", "med Sitagliptin|100mg|daily"],
            ),
            ("Allergic to penicillin, metformin 500 mg daily.", &["med Metformin|500mg|daily", "all Penicillin"]),
            ("Metformin 500 mg daily, ramipril stopped.", &["med Metformin|500mg|daily", "med Ramipril (stopped)"]),
            ("Allergic to amoxicillin and ibuprofen.", &["all Amoxicillin", "all Ibuprofen"]),
            (
                "Penicillin allergy. Allergies: aspirin, latex. No allergy to iodine contrast.",
                &["all Penicillin", "all Acetylsalicylic acid", "all Latex", "all Iodinated contrast (negated)"],
            ),
            ("He is not taking aspirin.", &["med Acetylsalicylic acid (negated)"]),
            ("No longer taking warfarin 5 mg.", &["med Warfarin|5mg (stopped)"]),
            ("Ramipril switched to losartan 50 mg.", &["med Ramipril (stopped)", "med Losartan|50mg"]),
            ("Allergies: NKDA. Metformin 500 mg daily.", &["med Metformin|500mg|daily"]),
            (
                "No known drug allergies; takes penicillin V 500 mg qid.",
                &["med Phenoxymethylpenicillin|500mg|four times daily"],
            ),
            ("No fever, metformin 500 mg daily.", &["med Metformin|500mg|daily", "con R50.9 (negated)"]),
            ("Allergy to penicillin (rash), no food allergies. Eats nuts.", &["all Penicillin"]),
        ],
    );
}

#[test]
fn a_number_is_a_measurement_only_with_its_name_and_in_its_range() {
    check(
        Spoken::English,
        &[
            ("120/80 on 12/08/2024", &[]),
            ("BP 120/80", &["obs Blood pressure|120/80|mm[Hg]"]),
            ("BP: 80/120", &[]),
            ("blood pressure is 118/76 mmHg, pulse 1200", &["obs Blood pressure|118/76|mm[Hg]"]),
            ("temperature 98.6 F, temp 37", &["obs Body temperature|98.6|[degF]", "obs Body temperature|37|Cel"]),
            ("temperature 98.6", &["obs Body temperature|98.6|[degF]"]),
            ("weight 180 lbs", &["obs Body weight|180|[lb_av]"]),
            ("height 1.75 m", &["obs Body height|1.75|m"]),
            ("glucose 5.5 mmol/L", &["obs Glucose|5.5|mmol/L"]),
            ("heart rate 5-6", &[]),
            ("HR of 72", &["obs Heart rate|72|/min"]),
            ("potassium 4,2 mmol/l and K 4.0", &["obs Potassium|4.2|mmol/L", "obs Potassium|4|mmol/L"]),
        ],
    );
}

/// Name, gender, birthday.
type Person<'a> = (Option<&'a str>, Option<bool>, Option<&'a str>);

#[test]
fn the_patient_is_read_only_where_the_text_is_plain() {
    let table: &[(&str, Person<'_>)] = &[
        ("Patient John Doe, DOB 1990-01-01, has asthma.", (Some("John Doe"), None, Some("1990-01-01"))),
        ("Patient: Anna-Maria von Arx, geb. 01.02.1960", (Some("Anna-Maria von Arx"), None, Some("1960-02-01"))),
        ("Mr. Smith, a 45-year-old man, presents with cough.", (Some("Smith"), Some(false), None)),
        ("Frau Müller klagt über Husten.", (Some("Müller"), Some(true), None)),
        ("Herr Dr. Müller berichtet über Husten.", (None, None, None)),
        ("Madame Dupont, née le 3 mars 1955", (Some("Dupont"), Some(true), Some("1955-03-03"))),
        ("Paziente: Mario Rossi\nSesso: M\nnato il 12/05/1948", (Some("Mario Rossi"), Some(false), Some("1948-05-12"))),
        ("Patient Diabetes Mellitus Typ 2", (None, None, None)),
        ("Patient presents with hypertension.", (None, None, None)),
        ("Sex: F. DOB: 31.02.1990", (None, Some(true), None)),
        ("Female. Mr Smith brought her.", (Some("Smith"), None, None)),
        ("Patientin, 67 Jahre", (None, Some(true), None)),
        ("", (None, None, None)),
    ];
    let mut wrong = Vec::new();
    for (text, want) in table {
        let have = patient(&Text::new(text, Spoken::German));
        let have = (have.name.as_deref(), have.female, have.birthday.as_deref());
        if have != *want {
            wrong.push(format!("{text:?}\n  want {want:?}\n  have {have:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn times(text: &str) -> Vec<String> {
    let text = Text::new(text, Spoken::English);
    let found = super::time::times(&text, 0, text.tokens.len());
    found.iter().map(|when| format!("{} {}", when.kind.name(), when.value)).collect()
}

#[test]
fn dates_and_durations_are_read_and_what_is_none_is_not() {
    for (text, want) in [
        ("on 2024-01-15", "date 2024-01-15"),
        ("am 15.01.2024", "date 2024-01-15"),
        ("the patient was seen on 01/15/2024", "date 2024-01-15"),
        ("le patient est vu le 05/03/2024", "date 2024-03-05"),
        ("the patient was seen on 05/03/2024", "date 2024-05-03"),
        ("am 3. März 2020", "date 2020-03-03"),
        ("on March 3, 2020", "date 2020-03-03"),
        ("in March 2020", "date 2020-03"),
        ("since 2015", "date 2015"),
        ("03/2020", "date 2020-03"),
        ("for 3 days", "duration P3D"),
        ("seit 2 Wochen", "duration P2W"),
        ("depuis 3 mois", "duration P3M"),
        ("vor 2 Jahren", "ago -P2Y"),
        ("6 hours ago", "ago -PT6H"),
        ("3 anni fa", "ago -P3Y"),
    ] {
        assert_eq!(times(text), [want], "{text}");
    }
    for text in ["31.02.2024", "45 years old", "1-0-1", "BP 120/80", "13/13/2024", "room 2015", "DOB 1990-01-01"] {
        assert_eq!(times(text), [""; 0], "{text}");
    }
}
