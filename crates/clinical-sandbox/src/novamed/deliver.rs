//! Lets events happen when their time has come and calls the registrations: in the background, until the sandbox stops. It
//! calls loopback only; an answer counts within five seconds and with status 200 alone. No redirect is followed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::book::Book;
use super::envelope;
use super::outbox::{Call, Event, Letter, Went};
use crate::loopback::{self, Place};
use crate::reply::MARK;
use crate::state::State;
use crate::switches::WebhookCopies;

/// How long an answer may take: real time, but virtual time where that is moved by hand.
const ANSWER: Duration = Duration::from_secs(5);
/// The most calls at a time.
const MOST_CALLS: usize = 64;
/// An answer above this is none.
const MOST_ANSWER: usize = 64 * 1024;

const ELSEWHERE: &str = "not delivered: the sandbox calls loopback only, over http";
const NO_CONNECTION: &str = "the connection could not be opened";
const BROKEN: &str = "the connection broke";
const LATE: &str = "no answer within 5 seconds";

/// Runs until the sandbox stops. Calls under way end with it.
pub(crate) async fn deliver(state: Arc<State>) {
    let mut calls = JoinSet::new();
    let mut changes = state.novamed.watch();
    let stopped = state.stopped();
    tokio::pin!(stopped);
    loop {
        changes.borrow_and_update();
        while calls.try_join_next().is_some() {}
        let Due { begun, generation, next } = due(&state, MOST_CALLS.saturating_sub(calls.len()));
        for call in begun {
            calls.spawn(make(Arc::clone(&state), generation, call));
        }
        let wait = async {
            match next {
                Some(next) => state.clock.clone().sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut stopped => return,
            _ = changes.changed() => {}
            () = wait => {}
        }
    }
}

/// What has to be done at one moment.
struct Due {
    begun: Vec<Call>,
    generation: u64,
    /// When more will be due.
    next: Option<Duration>,
}

/// Lets what is due happen, and begins the calls that are due.
fn due(state: &State, most: usize) -> Due {
    let mut book = state.novamed.book();
    let now = state.clock.now();
    let mut happened = false;
    while let Some((at, event)) = book.outbox.take_due(now) {
        happened = true;
        let letters = letters(state, &book, &event, at, now);
        for letter in letters {
            if state.switches.webhook_copies == WebhookCopies::Two {
                book.outbox.send(at, letter.clone());
            }
            book.outbox.send(at, letter);
        }
    }
    let begun = book.outbox.begin(now, most);
    let due = Due { begun, generation: book.generation, next: book.outbox.next_after(now) };
    drop(book);
    if happened {
        state.novamed.tell();
    }
    due
}

/// The event as it goes to each registration that its clinic had by then.
fn letters(state: &State, book: &Book, event: &Event, at: Duration, now: Duration) -> Vec<Letter> {
    // The calendar of the event's own moment, which a jump of the clock may have left behind.
    let calendar = state.clock.calendar();
    let calendar = calendar.checked_sub(now.saturating_sub(at)).unwrap_or(calendar);
    let Some(sent) = envelope::sent(book, event, state.switches.webhook_envelope, state.seed, calendar) else {
        return Vec::new();
    };
    let body = Bytes::from(sent.body.to_string());
    let told = book.registered(&event.clinic, at);
    told.map(|(id, webhook)| Letter {
        webhook: id.to_owned(),
        event: sent.name,
        subject: event.subject.clone(),
        body: body.clone(),
        key: state.webhook_key.clone().unwrap_or_else(|| webhook.key.clone()),
        place: loopback::place(&webhook.url).map_err(|_| ELSEWHERE),
    })
    .collect()
}

/// Makes one call and notes how it went.
async fn make(state: Arc<State>, generation: u64, call: Call) {
    let began = state.clock.now();
    let answer = tokio::select! {
        answer = post(&call.place, &call.key, call.body) => answer,
        () = state.clock.patience(ANSWER) => Err(LATE),
    };
    let went = Went { began, answer };
    state.novamed.called(generation, call.number, &call.webhook, went, state.switches.webhook_schedule);
}

async fn post(place: &Place, key: &str, body: Bytes) -> Result<u16, &'static str> {
    let stream = TcpStream::connect(place.address).await.map_err(|_| NO_CONNECTION)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| BROKEN)?;
    let request = Request::post(&place.path)
        .header(header::HOST, &place.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-api-key", key)
        .header(MARK, "1")
        .body(Full::new(body))
        .map_err(|_| BROKEN)?;
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(|_| BROKEN)?;
        let status = answer.status().as_u16();
        Limited::new(answer.into_body(), MOST_ANSWER).collect().await.map_err(|_| BROKEN)?;
        Ok(status)
    };
    tokio::pin!(exchange, connection);
    // The connection moves the bytes of the exchange; its end before the exchange's is told by the exchange.
    tokio::select! {
        biased;
        ended = &mut exchange => ended,
        _ = &mut connection => exchange.await,
    }
}
