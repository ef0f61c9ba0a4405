//! FHIR's names in Rust's case. A name that Rust keeps for itself becomes a raw identifier, so that it stays FHIR's.

/// `birthDate` as `birth_date`, `CodeableConcept` as `codeable_concept`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        if character.is_ascii_uppercase() {
            let after_lower = index > 0 && !characters[index - 1].is_ascii_uppercase();
            let before_lower = characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
            if index > 0 && (after_lower || before_lower) {
                snake.push('_');
            }
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

/// A field's name.
pub(super) fn field(name: &str) -> String {
    let name = snake(name);
    match name.as_str() {
        "abstract" | "as" | "const" | "for" | "in" | "mod" | "ref" | "static" | "type" | "use" | "where" => {
            format!("r#{name}")
        }
        _ => name,
    }
}

/// The first letter large: `contact` as `Contact`.
pub(super) fn capital(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
}

/// `Patient.contact` as `PatientContact`, `Observation.value[x]` as `ObservationValue`.
pub(super) fn from_path(path: &str) -> String {
    path.trim_end_matches("[x]").split('.').map(capital).collect()
}

/// A constant's name: `PatientContact` as `PATIENT_CONTACT`.
pub(super) fn shout(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// The Rust type of a primitive, and the constructor of its table entry; `None` of another type.
pub(super) fn primitive(fhir: &str) -> Option<(String, &'static str)> {
    let constructor = match fhir {
        "boolean" => "boolean",
        "decimal" | "integer" | "positiveInt" | "unsignedInt" => "number",
        "base64Binary" | "canonical" | "code" | "date" | "dateTime" | "id" | "instant" | "markdown" | "oid"
        | "string" | "time" | "uri" | "url" | "uuid" | "xhtml" => "text",
        _ => return None,
    };
    let rust = if fhir == "string" { "FhirString".to_owned() } else { capital(fhir) };
    Some((rust, constructor))
}

/// A code as the variant of an enum: `in-progress` as `InProgress`, `<=` as `LessOrEqual`.
pub(super) fn variant(code: &str) -> String {
    let symbol = match code {
        "<" => "LessThan",
        "<=" => "LessOrEqual",
        ">=" => "GreaterOrEqual",
        ">" => "GreaterThan",
        "=" => "Equal",
        "!=" => "NotEqual",
        "+" => "Plus",
        "-" => "Minus",
        _ => "",
    };
    if !symbol.is_empty() {
        return symbol.to_owned();
    }
    let digit = code.starts_with(|first: char| first.is_ascii_digit());
    let words: Vec<String> = code
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(word)
        .collect();
    // Between two digits a separator has to stay: 1.10 and 11.0 are not one.
    let mut name = if digit { "V".to_owned() } else { String::new() };
    for word in words {
        let both = name.ends_with(|last: char| last.is_ascii_digit())
            && word.starts_with(|first: char| first.is_ascii_digit());
        if both {
            name.push('_');
        }
        name.push_str(&word);
    }
    if name == "Self" { "Self_".to_owned() } else { name }
}

/// A word of a code: an acronym loses its large letters, as Rust's names do.
fn word(word: &str) -> String {
    let shouted = word.len() > 1 && !word.contains(|character: char| character.is_ascii_lowercase());
    if shouted { capital(&word.to_ascii_lowercase()) } else { capital(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_case_of_rust_and_stay_those_of_fhir() {
        for (fhir, rust) in [
            ("birthDate", "birth_date"),
            ("type", "r#type"),
            ("CodeableConcept", "codeable_concept"),
            ("SubstanceNucleicAcid", "substance_nucleic_acid"),
            ("valueSet", "value_set"),
            ("xPath", "x_path"),
            ("onsetURL", "onset_url"),
        ] {
            assert_eq!(field(fhir), rust);
        }
        assert_eq!(from_path("Bundle.entry.request"), "BundleEntryRequest");
        assert_eq!(from_path("Observation.value[x]"), "ObservationValue");
        assert_eq!(primitive("string"), Some(("FhirString".into(), "text")));
        assert_eq!(primitive("Quantity"), None);
    }

    #[test]
    fn each_code_can_be_a_variant() {
        for (code, rust) in [
            ("in-progress", "InProgress"),
            ("4.3.0", "V4_3_0"),
            ("<=", "LessOrEqual"),
            ("MANDATORY", "Mandatory"),
            ("entered-in-error", "EnteredInError"),
            ("http.get", "HttpGet"),
        ] {
            assert_eq!(variant(code), rust);
        }
    }
}
