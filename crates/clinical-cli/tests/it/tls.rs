//! HTTPS from the command line: a private authority, a client certificate, a proxy, and the sandbox that serves them.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use clinical_sandbox::{Sandbox, Tls};

use crate::support::{Folder, NOTE, Ran, Vendor, json};

/// A vendor behind HTTPS that demands a client certificate, and a folder with what it gave out.
fn set_up() -> (Vendor, Folder) {
    let vendor = Vendor::with(Sandbox::builder().seed(7).tls(Tls::new().require_client_certificate()));
    let folder = Folder::new().with("note.txt", NOTE);
    vendor.sandbox.issued().unwrap().write_to(folder.path()).unwrap();
    (vendor, folder)
}

const TRUST: [&str; 3] = ["--ca-file", "authority.pem", "--ca-only"];
const IDENTITY: [&str; 4] = ["--client-cert", "client.pem", "--client-key", "client-key.pem"];

fn codify<'a>(more: impl IntoIterator<Item = &'a [&'a str]>) -> Vec<&'a str> {
    ["codify", "note.txt", "--output", "json"].into_iter().chain(more.into_iter().flatten().copied()).collect()
}

#[test]
fn a_private_authority_and_a_client_certificate_open_the_door() {
    let (vendor, folder) = set_up();
    let ran = vendor.run(&folder, codify([&TRUST[..], &IDENTITY])).expect(0);
    assert!(json(&ran.stdout)[0]["run_id"].is_string(), "{}", ran.stdout);
    assert_eq!(vendor.attempts(), 1);
}

#[test]
fn a_door_that_stays_shut_says_why_and_nothing_was_asked() {
    let (vendor, folder) = set_up();
    let stranger = Vendor::with(Sandbox::builder().tls(Tls::new()));
    stranger.sandbox.issued().unwrap().write_to(&folder.path().join("other")).unwrap();
    let table = [
        (
            vec!["--ca-file", "other/authority.pem", "--ca-only"],
            "install that authority on this system or trust it with --ca-file",
        ),
        (TRUST.to_vec(), "demands a client certificate; give one with --client-cert and --client-key"),
        (
            [&TRUST[..], &["--client-cert", "other/client.pem", "--client-key", "other/client-key.pem"]].concat(),
            "refused the client certificate",
        ),
    ];
    for (flags, sentence) in table {
        // A short limit: a refusal is tried again, which would be waited for.
        let ran = vendor.run(&folder, codify([&flags[..], &["--timeout", "3"]])).expect(6);
        assert!(ran.stderr.contains(sentence), "{sentence}: {}", ran.stderr);
    }
    assert_eq!(vendor.attempts(), 0);
}

#[test]
fn a_wrong_file_is_a_usage_error_that_names_the_flag() {
    let (vendor, folder) = set_up();
    let folder = folder.with("empty.pem", "");
    let table = [
        (vec!["--ca-file", "missing.pem"], "--ca-file: trusted authority is not there"),
        (vec!["--ca-file", "empty.pem"], "--ca-file: trusted authority holds no PEM certificate"),
        (vec!["--ca-file", "client-key.pem"], "--ca-file: trusted authority contains a private key"),
        (vec!["--client-cert", "client.pem", "--client-key", "client.pem"], "client key holds no PEM private key"),
        (
            vec!["--client-cert", "authority.pem", "--client-key", "client-key.pem"],
            "client key does not belong to the client certificate",
        ),
        (vec!["--client-cert", "client.pem"], "--client-key"),
        (vec!["--ca-only"], "--ca-file"),
        (vec!["--sandbox", "--ca-file", "authority.pem"], "cannot be used with"),
        (vec!["--sandbox", "--proxy", "http://127.0.0.1:1"], "cannot be used with"),
        (vec!["--proxy", "http://me:canary@127.0.0.1:1"], "--proxy: proxy contains a user name or password"),
    ];
    for (flags, sentence) in table {
        let ran = vendor.run(&folder, codify([&flags[..]])).expect(2);
        assert!(ran.stderr.contains(sentence) && !ran.stderr.contains("canary"), "{sentence}: {}", ran.stderr);
    }
    assert!(vendor.sandbox.journal().connections.is_empty());
}

#[test]
fn a_proxy_is_asked_with_the_credentials_of_the_variables_which_are_never_printed() {
    let (vendor, folder) = set_up();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
        // Whoever asks again is refused by the system: nobody listens any more.
        drop(proxy);
        String::from_utf8(head).unwrap()
    });
    let mut command = vendor.command(&folder, codify([&TRUST[..], &["--proxy", &url, "--timeout", "3"]]));
    command
        .env("CLINICAL_LOG", "trace")
        .env("CLINICAL_PROXY_USER", "canaryuser")
        .env("CLINICAL_PROXY_PASSWORD", "canary");
    let ran = Ran::from(command.output().unwrap()).expect(6);
    let head = asked.join().unwrap();
    assert!(head.starts_with(&format!("CONNECT 127.0.0.1:{} ", vendor.sandbox.port())), "{head}");
    // Base64 of canaryuser:canary.
    assert!(head.contains("Basic Y2FuYXJ5dXNlcjpjYW5hcnk="), "{head}");
    assert!(ran.stderr.contains("proxy"), "{}", ran.stderr);
    for secret in ["canary", "Y2FuYXJ5"] {
        assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret), "{}", ran.stderr);
    }
    assert!(vendor.sandbox.journal().connections.is_empty());
}

#[test]
fn a_proxy_that_asks_who_we_are_is_answered_with_the_names_of_the_variables() {
    let (vendor, folder) = set_up();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in proxy.incoming().map_while(Result::ok) {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        }
    });
    let ran = vendor.run(&folder, [&["health"], &TRUST[..], &["--proxy", &url, "--timeout", "3"]].concat()).expect(6);
    let advice = "(407); set CLINICAL_PROXY_USER and CLINICAL_PROXY_PASSWORD (";
    assert!(ran.stderr.contains(advice), "{}", ran.stderr);
}

#[test]
fn a_password_without_a_user_is_a_usage_error() {
    let (vendor, folder) = set_up();
    let mut command = vendor.command(&folder, codify([&TRUST[..], &["--proxy", "http://127.0.0.1:1"]]));
    let ran = Ran::from(command.env("CLINICAL_PROXY_PASSWORD", "canary").output().unwrap()).expect(2);
    assert!(ran.stderr.contains("CLINICAL_PROXY_USER is not") && !ran.stderr.contains("canary"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn what_the_sandbox_writes_and_prints_is_enough_to_reach_it_over_https() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    use rustix::process::{Pid, Signal, kill_process};

    let folder = Folder::new().with("note.txt", NOTE);
    let args = ["sandbox", "--token", "made-up", "--tls-dir", "tls", "--require-client-cert"];
    let mut server = folder.command(args).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let (mut variables, mut flags) = (Vec::new(), Vec::new());
    while flags.is_empty() {
        let line = lines.next().expect("more lines").unwrap();
        if let Some((name, value)) = line.trim().strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
            variables.push((name.to_owned(), value.to_owned()));
        }
        if line.trim().starts_with("--ca-file") {
            flags = line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect();
        }
    }
    assert!(variables[0].1.starts_with("https://127.0.0.1:"), "{variables:?}");
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mut client = folder.command(codify([&flags[..]]));
    Ran::from(client.envs(variables).output().unwrap()).expect(0);
    kill_process(Pid::from_child(&server), Signal::TERM).unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
