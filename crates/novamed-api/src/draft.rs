//! How a revision writes a request: field by field, each with its rules, while everything that is wrong is gathered.

use rust_decimal::Decimal;

use crate::object::{Object, Piece};
use crate::{Address, Date, Problem};

/// Whether the vendor takes a request without the field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
}

/// An object being written, and what is wrong with it so far.
pub(crate) struct Draft {
    object: Object,
    /// What stands before the names of fields in problems (`addresses[0].`).
    place: String,
    problems: Vec<Problem>,
}

/// A rule for a text: `None` if it is kept, otherwise what completes the sentence "`field` ...".
pub(crate) type Rule = fn(&str) -> Option<&'static str>;

impl Draft {
    pub(crate) fn new() -> Self {
        Self::at(String::new())
    }

    fn at(place: String) -> Self {
        Self { object: Object::default(), place, problems: Vec::new() }
    }

    /// The object, if nothing is wrong with it.
    pub(crate) fn finish(self) -> Result<Object, Vec<Problem>> {
        if self.problems.is_empty() { Ok(self.object) } else { Err(self.problems) }
    }

    pub(crate) fn problem(&mut self, field: &str, rule: &'static str) {
        self.problems.push(Problem { field: format!("{}{field}", self.place), rule: rule.into() });
    }

    fn missing(&mut self, field: &'static str, need: Need) {
        if need == Need::Required {
            self.problem(field, "is missing; this revision requires it");
        }
    }

    /// A text that must not be blank, with further rules.
    pub(crate) fn text(&mut self, field: &'static str, need: Need, value: Option<&str>, rules: &[Rule]) {
        let Some(value) = value else {
            return self.missing(field, need);
        };
        if value.trim().is_empty() {
            let required = need == Need::Required;
            return self.problem(
                field,
                if required { "is empty; this revision requires it" } else { "is empty; leave it out" },
            );
        }
        for rule in rules.iter().filter_map(|rule| rule(value)) {
            self.problem(field, rule);
        }
        self.object.push(field, Piece::Text(value.to_owned()));
    }

    pub(crate) fn date(&mut self, field: &'static str, value: Option<Date>) {
        if let Some(value) = value {
            self.object.push(field, Piece::Text(value.to_string()));
        }
    }

    pub(crate) fn flag(&mut self, field: &'static str, need: Need, value: Option<bool>) {
        match value {
            Some(value) => self.object.push(field, Piece::Flag(value)),
            None => self.missing(field, need),
        }
    }

    /// A number above zero, as it was given.
    pub(crate) fn number(&mut self, field: &'static str, value: Option<Decimal>) {
        let Some(value) = value else {
            return;
        };
        self.above_zero(field, value);
        self.object.push(field, Piece::Number(value));
    }

    /// The same, as the text that some revisions want.
    pub(crate) fn number_text(&mut self, field: &'static str, value: Option<Decimal>) {
        if let Some(value) = value {
            self.above_zero(field, value);
            self.object.push(field, Piece::Text(value.to_string()));
        }
    }

    fn above_zero(&mut self, field: &'static str, value: Decimal) {
        if value <= Decimal::ZERO {
            self.problem(field, "must be above zero");
        }
    }

    /// A number above zero without a fraction; `30.0` is written as `30`.
    pub(crate) fn whole(&mut self, field: &'static str, value: Option<Decimal>) {
        if value.is_some_and(|value| !value.is_integer()) {
            return self.problem(field, "must be a whole number in this revision");
        }
        self.number(field, value.map(|value| value.trunc()));
    }

    /// How often, which may be never.
    pub(crate) fn count(&mut self, field: &'static str, value: Option<u32>) {
        if let Some(value) = value {
            self.object.push(field, Piece::Number(value.into()));
        }
    }

    /// A list of objects, each written by `write`.
    pub(crate) fn list<T>(&mut self, field: &'static str, items: &[T], write: impl Fn(&T, &mut Draft)) {
        let mut list = Vec::new();
        for (number, item) in items.iter().enumerate() {
            let mut draft = Self::at(format!("{}{field}[{number}].", self.place));
            write(item, &mut draft);
            self.problems.append(&mut draft.problems);
            list.push(draft.object);
        }
        self.object.push(field, Piece::List(list));
    }

    /// A part that this revision has no field for. `name` is the one in this crate.
    pub(crate) fn cannot_carry(&mut self, name: &str, is_given: bool) {
        if is_given {
            self.problem(name, "cannot be sent in this revision; leave it out, or use a revision that has it");
        }
    }

    /// A required address of which nothing was given, by the names that this revision has for it.
    pub(crate) fn no_address(&mut self, fields: &[&'static str]) {
        for field in fields {
            self.missing(field, Need::Required);
        }
    }

    /// The parts of an address by the names that this revision has for them, all of them required but the second line.
    pub(crate) fn address(&mut self, address: &Address, names: &AddressNames, state: &[Rule]) {
        self.text(names.line1, Need::Required, Some(&address.line1), &[]);
        self.text(names.line2, Need::Optional, address.line2.as_deref(), &[]);
        match names.line3 {
            Some(line3) => self.text(line3, Need::Optional, address.line3.as_deref(), &[]),
            None => self.cannot_carry("address.line3", address.line3.is_some()),
        }
        self.text("city", Need::Required, Some(&address.city), &[]);
        self.text(names.state, Need::Required, Some(&address.state), state);
        self.text(names.postal_code, Need::Required, Some(&address.postal_code), &[]);
    }
}

/// What a revision calls the parts of an address.
pub(crate) struct AddressNames {
    pub(crate) line1: &'static str,
    pub(crate) line2: &'static str,
    pub(crate) line3: Option<&'static str>,
    pub(crate) state: &'static str,
    pub(crate) postal_code: &'static str,
}

/// One address as RFC 5321, section 4.1.2 has it without quotes, in ASCII: not two of them, and no name around it. The vendor says "email" and no
/// more.
pub(crate) fn email(value: &str) -> Option<&'static str> {
    let is_dotted = |part: &str| part.split('.').all(|atom| !atom.is_empty());
    let has_form = value.split_once('@').is_some_and(|(name, host)| is_dotted(name) && is_dotted(host));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#"()<>[]:;,\""#.contains(&byte);
    let is_one = value.bytes().filter(|byte| *byte == b'@').count() == 1 && value.bytes().all(is_plain);
    (!(has_form && is_one)).then_some("must be one email address, such as name@clinic.example; correct it")
}

/// At least two characters.
pub(crate) fn two_characters(value: &str) -> Option<&'static str> {
    (value.chars().nth(1).is_none()).then_some("must have at least 2 characters in this revision")
}

/// The two letters of a state.
pub(crate) fn two_letters(value: &str) -> Option<&'static str> {
    let is_state = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    (!is_state).then_some("must be the two letters of a state, such as NY; correct it")
}

/// The ten digits of an NPI.
pub(crate) fn ten_digits(value: &str) -> Option<&'static str> {
    let is_npi = value.len() == 10 && value.bytes().all(|byte| byte.is_ascii_digit());
    (!is_npi).then_some("must have exactly 10 digits; correct it")
}

/// An address for events: `https`, or plain HTTP on this machine, in the characters of RFC 3986.
pub(crate) fn event_url(value: &str) -> Option<&'static str> {
    const RULE: &str = "must be an https address that the vendor can reach, without user name or password; correct it";
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !br#"{}|\^<>"`#"#.contains(&byte);
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.starts_with('/')) && value.bytes().all(is_plain);
    let is_url = has_host && clinical_http::BaseUrl::parse(value.split('?').next().unwrap_or_default()).is_ok();
    (!is_url).then_some(RULE)
}
