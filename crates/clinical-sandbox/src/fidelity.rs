//! The table at `/_sandbox/fidelity`: each behaviour of the sandbox, what it does now, and whether a guide says so,
//! another page of the vendor does, or we inferred it. Anything that is not in the table is not simulated.

mod haidy;
mod novamed;

use serde::Serialize;

use crate::state::State;
use crate::switches;

/// Where a behaviour comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// Stated in the vendor's guide.
    Guide,
    /// Stated on another public page of the vendor.
    VendorPage,
    /// Our reading, where the documents are silent or contradict each other.
    Inference,
}

/// One behaviour.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Fidelity {
    /// The operation, or `any`.
    pub operation: &'static str,
    /// What the sandbox does.
    pub behaviour: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// The page, or the reason.
    pub reference: &'static str,
    /// The switch that changes it.
    pub switch: Option<&'static str>,
    /// The switch's position now.
    pub position: Option<String>,
    /// The switch's positions.
    pub positions: Vec<String>,
}

type Row = (&'static str, &'static str, Source, &'static str, Option<&'static str>);

const ROWS: &[Row] = {
    use Source::{Guide, Inference, VendorPage};
    &[
        (
            "codify",
            "POST /v1/codify answers 200 with final_code_assessments, discarded_code_assessments and run_id",
            Guide,
            "request and response",
            None,
        ),
        (
            "codify",
            "codes are computed from the text by published rules; no model is involved",
            Inference,
            "the vendor's models are not public",
            None,
        ),
        (
            "codify",
            "run_id has the form of a UUID and depends on seed and content alone",
            Inference,
            "called a UUID, made in no documented way",
            None,
        ),
        (
            "codify",
            "the body holds a note, a PDF, or both",
            Inference,
            "pages contradict each other: required, alternative, exclusive",
            Some("input_rule"),
        ),
        ("codify", "an empty or blank note counts as no note", Inference, "not documented", Some("blank_note")),
        ("codify", "a note over 50 KB is refused with 413", VendorPage, "operations, error table", None),
        ("codify", "KB and MB are powers of 1024", Inference, "not defined; the widest reading", Some("size_unit")),
        (
            "codify",
            "the length of a note is counted in bytes of UTF-8",
            Inference,
            "not defined; UTF-8 is named beside the limit",
            Some("note_length"),
        ),
        ("codify", "a PDF over 5 MB after decoding is refused with 413", VendorPage, "operations, error table", None),
        (
            "codify",
            "bad base64 and bytes that are no PDF are refused with 422",
            VendorPage,
            "operations, error table",
            None,
        ),
        (
            "codify",
            "base64 is the standard alphabet with padding",
            Inference,
            "the samples use it; other forms are not mentioned",
            None,
        ),
        (
            "codify",
            "wrong or missing fields of pdf_file are refused with 422",
            Inference,
            "422 is documented for mime_type, 400 for a bad format",
            Some("pdf_field_status"),
        ),
        (
            "codify",
            "wrong JSON types, null and a body that is no JSON are refused with 400",
            VendorPage,
            "operations, error table (invalid request format)",
            None,
        ),
        (
            "codify",
            "a Content-Type other than application/json is refused with 400",
            Inference,
            "the header is documented as required, the refusal is not",
            None,
        ),
        (
            "codify",
            "a model other than fast, balanced, high-quality is refused with 400",
            Inference,
            "not documented; the overview speaks of custom models",
            Some("unknown_model"),
        ),
        ("codify", "the model has no effect on the answer", Inference, "no model is involved", None),
        (
            "codify",
            "fields that are not documented have no effect",
            Inference,
            "not documented",
            Some("unknown_fields"),
        ),
        (
            "codify",
            "x-doctor may be missing",
            Inference,
            "optional in the guides, required in the API reference",
            Some("doctor_header"),
        ),
        ("codify", "x-patient may be missing; neither header changes the answer", Guide, "authentication", None),
        ("codify", "a call that is repeated is processed again", Inference, "no idempotency key is documented", None),
        (
            "codify",
            "a body over 8 MiB is refused with 413",
            Inference,
            "the limit of the whole body is not documented",
            None,
        ),
        (
            "any",
            "Authorization: Bearer <token>; a missing or unknown token is refused with 401",
            Guide,
            "authentication; the status from the operations page",
            None,
        ),
        (
            "any",
            "the token and the rate limit are checked before the body",
            Inference,
            "not documented",
            Some("check_order"),
        ),
        (
            "any",
            "a used-up rate limit is refused with 429 where a token is asked for, in fixed windows for each token; off unless set",
            Inference,
            "a 429 is documented, its numbers, window and scope are not",
            None,
        ),
        ("any", "a 429 carries no Retry-After", Inference, "none is documented", Some("retry_hint")),
        (
            "any",
            "errors of Codify are {success: false, error, details} with the name of the status",
            Guide,
            "request and response, error answer",
            None,
        ),
        ("any", "500, 502, 503 and 504 come from faults alone", Inference, "they have no documented trigger", None),
        ("health", "GET /v1/health answers 200", Guide, "overview", None),
        ("health", "its body is {\"status\": \"ok\"}", Inference, "not documented", None),
        ("health", "it needs no token", Inference, "not documented", Some("health_auth")),
        (
            "any",
            "every other path answers 501, a known path with another method 405 with Allow",
            Inference,
            "the sandbox never invents an answer",
            None,
        ),
    ]
};

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(haidy::ROWS).chain(novamed::ROWS)
}

/// The table with the switches' positions now.
pub(crate) fn table(state: &State) -> Vec<Fidelity> {
    let positions = switches::positions();
    let row = |&(operation, behaviour, source, reference, switch): &Row| Fidelity {
        operation,
        behaviour,
        source,
        reference,
        switch,
        position: switch.map(|name| state.switches.position(name)),
        positions: switch.and_then(|name| positions.get(name).cloned()).unwrap_or_default(),
    };
    rows().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_stands_in_the_table_once() {
        let mut listed: Vec<&str> = rows().filter_map(|row| row.4).collect();
        listed.sort_unstable();
        let known: Vec<&str> = switches::positions().into_keys().collect();
        assert_eq!(listed, known);
    }
}
