//! What is known of a type and of its elements without having one at hand: names, cardinality, types, bindings. One static
//! table per type, written by the generator; reader, writer and whoever walks a resource use it instead of code per type.

/// A resource, datatype or backbone element as the specification defines it.
#[derive(Debug)]
pub struct TypeInfo {
    /// The name in Rust, for example `PatientContact`.
    pub name: &'static str,
    /// The path of the definition, for example `Patient.contact`.
    pub path: &'static str,
    /// Whether this is a resource, which says its type in `resourceType`.
    pub resource: bool,
    /// The elements in the order of the definition. There are at most 64.
    pub fields: &'static [FieldInfo],
}

/// One element of a type.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // They are independent facts of the definition, and only read.
pub struct FieldInfo {
    /// The name in JSON; of a choice element the part before the type: `value` of `value[x]`.
    pub name: &'static str,
    /// What the element holds.
    pub shape: Shape,
    /// The FHIR name of the type, for example `dateTime`; empty for a choice and for a backbone element.
    pub type_name: &'static str,
    /// Whether the definition demands at least one.
    pub required: bool,
    /// Whether the definition allows more than one.
    pub many: bool,
    /// Whether the element is part of a summary.
    pub summary: bool,
    /// Whether the element can change the meaning of what it stands in.
    pub modifier: bool,
    /// Which codes the element takes.
    pub binding: Option<Binding>,
    /// The first eight bytes of the name.
    head: u64,
    /// Which of the first eight bytes of a name in JSON have to be those.
    mask: u64,
}

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A primitive, which in JSON is a value with an object for its `id` and extensions beside it.
    Primitive(Scalar),
    /// A datatype or a backbone element.
    Element,
    /// Any resource.
    Resource,
    /// One of several types.
    Choice(&'static [Variant]),
}

/// How a primitive is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// As a string.
    Text,
    /// As a number.
    Number,
    /// As `true` or `false`.
    Boolean,
}

/// One of the types that a choice element takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// What follows the element's name in JSON: `Quantity` of `valueQuantity`.
    pub suffix: &'static str,
    /// How a primitive is written; `None` of a datatype.
    pub scalar: Option<Scalar>,
}

/// The value set an element is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// How firmly.
    pub strength: Strength,
    /// The canonical address of the value set, with its version where the definition names one.
    pub value_set: &'static str,
}

/// How firmly an element is bound to its value set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Only these codes.
    Required,
    /// These codes where one of them fits.
    Extensible,
    /// These codes rather than others.
    Preferred,
    /// These codes show what is meant.
    Example,
}

impl TypeInfo {
    /// The element of that JSON name, as its index and, of a choice, the index of the variant (else 0). The search begins at
    /// index `from`, because JSON mostly follows the order of the definition.
    pub fn find(&self, name: &str, from: usize) -> Option<(usize, usize)> {
        self.find_by_head(name.as_bytes(), head(name.as_bytes()), from)
    }

    /// The same for who knows [`head`] of the name.
    #[inline]
    pub(crate) fn find_by_head(&self, name: &[u8], head: u64, from: usize) -> Option<(usize, usize)> {
        let (before, after) = self.fields.split_at(from.min(self.fields.len()));
        let search = |fields: &[FieldInfo]| {
            let mut fields = fields.iter().enumerate().filter(|(_, field)| head & field.mask == field.head);
            fields.find_map(|(index, field)| Some((index, field.variant_called(name)?)))
        };
        search(after).map(|(index, variant)| (index + before.len(), variant)).or_else(|| search(before))
    }
}

/// What a name in JSON means in a type.
pub(crate) struct Found<'a> {
    pub(crate) index: usize,
    pub(crate) field: &'a FieldInfo,
    pub(crate) variant: usize,
    /// Whether it is the name, with an underscore, of what is attached to a primitive.
    pub(crate) attached: bool,
}

impl TypeInfo {
    /// The element that a JSON name means, or whose attached object it means.
    pub(crate) fn find_json_name(&self, name: &str) -> Option<Found<'_>> {
        let (attached, plain) = name.strip_prefix('_').map_or((false, name), |plain| (true, plain));
        let (index, variant) = self.find(plain, 0)?;
        let field = self.fields.get(index)?;
        (!attached || field.scalar(variant).is_some()).then_some(Found { index, field, variant, attached })
    }
}

#[inline(never)]
fn choice_called(own: &[u8], variants: &[Variant], name: &[u8]) -> Option<usize> {
    let suffix = name.strip_prefix(own)?;
    variants.iter().position(|variant| variant.suffix.as_bytes() == suffix)
}

impl FieldInfo {
    /// The variant that the JSON name `name` means, whose [`head`] fits; 0 of an element that is no choice.
    #[inline]
    fn variant_called(&self, name: &[u8]) -> Option<usize> {
        let own = self.name.as_bytes();
        if let Shape::Choice(variants) = self.shape {
            return choice_called(own, variants, name);
        }
        // Of a name of at most eight bytes the head says all; the last eight say the rest of one of at most sixteen.
        let same = own.len() == name.len()
            && match name.len() {
                ..=8 => true,
                9..=16 => own.last_chunk::<8>() == name.last_chunk(),
                _ => own == name,
            };
        same.then_some(0)
    }

    /// How the element, or that variant of it, is written if it is a primitive.
    pub fn scalar(&self, variant: usize) -> Option<Scalar> {
        match self.shape {
            Shape::Primitive(scalar) => Some(scalar),
            Shape::Choice(variants) => variants.get(variant).and_then(|variant| variant.scalar),
            Shape::Element | Shape::Resource => None,
        }
    }

    /// The FHIR name of the type that the element holds, or of that variant of a choice; empty of a backbone element.
    pub fn type_of(&self, variant: usize) -> &'static str {
        match self.shape {
            Shape::Choice(variants) => variants.get(variant).map_or("", Variant::type_name),
            _ => self.type_name,
        }
    }

    /// What follows the element's name in JSON if it is this variant of a choice.
    pub(crate) fn suffix(&self, variant: usize) -> &'static str {
        match self.shape {
            Shape::Choice(variants) => variants.get(variant).map_or("", |variant| variant.suffix),
            _ => "",
        }
    }
}

/// The constructors below are for the generated tables.
impl FieldInfo {
    const fn new(name: &'static str, shape: Shape, type_name: &'static str) -> Self {
        let open = matches!(shape, Shape::Choice(_)) && name.len() < 8;
        Self {
            name,
            shape,
            type_name,
            required: false,
            many: false,
            summary: false,
            modifier: false,
            binding: None,
            head: head(name.as_bytes()),
            // What follows the name of a choice says its type; after any other name nothing follows, not even a zero.
            mask: if open { (1 << (8 * name.len())) - 1 } else { u64::MAX },
        }
    }

    pub(crate) const fn text(name: &'static str, type_name: &'static str) -> Self {
        Self::new(name, Shape::Primitive(Scalar::Text), type_name)
    }

    pub(crate) const fn number(name: &'static str, type_name: &'static str) -> Self {
        Self::new(name, Shape::Primitive(Scalar::Number), type_name)
    }

    pub(crate) const fn boolean(name: &'static str) -> Self {
        Self::new(name, Shape::Primitive(Scalar::Boolean), "boolean")
    }

    pub(crate) const fn element(name: &'static str, type_name: &'static str) -> Self {
        Self::new(name, Shape::Element, type_name)
    }

    pub(crate) const fn resource(name: &'static str) -> Self {
        Self::new(name, Shape::Resource, "Resource")
    }

    pub(crate) const fn choice(name: &'static str, variants: &'static [Variant]) -> Self {
        Self::new(name, Shape::Choice(variants), "")
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn many(self) -> Self {
        Self { many: true, ..self }
    }

    pub(crate) const fn summary(self) -> Self {
        Self { summary: true, ..self }
    }

    pub(crate) const fn modifier(self) -> Self {
        Self { modifier: true, ..self }
    }

    pub(crate) const fn bound(self, strength: Strength, value_set: &'static str) -> Self {
        Self { binding: Some(Binding { strength, value_set }), ..self }
    }
}

impl Variant {
    /// The FHIR name of the type, for example `dateTime`.
    pub fn type_name(&self) -> &'static str {
        if self.scalar.is_none() {
            return self.suffix;
        }
        match self.suffix {
            "Base64Binary" => "base64Binary",
            "Boolean" => "boolean",
            "Canonical" => "canonical",
            "Code" => "code",
            "Date" => "date",
            "DateTime" => "dateTime",
            "Decimal" => "decimal",
            "Id" => "id",
            "Instant" => "instant",
            "Integer" => "integer",
            "Markdown" => "markdown",
            "Oid" => "oid",
            "PositiveInt" => "positiveInt",
            "String" => "string",
            "Time" => "time",
            "UnsignedInt" => "unsignedInt",
            "Uri" => "uri",
            "Url" => "url",
            "Uuid" => "uuid",
            other => other,
        }
    }

    pub(crate) const fn text(suffix: &'static str) -> Self {
        Self { suffix, scalar: Some(Scalar::Text) }
    }

    pub(crate) const fn number(suffix: &'static str) -> Self {
        Self { suffix, scalar: Some(Scalar::Number) }
    }

    pub(crate) const fn boolean(suffix: &'static str) -> Self {
        Self { suffix, scalar: Some(Scalar::Boolean) }
    }

    pub(crate) const fn element(suffix: &'static str) -> Self {
        Self { suffix, scalar: None }
    }
}

/// The first eight bytes of a name as a number, with zeros after a shorter one. Telling most names apart takes one comparison
/// of such numbers.
pub(crate) const fn head(name: &[u8]) -> u64 {
    if let Some(eight) = name.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let (mut head, mut at) = (0, 0);
    while at < name.len() {
        head |= (name[at] as u64) << (8 * at);
        at += 1;
    }
    head
}

#[cfg(test)]
mod tests {
    use crate::access::Element;
    use crate::{CapabilityStatement, ElementDefinition, Observation, Patient};

    #[test]
    fn a_name_is_only_itself() {
        let types: [&dyn Element; 4] = [
            &Patient::default(),
            &Observation::default(),
            &ElementDefinition::default(),
            &CapabilityStatement::default(),
        ];
        for info in types.map(Element::info) {
            for (index, field) in info.fields.iter().enumerate() {
                let name = format!("{}{}", field.name, field.suffix(0));
                for from in 0..=info.fields.len() {
                    assert_eq!(info.find(&name, from), Some((index, 0)), "{name}");
                }
                for place in 0..name.len() {
                    let mut other = name.clone();
                    other.replace_range(place..=place, "~");
                    assert_eq!(info.find(&other, 0), None, "{other}");
                }
                assert_eq!((info.find(&format!("{name}~"), 0), info.find(&name[1..], 0)), (None, None), "{name}");
            }
        }
    }
}
