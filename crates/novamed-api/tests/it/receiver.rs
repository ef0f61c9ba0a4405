//! The example `webhook_receiver`, as a process: it answers in the vendor's terms, and no event that it answered with 200 is lost or counted
//! twice, however it dies.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use novamed_api::webhook::BODY_LIMIT;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::json;
use tempfile::TempDir;

use crate::log_support::again;
use crate::webhook_receiver;
use crate::webhook_receiver::board::{BOARD, Board};
use crate::webhook_receiver::inbox::FILE as INBOX;

const KEY: &str = "dev_the-webhook-key";
const LIMIT: &str = "NOVAMED_TEST_LIMIT";

/// Runs only in a process of its own: the example, which ends when it is killed.
#[test]
#[ignore = "started in a process of its own by the other tests"]
fn serves() {
    if std::env::var_os("RECEIVER_DIR").is_none() {
        return;
    }
    if let Ok(limit) = std::env::var(LIMIT) {
        setrlimit(Resource::Fsize, Rlimit { current: Some(limit.parse().unwrap()), maximum: None }).unwrap();
    }
    webhook_receiver::main().unwrap();
}

struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    vendor: Vendor,
}

/// Who sends to it.
#[derive(Clone)]
struct Vendor {
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Its output up to this, and the rest of that line.
    fn until(&mut self, what: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "it ended before it said: {what}");
            if let Some((_, rest)) = line.split_once(what) {
                return rest.trim().to_owned();
            }
        }
    }

    fn event(&self, body: &str) -> Option<u16> {
        self.vendor.event(body)
    }

    /// Waits until everything before this moment has been acted on.
    fn settle(&mut self, place: &Place) {
        assert_eq!(self.event(&event("practitioner:activated", &json!({"practitioner_id": "last"}))), Some(200));
        let length = std::fs::metadata(place.root().join(INBOX)).unwrap().len().to_string();
        while self.until("acted on an event, ").split(' ').next() != Some(length.as_str()) {}
    }
}

impl Vendor {
    /// The status of the answer; `None` if there is none.
    fn send(&self, headers: &[&str], body: &str) -> Option<u16> {
        let mut connection = TcpStream::connect(&self.address).ok()?;
        let lines: String = headers.iter().flat_map(|header| [header, "\r\n"]).collect();
        let head = format!(
            "POST /novamed HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{lines}",
            body.len()
        );
        // At once: a server that has not read all when it answers would reset the connection.
        let _ = connection.write_all(format!("{head}\r\n{body}").as_bytes());
        let mut answer = String::new();
        let _ = connection.read_to_string(&mut answer);
        answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }

    fn event(&self, body: &str) -> Option<u16> {
        self.send(&[&format!("x-api-key: {KEY}")], body)
    }
}

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("events")
    }

    fn command(&self) -> Command {
        let root = self.root().into_os_string().into_string().unwrap();
        let set = [("RECEIVER_DIR", root.as_str()), ("RECEIVER_PORT", "0"), ("NOVAMED_WEBHOOK_SECRET", KEY)];
        let mut command = again("receiver::serves", &set);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    fn start(&self) -> Running {
        running(self.command())
    }

    /// What it says instead.
    fn does_not_start(&self) -> String {
        let output = self.command().stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    fn board(&self) -> Board {
        Board::load(&self.root()).unwrap()
    }

    fn lines(&self) -> usize {
        std::fs::read_to_string(self.root().join(INBOX)).unwrap().lines().count()
    }
}

fn running(mut command: Command) -> Running {
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut running = Running { child, out, vendor: Vendor { address: String::new() } };
    running.vendor.address = running.until("listening on ");
    running
}

fn event(name: &str, data: &serde_json::Value) -> String {
    json!({"event_name": name, "event_data": data}).to_string()
}

fn filled(order: u32) -> String {
    event("medication_order:filled", &json!({"id": format!("order-{order}")}))
}

fn orders(board: &Board) -> BTreeSet<u32> {
    board.orders.keys().map(|order| order.strip_prefix("order-").unwrap().parse().unwrap()).collect()
}

#[test]
fn it_answers_200_to_the_vendor_and_nobody_else() {
    let place = Place::new();
    let mut receiver = place.start();
    assert_eq!(receiver.event(&filled(1)), Some(200));
    let key = format!("x-api-key: {KEY}");
    for wrong in [&[][..], &["x-api-key: other"], &[&key, &key]] {
        assert_eq!(receiver.vendor.send(wrong, &filled(2)), Some(401));
    }
    assert_eq!(receiver.event("no json"), Some(400));
    assert_eq!(receiver.event("{}"), Some(400));
    let long = filled(3);
    let long = format!("{long}{}", " ".repeat(BODY_LIMIT + 1 - long.len()));
    assert_eq!(receiver.event(&long), Some(413));
    // Nobody knows it yet, and the vendor need not send it again.
    assert_eq!(receiver.event(&event("medication_order:returned", &json!({"id": 1}))), Some(200));
    receiver.settle(&place);
    let board = place.board();
    assert_eq!((orders(&board), place.lines()), (BTreeSet::from([1]), 3));
    assert_eq!(board.unknown, BTreeSet::from(["medication_order:returned".to_owned()]));
}

#[test]
fn a_repeat_is_answered_and_not_stored_also_after_a_restart_and_a_second_shipment_is_no_repeat() {
    let place = Place::new();
    let shipment =
        |id: u32| event("shipment:created", &json!({"id": "order-1", "shipment_id": format!("shipment-{id}")}));
    let activated = event("practitioner:activated", &json!({"practitioner_id": "one"}));
    let mut receiver = place.start();
    for body in [filled(1), filled(1), shipment(1), shipment(2), shipment(1)] {
        assert_eq!(receiver.event(&body), Some(200));
    }
    assert_eq!(place.lines(), 3);
    drop(receiver);
    receiver = place.start();
    for body in [filled(1), shipment(2), filled(2)] {
        assert_eq!(receiver.event(&body), Some(200));
    }
    assert_eq!(place.lines(), 4);
    // Without a key each one is acted on, and it comes to the same.
    for _ in 0..3 {
        assert_eq!(receiver.event(&activated), Some(200));
    }
    receiver.settle(&place);
    let board = place.board();
    assert_eq!((place.lines(), orders(&board)), (8, BTreeSet::from([1, 2])));
    assert_eq!(board.shipments.keys().collect::<Vec<_>>(), ["shipment-1", "shipment-2"]);
    assert_eq!(board.practitioners, BTreeSet::from(["one".to_owned(), "last".to_owned()]));
}

#[test]
fn after_kill_9_at_any_moment_every_event_that_was_answered_is_acted_on() {
    let place = Place::new();
    let mut answered = BTreeSet::new();
    for round in 0..6 {
        let mut receiver = place.start();
        let numbers = round * 1000..;
        let sent = std::thread::scope(|scope| {
            let (enough, is_enough) = std::sync::mpsc::channel();
            let vendor = receiver.vendor.clone();
            let sending = scope.spawn(move || {
                let mut answered = Vec::new();
                for number in numbers {
                    match vendor.event(&filled(number)) {
                        Some(200) => answered.push(number),
                        // A disk so slow that the time was over.
                        Some(503) => {}
                        Some(other) => panic!("{other}"),
                        None => break,
                    }
                    let _ = enough.send(());
                }
                answered
            });
            // Killed while the next one is on its way.
            for _ in 0..=round * 3 {
                is_enough.recv().unwrap();
            }
            receiver.child.kill().unwrap();
            sending.join().unwrap()
        });
        assert!(!sent.is_empty());
        answered.extend(sent);
    }
    let mut receiver = place.start();
    // A repeat of one of the dead's events is a repeat.
    let lines = place.lines();
    assert_eq!(receiver.event(&filled(*answered.first().unwrap())), Some(200));
    assert_eq!(place.lines(), lines);
    receiver.settle(&place);
    let missing: Vec<_> = answered.difference(&orders(&place.board())).copied().collect();
    assert_eq!(missing, [0_u32; 0]);
}

#[test]
fn what_waits_in_the_inbox_is_acted_on_at_the_start_and_not_with_the_next_event() {
    let place = Place::new();
    let mut receiver = place.start();
    assert_eq!(receiver.event(&filled(1)), Some(200));
    receiver.settle(&place);
    drop(receiver);
    std::fs::remove_file(place.root().join(BOARD)).unwrap();
    let length = std::fs::metadata(place.root().join(INBOX)).unwrap().len();
    place.start().until(&format!("acted on an event, {length} of {length} bytes"));
    assert_eq!(orders(&place.board()), BTreeSet::from([1]));
}

#[test]
fn a_line_that_a_crash_tore_is_cut_off_and_a_damaged_one_is_not_passed_over() {
    let place = Place::new();
    let mut receiver = place.start();
    receiver.event(&filled(1));
    receiver.settle(&place);
    drop(receiver);
    let inbox = place.root().join(INBOX);
    let whole = std::fs::read(&inbox).unwrap();
    let torn = format!("{{\"key\":\"0a\",\"body\":\"{}", "x".repeat(1000));
    std::fs::write(&inbox, [&whole[..], torn.as_bytes()].concat()).unwrap();
    receiver = place.start();
    assert_eq!(receiver.event(&filled(2)), Some(200));
    assert_eq!(place.lines(), 3);
    receiver.settle(&place);
    assert_eq!((orders(&place.board()), place.lines()), (BTreeSet::from([1, 2]), 4));
    drop(receiver);
    std::fs::write(&inbox, [b"x", &whole[1..]].concat()).unwrap();
    let said = place.does_not_start();
    assert!(said.contains("the inbox is damaged at byte 0; mend it"), "{said}");
}

#[test]
fn two_receivers_never_write_into_one_folder() {
    let place = Place::new();
    let _receiver = place.start();
    let said = place.does_not_start();
    assert!(said.contains("another receiver uses this folder"), "{said}");
}

#[test]
fn on_a_full_disk_the_vendor_is_told_to_come_again_and_what_was_answered_stays() {
    let place = Place::new();
    let child = place.command();
    // The limit's signal is ignored, as on a disk that is full there is none.
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(child.get_program()).args(child.get_args());
    limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?)))).env(LIMIT, "700");
    limited.stdout(Stdio::piped()).stderr(Stdio::null());
    let receiver = running(limited);
    let answers: Vec<_> = (0..10).map(|number| receiver.event(&filled(number)).unwrap()).collect();
    let (stored, refused) = answers.split_at(answers.iter().position(|status| *status != 200).unwrap());
    assert!(stored.len() > 1 && refused.iter().all(|status| *status == 500), "{answers:?}");
    // A repeat of what is there needs no room.
    assert_eq!(receiver.event(&filled(0)), Some(200));
    drop(receiver);
    let mut receiver = place.start();
    assert_eq!(receiver.event(&filled(9)), Some(200));
    receiver.settle(&place);
    let mut expected: BTreeSet<_> = (0..10).take(stored.len()).collect();
    expected.insert(9);
    assert_eq!(orders(&place.board()), expected);
}
