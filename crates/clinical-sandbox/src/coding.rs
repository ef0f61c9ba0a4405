//! Text to ICD-10-CM assessments, computed by small published rules from a bilingual lexicon. It stands in for a
//! vendor's model in tests and demonstrations: the same text and seed give the same answer, and every answer can be
//! predicted from this page. It refuses to be used for care or billing, and to invent: a code needs words in the note.
//!
//! # How answers are made
//!
//! 1. **Words.** The note is cut into words, numbers and marks. Case and accents do not matter; a plural or a gender
//!    ending is removed from both sides before comparing; a word wrapped over two lines goes on. Terms come from
//!    `data/icd10/*.tsv` (ICD-10-CM codes and English titles are published by the US government; the Spanish is our
//!    own). The longest term wins. A term in capitals is an abbreviation: it needs capitals in the note, and is read
//!    only in the note's language. Articles, and words of degree and side, may stand inside a term.
//! 2. **Sentences and sections.** A sentence ends at a point, a semicolon or a line end that is not a mere wrap. A
//!    heading ("AF:", "PMH:", "Allergies:") speaks for its section: family, allergy, history, differential, return.
//! 3. **Context.** The words in `data/triggers.tsv` decide what a mention means, in this order: a relative, a negation,
//!    a condition or risk, a test or protocol, a doubt, a stopped drug, the past. Each reaches to the end of its clause,
//!    over its list, to the next comma or to the next mention, as its line says; "but", "presents", "due to" and the
//!    like end it. Anything but present puts the code into the discarded list with the words that decided. The idea
//!    is that of `NegEx` (Chapman and others, 2001) and `ConText` (Harkema and others, 2009).
//!    An advice ("return if") reaches to the end of its sentence; a result after a list ("flu/COVID neg") reaches back
//!    over what "and" or a stroke joins, never over a positive result.
//! 4. **Past.** "History of" leaves a lasting condition as it is; it turns an infarction into I25.2, a stroke into
//!    Z86.73, a cancer into Z85; what has no such code is discarded as past.
//! 5. **Uncertain diagnoses** (probable, suspected, compatible with, vs, ?) are discarded: ICD-10-CM guideline IV.H.
//! 6. **One line per code.** An affirmed mention wins over a denied one, and says so; a mention that is only a heading
//!    does not. A general code yields to an exact one (J18.9 to J13), a symptom to the diagnosis it belongs to (cough
//!    to pneumonia, guideline I.B.5); both are listed as discarded.
//! 7. **Values and drugs** only refine what is named. Diabetes with `HbA1c` of 9 % or more, or with words of poor
//!    control, is also with hyperglycemia (E11.65, E10.65); below 7 % that code is discarded with the value. Oral
//!    drugs and insulin are coded only beside a diabetes; A body mass index is coded only beside an obesity. Conditions
//!    without one they are discarded. A concussion takes its code from the loss of consciousness: denied, brief (in
//!    seconds, or at most 30 minutes) or of unknown length. Conditions
//!    are coded as named: hypertension beside heart failure or kidney disease stays I10 unless the note joins them.
//! 8. **Confidence.** Term 95, variant 92, abbreviation 91, +1 for each further mention (at most 2), −15 when denied
//!    elsewhere; drug 96, refined 93, history 89. Discarded: uncertain 35, symptom 25, general 22, past 15, value 12,
//!    stopped 10, condition or test 7, family 6, denied 4. The seed moves each by at most 1.5.
//! 9. **Order.** Both lists follow the first mention in the note. Texts are in the note's language (small words of
//!    each language are counted; equal counts give Spanish, and abbreviations are then read in both).

pub(crate) mod context;
pub(crate) mod finding;
mod language;
pub(crate) mod lexicon;
pub mod pdf;
pub(crate) mod phrase;
mod refine;
mod resolve;
pub(crate) mod segment;
pub(crate) mod token;
pub(crate) mod trigger;
mod wording;

/// One ICD-10-CM code and what the note says for or against it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Assessment {
    /// The code, with its point, for example `E11.9`.
    pub code: String,
    /// The title of the code in the note's language.
    pub description: String,
    /// The rule that decided, with the words of the note. May hold patient data.
    pub justification: String,
    /// 0 to 100, one decimal.
    pub confidence_percent: f64,
}

/// The answer to one note.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Coding {
    /// What the note affirms, in the order of the note.
    pub accepted: Vec<Assessment>,
    /// What was looked at and left out, each with its reason.
    pub discarded: Vec<Assessment>,
}

// The justification quotes the patient's note, so `Debug` shows codes only.
impl std::fmt::Debug for Assessment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assessment")
            .field("code", &self.code)
            .field("confidence_percent", &self.confidence_percent)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Coding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coding").field("accepted", &self.accepted).field("discarded", &self.discarded).finish()
    }
}

/// Codes a note in Spanish or English. Never fails: a text without known terms gives two empty lists.
///
/// ```
/// let note = "Paciente con diabetes mellitus tipo 2. Metformina 850 mg. HbA1c: 6,8 %. Niega dolor torácico.";
/// let coding = clinical_sandbox::coding::assess(note, 7);
/// let codes: Vec<&str> = coding.accepted.iter().map(|a| a.code.as_str()).collect();
/// assert_eq!(codes, ["E11.9", "Z79.84"]);
/// ```
#[must_use]
pub fn assess(text: &str, seed: u64) -> Coding {
    let tokens = token::tokens(text);
    let (language, guessed) = language::of(&tokens);
    let findings = finding::findings(text, &tokens, language, guessed);
    let mut coding = Coding::default();
    for decision in resolve::decide(text, &tokens, &findings) {
        let assessment = Assessment {
            description: lexicon::Lexicon::get().entry(decision.entry).title(language, decision.side),
            justification: wording::justification(&decision, language),
            confidence_percent: wording::confidence(&decision, seed),
            code: decision.code.clone(),
        };
        if decision.accepted {
            coding.accepted.push(assessment);
        } else {
            coding.discarded.push(assessment);
        }
    }
    coding
}

#[cfg(test)]
mod tests;
