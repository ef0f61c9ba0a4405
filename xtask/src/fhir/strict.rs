//! Which of the official examples a strict reading refuses, and where. The list was compared with the published structure definitions by a program that
//! shares nothing with this one: these thirteen, and no others, lack an element that has to be there.

use anyhow::{Result, bail};

/// The first error of each, as the conformance run prints it.
const INVALID: [&str; 13] = [
    "Bundle-valuesets.json: Bundle.entry[135].resource.status",
    "CodeSystem-catalogType.json: CodeSystem.status",
    "SearchParameter-codesystem-extensions-CodeSystem-author.json: SearchParameter.base",
    "SearchParameter-codesystem-extensions-CodeSystem-effective.json: SearchParameter.base",
    "SearchParameter-codesystem-extensions-CodeSystem-end.json: SearchParameter.base",
    "SearchParameter-codesystem-extensions-CodeSystem-keyword.json: SearchParameter.base",
    "SearchParameter-codesystem-extensions-CodeSystem-workflow.json: SearchParameter.base",
    "SearchParameter-valueset-extensions-ValueSet-author.json: SearchParameter.base",
    "SearchParameter-valueset-extensions-ValueSet-effective.json: SearchParameter.base",
    "SearchParameter-valueset-extensions-ValueSet-end.json: SearchParameter.base",
    "SearchParameter-valueset-extensions-ValueSet-keyword.json: SearchParameter.base",
    "SearchParameter-valueset-extensions-ValueSet-workflow.json: SearchParameter.base",
    "ValueSet-catalogType.json: ValueSet.status",
];

/// Holds what a strict run over the official examples printed against the list.
pub(super) fn judge(printed: &str) -> Result<()> {
    let found: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("invalid: ")).collect();
    let told =
        |file: &&str| found.iter().any(|line| line.strip_prefix(*file).is_some_and(|rest| rest.starts_with(": ")));
    let missed: Vec<&str> = INVALID.into_iter().filter(|file| !told(file)).collect();
    if !missed.is_empty() || found.len() != INVALID.len() {
        bail!("a strict reading refuses {} examples; of those that are invalid it lets pass: {missed:?}", found.len());
    }
    println!("a strict reading refuses the {} examples that are invalid, and no other", INVALID.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(lines: &[&str]) -> String {
        lines.iter().fold(String::new(), |text, line| text + "invalid: " + line + ": this element has to be there\n")
    }

    #[test]
    fn one_more_one_less_or_another_path_is_told() {
        assert!(judge(&printed(&INVALID)).is_ok());
        assert!(judge(&printed(&INVALID[1..])).is_err());
        let more = format!("{}invalid: Patient-a.json: Patient.gender: x\n", printed(&INVALID));
        assert!(judge(&more).is_err());
        assert!(judge(&printed(&INVALID).replace("CodeSystem.status", "CodeSystem.content")).is_err());
        assert!(judge("").is_err());
    }
}
