//! The client: the vendor's operations and what this crate declares about them.

use std::sync::Once;

use clinical_drift::Drift;
use clinical_http::{Body, Call, CallContext, Effect, Method, Operation, Stats, Vendor};
use clinical_long_tasks::{Entry, Origin, TaskToken, Tasks};

use crate::result::{self, TaskResult};
use crate::{Bundle, Error, FhirOptions, HaidyBuilder, HolisticPatient, Structure, StructureText};
use crate::{Task, WaitMany, answer, schema, wire};

/// The vendor has no headers for who asks and about whom: the references stay in the audit record.
pub(crate) const VENDOR: Vendor = Vendor::new("haidy");

/// No idempotency key is documented, so a create that is repeated makes a second task.
pub(crate) const STRUCTURE: Operation = Operation::new("structure", Method::Post, "/v2/structure", Effect::Unsafe);

pub(crate) const STRUCTURE_FHIR: Operation =
    Operation::new("structure_fhir", Method::Post, "/v2/structure/fhir", Effect::Unsafe);

pub(crate) const STRUCTURE_TEXT: Operation =
    Operation::new("structure_text", Method::Post, "/v2/structure/text", Effect::Unsafe);

/// A client of the Haidy-Analyst API. Cloning is cheap, and clones share connections, limits and the result store.
///
/// Needs a tokio runtime. End a program with [`drain`](Self::drain).
#[derive(Debug, Clone)]
pub struct Haidy {
    tasks: Tasks,
    drift: Drift,
}

impl Haidy {
    /// Starts the settings of a client.
    pub fn builder() -> HaidyBuilder {
        HaidyBuilder::default()
    }

    /// A client with address and token from `HAIDY_API_URL` and `HAIDY_API_TOKEN`, and the store of this user.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable that is missing; otherwise as [`HaidyBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env()?.build()
    }

    pub(crate) fn new(tasks: Tasks, drift: Drift) -> Self {
        Self { tasks, drift }
    }

    /// Begins to structure records into a [`HolisticPatient`] (`POST /v2/structure`).
    ///
    /// # Delivery
    ///
    /// Sent again only if it did not reach the vendor or was turned away, so that there are never two tasks. If it is not known whether the
    /// vendor made one, the error is [`SubmissionUnknown`](crate::Kind::SubmissionUnknown) and the store says so, too.
    ///
    /// # Errors
    ///
    /// Local checks first, naming field, record and rule; otherwise any [`Kind::Call`](crate::Kind::Call): there is no task then, for certain.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection. The vendor may make a task all the same; the store keeps an entry that says so.
    pub async fn structure(&self, request: impl Into<Structure>) -> Result<Task<HolisticPatient>, Error> {
        let request = request.into();
        let (context, body) = (request.who.context()?, wire::structure(&request).await?);
        self.submit(Call::new(&STRUCTURE), &STRUCTURE, context, body, references(&request)).await
    }

    /// Begins to structure records into a FHIR R4B [`Bundle`] (`POST /v2/structure/fhir`).
    ///
    /// # Delivery
    ///
    /// As [`structure`](Self::structure).
    ///
    /// # Errors
    ///
    /// As [`structure`](Self::structure).
    ///
    /// # Cancel safety
    ///
    /// As [`structure`](Self::structure).
    pub async fn structure_fhir(
        &self,
        request: impl Into<Structure>,
        options: FhirOptions,
    ) -> Result<Task<Bundle>, Error> {
        let request = request.into();
        let (context, body) = (request.who.context()?, wire::structure(&request).await?);
        let mut call = Call::new(&STRUCTURE_FHIR);
        for (name, value) in options.query() {
            call = call.query(name, value);
        }
        self.submit(call, &STRUCTURE_FHIR, context, body, references(&request)).await
    }

    /// Begins to structure plain texts, the short way (`POST /v2/structure/text`). The guide does not show what comes of it; a
    /// [`HolisticPatient`] is expected. If it is something else, [`resume`](Self::resume) the task as [`Json`](crate::Json).
    ///
    /// # Delivery
    ///
    /// As [`structure`](Self::structure).
    ///
    /// # Errors
    ///
    /// As [`structure`](Self::structure).
    ///
    /// # Cancel safety
    ///
    /// As [`structure`](Self::structure).
    pub async fn structure_text(&self, request: impl Into<StructureText>) -> Result<Task<HolisticPatient>, Error> {
        let request = request.into();
        let (context, body) = (request.who.context()?, wire::structure_text(&request)?);
        self.submit(Call::new(&STRUCTURE_TEXT), &STRUCTURE_TEXT, context, body, Vec::new()).await
    }

    pub(crate) async fn submit<R>(
        &self,
        call: Call,
        operation: &'static Operation,
        context: CallContext,
        body: Body,
        references: Vec<String>,
    ) -> Result<Task<R>, Error> {
        let origin = Origin::new(VENDOR.name(), self.tasks.client().server(), operation.name()).references(references);
        let counted = Once::new();
        let read = |body: &[u8]| {
            let task = answer::read_created(body)?;
            counted.call_once(|| schema::CREATED.count(&self.drift, "TaskCreated", body));
            Ok(task)
        };
        let submitted = self.tasks.submit(call.context(context).body(body), origin, &read).await;
        let token = submitted.map_err(|error| Error::of_submission(error).counted(&self.drift))?;
        Ok(Task::new(self.tasks.clone(), self.drift.clone(), token))
    }

    /// Finds a task again by its token: after a restart, or on another machine. Nothing is sent.
    ///
    /// ```no_run
    /// use haidy_analyst::{Haidy, HolisticPatient, TaskToken};
    ///
    /// # async fn example(haidy: Haidy, kept: TaskToken) -> Result<(), haidy_analyst::Error> {
    /// let patient = haidy.resume::<HolisticPatient>(kept)?.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): the token is of another vendor or server, or of a task with another kind of result.
    pub fn resume<R: TaskResult>(&self, token: TaskToken) -> Result<Task<R>, Error> {
        result::check::<R>(&self.tasks, &token)?;
        Ok(Task::new(self.tasks.clone(), self.drift.clone(), token))
    }

    /// Waits for many tasks in one place, with little memory for each; as [`Json`](crate::Json) for tasks of different kinds. A token that
    /// [`resume`](Self::resume) would refuse comes back with that error.
    ///
    /// # Delivery
    ///
    /// As [`Task::wait`], for each of them.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream loses nothing.
    pub fn wait_many<R: TaskResult>(&self, tokens: impl IntoIterator<Item = TaskToken>) -> WaitMany<R> {
        WaitMany::new(&self.tasks, &self.drift, tokens)
    }

    /// Brings to an end what dead processes left behind in the store, and lists every entry that nobody works on: what waits to be waited for,
    /// what is kept, and what is uncertain. Sends nothing. Call it at start. A store that is shared lists other vendors' tasks, too.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::Kind::Store): it cannot be read as a whole.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn recover(&self) -> Result<Vec<Entry>, Error> {
        Ok(self.tasks.recover().await?)
    }

    /// Opens a task to one more question although its result may have been taken, because a person decided it. Wait for it afterwards.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::Kind::Store): the store has no such task, or its last question did not end uncertain.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the task may be open or not; asking again does no harm.
    pub async fn ask_again(&self, token: &TaskToken) -> Result<(), Error> {
        Ok(self.tasks.ask_again(token).await?)
    }

    /// Waits until all questions and submissions that are under way have ended and what they brought is stored. Call it before a program ends.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn drain(&self) {
        self.tasks.drain().await;
    }

    /// The engine below: the store, tasks as they come, statuses that this version does not know.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// What the answers to all clones of this client had that this version does not know: places and JSON types, never values. Of
    /// answers on the way the status alone is looked at. The vendor's errors count where they end a
    /// call; a result that is of another form altogether is an error of its own and does not.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    /// How full the limits are that all clones share: requests in flight, cool-down, retry budget.
    pub fn stats(&self) -> Stats {
        self.tasks.client().stats()
    }
}

/// So that a person who has to submit again knows which records it was.
fn references(request: &Structure) -> Vec<String> {
    request.records.iter().filter_map(|record| record.id_ref().map(str::to_owned)).collect()
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
