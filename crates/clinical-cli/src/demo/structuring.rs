//! The third part of the demo: a document becomes a FHIR Bundle, although the connection breaks under a question that might have taken the
//! result. The client does not guess; a person decides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clinical_long_tasks::DirectoryStore;
use clinical_sandbox::{Fault, FaultKind, Sandbox};
use haidy_analyst::http_core::audit::CallId;
use haidy_analyst::{Bundle, BundleEntry, Error, FhirOptions, Haidy, Kind, Record, Task, Update};

use crate::connect::{self, SPEED, fast_polling};
use crate::demo::{examples, line};
use crate::exit::Stop;
use crate::results::meaning::short;
use crate::results::result_of;
use crate::style;

/// A store for this demo alone, taken away at its end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether the Bundle came, was stored as it came, and was given out once, and the broken question was told from a harmless one.
pub(super) async fn show(seed: u64) -> Result<bool, Stop> {
    let Some((name, pdf)) = examples::pdf() else {
        return Err(Stop::failed("there is no example PDF"));
    };
    line(format_args!(
        "3. Structuring {name} into a FHIR Bundle (SIMULATED), by a second vendor. It destroys a result when it is read: so each question\n   \
         goes on record before it is asked, and an answer is stored before it is looked at. The first question's connection breaks.\n"
    ))?;
    // Slower than for `--sandbox`, so that the task can be watched.
    let sandbox = connect::start(Sandbox::builder().seed(seed).speed(SPEED / 2.0)).await?;
    let broken = Fault::new(FaultKind::ResetBeforeResponse).on("tasks").nth(1);
    sandbox.inject(broken).map_err(|error| Stop::failed(error.to_string()))?;
    let folder = Folder(std::env::temp_dir().join(format!("clinical-demo-{}", CallId::draw())));
    let haidy = client(&sandbox, &folder.0)?;
    let worked = match tell(&haidy, pdf).await {
        Ok(Ok(Some((task, bundle)))) => conclude(&sandbox, &haidy, &task, &bundle)?,
        Ok(Ok(None)) => false,
        Ok(Err(error)) => {
            style::error(format_args!("{name}: {error}"));
            false
        }
        Err(stop) => return Err(stop),
    };
    sandbox.shutdown().await;
    Ok(worked)
}

fn client(sandbox: &Sandbox, folder: &Path) -> Result<Haidy, Stop> {
    let failed = |error: &dyn std::fmt::Display| Stop::failed(error.to_string());
    let store = DirectoryStore::open(folder).map_err(|error| failed(&error))?;
    let haidy = Haidy::builder().base_url(sandbox.url()).token(sandbox.token()).store(store).polling(fast_polling());
    haidy.build().map_err(|error| failed(&error))
}

type Told = Result<Result<Option<(Task<Bundle>, Bundle)>, Error>, Stop>;

/// Submits, asks, and tells of every question. `None` if the broken connection was not noticed.
async fn tell(haidy: &Haidy, pdf: &'static [u8]) -> Told {
    let task = match haidy.structure_fhir(Record::document_bytes(pdf), FhirOptions::new()).await {
        Ok(task) => task,
        Err(error) => return Ok(Err(error)),
    };
    line(format_args!("   submitted: task {}, kept under the key {}", task.token().task(), short(task.token().key())))?;
    let mut watch = task.watch();
    match watch.next().await {
        Some(Err(error)) if error.kind() == Kind::PossiblyLost => {}
        Some(Err(error)) => return Ok(Err(error)),
        _ => return Ok(Ok(None)),
    }
    line(
        "   question 1: no answer; result possibly lost. Nobody can know whether the vendor gave it out, so it is not asked again unasked.\n   \
         A person decides to ask once more, as `clinical results recover --ask-again KEY` does.",
    )?;
    if let Err(error) = haidy.ask_again(task.token()).await {
        return Ok(Err(error));
    }
    let mut watch = task.watch();
    let mut question = 1;
    loop {
        question += 1;
        match watch.next().await {
            Some(Ok(Update::InProgress { status, percentage, .. })) => {
                let percentage = percentage.map(|percentage| format!(", {percentage:.0} %")).unwrap_or_default();
                line(format_args!("   question {question}: {status}{percentage}"))?;
            }
            Some(Ok(Update::Ended(bundle))) => {
                line(format_args!(
                    "   question {question}: DONE; {} bytes of FHIR, on the disk\n",
                    bundle.as_json().len()
                ))?;
                return Ok(Ok(Some((task, bundle))));
            }
            Some(Err(error)) => return Ok(Err(error)),
            _ => return Ok(Ok(None)),
        }
    }
}

/// Shows what came, and asks the sandbox and the store for what really happened.
fn conclude(sandbox: &Sandbox, haidy: &Haidy, task: &Task<Bundle>, bundle: &Bundle) -> Result<bool, Stop> {
    let mut counts = BTreeMap::<String, usize>::new();
    for kind in bundle.entries().iter().filter_map(BundleEntry::resource_type) {
        *counts.entry(kind).or_default() += 1;
    }
    let listed: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let facts = sandbox.tasks();
    let given = facts.iter().flat_map(|task| &task.polls).filter(|poll| poll.terminal && poll.first_byte_sent).count();
    let times = if given == 1 { "once".to_owned() } else { format!("{given} times") };
    line(format_args!(
        "   The Bundle has {}.\n   The sandbox gave the result out {times} and has destroyed it.\n",
        listed.join(", ")
    ))?;
    let kept = haidy.tasks().store().read(task.token().key()).map_err(|error| Stop::failed(error.to_string()))?;
    let is_kept = result_of(&kept) == Some(bundle.as_json());
    let has = |kind: &str| counts.contains_key(kind);
    let is_useful = has("Patient") && has("DocumentReference") && has("Condition") && has("MedicationStatement");
    Ok(is_kept && is_useful && given == 1 && facts.len() == 1 && facts[0].consumed)
}
