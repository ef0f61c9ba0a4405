use super::*;

mod sentences;

fn codes(text: &str) -> (String, String) {
    let coding = assess(text, 7);
    let join = |list: &[Assessment]| list.iter().map(|a| a.code.as_str()).collect::<Vec<_>>().join(" ");
    (join(&coding.accepted), join(&coding.discarded))
}

fn check(table: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (text, accepted, discarded) in table {
        let (a, d) = codes(text);
        if a != *accepted || d != *discarded {
            wrong.push(format!("{text:?}\n   want [{accepted}] [{discarded}]\n   have [{a}] [{d}]"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn the_sample_of_the_guide_comes_out_as_in_the_guide() {
    let note = "Paciente presenta Diabetes Mellitus tipo 2. Medicación actual: Metformina 500mg cada 12h, Glipizida 5mg al día. \
                Niveles de glucosa estables. Sin complicaciones. Buena adherencia al tratamiento. HbA1c: 6.8%.";
    let (accepted, discarded) = codes(note);
    assert_eq!((accepted.as_str(), discarded.as_str()), ("E11.9 Z79.84", "E11.65"));
}

#[test]
fn spanish_sentences_give_the_codes_a_coder_would_give() {
    check(sentences::SPANISH);
}

#[test]
fn english_sentences_give_the_codes_a_coder_would_give() {
    check(sentences::ENGLISH);
}
