//! The suite `upload`: a PDF of 5 MiB, the largest the service takes, is sent from a path to a server on loopback that
//! reads it to the end. Side by side: our client, and the usual way of reading the file, encoding it into a string and
//! serialising the body, both over the same HTTP library. The server counts what arrived, so no way can win by sending
//! less.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use serde::Deserialize;

use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use super::worker::{Server, Worker};
use crate::workspace;

/// The vendor's "5 MB", read as widely as possible.
const FILE_BYTES: usize = 5 * 1024 * 1024;
/// What the project promises: peak heap above baseline, divided by the file's size.
const HEAP_LIMIT: f64 = 0.1;
/// The file's content; it is noise, so nothing can be gained by compressing it.
const SEED: u64 = 5;

/// The two ways, as the measuring program knows them.
const CLIENT: &str = "client";
const NAIVE: &str = "naive";

#[derive(Debug, Deserialize)]
struct Heap {
    peak_heap_bytes: u64,
    received_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Times {
    milliseconds: Vec<f64>,
    received_bytes: u64,
}

/// Measures it.
pub(super) fn measure(worker: &Worker, quick: bool) -> Result<Report> {
    let (heap_samples, rounds, times_per_round) = if quick { (2, 1, 5) } else { (7, 5, 20) };
    let file = document()?;
    let server = worker.serve()?;
    let run = Run { worker, server: &server, file: &file };

    let (mut client_heap, mut naive_heap) = (Vec::new(), Vec::new());
    for _ in 0..heap_samples {
        client_heap.push(run.heap(CLIENT)?);
        naive_heap.push(run.heap(NAIVE)?);
    }
    // In turns, so that a disturbance of the machine meets both.
    let (mut client_times, mut naive_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        client_times.extend(run.times(CLIENT, times_per_round)?);
        naive_times.extend(run.times(NAIVE, times_per_round)?);
    }

    let client_heap = Series::new(CLIENT, "peak heap over baseline", "MiB", client_heap)?;
    let naive_heap = Series::new(NAIVE, "peak heap over baseline", "MiB", naive_heap)?;
    let client_times = Series::new(CLIENT, "one upload", "ms", client_times)?;
    let naive_times = Series::new(NAIVE, "one upload", "ms", naive_times)?;
    let file_mib = mib(FILE_BYTES as u64);
    let comparisons = vec![
        Comparison {
            name: "peak heap of the client / size of the file",
            value: client_heap.median / file_mib,
            limit: Some(HEAP_LIMIT),
            at_least: None,
            counted: true,
        },
        Comparison {
            name: "peak heap of the naive way / size of the file",
            value: naive_heap.median / file_mib,
            limit: None,
            at_least: None,
            counted: true,
        },
        Comparison {
            name: "peak heap of the client / peak heap of the naive way",
            value: client_heap.median / naive_heap.median,
            limit: None,
            at_least: None,
            counted: true,
        },
        Comparison {
            name: "time of the client / time of the naive way",
            value: client_times.median / naive_times.median,
            limit: None,
            at_least: None,
            counted: false,
        },
    ];
    Ok(Report {
        suite: "upload",
        quick,
        machine: Machine::here(),
        conditions: Vec::new(),
        series: vec![client_heap, naive_heap, client_times, naive_times],
        comparisons,
        histograms: Vec::new(),
    })
}

struct Run<'a> {
    worker: &'a Worker,
    server: &'a Server,
    file: &'a Path,
}

impl Run<'_> {
    fn heap(&self, way: &str) -> Result<f64> {
        let found: Heap = self.job("heap", way, 1)?;
        arrived(way, found.received_bytes)?;
        Ok(mib(found.peak_heap_bytes))
    }

    fn times(&self, way: &str, count: u32) -> Result<Vec<f64>> {
        let found: Times = self.job("time", way, count)?;
        arrived(way, found.received_bytes)?;
        Ok(found.milliseconds)
    }

    fn job<T: serde::de::DeserializeOwned>(&self, quantity: &str, way: &str, count: u32) -> Result<T> {
        let file = self.file.to_str().context("the path of the file is not UTF-8")?;
        self.worker.job(&[quantity, way, self.server.authority(), file, &count.to_string()])
    }
}

/// The whole file must have reached the server, as base64 inside JSON.
fn arrived(way: &str, received: u64) -> Result<()> {
    let least = (FILE_BYTES.div_ceil(3) * 4) as u64;
    ensure!(
        (least..least + 1024).contains(&received),
        "{way}: the server received {received} bytes, the document alone has {least}"
    );
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "bytes of one process are far below 2^52")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Writes the document to send: the head of a PDF, then seeded noise.
fn document() -> Result<PathBuf> {
    let folder = workspace::target_dir().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join("upload.pdf");
    let mut bytes = Vec::with_capacity(FILE_BYTES);
    bytes.write_all(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
    let mut rng = Rng::with_seed(SEED);
    let end = b"\n%%EOF\n";
    while bytes.len() < FILE_BYTES - end.len() {
        bytes.push(rng.u8(..));
    }
    bytes.write_all(end)?;
    fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_sends_less_than_the_document_is_refused() {
        let whole = (FILE_BYTES.div_ceil(3) * 4) as u64;
        assert!(arrived("x", whole + 120).is_ok());
        assert!(arrived("x", whole - 1).is_err());
        assert!(arrived("x", whole * 2).is_err());
    }
}
