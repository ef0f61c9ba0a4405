//! What is to be generated, in Rust's terms: types with their structs and choices, and the code sets that they use. All that
//! needs a decision about a name or a type is decided here; `emit` only writes it down.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};

use super::codes::CodeSet;
use super::definitions::{Definitions, ElementDefinition, Structure};
use super::names;

/// Everything.
pub(super) struct Model {
    /// The resources, by name.
    pub(super) resources: Vec<Type>,
    /// The complex datatypes, by name.
    pub(super) datatypes: Vec<Type>,
    /// The code sets that fields use, by name.
    pub(super) codes: Vec<CodeSet>,
    /// Choices of nearly every datatype, which several elements share.
    pub(super) open_choices: Vec<Choice>,
}

/// A resource or datatype, with what is defined inside it.
pub(super) struct Type {
    pub(super) name: String,
    pub(super) is_resource: bool,
    pub(super) structs: Vec<Struct>,
    pub(super) choices: Vec<Choice>,
}

impl Type {
    /// The names of all that is declared for it.
    fn names(&self) -> impl Iterator<Item = &str> {
        let structs = self.structs.iter().map(|one| one.name.as_str());
        structs.chain(self.choices.iter().map(|one| one.name.as_str()))
    }
}

pub(super) struct Struct {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) fields: Vec<Field>,
}

#[allow(clippy::struct_excessive_bools)] // They are independent facts of a definition.
pub(super) struct Field {
    /// In JSON, without `[x]`.
    pub(super) json: String,
    pub(super) path: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) many: bool,
    pub(super) summary: bool,
    pub(super) modifier: bool,
    /// Strength and value set.
    pub(super) binding: Option<(String, String)>,
    /// What a reference may point at.
    pub(super) targets: Vec<String>,
}

pub(super) enum Kind {
    Primitive { fhir: String, code_set: Option<String> },
    Element { fhir: String, rust: String },
    Resource,
    Choice(String),
}

/// A choice element's enum.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) path: String,
    /// FHIR names of the types.
    pub(super) types: Vec<String>,
}

/// From this number of types on, a choice is one of the open ones, which take any datatype.
const OPEN: usize = 40;

struct Builder<'a> {
    definitions: &'a Definitions,
    codes: BTreeMap<String, CodeSet>,
    open: BTreeMap<Vec<String>, Choice>,
}

impl Model {
    /// Decides all names and types.
    pub(super) fn build(definitions: &Definitions) -> Result<Self> {
        let mut builder = Builder { definitions, codes: BTreeMap::new(), open: BTreeMap::new() };
        let (mut resources, mut datatypes) = (Vec::new(), Vec::new());
        for structure in definitions.structures.values() {
            let context = || format!("cannot make a type of {}", structure.id);
            let made = builder.of_type(structure).with_context(context)?;
            if made.is_resource { resources.push(made) } else { datatypes.push(made) }
        }
        let mut codes: Vec<CodeSet> = builder.codes.into_values().collect();
        codes.sort_by(|left, right| left.name.cmp(&right.name));
        if let Some(pair) = codes.windows(2).find(|pair| pair[0].name == pair[1].name) {
            bail!("two value sets are called {}", pair[0].name);
        }
        // All of them are found at the root of the crate.
        let mut seen = BTreeSet::new();
        for made in resources.iter().chain(&datatypes) {
            if let Some(twice) = made.names().find(|name| !seen.insert(*name)) {
                bail!("two types are called {twice}, one of them in {}", made.name);
            }
        }
        Ok(Self { resources, datatypes, codes, open_choices: builder.open.into_values().collect() })
    }
}

impl Builder<'_> {
    fn of_type(&mut self, structure: &Structure) -> Result<Type> {
        let is_resource = structure.kind == "resource";
        let mut made = Type { name: structure.id.clone(), is_resource, structs: Vec::new(), choices: Vec::new() };
        let (root, elements) = structure.snapshot.element.split_first().context("it has no elements")?;
        let mut paths = vec![root.path.clone()];
        paths.extend(elements.iter().filter(|element| is_backbone(element)).map(|element| element.path.clone()));
        for path in paths {
            let mut fields = Vec::new();
            for element in elements.iter().filter(|element| parent(&element.path) == path) {
                fields.push(self.field(element, &mut made.choices)?);
            }
            if fields.len() > 64 {
                bail!("{path} has more than the 64 elements that the reader can tell apart");
            }
            made.structs.push(Struct { name: names::from_path(&path), path, fields });
        }
        Ok(made)
    }

    fn field(&mut self, element: &ElementDefinition, choices: &mut Vec<Choice>) -> Result<Field> {
        let json = element.path.rsplit('.').next().unwrap_or_default();
        let binding =
            element.binding.as_ref().and_then(|binding| Some((binding.strength.clone(), binding.value_set.clone()?)));
        let kind = if json.ends_with("[x]") {
            Kind::Choice(self.choice(element, choices))
        } else if let Some(reference) = &element.content_reference {
            Kind::Element { fhir: String::new(), rust: names::from_path(reference.trim_start_matches('#')) }
        } else if is_backbone(element) {
            Kind::Element { fhir: String::new(), rust: names::from_path(&element.path) }
        } else {
            let [only] = element.types.as_slice() else { bail!("{} has not one type", element.path) };
            match only.name() {
                "Resource" => Kind::Resource,
                fhir if names::primitive(fhir).is_some() => {
                    let code_set = self.code_set(fhir, binding.as_ref());
                    Kind::Primitive { fhir: fhir.to_owned(), code_set }
                }
                fhir => Kind::Element { fhir: fhir.to_owned(), rust: fhir.to_owned() },
            }
        };
        let targets = element.types.iter().flat_map(|one| &one.target_profile);
        Ok(Field {
            json: json.trim_end_matches("[x]").to_owned(),
            path: element.path.clone(),
            kind,
            required: element.min > 0,
            many: element.max != "1",
            summary: element.is_summary,
            modifier: element.is_modifier,
            binding,
            targets: targets.map(|target| target.rsplit('/').next().unwrap_or_default().to_owned()).collect(),
        })
    }

    /// The enum of a choice element, by its name.
    fn choice(&mut self, element: &ElementDefinition, choices: &mut Vec<Choice>) -> String {
        let mut types: Vec<String> = element.types.iter().map(|one| one.name().to_owned()).collect();
        if types.len() < OPEN {
            let name = names::from_path(&element.path);
            choices.push(Choice { name: name.clone(), path: element.path.clone(), types });
            return name;
        }
        types.sort_unstable();
        // The specification's open type list comes in two forms, which differ in whether a `Meta` is among them.
        let name = if types.iter().any(|name| name == "CodeableReference") { "OpenValue" } else { "OpenValueWithMeta" };
        let open = Choice { name: name.to_owned(), path: String::new(), types: types.clone() };
        self.open.entry(types).or_insert(open);
        name.to_owned()
    }

    /// The code set that a required binding names, if its codes can be listed.
    fn code_set(&mut self, fhir: &str, binding: Option<&(String, String)>) -> Option<String> {
        let (strength, value_set) = binding?;
        if fhir != "code" || strength != "required" {
            return None;
        }
        let url = value_set.split('|').next()?;
        if !self.codes.contains_key(url) {
            let set = CodeSet::of(self.definitions, url)?;
            self.codes.insert(url.to_owned(), set);
        }
        self.codes.get(url).map(|set| set.name.clone())
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn is_backbone(element: &ElementDefinition) -> bool {
    element.types.len() == 1 && matches!(element.types[0].name(), "BackboneElement" | "Element")
}
