//! Cuts the tokens of a note into sentences, and says under which heading each stands. A line end within a sentence
//! (a wrapped line, a page of a PDF) is told from the end of a list item by the words around it. It refuses to
//! understand layout: a table is read line by line.

use super::token::{Gap, Kind, Token};
use super::trigger::{Section, heading};

/// A sentence, a list item or a line of a note.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// First token.
    pub(crate) first: usize,
    /// Token after the last.
    pub(crate) end: usize,
    /// The section it stands in.
    pub(crate) section: Section,
    /// It begins with a bullet or a number.
    pub(crate) bullet: bool,
    /// It ends with a colon: what follows in bullets belongs to it.
    pub(crate) opens_list: bool,
    /// An empty line stands before it.
    pub(crate) paragraph: bool,
}

/// A sentence is cut after so many tokens, so that the work stays in proportion to the length of the note.
const LONGEST: usize = 160;

/// Words after which a point does not end a sentence.
const SHORT: [&str; 24] = [
    "dr", "dra", "sr", "sra", "d", "dna", "aprox", "ej", "p", "tto", "dx", "pte", "pac", "hab", "vs", "mr", "mrs",
    "ms", "approx", "st", "ant", "izq", "dcha", "etc",
];

/// Words that cannot be the last of a sentence: the line goes on.
const OPEN: [&str; 44] = [
    "de", "del", "la", "el", "los", "las", "un", "una", "con", "y", "e", "o", "u", "ni", "sin", "no", "por", "para",
    "en", "al", "que", "se", "su", "of", "the", "a", "an", "with", "and", "or", "nor", "without", "for", "in", "on",
    "to", "by", "is", "was", "has", "denies", "niega", "como", "desde",
];

fn is_bullet(tokens: &[Token], i: usize) -> bool {
    let mark = tokens[i].kind == Kind::Mark
        && ['-', '•', '*', '–', '—', '·', '>', '#', '▪', '◦', '|'].iter().any(|&c| tokens[i].is(c));
    let number = tokens[i].kind == Kind::Number
        && tokens
            .get(i + 1)
            .is_some_and(|next| next.gap == Gap::None && (next.is('.') || next.is(')') || next.is('-')));
    mark || number
}

/// A word that answers a question or fills in a form: "¿Fiebre? no", "Tos: no".
fn answers(tokens: &[Token], i: usize) -> bool {
    i.checked_sub(1).is_some_and(|b| tokens[b].is('?') || tokens[b].is(':'))
}

/// True when token `i`, first of its line, goes on with the sentence of the line before.
fn wraps(text: &str, tokens: &[Token], i: usize, line_start: usize) -> bool {
    let before = &tokens[i - 1];
    if tokens[i].gap != Gap::Line || is_bullet(tokens, i) || ['.', ':', ';'].iter().any(|&c| before.is(c)) {
        return false;
    }
    if before.is(',')
        || before.is('-')
        || before.is('(')
        || OPEN.contains(&before.folded.as_str()) && !answers(tokens, i - 1)
    {
        return true;
    }
    let long = text[line_start..before.end].chars().count();
    match tokens[i].kind {
        Kind::Word if !tokens[i].capital => long >= 40,
        Kind::Word => long >= 70 && tokens[i].caps,
        Kind::Number => long >= 60,
        Kind::Mark => long >= 60 && tokens[i].is('('),
    }
}

fn ends_sentence(tokens: &[Token], i: usize) -> bool {
    let Some(next) = tokens.get(i + 1) else {
        return true;
    };
    let token = &tokens[i];
    if token.is(';') || token.is('|') {
        return true;
    }
    let apart = next.gap > Gap::None;
    if token.is('.') {
        let before = i.checked_sub(1).map(|b| &tokens[b]);
        let short = before.is_some_and(|b| {
            b.kind == Kind::Word
                && token.gap == Gap::None
                && (SHORT.contains(&b.folded.as_str()) || b.folded.chars().count() == 1 && !b.capital && !next.capital)
        });
        let list_number = before.is_some_and(|b| b.kind == Kind::Number && b.gap >= Gap::Line);
        return !list_number && !short && (apart || next.kind == Kind::Word);
    }
    // A question and its answer are one sentence: "¿Fiebre? No. ¿Tos? Sí."
    let answered = token.is('?')
        && ["no", "si", "yes", "niega", "denies"].iter().any(|w| next.word(w))
        && tokens.get(i + 2).is_none_or(|after| after.kind == Kind::Mark || after.gap >= Gap::Line);
    (token.is('?') || token.is('!')) && !answered && apart && (next.capital || next.kind == Kind::Mark)
}

/// The sentences of a note.
pub(crate) fn segments(
    text: &str,
    tokens: &[Token],
    spanish: bool,
    named: &dyn Fn(usize, usize) -> bool,
    inside: &dyn Fn(usize) -> bool,
) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    let mut first = 0;
    let mut line_start = tokens.first().map_or(0, |t| t.start);
    for i in 0..tokens.len() {
        if i > first && tokens[i].gap >= Gap::Line {
            // A term over a line end holds the lines together, unless a new item may begin there.
            let joined = tokens[i].gap == Gap::Line && !tokens[i].capital && inside(i);
            if !joined && !wraps(text, tokens, i, line_start) {
                push(&mut out, tokens, first, i);
                first = i;
            }
            line_start = tokens[i].start;
        } else if i == first && tokens[i].gap >= Gap::Line {
            line_start = tokens[i].start;
        }
        if ends_sentence(tokens, i) || i - first >= LONGEST {
            push(&mut out, tokens, first, i + 1);
            first = i + 1;
        }
    }
    push(&mut out, tokens, first, tokens.len());
    sections(tokens, &mut out, spanish, named);
    out
}

fn push(out: &mut Vec<Segment>, tokens: &[Token], first: usize, end: usize) {
    if first >= end {
        return;
    }
    let bullet = tokens[first].gap >= Gap::Line && is_bullet(tokens, first);
    let opens_list = tokens[end - 1].is(':');
    let paragraph = tokens[first].gap == Gap::Paragraph;
    out.push(Segment { first, end, section: Section::Other, bullet, opens_list, paragraph });
}

/// The token after the heading that `segment` begins with: up to five words and a colon, or a known heading alone.
fn heading_end(tokens: &[Token], segment: &Segment) -> Option<usize> {
    let limit = segment.end.min(segment.first + 8);
    let mut first = segment.first;
    while first < limit && tokens[first].kind == Kind::Mark {
        first += 1;
    }
    (first..limit).find(|&i| tokens[i].is(':') || tokens[i].is(',')).filter(|&i| tokens[i].is(':') && i > first)
}

fn sections(tokens: &[Token], segments: &mut [Segment], spanish: bool, named: &dyn Fn(usize, usize) -> bool) {
    let mut current = Section::Other;
    let mut whole_block = false;
    let mut filled = false;
    for segment in segments {
        let first = (segment.first..segment.end).find(|&i| tokens[i].kind != Kind::Mark).unwrap_or(segment.first);
        let alone = heading(tokens, first, segment.end, spanish);
        let new_line = tokens[segment.first].gap >= Gap::Line;
        if let Some(colon) = heading_end(tokens, segment) {
            let known = heading(tokens, first, colon, spanish);
            if known.is_some() || !named(first, colon) {
                current = known.unwrap_or(Section::Other);
                whole_block = colon + 1 == segment.end;
                filled = false;
            }
        } else if let Some(section) = alone.filter(|_| new_line) {
            current = section;
            whole_block = true;
            filled = false;
        } else if current != Section::Other {
            let over = if whole_block { segment.paragraph && filled } else { new_line && !segment.bullet };
            let speaks = tokens[first].word("paciente") || tokens[first].word("patient") || acts(tokens, first);
            if over || speaks {
                current = Section::Other;
            }
            filled = true;
        }
        segment.section = current;
    }
}

/// Sentences that tell of today end a section.
fn acts(tokens: &[Token], first: usize) -> bool {
    const VERBS: [&str; 22] = [
        "acude",
        "ingresa",
        "consulta",
        "presenta",
        "refiere",
        "presents",
        "presented",
        "admitted",
        "today",
        "hoy",
        "actualmente",
        "currently",
        "traido",
        "traida",
        "remitido",
        "remitida",
        "derivado",
        "derivada",
        "llega",
        "brought",
        "seen",
        "transferred",
    ];
    VERBS.iter().any(|verb| tokens[first].word(verb))
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let t = tokens(text);
        segments(text, &t, true, &|_, _| false, &|_| false)
            .iter()
            .map(|s| text[t[s.first].start..t[s.end - 1].end].to_owned())
            .collect()
    }

    #[test]
    fn a_wrapped_line_goes_on_and_a_list_item_does_not() {
        assert_eq!(cut("Niega fiebre, tos y dolor torácico desde hace dos\ndías. Otra").len(), 2);
        assert_eq!(cut("HTA\nDM2\nEPOC"), ["HTA", "DM2", "EPOC"]);
        assert_eq!(cut("Niega fiebre,\nTos").len(), 1);
        assert_eq!(cut("hta\nno fiebre").len(), 2);
    }

    #[test]
    fn a_decimal_point_and_a_title_do_not_end_a_sentence() {
        assert_eq!(cut("HbA1c 6.8% según el Dr. Pérez. Fin."), ["HbA1c 6.8% según el Dr. Pérez.", "Fin."]);
        assert_eq!(cut("Dolor de aprox. 3 h. Sin fiebre.").len(), 2);
    }

    #[test]
    fn a_section_lasts_until_the_next_heading() {
        let text = "AF: madre con HTA. Padre sano. AP: asma.\nEA: tos";
        let t = tokens(text);
        let s: Vec<Section> = segments(text, &t, true, &|_, _| false, &|_| false).iter().map(|s| s.section).collect();
        assert_eq!(s, [Section::Family, Section::Family, Section::History, Section::Other]);
    }
}
