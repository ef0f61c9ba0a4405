//! Cuts a note into words, numbers and marks, and gives each word the three forms in which a phrase may ask for it.
//! Nothing is thrown away: a token knows its bytes in the note, so that an answer can quote the note itself. It
//! refuses to guess at spelling: a word that is written wrong is another word.

/// What a token is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// Digits, with a decimal point or comma inside.
    Number,
    /// One character of punctuation.
    Mark,
}

/// The white space before a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Gap {
    /// Nothing: the token touches the one before.
    None,
    /// Blanks within a line.
    Space,
    /// One line end.
    Line,
    /// An empty line, a form feed, or the start of the note.
    Paragraph,
}

/// One word, number or mark of the note.
#[derive(Clone)]
pub(crate) struct Token {
    /// Byte offset of the first byte in the note.
    pub(crate) start: usize,
    /// Byte offset after the last byte.
    pub(crate) end: usize,
    /// What it is.
    pub(crate) kind: Kind,
    /// White space before it.
    pub(crate) gap: Gap,
    /// Lower case, without accents.
    pub(crate) folded: String,
    /// `folded` without its ending; see [`stem`].
    pub(crate) stem: String,
    /// Every letter is upper case.
    pub(crate) caps: bool,
    /// It begins with an upper-case letter.
    pub(crate) capital: bool,
    /// An accent was removed: tells `sí` (yes) from `si` (if).
    pub(crate) accented: bool,
}

impl Token {
    /// True for the mark `c`.
    pub(crate) fn is(&self, c: char) -> bool {
        self.kind == Kind::Mark && self.folded.starts_with(c)
    }

    /// True for the word `word`, given in lower case without accents.
    pub(crate) fn word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.folded == word
    }

    /// The value of a number, decimal comma or point.
    pub(crate) fn number(&self) -> Option<f64> {
        if self.kind != Kind::Number {
            return None;
        }
        self.folded.replace(',', ".").parse().ok()
    }
}

/// Lower case without accent; `None` for a combining accent, which is dropped.
fn fold(c: char) -> Option<char> {
    let c = match c {
        '\u{300}'..='\u{36f}' => return None,
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' | 'ª' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'º' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        other => other.to_lowercase().next().unwrap_or(other),
    };
    Some(c)
}

/// British spelling made American, in the note and in the tables alike: "haemoptysis", "oedema", "diarrhoea".
fn american(word: &mut String) {
    const SPELLINGS: [(&str, &str); 14] = [
        ("aem", "em"),
        ("oed", "ed"),
        ("oea", "ea"),
        ("oeso", "eso"),
        ("paed", "ped"),
        ("coeli", "celi"),
        ("faec", "fec"),
        ("caec", "cec"),
        ("anaes", "anes"),
        ("tumour", "tumor"),
        ("oestr", "estr"),
        ("foet", "fet"),
        ("gynae", "gyne"),
        ("leucocyt", "leukocyt"),
    ];
    if word.len() < 5 || !["ae", "oe", "our", "leuc"].iter().any(|s| word.contains(s)) {
        return;
    }
    for (british, other) in SPELLINGS {
        if word.contains(british) {
            *word = word.replace(british, other);
        }
    }
}

/// The word without its ending, so that plural and gender do not matter: a final `s` goes (not `ss`, `us`, `is`)
/// from five letters, then from six letters a final `a`, `e` or `o` goes and a final `y` becomes `i`.
pub(crate) fn stem(folded: &str) -> String {
    let mut word = folded.to_owned();
    if !word.is_ascii() || word.len() < 5 {
        return word;
    }
    if word.ends_with('s') && !["ss", "us", "is"].iter().any(|kept| word.ends_with(kept)) {
        word.pop();
    }
    if word.len() >= 6 {
        if word.ends_with(['a', 'e', 'o']) {
            word.pop();
        } else if word.ends_with('y') {
            word.pop();
            word.push('i');
        }
    }
    word
}

/// Abbreviations whose point belongs to the word when a small letter or a number follows: "ca. de mama", "850 mg. cada".
const POINTED: [&str; 39] = [
    "ca", "hx", "fx", "sx", "dx", "tx", "rx", "px", "tto", "pte", "pac", "aprox", "approx", "fig", "vs", "mg", "mcg",
    "ml", "h", "hrs", "min", "seg", "sec", "izq", "izda", "izdo", "dcha", "dcho", "dch", "der", "ant", "enf", "insuf",
    "sd", "sdr", "sind", "cron", "pt", "pts",
];

fn is_letter(c: char) -> bool {
    (c.is_alphabetic() && c != 'ª' && c != 'º') || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Cuts `text`. Words end where letters end, so `DM2`, `DM-2` and `DM 2` differ only in a mark; `6,8` is one number;
/// `I.A.M.` is one word; the English `'s` is dropped.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |i: usize| chars.get(i).map_or('\0', |&(_, c)| c);
    let offset = |i: usize| chars.get(i).map_or(text.len(), |&(o, _)| o);
    let mut out = Vec::new();
    let mut gap = Gap::Paragraph;
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        if c.is_whitespace() || c == '\u{feff}' || c == '\u{ad}' || c.is_control() {
            let here = match c {
                '\n' if gap >= Gap::Line => Gap::Paragraph,
                '\n' => Gap::Line,
                '\u{c}' => Gap::Paragraph,
                _ => Gap::Space,
            };
            gap = gap.max(here);
            i += 1;
            continue;
        }
        let first = i;
        let kind = if is_letter(c) {
            if is_letter(c) && at(i + 1) == '.' && is_letter(at(i + 2)) && at(i + 3) == '.' {
                // A dotted abbreviation: letter, point, letter, point...
                while is_letter(at(i)) && at(i + 1) == '.' {
                    i += 2;
                }
            } else {
                while is_letter(at(i)) {
                    i += 1;
                }
            }
            Kind::Word
        } else if c.is_ascii_digit() {
            while at(i).is_ascii_digit() || (matches!(at(i), '.' | ',') && at(i + 1).is_ascii_digit()) {
                i += 1;
            }
            Kind::Number
        } else {
            i += 1;
            Kind::Mark
        };
        let raw: String = chars[first..i].iter().map(|&(_, c)| c).filter(|&c| kind != Kind::Word || c != '.').collect();
        let mut folded: String = raw.chars().filter_map(fold).collect();
        let accented = kind == Kind::Word && raw.to_lowercase() != folded;
        if kind == Kind::Word {
            american(&mut folded);
        }
        let letters = raw.chars().filter(|c| c.is_alphabetic());
        if kind == Kind::Word && at(i) == '.' && POINTED.contains(&folded.as_str()) {
            let blank = usize::from(at(i + 1) == ' ');
            let next = at(i + 1 + blank);
            if next.is_lowercase() || next == ',' || blank == 1 && next.is_ascii_digit() {
                i += 1;
            }
        }
        out.push(Token {
            start: offset(first),
            end: offset(i),
            kind,
            gap,
            stem: stem(&folded),
            caps: kind == Kind::Word && letters.clone().all(char::is_uppercase),
            capital: kind == Kind::Word && letters.clone().next().is_some_and(char::is_uppercase),
            folded,
            accented,
        });
        gap = Gap::None;
        if kind == Kind::Word && matches!(at(i), '\'' | '’') && matches!(at(i + 1), 's' | 'S') && !is_letter(at(i + 2))
        {
            i += 2;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|t| t.folded).collect()
    }

    #[test]
    fn words_numbers_and_marks_are_cut_where_they_end() {
        assert_eq!(folded("DM-2, HbA1c: 6,8%"), ["dm", "-", "2", ",", "hba", "1", "c", ":", "6,8", "%"]);
        assert_eq!(folded("I.A.M. previo. Crohn's"), ["iam", "previo", ".", "crohn"]);
        assert_eq!(folded("Ca. de mama. Hx. of ca."), ["ca", "de", "mama", ".", "hx", "of", "ca", "."]);
    }

    #[test]
    fn plural_and_gender_do_not_matter() {
        for (a, b) in [
            ("fracturas", "fractura"),
            ("dolores", "dolor"),
            ("infecciones", "infeccion"),
            ("hipertensa", "hipertenso"),
            ("allergies", "allergy"),
            ("headaches", "headache"),
            ("lesiones", "lesion"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_ne!(stem("gripe"), stem("grip"));
        assert_ne!(stem("parto"), stem("part"));
    }

    #[test]
    fn accents_go_in_both_unicode_forms_and_are_remembered() {
        let t = tokens("sí si\u{301} si");
        assert!(t.iter().all(|t| t.folded == "si"));
        assert_eq!(t.iter().map(|t| t.accented).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn an_empty_line_is_a_paragraph() {
        let gaps: Vec<Gap> = tokens("a b\nc\n\nd\u{c}e").into_iter().map(|t| t.gap).collect();
        assert_eq!(gaps, [Gap::Paragraph, Gap::Space, Gap::Line, Gap::Paragraph, Gap::Paragraph]);
    }
}
