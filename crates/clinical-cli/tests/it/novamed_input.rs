//! Files and flags with mistakes: all of them are told at once, each with row, line and field, never with a value, and nothing is sent.

use crate::novamed_support::{Nova, PATIENTS};
use crate::support::Ran;

/// Runs with this file, which must be refused; what stderr says.
fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    refused_as("patient", name, content)
}

fn refused_as(what: &str, name: &str, content: impl AsRef<[u8]>) -> String {
    let nova = Nova::start().file(name, content);
    let ran = nova.run([what, "--file", name, "--audit", "trail"]).expect(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("(nothing was sent)"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("SECRET"), "{}", ran.stderr);
    assert_eq!(nova.requests(), 0);
    assert!(!nova.folder.path().join("trail").exists(), "an empty trail is left");
    ran.stderr
}

#[test]
fn every_mistake_of_every_row_is_listed_with_its_line_and_field() {
    let csv = "first_name,last_name,date_of_birth,email,practitioner,weight\n\
               John,Smith,1985-03-15,john@example.com,,\n\
               ,\"SECRET\nSECRET\",SECRET,SECRET,SECRET,SECRET\n\
               ,,,,,\n\
               Mary,Jones,1990-12-01,SECRET,,70.5\n";
    let stderr = refused("p.csv", csv);
    assert_eq!(
        stderr,
        "error: p.csv, row 2 (line 3): first_name is missing\n\
         error: p.csv, row 2 (line 3): date_of_birth must be a day of the calendar, written YYYY-MM-DD\n\
         error: p.csv, row 2 (line 3): practitioner must be a UUID; give it as the vendor did\n\
         error: p.csv, row 2 (line 3): weight must be a number with a point and at most 28 digits, such as 30 or 0.5\n\
         error: p.csv, row 4 (line 6): email must be one email address, such as name@clinic.example; correct it\n\
         error: p.csv, row 4 (line 6): weight cannot be sent in this revision; leave it out, or use a revision that has it\n\
         error: 2 of 3 rows are wrong for revision 2025-12; correct them (nothing was sent)\n"
    );
}

#[test]
fn json_rows_are_checked_alike_and_a_name_that_is_there_twice_is_refused() {
    let array = "[\n{\"first_name\":\"A\"},\n3,\n\
                 {\"first_name\":\"John\",\"last_name\":\"SECRET\",\"last_name\":\"SECRET\",\"date_of_birth\":\"1985-03-15\",\"email\":\"a@b.c\"}\n,\
                 {\"first_name\":\"John\",\"last_name\":\"Smith\",\"date_of_birth\":\"1985-03-15\",\"email\":\"a@b.c\",\"ssn\":\"SECRET\"}]";
    let stderr = refused("p.json", array);
    for part in [
        "p.json, row 1 (line 2): last_name is missing\n",
        "p.json, row 1 (line 2): date_of_birth is missing\n",
        "p.json, row 2 (line 3): the value must be an object with the fields of a patient\n",
        "p.json, row 3 (line 4): last_name is given twice; give it once\n",
        "p.json, row 4 (line 5): ssn is no field; the fields here are first_name, last_name, ",
        "4 of 4 rows are wrong",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert_eq!(stderr.lines().count(), 6, "{stderr}");
}

#[test]
fn the_fields_of_groups_are_named_as_the_file_names_them() {
    let stderr = refused_as("order", "o.csv", "patient,medication.quantity\nSECRET,x\n");
    for part in [
        "patient must be a UUID",
        "practitioner is missing",
        "medication.name is missing",
        "medication.quantity must be a number",
    ] {
        assert!(stderr.contains(&format!("o.csv, row 1 (line 2): {part}")), "{part}: {stderr}");
    }
    let stderr = refused_as("order", "o.csv", "shipment_group\nSECRET\n");
    assert!(stderr.contains("(line 2): medication.quantity is missing\n"), "{stderr}");
    let stderr = refused_as("order", "o.json", r#"{"medications":[{"name":"a","quantity":1},{"quantity":"SECRET"}]}"#);
    assert!(stderr.contains("(line 1): medications[1].name is missing\n"), "{stderr}");
    assert!(stderr.contains("(line 1): medications[1].quantity must be a number"), "{stderr}");
}

#[test]
fn a_header_that_does_not_fit_is_told_as_a_whole() {
    let stderr = refused("p.csv", "first_name,surname,,first_name\nSECRET,SECRET,SECRET,SECRET\n");
    let start = "error: p.csv, line 1: the file has a header that does not fit: there is no column surname; column 3 has no name; \
                 the column first_name is there twice; the columns of a patient are first_name, last_name, date_of_birth, ";
    assert!(stderr.starts_with(start), "{stderr}");
    let rows = PATIENTS.lines().skip(1).collect::<Vec<_>>().join("\n");
    let stderr = refused("p.csv", rows.replace("John", "SECRET"));
    assert!(stderr.starts_with("error: p.csv, line 1: the file has no header; begin it with the names"), "{stderr}");
    assert!(!stderr.contains("Smith"), "{stderr}");
    for separator in [";", "\t"] {
        let stderr = refused("p.csv", PATIENTS.replace(',', separator));
        assert!(stderr.contains("line 1: the file is not separated by commas"), "{stderr}");
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_does_not_swallow_the_rows_after_it() {
    let stderr = refused("p.csv", PATIENTS.replace("Jones", "\"SECRET"));
    assert_eq!(
        stderr,
        "error: p.csv, line 3: the file has a quotation mark that is never closed; close it (nothing was sent)\n"
    );
    let stderr = refused("p.csv", PATIENTS.replace("Jones", "SECRET \"SECRET\""));
    assert!(stderr.contains("line 3: the file has a quotation mark inside a field"), "{stderr}");
}

#[test]
fn a_row_with_a_field_too_many_or_too_few_is_refused() {
    for (row, has) in [("SECRET,SECRET", 2), ("SECRET,b,1985-03-15,a@b.c,SECRET", 5)] {
        let stderr = refused("p.csv", format!("{PATIENTS}{row}\n"));
        assert!(
            stderr.contains(&format!("line 5: the file has {has} fields in this row and 4 in the header")),
            "{stderr}"
        );
    }
}

#[test]
fn what_is_not_utf_8_json_or_anything_at_all_is_refused_in_one_sentence() {
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(PATIENTS.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("a.csv", utf16, "the file is UTF-16; convert it first"),
        ("a.csv", b"first_name\nSECRET\xf3\n".to_vec(), "the file is not UTF-8 from byte 18 on"),
        ("a.csv", Vec::new(), "the file holds nothing to send"),
        ("a.csv", b"first_name,last_name\n".to_vec(), "the file holds nothing to send"),
        ("a.json", b"[]".to_vec(), "the file holds nothing to send"),
        ("a.json", b"[{\"first_name\":\"SECRET\",\n}]".to_vec(), "a.json, line 2: the file is not JSON (column 1)"),
        ("a.json", b"[{\"first_name\":\"SECRET".to_vec(), "a.json, line 1: the file ends in the middle of a value"),
        (
            "a.ndjson",
            b"{}\n\n{\"first_name\": SECRET}\n".to_vec(),
            "a.ndjson, line 3: the file is not JSON (column 16)",
        ),
        ("a.jsonl", Vec::new(), "the file holds nothing to send"),
    ];
    for (name, content, part) in cases {
        let stderr = refused(name, content);
        assert!(stderr.contains(part), "{part}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn a_huge_file_is_refused_and_not_read_to_its_end() {
    let row = "John,Smith,1985-03-15,john@example.com\n";
    let stderr = refused("p.csv", format!("first_name,last_name,date_of_birth,email\n{}", row.repeat(430_200)));
    assert_eq!(
        stderr,
        "error: p.csv: the file has more than 16777216 bytes, which is never read; give a smaller file (nothing was sent)\n"
    );
}

#[test]
fn a_file_that_is_not_there_or_does_not_tell_its_form_is_named() {
    let nova = Nova::start().file("patients", PATIENTS);
    let ran = nova.run(["patient", "--file", "missing.csv"]).expect(1);
    assert_eq!(ran.stderr, "error: missing.csv: the file does not exist; check the path (nothing was sent)\n");
    let ran = nova.run(["patient", "--file", "patients"]).expect(2);
    assert!(ran.stderr.contains("--file: the name does not tell the form; add --input json, ndjson or csv"));
    nova.run(["patient", "--file", "-"]).expect(2);
    nova.run(["patient", "--file", "patients", "--input", "csv"]).expect(0);
}

#[test]
fn wrong_flags_are_usage_errors_that_name_the_flag_and_not_the_value() {
    let nova = Nova::start();
    let ran = nova.run(["patient", "--first-name", "A", "--date-of-birth", "SECRET", "--email", "a@b.c"]).expect(2);
    assert_eq!(
        ran.stderr,
        "error: --last-name is missing\n\
         error: --date-of-birth must be a day of the calendar, written YYYY-MM-DD\n\
         error: the patient cannot be sent in revision 2025-12 (nothing was sent)\n"
    );
    let ran = nova.run(["patient"]).expect(2);
    assert!(ran.stderr.contains("nothing to send: describe the patient with flags"), "{}", ran.stderr);
    let ran = nova.run(["patient", "--first-name", "A", "--file", "p.csv"]).expect(2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    assert_eq!(nova.requests(), 0);
}

/// Flags, variables, and the exit code and the words that they lead to.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], i32, &'a str);

#[test]
fn settings_that_are_missing_or_do_not_go_together_are_told_before_anything_is_sent() {
    let nova = Nova::start().file("p.csv", PATIENTS).file("key", "dev_key");
    let url = nova.vendor.sandbox.url();
    let file = ["patient", "--file", "p.csv", "--log", "log"];
    let cases: [Case<'_>; 10] = [
        (&["--base-url", url], &[("NOVAMED_API_KEY", "dev_k")], 2, "say so with --synthetic-data-only"),
        (&["--environment", "production"], &[("NOVAMED_API_KEY", "prod_k")], 2, "with --business-associate-agreement"),
        (
            &["--base-url", url, "--synthetic-data-only"],
            &[],
            4,
            "no credentials: set NOVAMED_DEV_API_KEY or NOVAMED_API_KEY",
        ),
        (&["--base-url", url, "--synthetic-data-only"], &[("NOVAMED_API_KEY", "prod_k")], 4, "is a key for production"),
        (
            &["--environment", "production", "--business-associate-agreement"],
            &[("NOVAMED_PROD_API_KEY", "dev_k")],
            4,
            "is a key for development",
        ),
        (
            &["--base-url", url, "--synthetic-data-only", "--key-file", "key"],
            &[("NOVAMED_API_KEY", "dev_k")],
            2,
            "--key-file and NOVAMED_API_KEY both give a key",
        ),
        (&["--synthetic-data-only"], &[("NOVAMED_API_KEY", "dev_k")], 2, "--environment is missing"),
        (&["--base-url", url], &[("NOVAMED_REVISION", "2024-01")], 2, "NOVAMED_REVISION is no revision"),
        (&["--base-url", url], &[("NOVAMED_CLINIC_ID", "SECRET")], 2, "NOVAMED_CLINIC_ID must be a UUID"),
        (
            &["--base-url", "http://vendor.example", "--environment", "development", "--synthetic-data-only"],
            &[("NOVAMED_API_KEY", "dev_k")],
            2,
            "https",
        ),
    ];
    for (args, variables, code, part) in cases {
        let ran: Ran = nova.bare(file).args(args).envs(variables.iter().copied()).output().unwrap().into();
        let ran = ran.expect(code);
        assert!(ran.stderr.contains(part) && !ran.stderr.contains("SECRET"), "{part}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert_eq!((ran.stdout.as_str(), nova.requests()), ("", 0));
    }
    let ran: Ran = nova.bare(file).env_remove("NOVAMED_REVISION").output().unwrap().into();
    assert!(ran.expect(2).stderr.contains("--revision is missing: say 2025-12 or 2026-01"));
    let args = ["--base-url", url, "--synthetic-data-only", "--key-file", "key"];
    let ran: Ran = nova.bare(file).args(args).output().unwrap().into();
    // It is not the key of this sandbox.
    assert!(ran.expect(4).stderr.contains("401"));
}
