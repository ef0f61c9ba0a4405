//! `docs/schema-changes.md` of the repository shows what `clinical` prints. Here it prints it again, with the files that the page shows, and a word
//! that differs fails. This test is no part of the published crate, because the page is not.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A command of a page, and what it is said to print.
struct Shown {
    command: String,
    output: String,
}

/// The commands in the blocks marked `console`; and into the folder, the blocks marked `json`, by the file name that stands before them.
fn shown(page: &str, folder: &Path) -> Vec<Shown> {
    let (mut all, mut block, mut named): (Vec<Shown>, _, _) = (Vec::new(), "", "");
    for line in page.lines() {
        if let Some(opening) = line.strip_prefix("```") {
            block = if block.is_empty() { opening } else { "" };
        } else if block == "console" {
            match line.strip_prefix("$ ") {
                Some(command) => all.push(Shown { command: command.to_owned(), output: String::new() }),
                None => all.last_mut().unwrap().output.extend([line, "\n"]),
            }
        } else if block == "json" {
            fs::write(folder.join(named), line).unwrap();
        } else {
            named = line
                .split('`')
                .rfind(|word| Path::new(word).extension().is_some_and(|extension| extension == "json"))
                .unwrap_or(named);
        }
    }
    all
}

#[test]
fn the_page_on_changes_shows_what_the_command_prints() {
    let folder = tempfile::tempdir().unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema-changes.md");
    let shown = shown(&fs::read_to_string(page).unwrap(), folder.path());
    let mut count = 0;
    for (index, Shown { command, output }) in shown.iter().enumerate() {
        let Some(arguments) = command.strip_prefix("clinical ") else { continue };
        let mut clinical = Command::new(env!("CARGO_BIN_EXE_clinical"));
        // Settings of the machine must not speak.
        clinical.env_clear().current_dir(folder.path()).args(arguments.split_whitespace());
        let ran = clinical.output().unwrap();
        let [out, err] = [&ran.stdout, &ran.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        assert_eq!(&(out + &err), output, "{command}");
        if let Some(next) = shown.get(index + 1).filter(|next| next.command == "echo $?") {
            assert_eq!(format!("{}\n", ran.status.code().unwrap()), next.output, "{command}");
        }
        count += 1;
    }
    assert_eq!(count, 4, "a command was added or taken away: look whether it is checked");
}
