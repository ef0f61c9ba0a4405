//! One text, all recognisers, sentence by sentence. It settles who owns words that two of them claim: an allergy before
//! a medication; an immunization, a measurement and a procedure before a condition.

use super::Language;
use super::condition::conditions;
use super::context::{Context, Place, contexts};
use super::entity::{Class, Mention, Status, fields, signature};
use super::event::{allergies, immunizations, procedures};
use super::medication::{Drug, drugs};
use super::observation::observations;
use super::patient::{Patient, patient};
use super::reader::Text;
use super::time::times;

/// What one text says.
pub(super) struct Recognised {
    pub(super) mentions: Vec<Mention>,
    pub(super) patient: Patient,
}

/// Reads a text; names are given in `language`.
pub(super) fn recognise(text: &Text<'_>, language: Language) -> Recognised {
    let contexts = contexts(text);
    let mut mentions = Vec::new();
    for context in &contexts {
        sentence(text, context, language, &mut mentions);
    }
    let taken: Vec<(usize, usize)> =
        mentions.iter().filter(|mention| mention.class != Class::Medication).map(|mention| mention.bytes).collect();
    let taken = Taken::new(taken);
    let conditions = conditions(text, &contexts, language).into_iter().filter(|mention| !taken.overlaps(mention.bytes));
    mentions.extend(conditions);
    Recognised { mentions, patient: patient(text) }
}

/// Spans in order.
struct Taken(Vec<(usize, usize)>);

impl Taken {
    fn new(mut spans: Vec<(usize, usize)>) -> Self {
        spans.sort_unstable();
        Self(spans)
    }

    fn overlaps(&self, span: (usize, usize)) -> bool {
        // Spans of different kinds may overlap by a word or two, so the last few before the end are looked at.
        let before = self.0.partition_point(|taken| taken.0 < span.1);
        self.0[before.saturating_sub(3)..before].iter().any(|taken| taken.1 > span.0)
    }
}

fn sentence(text: &Text<'_>, context: &Context, language: Language, out: &mut Vec<Mention>) {
    let (first, end) = context.tokens();
    let drugs = drugs(text, first, end);
    let names: Vec<(Place, &'static str)> = drugs
        .iter()
        .map(|drug| {
            let (first, end) = drug.name;
            (Place { first, end, detailed: !drug.dosing.dose.is_empty() }, drug.generic())
        })
        .collect();
    let allergies = allergies(text, context, &names, language);
    let allergic = Taken::new(allergies.iter().map(|mention| mention.bytes).collect());
    let places: Vec<Place> = drugs
        .iter()
        .map(|drug| Place {
            first: drug.dosing.first,
            end: drug.dosing.end,
            detailed: !drug.dosing.dose.is_empty() || !drug.dosing.frequency.is_empty(),
        })
        .collect();
    let times = if drugs.is_empty() { Vec::new() } else { times(text, first, end) };
    for (index, drug) in drugs.iter().enumerate() {
        if allergic.overlaps(text.bytes(drug.name.0, drug.name.1)) {
            continue;
        }
        let (status, cue) = context.verdict(text, Class::Medication, &places, index);
        let cue = cue.filter(|_| status != Status::Active).map(|(from, to)| text.bytes(from, to));
        let mention = medication(text, drug);
        let cue = cue.map(|(from, to)| text.raw[from..to].to_owned());
        out.push(Mention { status, cue, times: times.clone(), ..mention });
    }
    out.extend(allergies);
    out.extend(procedures(text, context, language));
    out.extend(immunizations(text, context, language));
    out.extend(observations(text, first, end, language));
}

fn medication(text: &Text<'_>, drug: &Drug) -> Mention {
    let (name, dosing) = (drug.generic(), &drug.dosing);
    let (dose, frequency) = (dosing.dose.as_str(), dosing.frequency.as_str());
    Mention {
        class: Class::Medication,
        signature: signature(Class::Medication, &[name, dose, frequency]),
        fields: fields(&[("name", name), ("dose", dose), ("frequency", frequency), ("route", dosing.route)]),
        bytes: text.bytes(dosing.first, dosing.end),
        certainty: drug.certainty,
        status: Status::Active,
        cue: None,
        times: Vec::new(),
    }
}
