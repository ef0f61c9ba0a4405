//! From a small definition to the text of its file: what a person reads, what the tables say, and what is refused.

use serde_json::{Value, json};

use super::definitions::Definitions;
use super::model::Model;
use super::{emit, names};

fn definitions(elements: &Value) -> Definitions {
    let mut definitions = Definitions::default();
    let structure = json!({"id": "Cup", "kind": "resource", "abstract": false, "derivation": "specialization",
        "snapshot": {"element": elements}});
    definitions.structures.insert("Cup".into(), serde_json::from_value(structure).unwrap());
    let value_set = json!({"url": "http://example.org/colours", "name": "Cup-Colour",
        "compose": {"include": [{"system": "http://example.org/c"}, {"system": "s", "concept": [{"code": "red"}, {"code": "<="}]}]}});
    definitions.value_sets.insert("http://example.org/colours".into(), serde_json::from_value(value_set).unwrap());
    let system = json!({"url": "http://example.org/c", "content": "complete",
        "concept": [{"code": "red", "concept": [{"code": "dark-red"}, {"code": "DARK_RED"}]}]});
    definitions.code_systems.insert("http://example.org/c".into(), serde_json::from_value(system).unwrap());
    definitions
}

fn cup() -> Value {
    json!([
        {"path": "Cup", "min": 0, "max": "*"},
        {"path": "Cup.type", "min": 1, "max": "1", "isSummary": true, "isModifier": true, "type": [{"code": "code"}],
         "binding": {"strength": "required", "valueSet": "http://example.org/colours|4.3.0"}},
        {"path": "Cup.ownedBy", "min": 0, "max": "*", "type": [{"code": "Reference",
         "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Patient"]}]},
        {"path": "Cup.size[x]", "min": 0, "max": "1", "type": [{"code": "Quantity"}, {"code": "string"}]},
        {"path": "Cup.part", "min": 0, "max": "1", "type": [{"code": "BackboneElement"}]},
        {"path": "Cup.part.part", "min": 0, "max": "*", "contentReference": "#Cup.part"},
        {"path": "Cup.part.note", "min": 0, "max": "1", "type": [{"code": "http://hl7.org/fhirpath/System.String",
         "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type", "valueUrl": "string"}]}]}
    ])
}

fn texts(elements: &Value) -> anyhow::Result<(String, String)> {
    let files = emit::files(&Model::build(&definitions(elements))?)?;
    let text = |name: &str| files.get(name).unwrap_or_else(|| panic!("no {name}")).to_owned();
    Ok((text("resources/cup.rs"), text("codes.rs")))
}

#[test]
fn a_definition_becomes_structs_with_fhirs_names_and_facts() {
    let (cup, _) = texts(&cup()).unwrap();
    for line in [
        "/// `Cup.type`, 1..1 `code`, required codes: <http://example.org/colours>. Modifies the meaning. Summary.",
        "pub r#type: Option<Coded<codes::CupColour>>,",
        "/// `Cup.ownedBy`, 0..* `Reference` to `Patient`.",
        "pub owned_by: Many<Reference>,",
        "pub size: Option<CupSize>,",
        "pub part: Option<One<CupPart>>,",
        "pub part: Many<CupPart>,",
        "pub note: Option<FhirString>,",
        "Quantity(One<Quantity>),",
        "String(FhirString),",
        "element!(Cup, CupPart);",
        "/// Elements: [`CupPart`].",
        "/// Choices: [`CupSize`].",
        "/// `Cup.part`, in [`Cup`].",
        "/// One of the types of `Cup.size[x]`, in [`Cup`].",
    ] {
        assert!(cup.lines().any(|there| there == line), "{line} is not in\n{cup}");
    }
}

#[test]
fn the_tables_have_what_the_definition_says_in_its_order() {
    let (cup, _) = texts(&cup()).unwrap();
    let table = cup.split("static CUP: ").nth(1).and_then(|rest| rest.split("};").next()).unwrap();
    let entries: Vec<&str> = table.lines().filter(|line| line.starts_with("FieldInfo")).collect();
    assert_eq!(
        entries,
        [
            "FieldInfo::text(\"type\", \"code\").required().summary().modifier()\
             .bound(Strength::Required, \"http://example.org/colours|4.3.0\"),",
            "FieldInfo::element(\"ownedBy\", \"Reference\").many(),",
            "FieldInfo::choice(\"size\", CupSize::VARIANTS),",
            "FieldInfo::element(\"part\", \"\"),",
        ]
    );
    assert!(cup.contains("name: \"Cup\", path: \"Cup\", resource: true"));
    assert!(cup.contains("name: \"CupPart\", path: \"Cup.part\", resource: false"));
}

#[test]
fn a_value_set_lists_each_code_once_under_a_name_of_its_own() {
    let (_, codes) = texts(&cup()).unwrap();
    let listed: Vec<&str> = codes.lines().filter(|line| line.contains(" = ")).map(str::trim).collect();
    assert_eq!(
        listed,
        ["Red = \"red\",", "DarkRed = \"dark-red\",", "DarkRedOther = \"DARK_RED\",", "LessOrEqual = \"<=\","]
    );
}

#[test]
fn a_value_set_that_cannot_be_listed_leaves_plain_codes() {
    let mut elements = cup();
    elements[1]["binding"]["valueSet"] = json!("http://example.org/unheard-of");
    let (cup, _) = texts(&elements).unwrap();
    assert!(cup.contains("pub r#type: Option<Code>,"), "{cup}");
}

#[test]
fn types_are_found_at_the_root_and_not_in_modules() {
    let files = emit::files(&Model::build(&definitions(&cup())).unwrap()).unwrap();
    let resources = files.get("resources.rs").unwrap();
    assert!(resources.contains("\nmod cup;\n") && resources.contains("\npub use cup::*;\n"), "{resources}");
    assert!(!resources.contains("pub mod"), "{resources}");
}

#[test]
fn a_name_that_two_types_would_have_is_refused() {
    let mut definitions = definitions(&cup());
    let part = json!({"id": "CupPart", "kind": "resource", "abstract": false, "derivation": "specialization",
        "snapshot": {"element": [{"path": "CupPart", "min": 0, "max": "*"}]}});
    definitions.structures.insert("CupPart".into(), serde_json::from_value(part).unwrap());
    let refused = Model::build(&definitions).err().unwrap().to_string();
    assert_eq!(refused, "two types are called CupPart, one of them in CupPart");
}

#[test]
fn what_the_reader_could_not_tell_apart_is_refused() {
    let mut elements = vec![json!({"path": "Cup", "min": 0, "max": "*"})];
    for number in 0..65 {
        elements.push(json!({"path": format!("Cup.f{number}"), "min": 0, "max": "1", "type": [{"code": "string"}]}));
    }
    assert!(texts(&json!(elements[..65])).is_ok());
    assert!(texts(&json!(elements)).is_err());
    let twice = json!([
        {"path": "Cup", "min": 0, "max": "*"},
        {"path": "Cup.a", "min": 0, "max": "1", "type": [{"code": "BackboneElement"}]},
        {"path": "Cup.a[x]", "min": 0, "max": "1", "type": [{"code": "string"}, {"code": "code"}]},
    ]);
    assert!(texts(&twice).is_err());
    assert_eq!(names::from_path("Cup.a[x]"), "CupA");
}

#[test]
fn a_folder_of_examples_that_is_not_there_is_named_with_what_to_do() {
    let error = super::conformance(Some(std::path::Path::new("/no/such/folder")), false).unwrap_err().to_string();
    assert!(error.contains("/no/such/folder") && error.contains("name one with JSON files"), "{error}");
}
