//! The client without `async`: the answers of the async one, from any number of threads, over connections that live between the calls.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use clinical_http::testing::JumpingClock;
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Deadlines};
use clinical_sandbox::{Fault, FaultKind, Sandbox};
use clinical_tests::clients::{for_sandbox, of_sandbox, over, settings};
use clinical_tests::documents::{ANSWER, NOTE, note_of, pdf_of, pdf_saying};
use clinical_tests::facts;
use clinical_tests::gate::Gate;
use clinical_tests::transports::{Answering, Holding, empty_answer};
use omniscribe_codify::blocking::Codify;
use omniscribe_codify::{CodifyRequest, ErrorKind, Limits, Pdf};
use tokio::runtime::Runtime;

/// Only a failure waits this long.
const PATIENCE: Duration = Duration::from_mins(1);

fn start() -> (Runtime, Sandbox) {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::builder().seed(7).start()).unwrap();
    (runtime, sandbox)
}

fn blocking(sandbox: &Sandbox) -> Codify {
    for_sandbox(sandbox, &JumpingClock::new()).build_blocking().unwrap()
}

fn numbered(count: usize) -> impl Iterator<Item = (usize, CodifyRequest)> + Send {
    (0..count).map(|n| (n, CodifyRequest::new().note(format!("note {n}"))))
}

#[test]
fn every_operation_answers_as_the_async_client_does() {
    let (runtime, sandbox) = start();
    let (codify, same) = (blocking(&sandbox), of_sandbox(&sandbox, &JumpingClock::new()));
    let pdf = Pdf::from_bytes(pdf_saying("Type 2 diabetes mellitus"));
    let requests = [
        CodifyRequest::new().note(NOTE),
        CodifyRequest::new().pdf(pdf.clone()),
        CodifyRequest::new().note(NOTE).pdf(pdf),
    ];
    for request in &requests {
        let answer = codify.codify(request).unwrap();
        assert!(!answer.final_code_assessments.is_empty());
        assert!(answer.value == runtime.block_on(same.codify(request)).unwrap().value);
    }
    assert_eq!(codify.limits().note_bytes(), same.limits().note_bytes());
    let long = CodifyRequest::new().note(note_of(codify.limits().note_bytes() + 1));
    let (parts, same_parts) = (codify.codify_long(&long).unwrap(), runtime.block_on(same.codify_long(&long)).unwrap());
    assert!(parts.is_complete() && parts.parts.len() == 2);
    assert_eq!(format!("{:?}", parts.merged()), format!("{:?}", same_parts.merged()));
    assert_eq!(codify.health().unwrap().body.expose(), runtime.block_on(same.health()).unwrap().body.expose());
}

#[test]
fn errors_are_those_of_the_async_client() {
    let (runtime, sandbox) = start();
    let (codify, same) = (blocking(&sandbox), of_sandbox(&sandbox, &JumpingClock::new()));
    let too_long = CodifyRequest::new().note(note_of(codify.limits().note_bytes() + 1));
    codify.check(&NOTE.into()).unwrap();
    for request in [CodifyRequest::new(), too_long, CodifyRequest::new().pdf(Pdf::from_path("/no/such/file.pdf"))] {
        let expected = facts::of_error(&runtime.block_on(same.codify(&request)).unwrap_err());
        assert_eq!(facts::of_error(&codify.codify(&request).unwrap_err()), expected);
        assert_eq!(facts::of_error(&codify.check(&request).unwrap_err()), expected);
    }
    sandbox.inject(Fault::new(FaultKind::status(503)).every()).unwrap();
    let expected = facts::of_error(&runtime.block_on(same.codify(&NOTE.into())).unwrap_err());
    assert_eq!(facts::of_error(&codify.codify(&NOTE.into()).unwrap_err()), expected);
    assert_eq!(expected["attempts"], 4);
}

#[test]
fn eight_threads_share_a_client_and_each_gets_its_own_answers() {
    let (runtime, sandbox) = start();
    let (codify, same) = (blocking(&sandbox), of_sandbox(&sandbox, &JumpingClock::new()));
    let answers = thread::scope(|scope| {
        let call = |thread| {
            let codify = codify.clone();
            move || [0, 1, 2, 3].map(|n| (thread, n, codify.codify(&note(thread, n)).unwrap().value))
        };
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(call(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!((sandbox.ledger().processed("codify"), sandbox.journal().attempts_on("codify").len()), (32, 32));
    for (thread, n, answer) in answers {
        assert!(answer == runtime.block_on(same.codify(&note(thread, n))).unwrap().value, "{thread} {n}");
    }
}

fn note(thread: usize, n: usize) -> CodifyRequest {
    CodifyRequest::new().note(format!("{NOTE} Visita {thread} {n}."))
}

#[test]
fn calls_of_eight_threads_are_on_their_way_at_the_same_time() {
    let runtime = Runtime::new().unwrap();
    let mut gate = runtime.block_on(Gate::start());
    let codify = settings(gate.url(), &JumpingClock::new()).build_blocking().unwrap();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| codify.codify(&NOTE.into()).is_ok())).collect();
        // None is answered before all have come.
        let held: Vec<_> = (0..8).map(|_| runtime.block_on(gate.next())).collect();
        for arrival in held {
            arrival.answer("200 OK", ANSWER);
        }
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}

#[test]
fn calls_one_after_the_other_use_one_connection_from_whatever_thread() {
    let (_runtime, sandbox) = start();
    let codify = blocking(&sandbox);
    codify.codify(&NOTE.into()).unwrap();
    let clone = codify.clone();
    thread::spawn(move || clone.health().unwrap()).join().unwrap();
    // Asked again at once, many times: the connection has to be back before the caller is.
    (0..300).for_each(|_| drop(codify.health().unwrap()));
    let journal = sandbox.journal();
    assert_eq!((journal.connections.len(), journal.attempts.len()), (1, 302));
}

/// Answers one request on each connection, which stays open until the test says so; then says when the client has closed it too.
fn forgetful() -> (String, Sender<()>, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ((close, told), (sender, closed)) = (mpsc::channel(), mpsc::channel());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let requests = answer(&mut stream);
            if told.recv().is_err() {
                return;
            }
            stream.shutdown(Shutdown::Write).unwrap();
            let more = stream.read_to_end(&mut Vec::new()).unwrap_or(0);
            sender.send(requests + more).unwrap();
        }
    });
    (url, close, closed)
}

fn answer(stream: &mut TcpStream) -> usize {
    let mut reader = BufReader::new(&*stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", ANSWER.len());
    stream.write_all(&[head.as_bytes(), ANSWER.as_bytes()].concat()).unwrap();
    1
}

#[test]
fn a_connection_that_the_vendor_closes_between_two_calls_is_noticed_before_the_second_and_nothing_is_sent_twice() {
    let (url, close, closed) = forgetful();
    let codify = settings(&url, &JumpingClock::new()).build_blocking().unwrap();
    for _ in 0..3 {
        let answer = codify.codify(&NOTE.into()).unwrap();
        assert_eq!(answer.attempts.len(), 1);
        close.send(()).unwrap();
        // The client closes its side while nobody is calling; one request came on this connection and not a byte more.
        assert_eq!(closed.recv_timeout(PATIENCE), Ok(1));
    }
}

#[tokio::test]
async fn inside_an_async_runtime_everything_is_refused_nothing_is_sent_and_dropping_is_fine() {
    let answering = Answering::with(|_| empty_answer("run"));
    let settings = over(answering.clone());
    let codify = thread::spawn(|| settings.build_blocking().unwrap()).join().unwrap();
    let request = CodifyRequest::new().note(NOTE);
    let mut outcomes = codify.codify_many(numbered(3), 2);
    let refusals = [
        over(answering.clone()).build_blocking().map(drop),
        codify.check(&request),
        codify.codify(&request).map(drop),
        codify.codify_long(&request).map(drop),
        codify.health().map(drop),
        outcomes.next().unwrap().map(drop),
    ];
    for refusal in refusals {
        let error = refusal.unwrap_err();
        assert_eq!(facts::brief(&error), ("configuration", "not_sent", 0));
        assert!(error.to_string().contains("use the async client there"), "{error}");
    }
    assert!(outcomes.next().is_none(), "the refusal is the last item");
    drop(outcomes);
    drop(codify);
    assert_eq!(answering.bodies().len(), 0);
    assert_eq!(
        over(answering).build().unwrap().codify(&request).await.unwrap().run_id,
        "run",
        "and the async client works there"
    );
}

#[test]
fn a_call_ends_by_its_deadline() {
    let (_runtime, sandbox) = start();
    sandbox.inject(Fault::new(FaultKind::NoAnswer).every()).unwrap();
    let deadlines = Deadlines::default().total(Duration::from_millis(400));
    let builder = omniscribe_codify::Codify::builder().base_url(sandbox.url()).token(sandbox.token().to_owned());
    let codify = builder.http(move |http| http.deadlines(deadlines)).build_blocking().unwrap();
    let error = codify.codify(&NOTE.into()).unwrap_err();
    assert_eq!((error.kind(), error.delivery().as_str()), (ErrorKind::Timeout, "unknown"));
}

#[test]
fn many_notes_come_back_each_with_its_own_answer_and_never_more_are_on_their_way_than_asked_for() {
    let runtime = Runtime::new().unwrap();
    let mut gate = runtime.block_on(Gate::start());
    let codify = settings(gate.url(), &JumpingClock::new()).build_blocking().unwrap();
    let mut keys: Vec<_> = thread::scope(|scope| {
        let all =
            scope.spawn(|| codify.codify_many(numbered(9), 3).map(|outcome| outcome.unwrap()).collect::<Vec<_>>());
        for _ in 0..3 {
            let held: Vec<_> = (0..3).map(|_| runtime.block_on(gate.next())).collect();
            assert!(gate.arrived().is_none(), "a fourth request while three are held");
            for arrival in held {
                arrival.answer("200 OK", ANSWER);
            }
        }
        all.join().unwrap().into_iter().map(|outcome| outcome.result.map(|_| outcome.key).unwrap()).collect()
    });
    keys.sort_unstable();
    assert!(keys.into_iter().eq(0..9));
}

/// Never answers the first request, and every other one at once.
struct FirstIsStuck(AtomicBool, Holding, Answering);

impl Transport for FirstIsStuck {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        if self.0.swap(false, Ordering::SeqCst) { self.1.send(request) } else { self.2.send(request) }
    }
}

#[test]
fn outcomes_come_as_they_arrive_and_dropping_the_rest_lets_go_of_it_and_sends_no_more() {
    let (stuck, others) = (Holding::default(), Answering::with(|_| empty_answer("run")));
    let transport = FirstIsStuck(AtomicBool::new(true), stuck.clone(), others.clone());
    let codify = over(transport).build_blocking().unwrap();
    let taken = AtomicUsize::new(0);
    let requests = numbered(9).inspect(|_| _ = taken.fetch_add(1, Ordering::SeqCst));
    let mut outcomes = codify.codify_many(requests, 2);
    assert_eq!(taken.load(Ordering::SeqCst), 0, "nothing is sent before somebody asks");
    for key in [1, 2] {
        assert_eq!(outcomes.next().unwrap().unwrap().key, key);
        assert_eq!(taken.load(Ordering::SeqCst), key + 1, "one for the place that became free");
    }
    assert_eq!((stuck.in_flight(), others.bodies().len()), (1, 2));
    drop(outcomes);
    assert_eq!((stuck.in_flight(), others.bodies().len()), (0, 2));
}

#[test]
fn a_reader_is_read_where_the_next_request_is_asked_for() {
    let content = pdf_of(3000);
    let transport = Answering::with(|body| empty_answer(body["pdf_file"]["data"].as_str().map_or("", |data| data)));
    let codify = over(transport.clone()).build_blocking().unwrap();
    let limits = codify.limits();
    let requests = [1, 2].map(|n| (n, &content[..n * 1000]));
    let requests = requests.into_iter().map(|(n, part)| {
        let pdf = Pdf::from_blocking_reader(Interrupted(false, part), limits).unwrap();
        (n, CodifyRequest::new().pdf(pdf))
    });
    let inner = codify.clone();
    let mut refused = 0;
    let requests = requests.inspect(|_| refused += usize::from(inner.health().is_err()));
    for outcome in codify.codify_many(requests, 1) {
        let outcome = outcome.unwrap();
        outcome.result.unwrap();
    }
    assert_eq!(refused, 2, "a call from inside a call is refused");
    let sent = serde_json::to_string(&transport.bodies()).unwrap();
    for part in [1000, 2000] {
        use base64::Engine;
        let expected = base64::engine::general_purpose::STANDARD.encode(&content[..part]);
        assert!(sent.contains(&format!("\"{expected}\"")), "{part}");
    }
}

#[test]
fn a_reader_that_fails_or_has_no_end_is_refused() {
    let limits = Limits::default();
    let endless = Pdf::from_blocking_reader(io::repeat(b'%'), &limits).unwrap_err();
    assert_eq!((endless.kind(), endless.field()), (ErrorKind::TooLarge, Some("pdf_file")));
    let broken = Pdf::from_blocking_reader(Broken, &limits).unwrap_err();
    assert_eq!((broken.kind(), broken.field()), (ErrorKind::InvalidInput, Some("pdf_file")));
}

/// Is interrupted by a signal before each read.
struct Interrupted<'a>(bool, &'a [u8]);

impl Read for Interrupted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0 = !self.0;
        if self.0 { Err(io::ErrorKind::Interrupted.into()) } else { self.1.read(into) }
    }
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}
