//! The three query switches of `/v2/structure/fhir`: `true` or `false`, each true unless it is sent. Anything else is a
//! problem at `query`; a parameter that is not documented has no effect.

use super::problem::{Kind, Problem};

/// What the Bundle has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Include {
    pub(super) patient: bool,
    pub(super) document_references: bool,
    pub(super) data: bool,
}

impl Include {
    /// The documented default.
    pub(super) const ALL: Self = Self { patient: true, document_references: true, data: true };

    /// Reads a query. Of a parameter that is given twice the last counts.
    pub(super) fn read(query: Option<&str>) -> Result<Self, Vec<Problem>> {
        let (mut include, mut problems) = (Self::ALL, Vec::new());
        for pair in query.unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let field = match name {
                "include_patient" => &mut include.patient,
                "include_document_references" => &mut include.document_references,
                "include_data" => &mut include.data,
                _ => continue,
            };
            match value {
                "true" => *field = true,
                "false" => *field = false,
                _ => problems.push(Problem::new("query", &format!("/{name}"), Kind::Boolean)),
            }
        }
        if problems.is_empty() { Ok(include) } else { Err(problems) }
    }
}
