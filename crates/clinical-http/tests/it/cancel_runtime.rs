//! Calls that end with the task or the runtime they ran in, and futures that are not calls.

use std::io::Read;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};

use clinical_http::audit::Outcome;
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BaseUrl, BoxFuture, Client, Delivery, FileSource, RetryPolicy};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use crate::hesitant::{Waits, dropped_after};
use crate::support::{Coded, UNSAFE, VENDOR, builder, call, ok, send};

/// Says when a request has come; then as the other does.
struct Signalling(ScriptedTransport, mpsc::Sender<()>);

impl Transport for Signalling {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async {
            let mut answering = self.0.send(request);
            // The scripted transport takes the whole request at the first poll.
            let answer = dropped_after(1, &mut answering).await;
            self.1.send(()).unwrap();
            match answer {
                Some(answer) => answer,
                None => answering.await,
            }
        })
    }
}

fn signalling(transport: &ScriptedTransport) -> (Client, MemoryAudit, mpsc::Receiver<()>) {
    let (sender, receiver) = mpsc::channel();
    let audit = MemoryAudit::new();
    let client = builder(transport).transport(Signalling(transport.clone(), sender)).audit(audit.clone());
    (client.build().unwrap(), audit, receiver)
}

fn threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn one_unknown(audit: &MemoryAudit) {
    let [record] = &audit.records()[..] else {
        panic!("{} records", audit.records().len());
    };
    assert_eq!((record.outcome, record.delivery), (Outcome::Abandoned, Delivery::Unknown));
    assert!(record.request_sha256.is_some() && record.attempts.is_empty());
}

fn at_rest(client: &Client) {
    let stats = client.stats();
    assert_eq!((stats.in_flight, stats.waiting), (0, 0));
}

#[test]
fn an_aborted_task_leaves_one_record_and_a_client_that_works() {
    let transport = ScriptedTransport::new([Step::silence(), ok()]);
    let (client, audit, sent) = signalling(&transport);
    let runtime = threads();
    let calling = client.clone();
    let task = runtime.spawn(async move { send(&calling, &UNSAFE).await.is_ok() });
    sent.recv().unwrap();
    task.abort();
    assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    one_unknown(&audit);
    at_rest(&client);
    runtime.block_on(send(&client, &UNSAFE)).unwrap();
    assert_eq!(audit.records().len(), 2);
}

#[test]
fn a_runtime_that_ends_under_a_call_leaves_one_record_and_no_panic() {
    let transport = ScriptedTransport::new([Step::silence(), ok()]);
    let (client, audit, sent) = signalling(&transport);
    let runtime = threads();
    let calling = client.clone();
    let task = runtime.spawn(async move { send(&calling, &UNSAFE).await.is_ok() });
    sent.recv().unwrap();
    drop(runtime);
    let ended = threads().block_on(task).unwrap_err();
    assert!(ended.is_cancelled() && !ended.is_panic(), "{ended}");
    one_unknown(&audit);
    at_rest(&client);
    // The client is not bound to the runtime that it was first used in.
    threads().block_on(send(&client, &UNSAFE)).unwrap();
    assert_eq!(audit.records().len(), 2);
}

#[test]
fn a_call_dropped_after_its_runtime_and_outside_of_any_leaves_one_record_and_no_panic() {
    let transport = ScriptedTransport::new([Step::silence(), ok()]);
    let (client, audit, _sent) = signalling(&transport);
    let runtime = threads();
    let mut calling = Box::pin(send(&client, &UNSAFE));
    assert!(runtime.block_on(dropped_after(1, calling.as_mut())).is_none());
    drop(runtime);
    assert_eq!(audit.records().len(), 0);
    drop(calling);
    one_unknown(&audit);
    at_rest(&client);
    threads().block_on(send(&client, &UNSAFE)).unwrap();
}

#[test]
fn a_runtime_that_ends_under_a_real_connection_closes_it_and_leaves_one_record() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let audit = MemoryAudit::new();
    let client = Client::builder(&VENDOR, base).audit(audit.clone()).retry(RetryPolicy::never()).build().unwrap();
    let runtime = threads();
    let calling = client.clone();
    let task = runtime.spawn(async move { send(&calling, &UNSAFE).await.is_ok() });
    let mut socket = listener.accept().unwrap().0;
    let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
    while !heard.ends_with(b"{\"note\":\"text\"}") {
        let read = socket.read(&mut piece).unwrap();
        heard.extend_from_slice(&piece[..read]);
    }
    drop(runtime);
    assert!(matches!(socket.read(&mut piece), Ok(0) | Err(_)), "the connection is closed");
    assert!(threads().block_on(task).unwrap_err().is_cancelled());
    one_unknown(&audit);
    at_rest(&client);
}

/// Gives one byte at a time, each after a wait.
struct Dripping {
    content: &'static [u8],
    waits: Waits,
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl AsyncRead for Dripping {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let wait = self.waits.once("byte");
        let waiting = self.wait.get_or_insert_with(|| Box::pin(wait));
        std::task::ready!(waiting.as_mut().poll(cx));
        self.wait = None;
        if let [first, rest @ ..] = self.content {
            into.put_slice(&[*first]);
            self.content = rest;
        }
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_reader_dropped_at_any_byte_loses_what_was_read_and_gives_the_rest_to_the_next() {
    const CONTENT: &[u8] = b"%PDF-1.7";
    let mut points = 0;
    for times in 1.. {
        let mut reader = Dripping { content: CONTENT, waits: Waits::default(), wait: None };
        let whole = dropped_after(times, FileSource::reader("pdf", &mut reader, 100)).await;
        if let Some(whole) = whole {
            assert_eq!(whole.unwrap().inspect().await.unwrap().head(), CONTENT);
            break;
        }
        points += 1;
        assert_eq!(reader.content, &CONTENT[times - 1..], "one byte for each poll but the first");
        let rest = FileSource::reader("pdf", &mut reader, 100).await.unwrap();
        assert_eq!(rest.inspect().await.unwrap().head(), &CONTENT[times - 1..]);
    }
    assert_eq!(points, CONTENT.len() + 1);
}

/// Keeps the one thread for blocking work from doing any, until it is dropped.
async fn hold() -> mpsc::Sender<()> {
    let (held, until) = mpsc::channel::<()>();
    let (starts, started) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        starts.send(()).unwrap();
        until.recv().unwrap_err();
    });
    started.await.unwrap();
    held
}

/// Polls an inspection at most `times` times, each time before the disk has answered; returns whether it was at its end.
async fn inspected(source: &FileSource, times: usize) -> bool {
    let mut inspecting = Box::pin(source.inspect());
    for _ in 0..times {
        let held = hold().await;
        let ended = dropped_after(1, inspecting.as_mut()).await;
        drop(held);
        if let Some(facts) = ended {
            assert_eq!(facts.unwrap().len(), 3_000);
            return true;
        }
        // Queued behind what the disk was asked for.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    false
}

#[test]
fn an_inspection_dropped_at_any_point_changes_nothing_and_can_be_made_again() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), [7; 3_000]).unwrap();
    let modified = || file.path().metadata().unwrap().modified().unwrap();
    let before = modified();
    let source = FileSource::path("pdf", file.path());
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let mut points = 0;
    while !runtime.block_on(inspected(&source, points + 1)) {
        points += 1;
        let facts = runtime.block_on(source.inspect()).unwrap();
        assert_eq!((facts.len(), facts.head()), (3_000, &[7; 1_024][..]));
        assert_eq!(modified(), before);
    }
    // Look at the path, open, look at what is open, read.
    assert!(points >= 4, "{points}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_its_slot_to_the_one_behind_it_at_once() {
    let transport = ScriptedTransport::new([Step::silence(), ok()]);
    let narrow = builder(&transport).max_in_flight(1).build().unwrap();
    let began = tokio::time::Instant::now();
    let mut stuck = Box::pin(narrow.send::<Coded>(call(&UNSAFE)));
    assert!(dropped_after(1, stuck.as_mut()).await.is_none());
    let behind = narrow.clone();
    let next = tokio::spawn(async move { send(&behind, &UNSAFE).await.is_ok() });
    tokio::task::yield_now().await;
    assert_eq!((narrow.stats().in_flight, narrow.stats().waiting), (1, 1));
    drop(stuck);
    assert!(next.await.unwrap());
    assert_eq!(began.elapsed().as_secs(), 0);
    at_rest(&narrow);
}
