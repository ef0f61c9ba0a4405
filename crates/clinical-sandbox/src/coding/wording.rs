//! The sentences and the numbers of an answer, in the language of the note. Every justification quotes the words of
//! the note and names the rule; every confidence is a small sum that can be done by hand.

use super::lexicon::Language;
use super::resolve::{Decision, Reason};

fn because(cue: Option<&str>, with: &str, without: &str) -> String {
    cue.map_or_else(|| without.to_owned(), |words| format!("{with} «{words}»"))
}

/// Why the code is in its list.
pub(crate) fn justification(decision: &Decision, language: Language) -> String {
    match language {
        Language::Spanish => spanish(decision),
        Language::English => english(decision),
    }
}

fn spanish(d: &Decision) -> String {
    let (quote, code, cue) = (&d.quote, &d.code, d.cue.as_deref());
    match &d.reason {
        Reason::Named { mentions, denied_elsewhere } => {
            let form = if d.capitals {
                "abreviatura"
            } else if d.exact {
                "término"
            } else {
                "variante de un término"
            };
            let more = if *mentions > 1 { format!(" La nota lo menciona {mentions} veces.") } else { String::new() };
            let other = if *denied_elsewhere { " En otro lugar se niega; prevalece la mención afirmada." } else { "" };
            format!("La nota dice «{quote}» sin negación ni duda: {form} que corresponde a {code}.{more}{other}")
        }
        Reason::History => {
            format!(
                "La nota dice «{quote}» como antecedente{}: se codifica la historia personal con {code}.",
                because(cue, " por", "")
            )
        }
        Reason::Drug => {
            format!("La nota nombra «{quote}» y una diabetes: uso prolongado de este medicamento, {code}.")
        }
        Reason::DrugAlone => format!(
            "Descartado: la nota nombra «{quote}», pero no afirma ninguna diabetes; el uso de este medicamento solo se codifica junto a ella."
        ),
        Reason::Refined { by } => {
            format!("La nota dice «{quote}» y además «{by}»: juntos corresponden a {code}.")
        }
        Reason::Denied => format!("Descartado: la nota niega «{quote}»{}.", because(cue, " con", "")),
        Reason::Uncertain => format!(
            "Descartado: «{quote}» no está confirmado ({}); un diagnóstico dudoso no se codifica en una nota ambulatoria (ICD-10-CM IV.H).",
            because(cue, "la nota dice", "figura como sospecha o diagnóstico diferencial")
        ),
        Reason::Family => format!(
            "Descartado: «{quote}» se refiere a un familiar o a otra persona ({}), no al paciente.",
            because(cue, "la nota dice", "está en los antecedentes familiares")
        ),
        Reason::Hypothetical => format!(
            "Descartado: «{quote}» es una condición, un riesgo, una prevención o un consejo ({}), no un hecho.",
            because(cue, "la nota dice", "está entre los signos de alarma")
        ),
        Reason::Test => {
            format!(
                "Descartado: «{quote}» nombra una prueba, un protocolo o un servicio{}, no un diagnóstico.",
                because(cue, ":", "")
            )
        }
        Reason::Past => format!(
            "Descartado: «{quote}» es un proceso pasado o resuelto{}, sin código propio de antecedente.",
            because(cue, ":", "")
        ),
        Reason::Stopped => {
            format!("Descartado: la nota no da «{quote}» como tratamiento actual{}.", because(cue, ":", ""))
        }
        Reason::General { by, quote: words } => {
            format!("Descartado: «{quote}» ({code}) es más general que «{words}», ya codificado como {by}.")
        }
        Reason::Integral { by, quote: words } => {
            format!(
                "Descartado: «{quote}» es un síntoma propio de «{words}», ya codificado como {by} (ICD-10-CM I.B.5)."
            )
        }
        Reason::Value { quote: value } => {
            format!("Descartado: «{value}» no indica hiperglucemia en la «{quote}» que la nota nombra.")
        }
    }
}

fn english(d: &Decision) -> String {
    let (quote, code, cue) = (&d.quote, &d.code, d.cue.as_deref());
    match &d.reason {
        Reason::Named { mentions, denied_elsewhere } => {
            let form = if d.capitals {
                "an abbreviation"
            } else if d.exact {
                "a term"
            } else {
                "a variant of a term"
            };
            let more = if *mentions > 1 { format!(" The note names it {mentions} times.") } else { String::new() };
            let other = if *denied_elsewhere { " It is denied elsewhere; the affirmed mention wins." } else { "" };
            format!("The note says \"{quote}\" without negation or doubt: {form} for {code}.{more}{other}")
        }
        Reason::History => {
            format!(
                "The note says \"{quote}\" as past history{}: coded as personal history, {code}.",
                english_cue(cue, " by", "")
            )
        }
        Reason::Drug => format!("The note names \"{quote}\" and a diabetes: long-term use of this drug, {code}."),
        Reason::DrugAlone => format!(
            "Discarded: the note names \"{quote}\" but affirms no diabetes; the use of this drug is coded only beside one."
        ),
        Reason::Refined { by } => {
            format!("The note says \"{quote}\" and also \"{by}\": together they stand for {code}.")
        }
        Reason::Denied => format!("Discarded: the note denies \"{quote}\"{}.", english_cue(cue, " with", "")),
        Reason::Uncertain => format!(
            "Discarded: \"{quote}\" is not confirmed ({}); an uncertain diagnosis is not coded in an outpatient note (ICD-10-CM IV.H).",
            english_cue(cue, "the note says", "it stands under suspected or differential diagnosis")
        ),
        Reason::Family => format!(
            "Discarded: \"{quote}\" is about a relative or another person ({}), not the patient.",
            english_cue(cue, "the note says", "it stands under family history")
        ),
        Reason::Hypothetical => format!(
            "Discarded: \"{quote}\" is a condition, a risk, a prevention or an advice ({}), not a fact.",
            english_cue(cue, "the note says", "it stands under return precautions")
        ),
        Reason::Test => {
            format!(
                "Discarded: \"{quote}\" names a test, a protocol or a service{}, not a diagnosis.",
                english_cue(cue, ":", "")
            )
        }
        Reason::Past => {
            format!(
                "Discarded: \"{quote}\" is past or resolved{}, and has no history code of its own.",
                english_cue(cue, ":", "")
            )
        }
        Reason::Stopped => format!(
            "Discarded: the note does not give \"{quote}\" as a current treatment{}.",
            english_cue(cue, ":", "")
        ),
        Reason::General { by, quote: words } => {
            format!("Discarded: \"{quote}\" ({code}) is more general than \"{words}\", already coded as {by}.")
        }
        Reason::Integral { by, quote: words } => {
            format!("Discarded: \"{quote}\" is a symptom of \"{words}\", already coded as {by} (ICD-10-CM I.B.5).")
        }
        Reason::Value { quote: value } => {
            format!("Discarded: \"{value}\" does not point to hyperglycemia in the \"{quote}\" the note names.")
        }
    }
}

fn english_cue(cue: Option<&str>, with: &str, without: &str) -> String {
    cue.map_or_else(|| without.to_owned(), |words| format!("{with} \"{words}\""))
}

/// The confidence before the variation, in percent.
fn base(decision: &Decision) -> f64 {
    match &decision.reason {
        Reason::Named { mentions, denied_elsewhere } => {
            let form = match (decision.capitals, decision.exact) {
                (true, _) => 91.0,
                (false, true) => 95.0,
                (false, false) => 92.0,
            };
            let extra = f64::from(u8::try_from((mentions - 1).min(2)).unwrap_or(0));
            form + extra - if *denied_elsewhere { 15.0 } else { 0.0 }
        }
        Reason::Drug => 96.0,
        Reason::Refined { .. } => 93.0,
        Reason::History => 89.0,
        Reason::Uncertain => 35.0,
        Reason::General { .. } => 22.0,
        Reason::Integral { .. } => 25.0,
        Reason::Past => 15.0,
        Reason::Value { .. } => 12.0,
        Reason::Stopped | Reason::DrugAlone => 10.0,
        Reason::Hypothetical | Reason::Test => 7.0,
        Reason::Family => 6.0,
        Reason::Denied => 4.0,
    }
}

/// The confidence: the base of the rule and a variation of at most 1.5 either way, made from the seed and the code
/// (64-bit FNV-1a), rounded to one decimal.
pub(crate) fn confidence(decision: &Decision, seed: u64) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.to_le_bytes().into_iter().chain(decision.code.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let tenths = u8::try_from((hash >> 32) % 31).unwrap_or(0);
    let value = base(decision) + f64::from(tenths) / 10.0 - 1.5;
    (value.clamp(0.0, 100.0) * 10.0).round() / 10.0
}
