//! `clinical sandbox`: the sandbox as a server.

use crate::support::{Folder, NOTE, Vendor, run};

#[test]
fn a_port_in_use_is_one_sentence() {
    let vendor = Vendor::start();
    let port = vendor.sandbox.port().to_string();
    let ran = run(["sandbox", "--port", &port]).expect(1);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("port {port} on 127.0.0.1")), "{}", ran.stderr);
}

#[test]
fn an_impossible_speed_is_a_usage_error() {
    for speed in ["0", "-1", "NaN"] {
        let ran = run(["sandbox", &format!("--speed={speed}")]).expect(2);
        assert!(ran.stderr.contains("speed"), "{}", ran.stderr);
    }
}

#[test]
fn an_impossible_token_is_a_usage_error() {
    let ran = run(["sandbox", "--token", "with space"]).expect(2);
    assert!(ran.stderr.contains("token"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn what_it_prints_is_enough_to_point_the_client_at_it() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    let mut server = crate::support::clinical(["sandbox", "--token", "made-up", "--speed", "1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap());
    let (mut text, mut variables) = (String::new(), Vec::new());
    let mut address = None;
    while variables.len() < 6 || address.is_none() {
        let mut line = String::new();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "{text}");
        if let Some(variable) = line.trim().strip_prefix("export ") {
            let (name, value) = variable.split_once('=').unwrap();
            variables.push((name.to_owned(), value.to_owned()));
        }
        address = address.or(line.find("--base-url ").map(|at| line[at..].trim().to_owned()));
        text.push_str(&line);
    }
    assert!(text.starts_with("SIMULATED: "), "{text}");
    let folder = Folder::new().with("note.txt", NOTE);
    let mut client = folder.command(["codify", "note.txt"]);
    let (again, last) = (variables.clone(), variables.clone());
    let client = client.envs(variables).output().unwrap();
    assert_eq!(client.status.code(), Some(0), "{}", String::from_utf8_lossy(&client.stderr));
    let mut client = folder.command(["structure", "note.txt", "--results", "store"]);
    let client = client.envs(again).output().unwrap();
    assert_eq!(client.status.code(), Some(0), "{}", String::from_utf8_lossy(&client.stderr));
    let flags = address.unwrap();
    let mut client = folder.command(["novamed", "carriers", "--revision", "2026-01"]);
    let client = client.args(flags.split(' ')).envs(last).output().unwrap();
    assert_eq!(client.status.code(), Some(0), "{}", String::from_utf8_lossy(&client.stderr));
    kill_process(Pid::from_child(&server), Signal::TERM).unwrap();
    let mut stdout = String::new();
    server.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(stdout, "");
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
