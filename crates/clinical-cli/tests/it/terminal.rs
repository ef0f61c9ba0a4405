//! On a real (pseudo) terminal: colour and progress are there, `NO_COLOR` is obeyed, and foreign text cannot drive it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::process::Command;
use std::time::Duration;

use clinical_sandbox::Sandbox;
use clinical_sandbox::journal::Outcome;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::structure_support::Haidy;
use crate::support::{Folder, NOTE};

/// Runs a command with stdout and stderr on a terminal of this many columns; what the terminal received.
fn on_terminal(mut command: Command, columns: u16) -> String {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = OpenOptions::new().read(true).write(true).open(name).unwrap();
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&slave, size).unwrap();
    command.stdout(slave.try_clone().unwrap()).stderr(slave);
    let mut child = command.spawn().unwrap();
    // The command holds copies of the terminal: without dropping it the end would never come.
    drop(command);
    let mut received = Vec::new();
    let mut master = File::from(master);
    let mut piece = [0; 4096];
    loop {
        match master.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => received.extend_from_slice(&piece[..n]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Linux says EIO when the last user of the terminal has gone.
            Err(_) => break,
        }
    }
    child.wait().unwrap();
    String::from_utf8(received).unwrap()
}

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE)
}

#[test]
fn a_terminal_gets_colour_and_progress() {
    let folder = folder();
    let text = on_terminal(folder.command(["codify", "--sandbox", "a.txt"]), 100);
    assert!(text.contains("\u{1b}[1ma.txt\u{1b}[0m"), "{text:?}");
    assert!(text.contains("0 of 1 done"), "{text:?}");
}

#[test]
fn a_task_is_shown_while_it_is_waited_for_and_its_line_is_taken_away() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    let command = haidy.command(["structure", "a.txt", "--out", "o.json"]);
    let text = std::thread::scope(|scope| {
        let shown = scope.spawn(|| on_terminal(command, 100));
        // The first question is answered while the task runs, the second when it is done.
        let answered = |journal: &clinical_sandbox::Journal| {
            journal.attempts_on("tasks").first().is_some_and(|attempt| attempt.outcome == Outcome::Answered)
        };
        haidy.vendor.wait(haidy.vendor.sandbox.journal_when(answered));
        haidy.vendor.sandbox.clock().advance(Duration::from_secs(60));
        shown.join().unwrap()
    });
    let task = haidy.vendor.sandbox.tasks()[0].id.clone();
    let drawn = format!("\r\u{1b}[2Ktask {task}: QUEUED, 0 %, asking again in 2 s");
    assert!(text.contains(&drawn), "{text:?}");
    let after = text.rsplit(&format!("task {task}: ")).next().unwrap();
    assert!(after.contains("\r\u{1b}[2K") && after.contains("the result is written"), "{text:?}");
    assert!(haidy.path("o.json").exists());
}

#[test]
fn no_color_is_obeyed() {
    let folder = folder();
    for value in ["1", "0"] {
        let mut command = folder.command(["codify", "--sandbox", "a.txt", "missing.txt"]);
        command.env("NO_COLOR", value);
        let text = on_terminal(command, 100);
        assert!(text.contains("a.txt (SIMULATED)"), "{text:?}");
        assert!(!text.contains("\u{1b}[1m") && !text.contains("\u{1b}[3"), "{text:?}");
    }
}

#[test]
fn a_table_fits_the_terminal() {
    let folder = folder();
    for columns in [60, 80, 140] {
        let mut command = folder.command(["codify", "--sandbox", "a.txt"]);
        command.env("TERM", "dumb");
        let text = on_terminal(command, columns);
        let table = text.lines().filter(|line| line.starts_with(['─', '═', ' ']));
        let widest = table.map(|line| line.trim_end().chars().count()).max().unwrap();
        assert!(widest <= usize::from(columns), "{widest} of {columns}: {text}");
    }
}

#[test]
fn a_file_name_cannot_drive_the_terminal() {
    let name = "a\u{1b}[2J\u{7}.txt";
    let folder = Folder::new().with(name, NOTE);
    let mut command = folder.command(["codify", "--sandbox", name, "missing\u{1b}]0;x\u{7}"]);
    command.env("NO_COLOR", "1").env("TERM", "dumb");
    let text = on_terminal(command, 100);
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
}
