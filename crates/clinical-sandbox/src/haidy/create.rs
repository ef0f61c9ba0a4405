//! The endpoints that begin a task: the token, the body, then a task that is QUEUED. Its end is computed when the task is
//! made, unless something has to be downloaded: then when the download is due.

use std::sync::Arc;

use http::StatusCode;

use super::ending::{self, Job, Wanted};
use super::problem::{self, Problem};
use super::query::Include;
use super::request::{self, Request};
use super::source::{Content, Type};
use super::{download, refuse};
use crate::auth::admit;
use crate::digest;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::CheckOrder;
use crate::tasks::moment::rfc3339;
use crate::tasks::timeline::{Contents, Status, Timeline};
use crate::tasks::{Later, NewTask, Outcome, doubtful};

type Read = Result<(Request, Wanted), Reply>;

pub(super) fn structure(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let read = |request: &mut Received| {
        let fields = request::object(request).map_err(|problem| vec![problem])?;
        Ok((request::records(fields, "structure")?, Wanted::Patient))
    };
    check(state, request, "structure", |request| shaped(state, read(request)))
}

pub(super) fn structure_fhir(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let read = |request: &mut Received| {
        let include = Include::read(request.query.as_deref());
        let fields = request::object(request).map_err(|problem| vec![problem])?;
        // Both parts are judged before either is refused, as the framework does.
        match (request::records(fields, "structure_fhir"), include) {
            (Ok(read), Ok(include)) => Ok((read, Wanted::Bundle(include))),
            (read, include) => Err([include.err(), read.err()].into_iter().flatten().flatten().collect()),
        }
    };
    check(state, request, "structure_fhir", |request| shaped(state, read(request)))
}

pub(super) fn structure_text(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let read = |request: &mut Received| {
        let fields = request::object(request).map_err(|problem| vec![problem])?;
        Ok((request::texts(fields, "structure_text")?, Wanted::Patient))
    };
    check(state, request, "structure_text", |request| shaped(state, read(request)))
}

fn shaped(state: &State, read: Result<(Request, Wanted), Vec<Problem>>) -> Read {
    read.map_err(|problems| problem::refusal(&problems, state.switches.validation_shape))
}

/// The checks in their order, and the work of making the task.
pub(super) fn check(
    state: &State,
    request: &mut Received,
    operation: &'static str,
    read: impl FnOnce(&mut Received) -> Read,
) -> Result<Work, Reply> {
    let sized = |request: &Received| {
        if request.too_large {
            return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than the sandbox takes"));
        }
        Ok(())
    };
    let (read, wanted) = match state.switches.check_order {
        CheckOrder::AuthFirst => {
            admit(state, &request.headers, refuse)?;
            sized(request)?;
            read(request)?
        }
        CheckOrder::BodyFirst => {
            sized(request)?;
            let read = read(request)?;
            admit(state, &request.headers, refuse)?;
            read
        }
    };
    let (seed, tasks, clock) = (state.seed, Arc::clone(&state.tasks), state.clock.clone());
    let statuses = state.switches.task_statuses;
    let (fingerprint, attempt) = (std::mem::take(&mut request.fingerprint), request.attempt.clone());
    let run = move || {
        let (born, start) = (clock.now(), clock.calendar());
        let plan = plan(&read, seed, &fingerprint);
        let done = plan.when(Status::Done).unwrap_or_default();
        let job = Job {
            request: read,
            wanted,
            plan,
            seed,
            key: fingerprint.clone(),
            created_at: rfc3339(start, std::time::Duration::ZERO),
            modified_at: rfc3339(start, done),
        };
        let new = NewTask { operation, fingerprint, attempt: attempt.number(), born, start, outcome: outcome(job) };
        let view = tasks.create(seed, new);
        attempt.task(&view.id);
        Reply::json_bytes(StatusCode::OK, view.body(statuses))
    };
    Ok(Work { counts: true, run: Box::new(run) })
}

fn plan(request: &Request, seed: u64, fingerprint: &str) -> Timeline {
    let any = |test: &dyn Fn(&super::source::Record) -> bool| request.records.iter().any(test);
    let contents = Contents {
        urls: any(&|record| matches!(record.content, Content::Url(_))),
        documents: any(&|record| record.source == Type::Document),
        recordings: any(&|record| record.source == Type::Audio && !matches!(record.content, Content::Text(_))),
    };
    Timeline::new(contents, digest::number(seed, fingerprint))
}

/// The end of the task, if it can be known without a download.
fn outcome(job: Job) -> Outcome {
    let mut urls = job.request.records.iter().filter_map(|record| match &record.content {
        Content::Url(url) => Some(url.as_str()),
        _ => None,
    });
    let (any, refused) = (urls.next(), urls.find_map(|url| download::allowed(url).err()));
    let Some(first) = any else {
        return Outcome::Known(Arc::new(ending::find(job, Vec::new())));
    };
    if let Some(refused) = download::allowed(first).err().or(refused) {
        return Outcome::Known(Arc::new(ending::not_downloaded(job.plan, &refused)));
    }
    let (plan, at) = (job.plan.clone(), doubtful(&job.plan));
    // The work runs on a thread that may block, inside the runtime of the poll that asks first.
    let later = Later::new(job.bytes(), move || match download::all(&job.request.records) {
        Ok(files) => ending::find(job, files),
        Err(reason) => ending::not_downloaded(job.plan, &reason),
    });
    Outcome::Open { plan, at, later }
}
