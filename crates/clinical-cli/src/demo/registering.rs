//! The fourth part of the demo: a practitioner and patients are registered, an event comes back, and a create is interrupted. The client does
//! not guess, and the log does not let a second one pass.

use std::time::Duration;

use clinical_sandbox::{Fault, FaultKind, NOVAMED_CLINIC, Sandbox};
use novamed_api::log::MemoryLog;
use novamed_api::webhook::{Event, Receiver};
use novamed_api::{
    Address, ClinicId, Date, Error, Gender, Kind, NewPatient, NewPractitioner, NewWebhook, NovaMed, PractitionerId,
    Revision,
};

use crate::connect;
use crate::demo::line;
use crate::demo::receiver::Events;
use crate::exit::Stop;
use crate::style;

/// How many times faster than the machine's the sandbox's time is: a practitioner becomes active after 1 to 5 s of it.
const SPEED: f64 = 20.0;

/// An event that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether everything was created once, the event came, and the interrupted create was neither repeated nor called a failure.
pub(super) async fn show(seed: u64) -> Result<bool, Stop> {
    line(
        "4. Registering a practitioner and two patients (SIMULATED) with a third vendor, revision 2026-01 of its wire format. It cannot tell\n   \
         a repetition from a second prescription. So each create goes on record before it is sent, and is never repeated by guess.\n",
    )?;
    let sandbox = connect::start(Sandbox::builder().seed(seed).speed(SPEED)).await?;
    let broken = Fault::new(FaultKind::ResetBeforeResponse).on("create_patient").nth(2).after_commit();
    sandbox.inject(broken).map_err(|error| Stop::failed(error.to_string()))?;
    let worked = match tell(&sandbox).await? {
        Ok(worked) => worked,
        Err(error) => {
            style::error(error);
            false
        }
    };
    sandbox.shutdown().await;
    Ok(worked)
}

fn client(sandbox: &Sandbox) -> Result<NovaMed, Error> {
    NovaMed::builder()
        .revision(Revision::V2026_01)
        .base_url(sandbox.url())
        .synthetic_data_only()
        .api_key(sandbox.token())
        .clinic(ClinicId::new(NOVAMED_CLINIC)?)
        .submission_log(MemoryLog::new())
        .build()
}

fn patient(name: &str, practitioner: &PractitionerId) -> Result<NewPatient, Error> {
    let home = Address::new("1 Invented Street", "San Antonio", "TX", "78201");
    let patient = NewPatient::new(name, "Example", Date::new(1985, 3, 15)?);
    Ok(patient.gender(Gender::Unknown).practitioner(practitioner.clone()).address(home))
}

/// The inner error is one of the client's.
async fn tell(sandbox: &Sandbox) -> Result<Result<bool, Error>, Stop> {
    match steps(sandbox).await {
        Ok(worked) => Ok(Ok(worked)),
        Err(Failed::Client(error)) => Ok(Err(error)),
        Err(Failed::Output(error)) => Err(error.into()),
    }
}

enum Failed {
    Client(Error),
    Output(std::io::Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

async fn steps(sandbox: &Sandbox) -> Result<bool, Failed> {
    let novamed = client(sandbox)?;
    let mut events = Events::listen(Receiver::new(sandbox.token())?).await?;
    novamed.create_webhook(&NewWebhook::new(events.url())).await?;
    line(format_args!("   webhook:      registered for {}", events.url()))?;

    let practice = Address::new("123 Invented Street", "San Antonio", "TX", "78201");
    let doctor = NewPractitioner::new("Jane", "Example", "jane@clinic.example", "1234567890");
    let doctor = doctor.is_veterinarian(false).address(practice);
    let doctor = novamed.create_practitioner(&doctor).await?.value;
    line(format_args!("   practitioner: {}", doctor.as_str()))?;
    let first = novamed.create_patient(&patient("Ann", &doctor)?).await?.value;
    line(format_args!("   patient:      {}", first.as_str()))?;

    let event = tokio::time::timeout(PATIENCE, activation(&mut events)).await.ok().flatten();
    let is_hers = event.as_ref() == Some(&doctor);
    line(format_args!(
        "   event:        {}\n",
        if is_hers { "practitioner:activated, with the right key, about this practitioner" } else { "none came" }
    ))?;

    let second = patient("Ben", &doctor)?;
    let broken = novamed.create_patient(&second).await.err();
    let is_unknown = broken.as_ref().is_some_and(|error| error.kind() == Kind::OutcomeUnknown);
    if let Some(error) = &broken {
        line(format_args!("   The connection breaks under the second patient:\n   {error}.\n"))?;
    }
    let again = novamed.create_patient(&second).await.err();
    let is_refused = again.as_ref().is_some_and(|error| error.kind() == Kind::Duplicate);
    if let Some(error) = &again {
        line(format_args!("   A program that sends it again all the same:\n   {error}.\n"))?;
    }
    let ledger = sandbox.ledger();
    let counts: Vec<u64> = ledger.entries.iter().map(|entry| entry.processed).collect();
    let once = counts.iter().all(|processed| *processed == 1);
    line(format_args!(
        "   The sandbox created {} things, {}. The second patient is one of them: nobody could have known.\n",
        counts.iter().sum::<u64>(),
        if once { "each once" } else { "and not each once" },
    ))?;
    Ok(is_hers && is_unknown && is_refused && once && counts.len() == 4)
}

/// The practitioner of the next activation.
async fn activation(events: &mut Events) -> Option<PractitionerId> {
    loop {
        if let Event::PractitionerActivated(event) = events.next().await?.into_event() {
            return Some(event.practitioner);
        }
    }
}
