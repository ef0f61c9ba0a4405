//! The suite `recording`: 200 MiB of sound go from a file into `POST /v2/structure`, as base64 inside JSON, to a server in a process of its own that
//! reads them to the end. How much more memory the whole process takes at its peak than the same process that sends 1 kB is measured by the
//! kernel. Beside it the usual way: read the file, encode it into a string, serialise the body.

mod work;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use fastrand::Rng;

use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use super::worker::{MEMORY, Server, Worker};
use crate::workspace;
use work::Sent;

/// "200 MB", read as widely as possible.
const LARGE: usize = 200 * 1024 * 1024;
const SMALL: usize = 1000;
/// What the project promises: so much more at the peak for the large file than for the small one.
const GROWTH_LIMIT_MIB: f64 = 8.0;
/// The file's content; it is noise, so nothing can be gained by compressing it.
const SEED: u64 = 200;
const WAYS: [&str; 2] = ["client", "naive"];

/// Measures it.
pub(super) fn measure(worker: &Worker, quick: bool) -> Result<Report> {
    let samples = if quick { 1 } else { 5 };
    let large = Recording::new("large.wav", LARGE)?;
    let small = Recording::new("small.wav", SMALL)?;
    let server = worker.serve()?;
    let run = |way: &'static str, file: &Recording| send(worker, &server, way, file);

    let mut samples_of = [(Vec::new(), Vec::new(), Vec::new()), (Vec::new(), Vec::new(), Vec::new())];
    for _ in 0..samples {
        // In turns, so that a disturbance of the machine meets both.
        for (way, (peaks, alone, times)) in WAYS.into_iter().zip(&mut samples_of) {
            eprintln!("sending: {way}");
            let (few, many) = (run(way, &small)?, run(way, &large)?);
            peaks.push(mib(many.peak_kib) - mib(few.peak_kib));
            alone.push(mib(few.peak_kib));
            times.push(many.seconds);
        }
    }
    let mut series = Vec::new();
    for (way, (peaks, alone, times)) in WAYS.into_iter().zip(samples_of) {
        series.push(Series::new(way, "growth of the peak", "MiB", peaks)?);
        series.push(Series::new(way, "peak with 1 kB", "MiB", alone)?);
        series.push(Series::new(way, "one submission", "s", times)?);
    }
    let comparisons = comparisons(&series)?;
    Ok(Report {
        suite: "recording",
        quick,
        machine: Machine::here(),
        conditions: Vec::new(),
        series,
        comparisons,
        histograms: Vec::new(),
    })
}

fn comparisons(series: &[Series]) -> Result<Vec<Comparison>> {
    let of = |way: &str, quantity: &str| {
        let found = series.iter().find(|series| series.way == way && series.quantity == quantity);
        found.with_context(|| format!("{way}, {quantity}: not measured"))
    };
    let (client, naive) = (of("client", "growth of the peak")?, of("naive", "growth of the peak")?);
    let time = of("client", "one submission")?.median / of("naive", "one submission")?.median;
    let comparison = |name, value, limit, counted| Comparison { name, value, limit, at_least: None, counted };
    Ok(vec![
        // The worst of all samples is held against the promise.
        comparison("growth of the client's peak, MiB", client.max, Some(GROWTH_LIMIT_MIB), true),
        comparison(
            "growth of the naive way's peak / size of the file",
            naive.median / mib(LARGE as u64 / 1024),
            None,
            true,
        ),
        comparison("growth of the client's peak / of the naive way's", client.median / naive.median, None, true),
        comparison("time of the client / time of the naive way", time, None, false),
    ])
}

fn send(worker: &Worker, server: &Server, way: &str, file: &Recording) -> Result<Sent> {
    let path = file.path.to_str().context("the path of the file is not UTF-8")?;
    let sent: Sent = worker.job_of(MEMORY, &["send", way, server.authority(), path])?;
    arrived(way, file.bytes, sent.received)?;
    Ok(sent)
}

/// The whole file must have reached the server, as base64 inside JSON.
fn arrived(way: &str, bytes: usize, received: u64) -> Result<()> {
    let least = (bytes.div_ceil(3) * 4) as u64;
    ensure!(
        (least..least + 1024).contains(&received),
        "{way}: the server received {received} bytes, the recording alone has {least}"
    );
    Ok(())
}

/// What the measuring program does.
///
/// # Errors
///
/// If the arguments are not those of this suite, or the work fails.
pub fn job(arguments: &[&str]) -> Result<String> {
    match arguments {
        ["send", way, authority, path] => Ok(serde_json::to_string(&work::send(way, authority, Path::new(path))?)?),
        _ => bail!("called by `cargo xtask bench` only"),
    }
}

/// A file of sound, removed at the end.
struct Recording {
    path: PathBuf,
    bytes: usize,
}

impl Recording {
    /// The head of a WAV file, then seeded noise: 16 kHz, one channel, 16 bits.
    fn new(name: &str, bytes: usize) -> Result<Self> {
        let folder = workspace::target_dir().join("bench");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let recording = Self { path: folder.join(format!("{}-{name}", std::process::id())), bytes };
        let mut file = BufWriter::new(File::create(&recording.path)?);
        let sound = u32::try_from(bytes - 44)?;
        file.write_all(b"RIFF")?;
        file.write_all(&(sound + 36).to_le_bytes())?;
        file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data")?;
        file.write_all(&sound.to_le_bytes())?;
        let (mut rng, mut left) = (Rng::with_seed(SEED), bytes - 44);
        let mut noise = vec![0; 1 << 20];
        while left > 0 {
            let part = left.min(noise.len());
            rng.fill(&mut noise[..part]);
            file.write_all(&noise[..part])?;
            left -= part;
        }
        file.flush()?;
        Ok(recording)
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[allow(clippy::cast_precision_loss, reason = "memory of one process is far below 2^52")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_sends_less_than_the_recording_is_refused() {
        let whole = (SMALL.div_ceil(3) * 4) as u64;
        assert!(arrived("x", SMALL, whole + 120).is_ok());
        assert!(arrived("x", SMALL, whole - 1).is_err());
        assert!(arrived("x", SMALL, whole * 2).is_err());
    }

    #[test]
    fn the_worst_sample_is_held_against_the_promise() {
        let mut series = Vec::new();
        for way in WAYS {
            series.push(Series::new(way, "growth of the peak", "MiB", vec![1.0, 8.5, 1.0]).unwrap());
            series.push(Series::new(way, "one submission", "s", vec![1.0]).unwrap());
        }
        let found = comparisons(&series).unwrap();
        assert_eq!((found[0].value, found[0].limit, found[0].counted), (8.5, Some(8.0), true));
        assert!(comparisons(&series[1..]).is_err());
    }

    #[test]
    fn a_recording_is_as_long_as_it_says_and_goes_away() {
        let recording = Recording::new("test.wav", 2_100_000).unwrap();
        let written = fs::read(&recording.path).unwrap();
        assert_eq!((written.len(), &written[..4], &written[8..16]), (2_100_000, &b"RIFF"[..], &b"WAVEfmt "[..]));
        assert_eq!(written[4..8], 2_099_992_u32.to_le_bytes());
        assert_eq!(written[40..44], 2_099_956_u32.to_le_bytes());
        let path = recording.path.clone();
        drop(recording);
        assert!(!path.exists());
    }
}
