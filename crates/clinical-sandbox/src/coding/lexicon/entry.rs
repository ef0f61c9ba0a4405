//! One line of the tables: its codes for each side of the body, its kind, its past and its titles. It knows nothing of
//! terms or notes.

/// The language of a note, and of the answer to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Spanish,
    English,
}

/// What a line of the table stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Concept {
    /// `dx`: a diagnosis.
    Diagnosis,
    /// `sx`: a symptom or sign. "History of" does not make it past.
    Symptom,
    /// `st`: a status, for example a long-term medicine or a former smoker.
    Status,
    /// `allergy`: the name of a drug; coded only where the note says that it is an allergy.
    Allergy,
    /// `dm-drug`: a drug that is coded only beside a diabetes that the note names.
    DiabetesDrug,
}

/// What "history of" makes of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum History {
    /// Empty column: a lasting condition; it is coded as present.
    Lasting,
    /// `-`: over; it is discarded.
    Over,
    /// A code: the history is coded with that one.
    Code(String),
    /// A code with `*` behind: the same, but a mere place under the heading "history" is not enough.
    CodeWhenTreated(String),
}

/// One line of the tables.
pub(crate) struct Entry {
    pub(super) code: [String; 4],
    pub(crate) concept: Concept,
    pub(crate) yields: Vec<String>,
    pub(crate) history: History,
    pub(super) spanish: String,
    pub(super) english: String,
}

/// The side of the body a mention names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Right = 0,
    Left = 1,
    None = 2,
    Both = 3,
}

impl Entry {
    /// The code, for a side where the code has one.
    pub(crate) fn code(&self, side: Side) -> &str {
        &self.code[side as usize]
    }

    /// True when the code names a side of the body.
    pub(crate) fn sided(&self) -> bool {
        self.code[0] != self.code[2]
    }

    /// True when the code has a form for both sides at once.
    pub(crate) fn both(&self) -> bool {
        self.code[3] != self.code[2]
    }

    /// The title. One of two forms divided by `|` has the second for both sides.
    pub(crate) fn title(&self, language: Language, side: Side) -> String {
        let (titles, place, names) = match language {
            Language::Spanish => (
                &self.spanish,
                "{lado}",
                [", lado derecho", ", lado izquierdo", ", lado no especificado", ", bilateral"],
            ),
            Language::English => (&self.english, "{side}", ["right", "left", "unspecified", "bilateral"]),
        };
        let (one, both) = titles.split_once('|').unwrap_or((titles.as_str(), titles.as_str()));
        let title = if side == Side::Both { both } else { one };
        title.replace(place, names[side as usize])
    }
}

/// The code for the right, the left, no side and both: `H92.0{1293}`, or whole endings in `M17.{11|12|10|0}`. Without a
/// fourth form, both sides have the code of no side.
pub(super) fn sides(pattern: &str) -> [String; 4] {
    let Some((head, (forms, tail))) = pattern.split_once('{').and_then(|(h, rest)| Some((h, rest.split_once('}')?)))
    else {
        return [(); 4].map(|()| pattern.to_owned());
    };
    let forms: Vec<String> = if forms.contains('|') {
        forms.split('|').map(str::to_owned).collect()
    } else {
        forms.chars().map(String::from).collect()
    };
    let form = |i: usize| forms.get(i).or_else(|| forms.get(2)).map_or("", String::as_str);
    [0, 1, 2, 3].map(|i| format!("{head}{}{tail}", form(i)))
}
