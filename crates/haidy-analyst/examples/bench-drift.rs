//! What counting drift costs beside reading: a task's last answer is read into a `HolisticPatient`, and walked twice, as the client does it, for the
//! task and for its result. `cargo xtask bench drift` builds and runs it; it prints one line of JSON for each size.
//!
//! Usage: `bench-drift ANSWER.json [quick]`, where the answer is a task that is done; larger answers are made by repeating its records.

// A measuring program ends with a panic if it cannot measure, and prints what it measured.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use clinical_drift::{Drift, Shape};
use haidy_analyst::HolisticPatient;
use haidy_analyst::schema::READS;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

const KIB: usize = 1024;
const SIZES: [(&str, usize); 4] =
    [("as it is", 0), ("1 MiB", 1024 * KIB), ("16 MiB", 16 * 1024 * KIB), ("64 MiB", 64 * 1024 * KIB)];

/// What the client takes out of an answer.
#[derive(Deserialize)]
struct Task {
    result: Box<RawValue>,
}

fn shape(name: &str) -> Shape {
    Shape::parse(READS.iter().find(|(known, _)| *known == name).unwrap().1).unwrap()
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The answer with its records repeated until it has this size; and one in which each record is an unknown field instead.
fn grown(answer: &Value, size: usize) -> [String; 2] {
    let mut answer = answer.clone();
    let record = answer["result"]["clinical_records"][0].clone();
    let copies = (size / record.to_string().len()).max(1);
    answer["result"]["clinical_records"] = vec![record; copies].into();
    let fields = (size / r#""field_0000000":0,"#.len()).max(1);
    let unknown: serde_json::Map<String, Value> = (0..fields).map(|n| (format!("field_{n:07}"), json!(0))).collect();
    let strange = json!({"task_id": answer["task_id"], "status": "DONE", "result": unknown});
    [answer.to_string(), strange.to_string()]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = std::fs::read(arguments.next().unwrap()).unwrap();
    let answer: Value = serde_json::from_slice(&file).unwrap();
    let rounds = if arguments.next().is_some() { 5 } else { 25 };
    let (task, patient) = (shape("Task"), shape("HolisticPatient"));
    for (name, size) in SIZES {
        // A small answer full of unknown names is no burden.
        let kinds = if size == 0 { &["records"][..] } else { &["records", "unknown fields"] };
        for (kind, text) in kinds.iter().zip(grown(&answer, size)) {
            let (mut read, mut walked) = (Vec::new(), Vec::new());
            let mut found = 0;
            for _ in 0..rounds {
                let mut result = None;
                read.push(seconds(|| {
                    let task: Task = serde_json::from_str(&text).unwrap();
                    result = Some(HolisticPatient::from_json(task.result.get()).unwrap());
                }));
                let result = result.unwrap();
                let drift = Drift::new();
                walked.push(seconds(|| {
                    drift.walk("Task", &task, text.as_bytes()).unwrap();
                    drift.walk("HolisticPatient", &patient, result.as_json().as_bytes()).unwrap();
                }));
                found = black_box(drift.counts().iter().map(|count| count.count).sum::<u64>() + drift.beyond());
            }
            let line = json!({"size": name, "kind": kind, "bytes": text.len(), "found": found, "read": read, "walked": walked});
            println!("{line}");
        }
    }
}
