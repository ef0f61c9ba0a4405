//! One text cut into words and sentences, with its language. Spans are given in Unicode scalar values, the end not
//! included. It refuses to correct: a span always holds the text as it was sent.

use crate::coding::segment::{Segment, segments};
use crate::coding::token::{Gap, Kind, Token, tokens};

/// The language a text is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spoken {
    English,
    German,
    French,
    Italian,
    Spanish,
}

impl Spoken {
    /// The ISO 639-1 code.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Italian => "it",
            Self::Spanish => "es",
        }
    }
}

/// Small words, mostly of one language; each language's own count decides.
const SMALL_WORDS: [(Spoken, &str); 5] = [
    (
        Spoken::English,
        "the of with and is was for to denies patient history on has had this daily presents reports takes no known \
         allergic allergy year old blood pressure she he his her at not started stopped twice pain since days mother \
         father from every weight height rate heart if underwent received",
    ),
    (
        Spoken::German,
        "der die das und mit ist wurde ein eine einer kein keine nicht seit bei von vom im auf zu zur nach patient \
         patientin klagt über nimmt täglich geb herr frau hat leidet wegen ohne gegen tage tagen jahre tgl blutdruck \
         verdacht bekannt unter mutter vater medikation diagnosen status am allergie morgens abends beginn verneint \
         fieber husten",
    ),
    (
        Spoken::French,
        "le la les des du de et avec est une un pas sans pour depuis sous par jour patient patiente présente dans au \
         aux sur il elle né née traité traitée prend fois mère père jours madame monsieur tension aucune connue ans \
         souffre douleurs fièvre toux matin soir d l",
    ),
    (
        Spoken::Italian,
        "il lo gli della del di e con è un una non senza per da al alla paziente presenta assume giorno giorni volte \
         nega nel dal dei delle madre padre signora signor anni pressione dolore nato nata soffre nessuna nota note \
         affetto affetta terapia febbre tosse mattina sera che ha",
    ),
    (
        Spoken::Spanish,
        "el la los las de del con sin y por para que se en al un una niega refiere paciente presenta dolor desde días \
         hace su es ni años tratamiento antecedentes toma cada fiebre tos mujer varón hombre alergia alérgico alérgica",
    ),
];

/// A text, ready to be read.
pub(super) struct Text<'a> {
    pub(super) raw: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Segment>,
    pub(super) spoken: Spoken,
    /// Byte offsets of the characters; empty where every character is one byte.
    chars: Vec<usize>,
    /// How often a table was asked or a token looked at, so that a test can prove that the work grows with the length.
    #[cfg(test)]
    work: std::cell::Cell<usize>,
}

impl<'a> Text<'a> {
    /// Cuts `raw`. Where no language has more small words than the others, it is `otherwise`.
    pub(super) fn new(raw: &'a str, otherwise: Spoken) -> Self {
        let mut tokens = tokens(raw);
        let spoken = spoken(&tokens, otherwise);
        // "l'aspirina", "d'allergie": the mark only joins two words.
        tokens.retain(|token| !token.is('\'') && !token.is('’'));
        let sentences = joined(&tokens, segments(raw, &tokens, spoken == Spoken::Spanish, &|_, _| false, &|_| false));
        let chars = if raw.is_ascii() { Vec::new() } else { raw.char_indices().map(|(at, _)| at).collect() };
        Self {
            raw,
            tokens,
            sentences,
            spoken,
            chars,
            #[cfg(test)]
            work: std::cell::Cell::new(0),
        }
    }

    /// The token, if `i` lies before `limit`.
    pub(super) fn token(&self, i: usize, limit: usize) -> Option<&Token> {
        self.count();
        if i < limit { self.tokens.get(i) } else { None }
    }

    /// True where token `i` is one of these marks.
    pub(super) fn is(&self, i: usize, limit: usize, marks: &[char]) -> bool {
        self.token(i, limit).is_some_and(|token| marks.iter().any(|&mark| token.is(mark)))
    }

    /// True where token `i` is one of these words (lower case, no accents).
    pub(super) fn word(&self, i: usize, limit: usize, words: &[&str]) -> bool {
        self.token(i, limit).is_some_and(|token| token.kind == Kind::Word && words.contains(&token.folded.as_str()))
    }

    /// The bytes of the tokens `first..end`; the end of the text where there are none.
    pub(super) fn bytes(&self, first: usize, end: usize) -> (usize, usize) {
        let start = self.tokens.get(first).map_or(self.raw.len(), |token| token.start);
        let stop = end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        (start, stop.max(start))
    }

    /// The number of Unicode scalar values before a byte.
    pub(super) fn scalar(&self, byte: usize) -> usize {
        if self.chars.is_empty() { byte } else { self.chars.partition_point(|&at| at < byte) }
    }

    /// One step of work.
    #[cfg_attr(not(test), allow(clippy::unused_self))] // only a test reads the count
    pub(super) fn count(&self) {
        #[cfg(test)]
        self.work.set(self.work.get() + 1);
    }

    #[cfg(test)]
    pub(super) fn work(&self) -> usize {
        self.work.get()
    }
}

/// A sentence that ends in "St. n." or "V. a." goes on, up to the length that keeps the work in proportion.
fn joined(tokens: &[Token], sentences: Vec<Segment>) -> Vec<Segment> {
    const LONGEST: usize = 160;
    let letters = |token: &Token, most: usize| token.kind == Kind::Word && token.folded.chars().count() <= most;
    let short = |s: &Segment| match &tokens[s.first..s.end] {
        [.., first, point, second, end] => letters(first, 2) && point.is('.') && letters(second, 1) && end.is('.'),
        _ => false,
    };
    let mut out: Vec<Segment> = Vec::new();
    for sentence in sentences {
        match out.last_mut() {
            Some(last)
                if short(last)
                    && last.end == sentence.first
                    && sentence.end - last.first <= LONGEST
                    && tokens[sentence.first].gap <= Gap::Space =>
            {
                last.end = sentence.end;
            }
            _ => out.push(sentence),
        }
    }
    out
}

fn spoken(tokens: &[Token], otherwise: Spoken) -> Spoken {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static WORDS: LazyLock<HashMap<String, u8>> = LazyLock::new(|| {
        let mut words = HashMap::new();
        for (language, (_, list)) in SMALL_WORDS.iter().enumerate() {
            for word in self::tokens(list) {
                *words.entry(word.folded).or_insert(0) |= 1 << language;
            }
        }
        words
    });
    let mut counts = [0_usize; SMALL_WORDS.len()];
    for languages in tokens.iter().filter_map(|token| WORDS.get(&token.folded)) {
        for (language, count) in counts.iter_mut().enumerate() {
            *count += usize::from(languages & (1 << language) != 0);
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let mut best = SMALL_WORDS.iter().zip(counts).filter(|(_, count)| *count == most).map(|((spoken, _), _)| *spoken);
    match (most, best.next(), best.next()) {
        (1.., Some(only), None) => only,
        _ => otherwise,
    }
}
