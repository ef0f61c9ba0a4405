//! Values and drugs that make a named diagnosis more exact. A value alone never makes a diagnosis: every rule here
//! needs a condition that the note names and affirms.

use super::finding::{Finding, quote};
use super::phrase::{Compare, Phrases};
use super::token::{Kind, Token};
use std::sync::LazyLock;

/// A value of the note, with its words.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) number: f64,
    pub(crate) quote: String,
}

static POOR_CONTROL: LazyLock<Phrases> = LazyLock::new(|| {
    let mut set = Phrases::new(Compare::Exact);
    // 1: says hyperglycaemia by itself; 0: only beside the word diabetes.
    for words in [
        "mal control glucemico",
        "mal control glicemico",
        "mal control metabolico",
        "mal control de la glucemia",
        "poor glycemic control",
        "poor glycaemic control",
        "poor glucose control",
        "descompensacion hiperglucemica",
        "inadequate glycemic control",
        "con hiperglucemia",
        "with hyperglycemia",
        "out of control sugars",
    ] {
        set.add(words, 1);
    }
    for words in [
        "mal control",
        "mal controlada",
        "mal controlado",
        "no controlada",
        "no controlado",
        "no bien controlada",
        "descontrolada",
        "descontrolado",
        "descompensada",
        "descompensado",
        "pobre control",
        "control deficiente",
        "poor control",
        "poorly controlled",
        "poorly - controlled",
        "uncontrolled",
        "not controlled",
        "not well controlled",
        "inadequately controlled",
        "out of control",
    ] {
        set.add(words, 0);
    }
    set
});

/// The last glycated haemoglobin of the note, in percent; a value above 20 is read as mmol/mol and converted with the
/// IFCC-NGSP master equation (percent = 0.0915 × mmol/mol + 2.15).
pub(crate) fn hba1c(text: &str, tokens: &[Token]) -> Option<Value> {
    let mut last = None;
    for i in 0..tokens.len() {
        let next = |k: usize, word: &str| tokens.get(i + k).is_some_and(|t| t.folded == word);
        let name = if (next(0, "hba") || next(0, "a")) && next(1, "1") && next(2, "c") {
            3
        } else if next(0, "hemoglobina") && (next(1, "glicosilada") || next(1, "glucosilada") || next(1, "glicada"))
            || next(0, "glycated") && next(1, "hemoglobin")
            || next(0, "hb") && next(1, "glicosilada")
        {
            2
        } else {
            continue;
        };
        let value = (i + name..tokens.len().min(i + name + 5)).find(|&j| tokens[j].kind == Kind::Number);
        let Some((at, number)) = value.and_then(|j| Some((j, tokens[j].number()?))) else {
            continue;
        };
        let percent = if number > 20.0 { 0.0915 * number + 2.15 } else { number };
        if (3.0..20.0).contains(&percent) {
            let end = if tokens.get(at + 1).is_some_and(|t| t.is('%')) { at + 2 } else { at + 1 };
            last = Some(Value { number: percent, quote: quote(text, tokens, (i, end)) });
        }
    }
    last
}

/// The body mass index of the note, kg/m², when a number of 10 to 90 stands after its name.
pub(crate) fn body_mass_index(text: &str, tokens: &[Token]) -> Option<Value> {
    (0..tokens.len()).find_map(|i| {
        let name = tokens[i].word("imc") || tokens[i].word("bmi");
        if !name {
            return None;
        }
        let at = (i + 1..tokens.len().min(i + 5)).find(|&j| tokens[j].kind == Kind::Number)?;
        let number = tokens[at].number().filter(|n| (10.0..90.0).contains(n))?;
        Some(Value { number, quote: quote(text, tokens, (i, at + 1)) })
    })
}

/// The Z68 code of a body mass index of an adult.
pub(crate) fn index_code(index: f64) -> Option<&'static str> {
    const STEPS: [(f64, &str); 14] = [
        (30.0, "Z68.30"),
        (31.0, "Z68.31"),
        (32.0, "Z68.32"),
        (33.0, "Z68.33"),
        (34.0, "Z68.34"),
        (35.0, "Z68.35"),
        (36.0, "Z68.36"),
        (37.0, "Z68.37"),
        (38.0, "Z68.38"),
        (39.0, "Z68.39"),
        (40.0, "Z68.41"),
        (45.0, "Z68.42"),
        (50.0, "Z68.43"),
        (60.0, "Z68.44"),
    ];
    STEPS.iter().rev().find(|(from, _)| index >= *from).map(|&(_, code)| code)
}

/// The words of the mention name a loss of consciousness, not a mere faint.
pub(crate) fn loss_of_consciousness(tokens: &[Token], span: (usize, usize)) -> bool {
    const NAMES: [&str; 6] = ["loc", "loss", "perdida", "conocimiento", "conciencia", "out"];
    (span.0..span.1).any(|i| NAMES.iter().any(|w| tokens[i].word(w)))
}

/// Words beside the mention say that it was short: "brief", or a time in seconds or of at most 30 minutes.
pub(crate) fn brief(tokens: &[Token], span: (usize, usize)) -> bool {
    let near = span.0.saturating_sub(3)..(span.1 + 5).min(tokens.len());
    let any = |i: usize, words: &[&str]| words.iter().any(|w| tokens[i].word(w));
    near.clone().any(|i| {
        any(i, &["brief", "briefly", "transient", "momentary", "momentaneous", "breve", "fugaz", "transitoria"])
            || any(i, &["seconds", "secs", "sec", "segundos", "seg", "s"])
                && i.checked_sub(1).is_some_and(|b| tokens[b].kind == Kind::Number)
            || any(i, &["min", "mins", "minutes", "minute", "minuto", "minutos"])
                && i.checked_sub(1).and_then(|b| tokens[b].number()).is_some_and(|n| n <= 30.0)
    })
}

/// The words of poor control in a note, found once.
pub(crate) struct PoorControl<'a> {
    tokens: &'a [Token],
    /// Of glucose: they speak for any diabetes of the note.
    glucose: Option<(usize, usize)>,
    /// Of anything: they speak only for what stands beside them.
    any: Vec<(usize, usize)>,
}

impl<'a> PoorControl<'a> {
    pub(crate) fn new(tokens: &'a [Token]) -> Self {
        let mut out = Self { tokens, glucose: None, any: Vec::new() };
        for i in 0..tokens.len() {
            let denied = i > 0 && ["sin", "no", "without", "not"].iter().any(|w| tokens[i - 1].word(w));
            for found in POOR_CONTROL.at(tokens, i, tokens.len()) {
                if !denied && found.id == 1 {
                    out.glucose = out.glucose.or(Some((i, found.end)));
                }
                if !denied {
                    out.any.push((i, found.end));
                }
            }
        }
        out
    }

    /// The words that belong to this diabetes: of glucose anywhere in the note, of anything only within six words of
    /// the mention and in its sentence.
    pub(crate) fn of(&self, diabetes: &Finding) -> Option<(usize, usize)> {
        let near = diabetes.span.0.saturating_sub(3)..diabetes.span.1 + 7;
        let apart = |span: (usize, usize)| {
            let (a, b) = if span.0 < diabetes.span.0 { (span.1, diabetes.span.0) } else { (diabetes.span.1, span.0) };
            (a..b).any(|j| [';', '.', ','].iter().any(|&c| self.tokens[j].is(c)))
        };
        let from = self.any.partition_point(|span| span.0 < near.start);
        self.any[from..]
            .iter()
            .take_while(|span| near.contains(&span.0))
            .copied()
            .find(|&span| !apart(span))
            .or(self.glucose)
    }
}
