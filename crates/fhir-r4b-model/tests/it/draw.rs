//! JSON drawn from the tables of the types: resources of every type with any of their fields, most of them right, some wrong in the ways in which
//! documents are. What decides is a source of numbers: a seeded generator in the tests, the fuzzer's bytes in `fuzz/`.

use std::fmt::Write as _;

use fhir_r4b_model::access::{ChosenMut, Element, FieldMut};
use fhir_r4b_model::info::{FieldInfo, Scalar, Shape};
use fhir_r4b_model::{Resource, json};

use crate::names::RESOURCES;

/// Where decisions come from.
pub(crate) trait Source {
    /// A number below `count`; 0, which ends things, when nothing is left to decide with.
    fn below(&mut self, count: usize) -> usize;
}

impl Source for fastrand::Rng {
    fn below(&mut self, count: usize) -> usize {
        self.usize(..count.max(1))
    }
}

/// The fuzzer's bytes.
#[allow(dead_code)] // Used by the fuzzing alone.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Source for Bytes<'_> {
    fn below(&mut self, count: usize) -> usize {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(byte) % count.max(1)
    }
}

/// A document under construction.
pub(crate) struct Draw<'a> {
    source: &'a mut dyn Source,
    /// How many further values may be drawn.
    budget: usize,
    /// Of how many decisions one goes wrong; 0 for none.
    wrong: usize,
    pub(crate) text: String,
}

const TEXTS: [&str; 16] = [
    "",
    "a",
    "2024-02-29",
    "2016-12-31T23:59:60Z",
    "2024-01-01T00:00:00.123456789+13:45",
    "10:30:00",
    "http://example.org/fhir/StructureDefinition/x",
    "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
    "#a",
    "Patient/1",
    "final",
    "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">\\u003cb/>\\ud83d\\ude00</div>",
    "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000",
    "ä 𝄞 \u{7f}\u{2028}",
    "QUJD",
    "a text that is longer than what is kept in place, so that it is shared with others",
];

const NUMBERS: [&str; 10] = [
    "0",
    "1",
    "-0",
    "1.00",
    "1e400",
    "-0.5E-7",
    "123456789012345678901234567890",
    "0.123456789012345678901234567890",
    "2147483648",
    "1e+2",
];

const ODD: [&str; 14] = [
    "null",
    "[]",
    "{}",
    "[null]",
    "[{}]",
    "\"\"",
    "0",
    "true",
    "[null,{}]",
    "{\"id\":null}",
    "[[]]",
    "{\"a\":1,\"a\":2}",
    "[1,\"a\",true]",
    "\"\\ud83d\"",
];

impl<'a> Draw<'a> {
    pub(crate) fn new(source: &'a mut dyn Source, budget: usize, wrong: usize) -> Self {
        Self { source, budget, wrong, text: String::new() }
    }

    fn goes_wrong(&mut self) -> bool {
        self.wrong > 0 && self.source.below(self.wrong) == 1
    }

    fn one_of(&mut self, texts: &[&str]) {
        let index = self.source.below(texts.len());
        self.text.push_str(texts[index]);
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = self.text.write_fmt(text);
    }

    fn space(&mut self) {
        if self.goes_wrong() {
            self.one_of(&[" ", "\n  ", "\t", "\r\n          "]);
        }
    }

    /// A resource of any type.
    pub(crate) fn resource(&mut self, depth: usize) {
        if self.goes_wrong() {
            let odd = [
                "{\"resourceType\":\"Unheard\",\"a\":[1.50]}",
                "{}",
                "{\"a\":{},\"resourceType\":\"Patie\\u006et\"}",
                "null",
            ];
            return self.one_of(&odd);
        }
        let (high, low) = (self.source.below(12), self.source.below(12));
        let name = RESOURCES[(high * 12 + low) % RESOURCES.len()];
        let Ok(mut resource) = json::from_str::<Resource>(&format!("{{\"resourceType\":\"{name}\"}}")) else { return };
        if let Ok(element) = resource.element_mut() {
            self.element(element, depth, Some(name));
        }
    }

    fn element(&mut self, element: &mut dyn Element, depth: usize, resource: Option<&str>) {
        self.text.push('{');
        let last = resource.filter(|_| self.goes_wrong());
        if let (Some(name), None) = (resource, last) {
            self.add(format_args!("\"resourceType\":\"{name}\","));
        }
        let fields = element.info().fields;
        let mut index = self.source.below(fields.len().min(8));
        while self.budget > 0 && index < fields.len() {
            self.budget -= 1;
            self.field(element, index, depth);
            let step = self.source.below(fields.len().min(12) + 1);
            if step == 0 {
                break;
            }
            index = if self.goes_wrong() { index.saturating_sub(step) } else { index + step };
        }
        if self.goes_wrong() {
            self.one_of(&["\"colour\":", "\"_name\":", "\"\":", "\"i\\u0064\":", "\"_x\":", "\"resourceType\":"]);
            self.one_of(&ODD);
            self.text.push(',');
        }
        if let Some(name) = last {
            self.add(format_args!("\"resourceType\":\"{name}\","));
        }
        if self.text.ends_with(',') && !self.goes_wrong() {
            let _ = self.text.pop();
        }
        self.space();
        self.text.push('}');
    }

    fn field(&mut self, element: &mut dyn Element, index: usize, depth: usize) {
        let field = &element.info().fields[index];
        let (variant, suffix) = match field.shape {
            Shape::Choice(variants) => {
                let variant = self.source.below(variants.len());
                (variant, variants[variant].suffix)
            }
            _ => (0, ""),
        };
        let name = format!("{}{suffix}", field.name);
        let scalar = field.scalar(variant);
        let attached = scalar.is_some() && self.source.below(8) == 1;
        if !attached || self.source.below(3) > 0 {
            self.space();
            self.add(format_args!("\"{name}\":"));
            self.space();
            if self.goes_wrong() {
                self.one_of(&ODD);
            } else {
                self.value(element, field, index, variant, depth);
            }
            self.text.push(',');
        }
        if attached {
            self.add(format_args!("\"_{name}\":"));
            self.listed(field.many, &mut |draw| {
                if field.many && draw.source.below(3) == 1 {
                    draw.text.push_str("null");
                } else {
                    draw.one_of(&[
                        r#"{"id":"x"}"#,
                        r#"{"extension":[{"url":"u","valueDecimal":1.00}]}"#,
                        r#"{"id":"y","_id":{"id":"z"},"extension":[{"url":"u","extension":[{"url":"v","valueCode":"w"}]}]}"#,
                        "{}",
                        r#"{"a":1}"#,
                    ]);
                }
            });
            self.text.push(',');
        }
    }

    fn value(&mut self, element: &mut dyn Element, field: &FieldInfo, index: usize, variant: usize, depth: usize) {
        if let Some(scalar) = field.scalar(variant) {
            return self.listed(field.many, &mut |draw| draw.scalar(scalar, field.many));
        }
        if depth == 0 {
            return self.listed(field.many, &mut |draw| draw.text.push_str("{}"));
        }
        match element.field_mut(index) {
            FieldMut::Elements(slot) => self.listed(field.many, &mut |draw| draw.element(slot.push(), depth - 1, None)),
            FieldMut::Resources(_) => self.listed(field.many, &mut |draw| draw.resource(depth - 1)),
            FieldMut::Choice(slot) => match slot.select(variant) {
                Some(ChosenMut::Element(chosen)) => self.element(chosen, depth - 1, None),
                _ => self.text.push_str("{}"),
            },
            _ => self.text.push_str("null"),
        }
    }

    fn listed(&mut self, many: bool, one: &mut dyn FnMut(&mut Self)) {
        if !many {
            return one(self);
        }
        self.text.push('[');
        for place in 0..=self.source.below(3) {
            if place > 0 {
                self.text.push(',');
            }
            one(self);
        }
        self.text.push(']');
    }

    fn scalar(&mut self, scalar: Scalar, many: bool) {
        if many && self.source.below(8) == 1 {
            return self.text.push_str("null");
        }
        match scalar {
            Scalar::Boolean => self.one_of(&["true", "false"]),
            Scalar::Number => self.one_of(&NUMBERS),
            Scalar::Text => {
                self.text.push('"');
                self.one_of(&TEXTS);
                self.text.push('"');
            }
        }
    }
}
