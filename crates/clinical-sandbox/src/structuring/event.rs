//! Allergies, procedures and immunizations by small tables. A substance is an allergy only where the sentence says so,
//! a disease is an immunization only beside a word for vaccine; a compound ("Penicillinallergie", "Grippeimpfung") says
//! both in one word. "NKDA" and "no known allergies" name no substance, so they give nothing.

use std::sync::LazyLock;

use super::Language;
use super::context::{Context, Place};
use super::entity::{Class, Mention, Status, fields, signature};
use super::medication;
use super::reader::Text;
use super::table::Table;
use crate::coding::phrase::Compare;
use crate::coding::token::Kind;

static ALLERGENS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/allergens.tsv"), &[4], Compare::Term));
static PROCEDURES: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/procedures.tsv"), &[4], Compare::Term));
static VACCINES: LazyLock<Table> = LazyLock::new(|| {
    Table::read(include_str!("../../data/structuring/vaccines.tsv"), &[DISEASES, VACCINE_NAMES], Compare::Term)
});
/// Columns of the vaccines.
const DISEASES: usize = 4;
const VACCINE_NAMES: usize = 5;

/// Words for vaccine, in lower case without accents.
const VACCINE: [&str; 38] = [
    "vaccine",
    "vaccines",
    "vaccination",
    "vaccinations",
    "vaccinated",
    "immunization",
    "immunizations",
    "immunisation",
    "immunized",
    "immunised",
    "shot",
    "shots",
    "booster",
    "jab",
    "impfung",
    "impfungen",
    "geimpft",
    "impfstoff",
    "impfstatus",
    "auffrischimpfung",
    "auffrischung",
    "grundimmunisierung",
    "vaccin",
    "vaccins",
    "vaccinee",
    "rappel",
    "vaccino",
    "vaccini",
    "vaccinazione",
    "vaccinazioni",
    "vaccinato",
    "vaccinata",
    "richiamo",
    "vacuna",
    "vacunas",
    "vacunado",
    "vacunada",
    "vacunacion",
];

/// How far a word for vaccine may be from the disease, in tokens.
const NEAR: usize = 8;

/// A mention that its sentence has not judged yet.
struct Found {
    place: Place,
    name: String,
    key: &'static str,
    certainty: u8,
    /// The word itself says it: "Penicillinallergie".
    says_so: bool,
}

fn title(table: &Table, row: usize, language: Language) -> String {
    let column = match language {
        Language::English => 0,
        Language::German => 1,
        Language::French => 2,
        Language::Italian => 3,
    };
    table.cell(row, column).to_owned()
}

fn judged(
    text: &Text<'_>,
    context: &Context,
    class: Class,
    found: &[Found],
    keep: impl Fn(usize) -> bool,
) -> Vec<Mention> {
    let (first, end) = context.tokens();
    let places: Vec<Place> = found.iter().map(|found| found.place).collect();
    let times = if found.is_empty() { Vec::new() } else { super::time::times(text, first, end) };
    let mut out = Vec::new();
    for (index, one) in found.iter().enumerate().filter(|(index, _)| keep(*index)) {
        let (status, cue) = context.verdict(text, class, &places, index);
        let cue = cue.filter(|_| status != Status::Active).map(|(from, to)| text.bytes(from, to));
        out.push(Mention {
            class,
            signature: signature(class, &[one.key]),
            fields: fields(&[("name", &one.name)]),
            bytes: text.bytes(one.place.first, one.place.end),
            certainty: one.certainty,
            status,
            cue: cue.map(|(from, to)| text.raw[from..to].to_owned()),
            times: times.clone(),
        });
    }
    out
}

/// The allergies of one sentence. `drugs` are its drugs: the tokens of each name, the generic name, with a dose or not.
pub(super) fn allergies(
    text: &Text<'_>,
    context: &Context,
    drugs: &[(Place, &'static str)],
    language: Language,
) -> Vec<Mention> {
    let (first, end) = context.tokens();
    let mut found: Vec<Found> = Vec::new();
    let mut next_drug = 0;
    let mut i = first;
    while i < end {
        if let Some((place, generic)) = drugs.get(next_drug).filter(|(place, _)| place.first <= i) {
            let name = (*generic).to_owned();
            found.push(Found { place: *place, name, key: generic, certainty: 93, says_so: false });
            i = i.max(place.end);
            next_drug += 1;
        } else if let Some(hit) = ALLERGENS.at(text, i, end, |_| true) {
            let place = Place { first: i, end: hit.end, detailed: false };
            let (name, key) = (title(&ALLERGENS, hit.row, language), ALLERGENS.cell(hit.row, 0));
            found.push(Found { place, name, key, certainty: 93, says_so: false });
            i = hit.end;
        } else {
            found.extend(compound(text, i, end, language));
            i += 1;
        }
    }
    let places: Vec<Place> = found.iter().map(|found| found.place).collect();
    judged(text, context, Class::Allergy, &found, |index| {
        found[index].says_so || context.allergic(text, &places, index)
    })
}

/// "Penicillinallergie".
fn compound(text: &Text<'_>, i: usize, end: usize, language: Language) -> Option<Found> {
    let word = &text.token(i, end)?.folded;
    let substance =
        ["allergie", "allergien", "allergiker", "allergikerin"].iter().find_map(|end| word.strip_suffix(end))?;
    let place = Place { first: i, end: i + 1, detailed: false };
    let (name, key) = if let Some(row) = ALLERGENS.whole(substance) {
        (title(&ALLERGENS, row, language), ALLERGENS.cell(row, 0))
    } else {
        let generic = medication::generic_of(substance)?;
        (generic.to_owned(), generic)
    };
    Some(Found { place, name, key, certainty: 93, says_so: true })
}

/// The procedures of one sentence.
pub(super) fn procedures(text: &Text<'_>, context: &Context, language: Language) -> Vec<Mention> {
    let (first, end) = context.tokens();
    let mut found = Vec::new();
    let mut i = first;
    while i < end {
        let Some(hit) = PROCEDURES.at(text, i, end, |_| true) else {
            i += 1;
            continue;
        };
        let place = Place { first: i, end: hit.end, detailed: false };
        let (name, key) = (title(&PROCEDURES, hit.row, language), PROCEDURES.cell(hit.row, 0));
        found.push(Found { place, name, key, certainty: if hit.exact { 92 } else { 90 }, says_so: true });
        i = hit.end;
    }
    judged(text, context, Class::Procedure, &found, |_| true)
}

/// The immunizations of one sentence.
pub(super) fn immunizations(text: &Text<'_>, context: &Context, language: Language) -> Vec<Mention> {
    let (first, end) = context.tokens();
    let vaccine = |i: usize| text.word(i, end, &VACCINE);
    let words: Vec<usize> = (first..end).filter(|&i| vaccine(i)).collect();
    let near = |from: usize, to: usize| {
        let next = words.partition_point(|&at| at + NEAR < from);
        words.get(next).is_some_and(|&at| at <= to + NEAR)
    };
    let mut found = Vec::new();
    let mut i = first;
    while i < end {
        let hit = VACCINES.at(text, i, end, |hit| hit.column == VACCINE_NAMES || near(i, hit.end));
        let compound = || {
            let token = text.token(i, end)?;
            Some((compound_vaccine(&token.folded, token.kind)?, i + 1))
        };
        let Some((row, mut last)) = hit.map(|hit| (hit.row, hit.end)).or_else(compound) else {
            i += 1;
            continue;
        };
        if vaccine(last) {
            last += 1;
        }
        let place = Place { first: i, end: last, detailed: false };
        let (name, key) = (title(&VACCINES, row, language), VACCINES.cell(row, 0));
        found.push(Found { place, name, key, certainty: 91, says_so: true });
        i = last;
    }
    judged(text, context, Class::Immunization, &found, |_| true)
}

/// "Tetanusimpfung".
fn compound_vaccine(word: &str, kind: Kind) -> Option<usize> {
    let ends = ["impfung", "impfungen", "impfstoff", "auffrischimpfung"];
    let disease =
        ends.iter().filter_map(|end| word.strip_suffix(end)).filter(|_| kind == Kind::Word).min_by_key(|d| d.len())?;
    VACCINES.whole(disease)
}
