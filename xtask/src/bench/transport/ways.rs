//! The ways of making one small call that are compared: the HTTP library alone, as a careful programmer would use it, and our client over the
//! same library, plain, with an audit sink and with an observer. All send the same bytes and decode the answer into the same type; none
//! may skip what another does.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use clinical_http::audit::{AuditRecord, AuditSink};
use clinical_http::credential::StaticCredential;
use clinical_http::{
    AnswerSink, BaseUrl, Body, Call, CallContext, Client, Deadlines, Effect, Event, Method, Observer, Operation,
    Vendor, VendorReference,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

/// What the ways are called, the reference first.
pub(crate) const NAMES: [&str; 4] = ["reqwest", "client", "audited", "observed"];

/// Ways in which our client takes an answer. They are counted and not timed.
pub(crate) const ANSWERS: [&str; 3] = ["raw", "into", "once"];

const TOKEN: &str = "not-a-real-token";
const AGENT: &str = "bench/1.0";
const DOCTOR: &str = "dr_123";
const PATIENT: &str = "pt_456";
const PATH: &str = "/v1/codify";
const TOTAL: Duration = Duration::from_mins(1);
const CONNECT: Duration = Duration::from_secs(10);
const STALL: Duration = Duration::from_secs(30);

static VENDOR: Vendor = Vendor::new("bench").audit_headers("x-doctor", "x-patient");
static OPERATION: Operation = Operation::new("codify", Method::Post, PATH, Effect::Idempotent);
/// The same, if its answer could be had once only: each call has a connection of its own.
static ONCE: Operation = Operation::new("codify", Method::Post, PATH, Effect::ReadOnce);

/// What is sent.
#[derive(Serialize)]
struct Note {
    medical_note: &'static str,
}

const NOTE: Note = Note { medical_note: "Paciente con HTA." };

/// What comes back: the draining server puts the number of bytes it received into the run id.
#[derive(Debug, Deserialize)]
struct Coded {
    final_code_assessments: Vec<serde::de::IgnoredAny>,
    discarded_code_assessments: Vec<serde::de::IgnoredAny>,
    run_id: String,
}

impl VendorReference for Coded {
    fn vendor_reference(&self) -> Option<&str> {
        Some(&self.run_id)
    }
}

impl Coded {
    /// The server must have received the whole note and nothing else.
    fn check(&self) -> Result<()> {
        let sent = r#"{"medical_note":""}"#.len() + NOTE.medical_note.len();
        ensure!(self.run_id.parse() == Ok(sent), "the server received {} bytes instead of {sent}", self.run_id);
        ensure!(self.final_code_assessments.is_empty() && self.discarded_code_assessments.is_empty());
        Ok(())
    }
}

/// One way, ready to send over a connection of its own.
pub(crate) enum Way {
    /// The HTTP library alone.
    Bare(Bare),
    /// Our client.
    Client(Client, Arc<Watcher>, Taken),
}

/// How an answer is taken.
#[derive(Clone, Copy)]
pub(crate) enum Taken {
    /// As a value.
    Decoded,
    /// As bytes, decoded here.
    Raw,
    /// Piece by piece, decoded here.
    Into(&'static Operation),
}

/// Takes the pieces as a result store would, and keeps them in memory.
#[derive(Default)]
struct Pieces(Vec<u8>);

impl AnswerSink for Pieces {
    fn begins(&mut self, _: u16, _: Option<&str>, length: Option<u64>) {
        self.0 = Vec::with_capacity(length.and_then(|length| length.try_into().ok()).unwrap_or_default());
    }

    fn piece(&mut self, piece: Bytes) -> ControlFlow<()> {
        self.0.extend_from_slice(&piece);
        ControlFlow::Continue(())
    }
}

impl Way {
    pub(crate) fn new(name: &str, authority: &str) -> Result<Self> {
        if name == "reqwest" {
            return Bare::new(authority).map(Self::Bare);
        }
        let watcher = Arc::new(Watcher::default());
        let deadlines = Deadlines::default().total(TOTAL).attempt(TOTAL).connect(CONNECT).stall(STALL);
        let builder = Client::builder(&VENDOR, BaseUrl::parse(&format!("http://{authority}"))?)
            .credential(StaticCredential::bearer(TOKEN)?)
            .deadlines(deadlines)
            .user_agent(AGENT);
        let builder = match name {
            "client" | "raw" | "into" | "once" => builder,
            "audited" => builder.audit(Shared(watcher.clone())),
            "observed" => builder.observer(Shared(watcher.clone())),
            _ => anyhow::bail!("there is no way called '{name}'"),
        };
        let taken = match name {
            "raw" => Taken::Raw,
            "into" => Taken::Into(&OPERATION),
            "once" => Taken::Into(&ONCE),
            _ => Taken::Decoded,
        };
        Ok(Self::Client(builder.build()?, watcher, taken))
    }

    /// Makes one call, from the caller's values to the decoded answer.
    pub(crate) async fn send(&self) -> Result<()> {
        match self {
            Self::Bare(bare) => bare.send().await?.check(),
            Self::Client(client, _, taken) => {
                let context = CallContext::new().doctor(DOCTOR)?.patient(PATIENT)?;
                let operation = if let Taken::Into(operation) = taken { operation } else { &OPERATION };
                let call = Call::new(operation).context(context).body(Body::json(&NOTE)?);
                let (coded, attempts): (Coded, _) = match taken {
                    Taken::Decoded => {
                        let answer = client.send(call).await?;
                        (answer.value, answer.attempts)
                    }
                    Taken::Raw => {
                        let answer = client.send_raw(call).await?;
                        (serde_json::from_slice(answer.value.expose())?, answer.attempts)
                    }
                    Taken::Into(_) => {
                        let mut pieces = Pieces::default();
                        let answer = client.send_into(call, &mut pieces).await?;
                        (serde_json::from_slice(&pieces.0)?, answer.attempts)
                    }
                };
                ensure!(attempts.len() == 1, "it took {} attempts", attempts.len());
                coded.check()
            }
        }
    }

    /// How often the sink or the observer was told something.
    pub(crate) fn told(&self) -> u64 {
        match self {
            Self::Bare(_) => 0,
            Self::Client(_, watcher, _) => watcher.0.load(Ordering::Relaxed),
        }
    }
}

/// The HTTP library alone, with everything set up once that can be: the address parsed, the constant fields as defaults.
pub(crate) struct Bare {
    http: reqwest::Client,
    url: reqwest::Url,
}

impl Bare {
    fn new(authority: &str) -> Result<Self> {
        // Never used on loopback, but the library wants to know its TLS provider when it is made.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let json = HeaderValue::from_static("application/json");
        let http = reqwest::Client::builder()
            .no_proxy()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(AGENT)
            .default_headers(HeaderMap::from_iter([(ACCEPT, json.clone()), (CONTENT_TYPE, json)]))
            .timeout(TOTAL)
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .build()?;
        let url = format!("http://{authority}{PATH}").parse().context("the address is not a URL")?;
        Ok(Self { http, url })
    }

    async fn send(&self) -> Result<Coded> {
        let answer = self
            .http
            .post(self.url.clone())
            .bearer_auth(TOKEN)
            .header("x-doctor", DOCTOR)
            .header("x-patient", PATIENT)
            .body(serde_json::to_vec(&NOTE)?)
            .send()
            .await?
            .error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

/// Counts what it is told, and keeps nothing: the cost is what the client does to tell it.
#[derive(Debug, Default)]
pub(crate) struct Watcher(AtomicU64);

struct Shared(Arc<Watcher>);

impl AuditSink for Shared {
    fn record(&self, record: AuditRecord) {
        self.0.0.fetch_add(u64::from(record.request_sha256.is_some()), Ordering::Relaxed);
    }
}

impl Observer for Shared {
    fn on_event(&self, _: Event<'_>) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Mutex;

    use http_body_util::{BodyExt as _, Full};
    use hyper::service::service_fn;
    use hyper::{Request, Response, body::Incoming};
    use hyper_util::rt::TokioIo;

    use super::*;

    /// What a request says: its line, its fields in order of their names, its body.
    type Said = (String, Vec<(String, String)>, Bytes);

    /// Makes one call in one way to a server that answers with `answer`; returns what the server was sent.
    async fn sent(name: &str, answer: &'static str) -> (Result<()>, Said) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(None));
        let keep = seen.clone();
        let serving = async move {
            let stream = listener.accept().await.unwrap().0;
            let service = service_fn(async |request: Request<Incoming>| {
                let (head, body) = request.into_parts();
                let field = |(name, value): (&reqwest::header::HeaderName, &HeaderValue)| {
                    (name.to_string(), value.to_str().unwrap().to_owned())
                };
                let mut fields: Vec<_> = head.headers.iter().map(field).filter(|(name, _)| name != "host").collect();
                fields.sort();
                let body = body.collect().await.unwrap().to_bytes();
                *keep.lock().unwrap() = Some((format!("{} {}", head.method, head.uri), fields, body));
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(answer.as_bytes()))))
            });
            // It ends with the client's connection, and how is not the question here.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        };
        let calling = async {
            let way = Way::new(name, &authority).unwrap();
            way.send().await
        };
        let outcome = tokio::select! {
            outcome = calling => outcome,
            () = serving => panic!("the server ended first"),
        };
        let said = seen.lock().unwrap().take().unwrap();
        (outcome, said)
    }

    #[tokio::test]
    async fn every_way_sends_the_same_request() {
        let answer = r#"{"final_code_assessments":[],"discarded_code_assessments":[],"run_id":"36"}"#;
        let (outcome, library) = sent(NAMES[0], answer).await;
        outcome.unwrap();
        let names: Vec<_> = library.1.iter().map(|(name, _)| name.as_str()).collect();
        let expected =
            ["accept", "authorization", "content-length", "content-type", "user-agent", "x-doctor", "x-patient"];
        assert_eq!((library.0.as_str(), names), ("POST /v1/codify", expected.to_vec()));
        assert_eq!(library.2, r#"{"medical_note":"Paciente con HTA."}"#);
        for way in NAMES[1..].iter().chain(&ANSWERS) {
            let (outcome, mut said) = sent(way, answer).await;
            outcome.unwrap();
            if *way == "once" {
                // What can be had once is asked for as it is.
                assert_eq!(said.1.remove(1), ("accept-encoding".to_owned(), "identity".to_owned()));
            }
            assert_eq!(said, library, "{way}");
        }
    }

    #[tokio::test]
    async fn no_way_gets_away_with_an_answer_it_did_not_read() {
        for answer in [
            r#"{"final_code_assessments":[],"discarded_code_assessments":[],"run_id":"35"}"#,
            r#"{"final_code_assessments":[],"discarded_code_assessments":[{}],"run_id":"36"}"#,
            r#"{"final_code_assessments":[],"run_id":"36"}"#,
            r#"{"final_code_assessments":"#,
        ] {
            for way in NAMES.into_iter().chain(ANSWERS) {
                assert!(sent(way, answer).await.0.is_err(), "{way} took {answer}");
            }
        }
    }
}
