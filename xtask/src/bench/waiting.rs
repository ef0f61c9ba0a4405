//! The suite `waiting`: 10,000 tasks that one process waits for, on one core. How much memory that takes, measured by the kernel over the whole
//! process and set beside the same process with a single task; whether the questions come in a burst because all tasks began together; and
//! how many questions a second the disk can put on record.
//!
//! Memory is measured with the real clock and real questions to a server in a process of its own. The spread of the questions is measured
//! in virtual time with a vendor inside the process, so that it is the engine's and not the machine's, and beside that in real time.

mod engine;
mod work;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::histogram::Histogram;
use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use super::worker::{MEMORY, Server, Worker};
use crate::workspace;
use work::{Claimed, Wait, Waited};

const TASKS: usize = 10_000;
/// What the project promises of them.
const MEMORY_LIMIT_MIB: f64 = 20.0;
/// What the project promises of the fullest tenth of a second.
const PEAK_LIMIT: f64 = 2.0;
/// The first question comes after 1 s, a fifth more or less: so all first questions are meant to begin within so many milliseconds.
const FIRST_SPREAD: u32 = 400;
/// The default limit on all questions of one engine.
const PER_SECOND: u64 = 200;
/// As good as none.
const NO_LIMIT: u32 = 100_000;

/// A way to wait, with a store.
struct Way {
    name: &'static str,
    on_disk: bool,
    shown: &'static str,
    /// What the growth of its peak is called.
    promise: &'static str,
}

static WAYS: [Way; 4] = [
    Way { name: "many", on_disk: false, shown: "many/mem", promise: "MiB for 10,000 in wait_many, VolatileStore" },
    Way { name: "many", on_disk: true, shown: "many/disk", promise: "MiB for 10,000 in wait_many, DirectoryStore" },
    Way { name: "each", on_disk: false, shown: "each/mem", promise: "MiB for 10,000 spawned waits, VolatileStore" },
    Way { name: "each", on_disk: true, shown: "each/disk", promise: "MiB for 10,000 spawned waits, DirectoryStore" },
];

/// Measures it.
pub(super) fn measure(worker: &Worker, quick: bool) -> Result<Report> {
    let server = worker.serve()?;
    let run = Run { worker, server: &server, folder: Folder::new()? };
    eprintln!("putting {TASKS} tasks on record");
    run.worker.job_of::<()>(MEMORY, &["prepare", &run.folder.text()?, server.authority(), &TASKS.to_string()])?;
    let mut report = Report {
        suite: "waiting",
        quick,
        machine: Machine::here(),
        conditions: Vec::new(),
        series: Vec::new(),
        comparisons: Vec::new(),
        histograms: Vec::new(),
    };
    run.memory(&mut report, quick)?;
    run.spread(&mut report)?;
    run.speed(&mut report, quick)?;
    Ok(report)
}

struct Run<'a> {
    worker: &'a Worker,
    server: &'a Server,
    folder: Folder,
}

impl Run<'_> {
    /// The growth of the process by the tasks, of its peak and when all have been asked after.
    fn memory(&self, report: &mut Report, quick: bool) -> Result<()> {
        let samples = if quick { 1 } else { 2 };
        for way in &WAYS {
            let shown = way.shown;
            eprintln!("waiting: {shown}");
            let (mut peaks, mut settled, mut alone) = (Vec::new(), Vec::new(), Vec::new());
            for sample in 0..samples {
                let one = self.wait(&Wait { tasks: 1, questions: 3, ..self.real(way)? })?;
                // Once with the default limit, at which all have been asked after in 50 s. What is held does not depend on it.
                let per_second = (quick || sample > 0).then_some(2_000);
                let all = self.wait(&Wait { tasks: TASKS, questions: TASKS, per_second, ..self.real(way)? })?;
                alone.push(mib(one.resident.peak_kib));
                peaks.push(mib(all.resident.peak_kib) - mib(one.resident.peak_kib));
                settled.push(mib(all.resident.now_kib) - mib(one.resident.now_kib));
                if per_second.is_none() {
                    let histogram = Histogram::new(format!("{shown}, real time, default limit"), &all.times);
                    // No promise: a machine that stops for a moment is late with what was meant for that moment.
                    let ratio = histogram.peak_ratio(PER_SECOND, 1000);
                    report.series.push(Series::new(shown, "fullest 100 ms, ratio", "", vec![ratio])?);
                    report.histograms.push(histogram);
                }
            }
            let peaks = Series::new(shown, "growth of the peak", "MiB", peaks)?;
            // The worst of all samples is held against the promise.
            let value = peaks.max;
            report.comparisons.push(Comparison {
                name: way.promise,
                value,
                limit: Some(MEMORY_LIMIT_MIB),
                at_least: None,
                counted: true,
            });
            report.series.extend([
                peaks,
                Series::new(shown, "growth when all asked", "MiB", settled)?,
                Series::new(shown, "peak with one task", "MiB", alone)?,
            ]);
        }
        Ok(())
    }

    /// How the questions lie in virtual time.
    fn spread(&self, report: &mut Report) -> Result<()> {
        const SPREADS: [(&Way, &str, &str, &str); 2] = [
            (
                &WAYS[0],
                "wait_many",
                "fullest 100 ms / even share, wait_many, jitter alone",
                "fullest 100 ms / even share, wait_many, default limit",
            ),
            (
                &WAYS[2],
                "spawned waits",
                "fullest 100 ms / even share, spawned waits, jitter alone",
                "fullest 100 ms / even share, spawned waits, default limit",
            ),
        ];
        for (way, shown, alone, limited) in SPREADS {
            eprintln!("spread: {shown}");
            let scripted = Wait { tasks: TASKS, scripted: true, ..self.real(way)? };
            let jitter = Wait { per_second: Some(NO_LIMIT), in_flight: Some(TASKS), seconds: 20, ..scripted };
            let waited = self.wait(&jitter)?;
            let histogram = Histogram::new(format!("{shown}, virtual time, jitter alone"), &waited.times);
            report.comparisons.push(Comparison {
                name: alone,
                value: histogram.peak_ratio(TASKS as u64, FIRST_SPREAD),
                limit: Some(PEAK_LIMIT),
                at_least: None,
                counted: true,
            });
            report.histograms.push(histogram);
            let scripted = Wait { tasks: TASKS, scripted: true, seconds: 60, ..self.real(way)? };
            let waited = self.wait(&scripted)?;
            let histogram = Histogram::new(format!("{shown}, virtual time, default limit"), &waited.times);
            report.comparisons.push(Comparison {
                name: limited,
                value: histogram.peak_ratio(PER_SECOND, 1000),
                limit: Some(PEAK_LIMIT),
                at_least: None,
                counted: true,
            });
            report.histograms.push(histogram);
        }
        Ok(())
    }

    /// How many questions a second can be put on record, and be asked.
    fn speed(&self, report: &mut Report, quick: bool) -> Result<()> {
        let (samples, seconds) = if quick { (1, 2) } else { (3, 3) };
        let folder = self.folder.text()?;
        for (threads, shown) in [("1", "1 thread"), ("16", "16 threads")] {
            eprintln!("claims: {shown}");
            let (mut claims, mut syncs) = (Vec::new(), Vec::new());
            for _ in 0..samples {
                let arguments = ["claim", &folder, self.server.authority(), threads, &seconds.to_string()];
                let claimed: Claimed = self.worker.job_of(MEMORY, &arguments)?;
                claims.push(claimed.claims_per_second);
                syncs.push(claimed.syncs_per_second);
            }
            report.series.push(Series::new(shown, "claims put on record", "1/s", claims)?);
            report.series.push(Series::new(shown, "bare syncs of 100 bytes", "1/s", syncs)?);
        }
        for way in &WAYS {
            let shown = way.shown;
            eprintln!("questions: {shown}");
            let mut rates = Vec::new();
            for _ in 0..samples {
                let busy = Wait { tasks: TASKS, seconds: 5, per_second: Some(NO_LIMIT), ..self.real(way)? };
                let waited = self.wait(&busy)?;
                #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
                rates.push(waited.answered as f64 / waited.seconds);
            }
            report.series.push(Series::new(shown, "questions, unlimited", "1/s", rates)?);
        }
        Ok(())
    }

    /// Real time and a real server, and the defaults.
    fn real(&self, way: &Way) -> Result<Wait> {
        Ok(Wait {
            way: way.name.to_owned(),
            folder: way.on_disk.then(|| self.folder.text()).transpose()?,
            authority: self.server.authority().to_owned(),
            tasks: 0,
            questions: 0,
            seconds: 600,
            per_second: None,
            in_flight: None,
            scripted: false,
        })
    }

    fn wait(&self, wait: &Wait) -> Result<Waited> {
        self.worker.job_of(MEMORY, &["wait", &serde_json::to_string(wait)?])
    }
}

/// What the measuring program does.
///
/// # Errors
///
/// If the arguments are not those of this suite, or the work fails.
pub fn job(arguments: &[&str]) -> Result<String> {
    Ok(match arguments {
        ["wait", options] => serde_json::to_string(&work::wait(&serde_json::from_str(options)?)?)?,
        ["prepare", folder, authority, count] => {
            serde_json::to_string(&work::prepare(folder, authority, count.parse()?)?)?
        }
        ["claim", folder, authority, threads, seconds] => {
            serde_json::to_string(&work::claim(folder, authority, threads.parse()?, seconds.parse()?)?)?
        }
        _ => bail!("called by `cargo xtask bench` only"),
    })
}

/// The store's folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = workspace::target_dir().join("bench").join(format!("waiting-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    fn text(&self) -> Result<String> {
        Ok(self.0.to_str().context("the path of the folder is not UTF-8")?.to_owned())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "memory of one process is far below 2^52")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
