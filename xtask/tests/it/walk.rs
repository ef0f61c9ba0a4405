//! `docs/schema-changes.md` shows what the tasks print. Here they print it again, and a word that differs fails. What the command `clinical` prints
//! there is checked where that command is.

use xtask::workspace::root;

use crate::pretend::xtask_in;

/// A command of a page, and what it is said to print.
struct Shown {
    command: String,
    output: String,
}

/// The commands in the blocks marked `console`.
fn shown(page: &str) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    let (mut inside, mut goes_on) = (false, false);
    for line in page.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => inside = line == "```console",
            _ if !inside => {}
            Some(command) => {
                goes_on = command.ends_with('\\');
                all.push(Shown { command: command.trim_end_matches('\\').to_owned(), output: String::new() });
            }
            None => {
                let last = all.last_mut().unwrap();
                if goes_on {
                    goes_on = line.ends_with('\\');
                    last.command += line.trim_end_matches('\\');
                } else {
                    last.output.extend([line, "\n"]);
                }
            }
        }
    }
    all
}

#[test]
fn the_page_on_changes_shows_what_the_tasks_print_and_how_they_end() {
    let page = std::fs::read_to_string(root().join("docs/schema-changes.md")).unwrap();
    let shown = shown(&page);
    let mut count = 0;
    for (index, Shown { command, output }) in shown.iter().enumerate() {
        let Some(arguments) = command.strip_prefix("cargo xtask ") else { continue };
        let told = xtask_in(&root(), &arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!(&told.text, output, "{command}");
        let code = shown.get(index + 1).filter(|next| next.command == "echo $?").map_or("0\n", |next| &next.output);
        assert_eq!(format!("{}\n", told.code.unwrap()), *code, "{command}");
        count += 1;
    }
    assert_eq!(count, 2, "a command was added or taken away: look whether it is checked");
}

/// What the page says of the other requests of the walk.
#[test]
fn the_page_on_changes_counts_the_changes_of_the_other_requests_right() {
    let page = std::fs::read_to_string(root().join("docs/schema-changes.md")).unwrap();
    let mut counts = Vec::new();
    for request in ["NewPractitioner", "NewMedicationOrder", "NewRefill"] {
        let file = |revision: &str| format!("crates/novamed-api/schema/{request}@{revision}.writes.json");
        let (old, new) = (file("2025-12"), file("2026-01"));
        let told = xtask_in(&root(), &["schema", "compare", &old, &new, "--direction", "writes"]);
        counts.push((told.text.lines().count() - 1, told.code.unwrap()));
    }
    let [(practitioner, 4), (order, 4), (0, 0)] = counts[..] else { panic!("{counts:?}") };
    let sentence = format!(
        "`NewPractitioner` has {practitioner} changes and `NewMedicationOrder` {order}, both breaking; `NewRefill` has none (0)."
    );
    assert!(page.contains(&sentence), "{sentence}");
}
