//! The four forms of output, each as a whole.

use crate::support::{Folder, NOTE, json};

fn folder() -> Folder {
    Folder::new().with("note.txt", NOTE).with("empty.txt", "").with("nothing.txt", "Hola.")
}

fn output(format: &str) -> String {
    let args = ["codify", "--sandbox", "--output", format, "note.txt", "empty.txt", "nothing.txt"];
    let ran = folder().run(args).expect(1);
    format!("{}\n--- stderr\n{}", ran.stdout, ran.stderr)
}

#[test]
fn a_table_for_people() {
    insta::assert_snapshot!(output("table"));
}

#[test]
fn one_json_array_in_the_order_of_the_inputs() {
    insta::assert_snapshot!(output("json"));
}

#[test]
fn one_json_object_per_line() {
    // Lines come in the order in which results come in.
    let text = output("ndjson");
    let (stdout, stderr) = text.split_once("\n--- stderr\n").unwrap();
    let mut lines: Vec<_> = stdout.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(format!("{}\n\n--- stderr\n{stderr}", lines.join("\n")));
}

#[test]
fn csv_with_a_row_per_code() {
    let text = output("csv");
    assert!(text.starts_with("input,verdict,code,description,justification,confidence_percent,run_id,part\r\n"));
    insta::assert_snapshot!(text.replace("\r\n", "<CR LF>\n"));
}

#[test]
fn csv_quotes_what_would_break_a_row() {
    let folder = Folder::new().with("a, \"b\".txt", NOTE);
    let ran = folder.run(["codify", "--sandbox", "--output", "csv", "a, \"b\".txt"]).expect(0);
    assert!(ran.stdout.contains("\r\n\"a, \"\"b\"\".txt\",final,"), "{}", ran.stdout);
}

#[test]
fn json_has_the_vendors_field_names_and_no_others() {
    let ran = folder().run(["codify", "--sandbox", "--output", "json", "note.txt", "empty.txt"]).expect(1);
    let items = json(&ran.stdout);
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&items[0]), ["discarded_code_assessments", "final_code_assessments", "input", "run_id"]);
    let assessment = ["code", "confidence_percent", "description", "justification"];
    assert_eq!(names(&items[0]["final_code_assessments"][0]), assessment);
    assert_eq!(names(&items[0]["discarded_code_assessments"][0]), assessment);
    assert_eq!(names(&items[1]), ["error", "input"]);
    assert_eq!(names(&items[1]["error"]), ["attempts", "delivery", "kind", "message"]);
}

#[test]
fn min_confidence_hides_accepted_codes_only_and_says_so() {
    let all = folder().run(["codify", "--sandbox", "--output", "json", "note.txt"]).expect(0);
    let all = &json(&all.stdout)[0];
    let codes = all["final_code_assessments"].as_array().unwrap().len();
    let ran =
        folder().run(["codify", "--sandbox", "--output", "json", "--min-confidence", "100", "note.txt"]).expect(0);
    let item = &json(&ran.stdout)[0];
    assert_eq!(item["final_code_assessments"], serde_json::json!([]));
    assert_eq!(item["discarded_code_assessments"], all["discarded_code_assessments"]);
    let sentence = format!("note.txt: {codes} accepted codes are hidden by --min-confidence\n");
    assert!(ran.stderr.ends_with(&sentence), "{}", ran.stderr);
}

/// Codes forty inputs, up to 32 at a time; their names as they come in the output, and as they were given.
fn forty(format: &str) -> (Vec<String>, Vec<String>) {
    let names: Vec<String> = (0..40).map(|number| format!("{number}.txt")).collect();
    let folder = names.iter().fold(Folder::new(), |folder, name| folder.with(name, format!("{NOTE} Visita {name}.")));
    let mut args = vec!["codify", "--sandbox", "--in-flight", "32"];
    args.extend(["--output", format]);
    args.extend(names.iter().map(String::as_str));
    let ran = folder.run(args).expect(0);
    let items = match format {
        "json" => json(&ran.stdout).as_array().unwrap().clone(),
        _ => ran.stdout.lines().map(json).collect(),
    };
    let inputs = items.iter().map(|item| item["input"].as_str().unwrap().to_owned());
    (inputs.collect(), names)
}

#[test]
fn an_array_has_the_order_of_the_inputs_however_many_are_on_their_way() {
    let (inputs, names) = forty("json");
    assert_eq!(inputs, names);
}

#[test]
fn lines_name_each_input_once_however_many_are_on_their_way() {
    let (mut inputs, mut names) = forty("ndjson");
    inputs.sort_unstable();
    names.sort_unstable();
    assert_eq!(inputs, names);
}
