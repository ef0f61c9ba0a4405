//! One result from several parts of a note: each code once, knowing the parts it was found in.

use serde::Serialize;

use crate::CodeAssessment;
use crate::long::Part;

/// The results of all parts that were coded, put together. Serialises with the vendor's field names.
///
/// A code accepted in one part and discarded in another counts as accepted: the part that accepted it had the evidence. Within a list the
/// codes are in the order in which they first occur, with the most confident assessment of each.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Merged {
    /// The codes that at least one part accepted.
    pub final_code_assessments: Vec<MergedAssessment>,
    /// The codes that at least one part discarded and none accepted.
    pub discarded_code_assessments: Vec<MergedAssessment>,
    /// The vendor's identifier of each part's run, in the order of the parts; `None` for a part that failed.
    pub run_ids: Vec<Option<String>>,
}

/// A code and the parts it was found in.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MergedAssessment {
    /// The most confident assessment of this code.
    #[serde(flatten)]
    pub assessment: CodeAssessment,
    /// The number of the part that this assessment is from, counted from 0.
    pub part: usize,
    /// The numbers of all parts that came to the same verdict about this code.
    pub parts: Vec<usize>,
    /// Of an accepted code: the numbers of the parts that discarded it. A reason to look at the note.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discarded_in: Vec<usize>,
}

impl std::fmt::Debug for Merged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Merged")
            .field("final_code_assessments", &self.final_code_assessments.len())
            .field("discarded_code_assessments", &self.discarded_code_assessments.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for MergedAssessment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MergedAssessment").field("part", &self.part).field("parts", &self.parts).finish_non_exhaustive()
    }
}

pub(crate) fn merge(parts: &[Part]) -> Merged {
    let mut merged =
        Merged { final_code_assessments: Vec::new(), discarded_code_assessments: Vec::new(), run_ids: Vec::new() };
    for (number, part) in parts.iter().enumerate() {
        let answer = part.result.as_ref().ok();
        merged.run_ids.push(answer.map(|answer| answer.run_id.clone()));
        let Some(answer) = answer else { continue };
        for assessment in &answer.final_code_assessments {
            add(&mut merged.final_code_assessments, number, assessment);
        }
        for assessment in &answer.discarded_code_assessments {
            add(&mut merged.discarded_code_assessments, number, assessment);
        }
    }
    let Merged { final_code_assessments: accepted, discarded_code_assessments: discarded, .. } = &mut merged;
    discarded.retain(|rejected| {
        let known = accepted.iter_mut().find(|known| known.assessment.code == rejected.assessment.code);
        let Some(known) = known else { return true };
        known.discarded_in.clone_from(&rejected.parts);
        false
    });
    merged
}

fn add(list: &mut Vec<MergedAssessment>, part: usize, assessment: &CodeAssessment) {
    match list.iter_mut().find(|known| known.assessment.code == assessment.code) {
        None => list.push(MergedAssessment {
            assessment: assessment.clone(),
            part,
            parts: vec![part],
            discarded_in: Vec::new(),
        }),
        Some(known) => {
            if known.parts.last() != Some(&part) {
                known.parts.push(part);
            }
            if assessment.confidence_percent > known.assessment.confidence_percent {
                known.assessment = assessment.clone();
                known.part = part;
            }
        }
    }
}
