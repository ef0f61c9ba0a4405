//! The suite `transport`: what one small call costs when nothing goes wrong. Our client is set beside the HTTP library it is built on, both
//! with the same fields, time limits, JSON and kept connection, against a server in a process of its own. Allocations and their bytes
//! are counted exactly; the processor's time is read over many calls in turns, and only ever compared within one run.

mod ways;
mod work;

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use super::worker::{ALLOCATIONS, PROCESSOR, Server, Worker};
use ways::{ANSWERS, NAMES};
use work::{Counts, Times};

pub use work::{Heap, count, time};

/// What the project promises of the plain client: this much more than the library alone, for each call.
const MORE_ALLOCATIONS: f64 = 12.0;
const MORE_BYTES: f64 = 2048.0;
const TIME_RATIO: f64 = 1.05;

const COUNTED: &str = "allocations for a call";
const BYTES: &str = "bytes allocated";
const TIMED: &str = "processor time for a call";
const AGAINST: &str = "processor time, ratio";

/// Measures it.
pub(super) fn measure(worker: &Worker, quick: bool) -> Result<Report> {
    let server = worker.serve()?;
    let calls = if quick { 200 } else { 2_000 };
    let mut series = Vec::new();
    for way in NAMES.into_iter().chain(ANSWERS) {
        let (allocations, bytes) = counted(worker, &server, way, calls)?;
        series.extend([allocations, bytes]);
    }
    let (blocks, calls) = if quick { ("6", "250") } else { ("100", "500") };
    let times: Times = worker.job_of(PROCESSOR, &[server.authority(), blocks, calls])?;
    series.extend(timed(&times)?);
    let mut comparisons = comparisons(&series)?;
    comparisons.extend(of_answers(&series)?);
    Ok(Report {
        suite: "transport",
        quick,
        machine: Machine::here(),
        conditions: Vec::new(),
        series,
        comparisons,
        histograms: Vec::new(),
    })
}

fn counted(worker: &Worker, server: &Server, way: &'static str, calls: usize) -> Result<(Series, Series)> {
    let counts: Counts = worker.job_of(ALLOCATIONS, &[way, server.authority(), &calls.to_string()])?;
    ensure!(counts.allocations.len() == calls, "{way}: {} calls were counted, not {calls}", counts.allocations.len());
    ensure!(
        is_told(way, counts.told, calls as u64),
        "{way}: the watcher was told {} things in {calls} calls",
        counts.told
    );
    Ok((
        Series::new(way, COUNTED, "", numbers(&counts.allocations))?,
        Series::new(way, BYTES, "B", numbers(&counts.bytes))?,
    ))
}

/// A sink gets one record for each call, an observer the same events for each call, and who is not there gets nothing.
fn is_told(way: &str, told: u64, calls: u64) -> bool {
    match way {
        "audited" => told == calls,
        "observed" => told >= calls && told.is_multiple_of(calls),
        _ => told == 0,
    }
}

/// The times of each way, and of each block its ratio to the library's block in the same turn.
fn timed(times: &Times) -> Result<Vec<Series>> {
    let of = |way: &str| times.get(way).with_context(|| format!("{way}: no times"));
    let library = of(NAMES[0])?;
    let mut series = Vec::new();
    for way in NAMES {
        let own = of(way)?;
        ensure!(own.len() == library.len(), "{way}: {} blocks beside {}", own.len(), library.len());
        series.push(Series::new(way, TIMED, "us", own.clone())?);
    }
    for way in &NAMES[1..] {
        let ratios = of(way)?.iter().zip(library).map(|(own, library)| own / library).collect();
        series.push(Series::new(way, AGAINST, "", ratios)?);
    }
    Ok(series)
}

fn comparisons(series: &[Series]) -> Result<Vec<Comparison>> {
    let median = |way: &str, quantity: &str| {
        let found = series.iter().find(|series| series.way == way && series.quantity == quantity);
        found.map(|series| series.median).with_context(|| format!("{way}, {quantity}: not measured"))
    };
    let more = |name, way, quantity, limit| {
        let value = median(way, quantity)? - median(NAMES[0], quantity)?;
        anyhow::Ok(Comparison { name, value, limit, at_least: None, counted: true })
    };
    let ratio = |name, way, limit| {
        // Of pairs measured one after the other: on a shared machine both sides of a pair are slowed down alike,
        // and the medians of the two columns need not be from the same minutes.
        let value = median(way, AGAINST)?;
        anyhow::Ok(Comparison { name, value, limit, at_least: None, counted: false })
    };
    Ok(vec![
        more("allocations of the client - of reqwest", "client", COUNTED, Some(MORE_ALLOCATIONS))?,
        more("bytes of the client - of reqwest", "client", BYTES, Some(MORE_BYTES))?,
        ratio("processor time of the client / of reqwest", "client", Some(TIME_RATIO))?,
        more("allocations of the client with a sink - of reqwest", "audited", COUNTED, None)?,
        more("bytes of the client with a sink - of reqwest", "audited", BYTES, None)?,
        ratio("processor time of the client with a sink / of reqwest", "audited", None)?,
        more("allocations of the client with an observer - of reqwest", "observed", COUNTED, None)?,
        more("bytes of the client with an observer - of reqwest", "observed", BYTES, None)?,
        ratio("processor time of the client with an observer / of reqwest", "observed", None)?,
    ])
}

/// What it takes to have an answer piece by piece, for information.
fn of_answers(series: &[Series]) -> Result<[Comparison; 2]> {
    let median = |way: &str| {
        let found = series.iter().find(|series| series.way == way && series.quantity == COUNTED);
        found.map(|series| series.median).with_context(|| format!("{way}: not counted"))
    };
    let raw = median("raw")?;
    let more = |name, way| {
        anyhow::Ok(Comparison { name, value: median(way)? - raw, limit: None, at_least: None, counted: true })
    };
    Ok([
        more("allocations of send_into - of send_raw", "into")?,
        more("the same, each on a fresh connection, as for a result", "once")?,
    ])
}

#[allow(clippy::cast_precision_loss, reason = "bytes of one call are far below 2^52")]
fn numbers(counts: &[usize]) -> Vec<f64> {
    counts.iter().map(|count| *count as f64).collect()
}

/// What a measuring program does with its arguments: prints the result, or says on standard error why there is none.
pub fn finish(job: impl FnOnce(&[&str]) -> Result<String>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match job(&arguments) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_that_is_not_told_of_every_call_makes_no_result() {
        let table = [
            ("audited", 7, true),
            ("audited", 6, false),
            ("audited", 14, false),
            ("observed", 21, true),
            ("observed", 20, false),
            ("observed", 0, false),
            ("client", 0, true),
            ("client", 7, false),
        ];
        for (way, told, right) in table {
            assert_eq!(is_told(way, told, 7), right, "{way} {told}");
        }
    }

    #[test]
    fn blocks_are_set_beside_the_librarys_of_the_same_turn() {
        let blocks = |first: f64| vec![first, 10.0, 10.0];
        let mut times: Times = NAMES.into_iter().map(|way| (way.to_owned(), blocks(10.0))).collect();
        times.insert("client".to_owned(), blocks(30.0));
        let series = timed(&times).unwrap();
        let ratios = series.iter().find(|series| series.way == "client" && series.quantity == AGAINST).unwrap();
        assert_eq!(ratios.samples, [3.0, 1.0, 1.0]);
        times.get_mut("client").unwrap().pop();
        assert!(timed(&times).is_err());
        times.remove("client");
        assert!(timed(&times).is_err());
    }

    #[test]
    fn the_promises_are_about_the_plain_client_and_time_is_not_counted() {
        let mut series = Vec::new();
        for (way, more) in NAMES.into_iter().zip([0.0, 12.0, 14.0, 13.0]) {
            series.push(Series::new(way, COUNTED, "", vec![60.0 + more]).unwrap());
            series.push(Series::new(way, BYTES, "B", vec![20_000.0 + 100.0 * more]).unwrap());
            series.push(Series::new(way, AGAINST, "", vec![1.0 + more / 10.0]).unwrap());
        }
        let found: Vec<_> = comparisons(&series).unwrap();
        let shown: Vec<_> = found.iter().map(|it| (it.value, it.limit, it.counted)).collect();
        assert_eq!(
            shown,
            [
                (12.0, Some(12.0), true),
                (1200.0, Some(2048.0), true),
                (2.2, Some(1.05), false),
                (14.0, None, true),
                (1400.0, None, true),
                (2.4, None, false),
                (13.0, None, true),
                (1300.0, None, true),
                (2.3, None, false),
            ]
        );
        assert!(comparisons(&series[1..]).is_err());
    }

    #[test]
    fn answers_in_pieces_are_set_beside_those_in_one() {
        let counted = |(way, count)| Series::new(way, COUNTED, "", vec![count]).unwrap();
        let series: Vec<_> = [("raw", 60.0), ("into", 61.0), ("once", 150.0)].into_iter().map(counted).collect();
        let values = of_answers(&series).unwrap().map(|comparison| comparison.value);
        assert_eq!(format!("{values:?}"), "[1.0, 90.0]");
        assert!(of_answers(&series[1..]).is_err());
    }
}
