//! What became of one input, in the shape that all forms of output share.

use omniscribe_codify::{CodeAssessment, CodifyResponse, Delivery, Error, LongCoding, Sensitive};
use serde::Serialize;

use crate::advice;
use crate::exit::Exit;

/// What became of one input.
pub(crate) enum Outcome {
    /// It was coded.
    Coded(Coding),
    /// It was not, or only the parts in the coding were.
    Failed(Failure, Option<Coding>),
}

/// The codes of one input.
pub(crate) struct Coding {
    pub(crate) accepted: Vec<Row>,
    pub(crate) discarded: Vec<Row>,
    /// The vendor's run of each part, in order; `None` for a part that failed. One without `--split`.
    pub(crate) runs: Vec<Option<String>>,
    /// Whether `--split` was asked for: it changes the shape of the output, whatever the number of parts.
    pub(crate) split: bool,
    /// How many accepted codes are left out for their confidence.
    pub(crate) hidden: usize,
}

/// One code. Serialises with the vendor's field names.
#[derive(Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) assessment: CodeAssessment,
    #[serde(flatten)]
    pub(crate) place: Option<Place>,
}

/// Where in a split note a code was found, counted from 0.
#[derive(Serialize)]
pub(crate) struct Place {
    pub(crate) part: usize,
    pub(crate) parts: Vec<usize>,
}

/// Why an input was not coded.
#[derive(Serialize)]
pub(crate) struct Failure {
    pub(crate) kind: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) attempts: u32,
    pub(crate) message: String,
    /// The vendor's own words, which may quote the note: shown only on request, and never in the data.
    #[serde(skip)]
    pub(crate) details: Option<Sensitive<String>>,
    /// The file that the message is about, where that is not what the input is called.
    #[serde(skip)]
    pub(crate) about: Option<String>,
    /// What came of answers that cannot be used; never in the data either.
    #[serde(skip)]
    pub(crate) unusable: Vec<Unusable>,
    #[serde(skip)]
    pub(crate) exit: Exit,
}

/// An answer that was received and not understood, or cut.
pub(crate) struct Unusable {
    /// Which part of a split note it is for, counted from 0.
    pub(crate) part: Option<usize>,
    pub(crate) bytes: Sensitive<Vec<u8>>,
}

impl Unusable {
    /// An error's body is the answer itself only under a success status; otherwise it is the vendor's words about a failure.
    fn of(error: &Error, part: Option<usize>) -> Option<Self> {
        let is_success = error.status().is_some_and(|code| (200..300).contains(&code));
        let body = error.body().filter(|_| is_success)?;
        Some(Self { part, bytes: Sensitive::new(body.expose().to_vec()) })
    }
}

impl Outcome {
    pub(crate) fn coding(&self) -> Option<&Coding> {
        match self {
            Self::Coded(coding) => Some(coding),
            Self::Failed(_, coding) => coding.as_ref(),
        }
    }

    /// Leaves out the accepted codes below `percent`.
    pub(crate) fn at_least(self, percent: Option<f64>) -> Self {
        match self {
            Self::Coded(coding) => Self::Coded(coding.at_least(percent)),
            Self::Failed(failure, coding) => Self::Failed(failure, coding.map(|coding| coding.at_least(percent))),
        }
    }

    /// Heads the message of a failure with this name instead of the input's.
    pub(crate) fn about(mut self, name: Option<String>) -> Self {
        if let Self::Failed(failure, _) = &mut self {
            failure.about = name;
        }
        self
    }

    /// Whether the vendor is known to have processed nothing of it.
    pub(crate) fn was_not_processed(&self) -> bool {
        let spared = [Delivery::NotSent.as_str(), Delivery::Refused.as_str()];
        matches!(self, Self::Failed(failure, None) if spared.contains(&failure.delivery))
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Coded(_) => None,
            Self::Failed(failure, _) => Some(failure),
        }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Failed(Failure::from(&error), None)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().as_str(),
            delivery: error.delivery().as_str(),
            attempts: error.attempts(),
            message: advice::sentence(error),
            details: error.details(),
            about: None,
            unusable: Unusable::of(error, None).into_iter().collect(),
            exit: Exit::of(error.kind()),
        }
    }
}

impl Coding {
    pub(crate) fn of_response(response: &CodifyResponse) -> Self {
        let rows = |list: &[CodeAssessment]| {
            list.iter().map(|assessment| Row { assessment: assessment.clone(), place: None }).collect()
        };
        Self {
            accepted: rows(&response.final_code_assessments),
            discarded: rows(&response.discarded_code_assessments),
            runs: vec![Some(response.run_id.clone())],
            split: false,
            hidden: 0,
        }
    }

    fn of_parts(long: &LongCoding) -> Self {
        let merged = long.merged();
        let rows = |list: Vec<omniscribe_codify::MergedAssessment>| {
            list.into_iter()
                .map(|found| Row {
                    assessment: found.assessment,
                    place: Some(Place { part: found.part, parts: found.parts }),
                })
                .collect()
        };
        let run = |part: &omniscribe_codify::Part| part.result.as_ref().ok().map(|answer| answer.run_id.clone());
        Self {
            accepted: rows(merged.final_code_assessments),
            discarded: rows(merged.discarded_code_assessments),
            runs: long.parts.iter().map(run).collect(),
            split: true,
            hidden: 0,
        }
    }

    fn at_least(mut self, percent: Option<f64>) -> Self {
        if let Some(percent) = percent {
            let before = self.accepted.len();
            self.accepted.retain(|row| row.assessment.confidence_percent >= percent);
            self.hidden = before - self.accepted.len();
        }
        self
    }

    /// The run that a code is from.
    pub(crate) fn run_of(&self, row: &Row) -> &str {
        let part = row.place.as_ref().map_or(0, |place| place.part);
        self.runs.get(part).and_then(Option::as_deref).unwrap_or_default()
    }
}

/// A split note is coded if all its parts are; otherwise it failed, and what was coded goes with the failure.
impl From<&LongCoding> for Outcome {
    fn from(long: &LongCoding) -> Self {
        let coding = Coding::of_parts(long);
        let Some(error) = long.first_error() else {
            return Self::Coded(coding);
        };
        let mut failure = Failure::from(error);
        let coded = coding.runs.iter().flatten().count();
        if long.parts.len() > 1 {
            // The worst delivery of all parts is that of the input.
            let errors = long.parts.iter().filter_map(|part| part.result.as_ref().err());
            if let Some(worst) = errors.clone().map(Error::delivery).max() {
                failure.delivery = worst.as_str();
            }
            // A refused token is a refused token, whatever else happened to other parts.
            let mut exits = errors.clone().map(|error| Exit::of(error.kind()));
            if exits.any(|exit| exit == Exit::Credentials) {
                failure.exit = Exit::Credentials;
            }
            let parts = long.parts.iter().enumerate();
            failure.unusable =
                parts.filter_map(|(number, part)| Unusable::of(part.result.as_ref().err()?, Some(number))).collect();
            failure.attempts = errors.map(Error::attempts).sum();
            failure.message =
                format!("{coded} of {} parts were coded; the first failure: {}", long.parts.len(), failure.message);
        }
        Self::Failed(failure, (coded > 0).then_some(coding))
    }
}
